"""Every act on a referral."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from consortium.casework.queries.rows import case_url
from consortium.casework.views import acting
from consortium.kernel.methods import form_page
from referrals.models import Referral
from referrals.queries import referral_for
from referrals.queries.following import newest_from
from referrals.queries.page import PAGES
from referrals.states import MACHINE
from referrals.views.acts import ACTS


def _onward(referral: Referral, verb: str) -> str:
    """A thrown away draft leads to the worklist, a child that got worse to its new referral, all else to the page."""
    if verb == "worsened":
        return case_url(newest_from(referral.pk).case)
    return "/" if verb == "discard" else ""


_ACTING = acting.Acting(MACHINE, ACTS, referral_for, pages=PAGES, onward=_onward)


@form_page
def act(request: HttpRequest, case_id: UUID, verb: str) -> HttpResponse:
    """Ask for what `verb` needs; post does it."""
    return acting.act(request, _ACTING, case_id, verb)
