from django.urls import path

from consortium.insight.views import exporting, pages

app_name = "insight"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("exports/", exporting.exports, name="exports"),
    path("exports/begin/", exporting.begin, name="begin_export"),
    path("exports/list/", exporting.export_list, name="export_list"),
    path("exports/<uuid:export_id>/cancel/", exporting.cancel, name="cancel_export"),
    path("exports/<uuid:export_id>/file/", exporting.file, name="export_file"),
    path("<slug:key>/", pages.measure, name="measure"),
    path("<slug:key>/cases/", pages.cases, name="cases"),
]
