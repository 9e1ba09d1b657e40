from django.urls import path

from decision_manual.views import calculators, reading

app_name = "manual"
urlpatterns = [
    path("", reading.manual, name="manual"),
    path("calculators/", calculators.calculators, name="calculators"),
    path("calculators/<slug:code>/", calculators.calculator, name="calculator"),
    path("runs/<uuid:run_id>/", reading.run, name="run"),
    path("<slug:code>/", reading.pathway, name="pathway"),
    path("<slug:code>/read/", reading.chapter, name="chapter"),
    path("<slug:code>/chart/", reading.chart, name="chart"),
    path("<slug:code>/proof/", reading.proof, name="proof"),
    path("<slug:code>/versions/<int:number>/", reading.version, name="version"),
    path("<slug:code>/versions/<int:number>/<slug:verb>/", reading.act, name="act"),
]
