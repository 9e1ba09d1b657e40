"""The studio's panel for encoders: where they send to, the key, and who has the stage."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError
from consortium.kernel.policies import require
from courses.live.operations.encoders import give_encoder_the_stage, renew_encoder_key, withdraw_encoder_key
from courses.live.policies.lectures import may_conduct
from courses.live.queries.encoders import encoder_shown
from courses.live.queries.room import room_seen

_ACTS: Final[dict[str, Any]] = {
    "renew": renew_encoder_key, "give": give_encoder_the_stage, "withdraw": withdraw_encoder_key,
}  # fmt: skip


@never_cache
@require_safe
def encoder(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """Fetched when somebody of the crew opens it: until then the key stands in no page."""
    return _panel(request, lecture_id)


@never_cache
@require_POST
def encoder_act(request: HttpRequest, lecture_id: UUID, verb: str) -> HttpResponse:
    """Make the key anew, let the encoder take over, take the key back. The studio goes on sending meanwhile."""
    if verb not in _ACTS:
        raise Http404
    fault = ""
    try:
        _ACTS[verb](actor=current_actor(), lecture_id=lecture_id)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        fault = str(error.message)
    if request.headers.get("HX-Request"):  # 200 also with a fault: what is swapped in says it
        return _panel(request, lecture_id, fault)
    if fault:
        messages.error(request, fault)
    return redirect("lectures:studio", lecture_id)


def _panel(request: HttpRequest, lecture_id: UUID, fault: str = "") -> HttpResponse:
    lecture, actor = room_seen(lecture_id), current_actor()
    require(may_conduct(actor, lecture))
    context = {"lecture": lecture, "encoder": encoder_shown(lecture), "fault": fault}
    return render(request, "lectures/encoder.html", context)
