"""Every act on a consultation."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consortium.casework.queries.rows import case_url
from consortium.casework.views import acting
from consultations.forms import FIELD_NAMES
from consultations.models import Consultation
from consultations.queries import consultation_for
from consultations.queries.turning import referral_from
from consultations.states import MACHINE
from consultations.views.acts import ACTS


def _onward(consultation: Consultation, verb: str) -> str:
    """Begun leads to the answer, a call into its room, a question sent on to its referral, a thrown away draft to the
    worklist, all else to the page."""
    if verb == "start":
        return case_url(consultation.case, "answer")
    if verb == "call_now" and (called := consultation_for(consultation.pk).newest_meeting) and called.room_id:
        return reverse("calls:room", args=[called.room_id])
    if verb == "convert" and (referral := referral_from(consultation)):
        return case_url(referral)
    return "/" if verb == "discard" else ""


_ACTING = acting.Acting(
    MACHINE, ACTS, consultation_for,
    pages={"answer": "answer", "correct_answer": "answer"}, field_names=FIELD_NAMES, onward=_onward,
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, case_id: UUID, verb: str) -> HttpResponse:
    """Ask for what `verb` needs; post does it."""
    return acting.act(request, _ACTING, case_id, verb)
