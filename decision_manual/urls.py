from django.urls import path

from decision_manual.views import calculators

app_name = "manual"
urlpatterns = [
    path("calculators/", calculators.calculators, name="calculators"),
    path("calculators/<slug:code>/", calculators.calculator, name="calculator"),
]
