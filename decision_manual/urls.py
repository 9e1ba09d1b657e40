from django.urls import path

from decision_manual.views import calculators, kept, pages, printing, reading

app_name = "manual"
urlpatterns = [
    path("", reading.manual, name="manual"),
    path("calculators/", calculators.calculators, name="calculators"),
    path("calculators/<slug:code>/", calculators.calculator, name="calculator"),
    path("runs/<uuid:run_id>/", kept.run, name="run"),
    path("<slug:code>/", reading.pathway, name="pathway"),
    path("<slug:code>/read/", pages.chapter, name="chapter"),
    path("<slug:code>/chart/", pages.chart, name="chart"),
    path("<slug:code>/proof/", pages.proof, name="proof"),
    path("<slug:code>/versions/<int:number>/", pages.version, name="version"),
    path("<slug:code>/versions/<int:number>/chart.pdf", printing.chart_pdf, name="chart_pdf"),
    path("<slug:code>/versions/<int:number>/<slug:verb>/", pages.act, name="act"),
]
