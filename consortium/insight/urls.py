from django.urls import path

from consortium.insight.views import exporting, pages, reporting

app_name = "insight"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("referrals/", pages.overview, {"about": "referrals"}, name="referrals"),
    path("exports/", exporting.exports, name="exports"),
    path("exports/begin/", exporting.begin, name="begin_export"),
    path("exports/list/", exporting.export_list, name="export_list"),
    path("exports/<uuid:export_id>/cancel/", exporting.cancel, name="cancel_export"),
    path("exports/<uuid:export_id>/file/", exporting.file, name="export_file"),
    path("reports/", reporting.reports, name="reports"),
    path("reports/<uuid:report_id>/", reporting.report, name="report"),
    path("reports/<uuid:report_id>/sign/", reporting.sign, name="sign_report"),
    path("reports/<uuid:report_id>/revise/", reporting.revise, name="revise_report"),
    path("reports/<uuid:report_id>/<slug:kind>/<slug:language>/", reporting.report_file, name="report_file"),
    path("<slug:key>/", pages.measure, name="measure"),
    path("<slug:key>/cases/", pages.cases, name="cases"),
]
