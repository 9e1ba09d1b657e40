"""The manual over the API."""

from decision_manual.api import calculators

urlpatterns = [*calculators.urlpatterns]
