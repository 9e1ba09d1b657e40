"""People over the API: tokens, oneself, places, staff, seats and invitations."""

from consortium.people.api import callers, oneself, places, seats, staff, tokens

__all__ = ["callers"]

urlpatterns = [
    *oneself.urlpatterns,
    *tokens.urlpatterns,
    *places.urlpatterns,
    *staff.urlpatterns,
    *seats.urlpatterns,
]
