"""Services, threads and timelines; duty; calendars and bookings; working time; what a service takes, over the API."""

from consortium.casework.api import booking, cases, duty, intake, working
from consortium.casework.api.cases import Named, read_of

__all__ = ["Named", "read_of", "urlpatterns"]

urlpatterns = [
    *cases.urlpatterns, *duty.urlpatterns, *booking.urlpatterns, *working.urlpatterns, *intake.urlpatterns,
]  # fmt: skip
