"""Referrals over the API: lists, drafts, what hangs on one, and every act of the machine's table."""

from referrals.api import acts, lists

urlpatterns = [*lists.urlpatterns, *acts.urlpatterns]
