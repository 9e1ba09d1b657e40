"""The manual over the API."""

from decision_manual.api import calculators, evaluating, reading

urlpatterns = [*evaluating.urlpatterns, *reading.urlpatterns, *calculators.urlpatterns]
