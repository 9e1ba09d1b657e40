"""Referrals over the API: lists, drafts, what hangs on one, what follows the child, and every act of the machine."""

from referrals.api import acts, lists, tracking

urlpatterns = [*tracking.urlpatterns, *lists.urlpatterns, *acts.urlpatterns]
