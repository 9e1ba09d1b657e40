"""The pointer that two readers of a case share: told by one, asked for by the others when the bell rings."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.files import queries
from consortium.files.operations import point
from consortium.files.operations.uploading import case_for
from consortium.files.policies import may_follow_pointers
from consortium.files.queries.pointing import points_in
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require


@require_POST
def point_at(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """`frame`, `x`, `y`: where one points in this file. 204."""
    spend("pointer", spender(request))
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    try:
        frame, x, y = int(request.POST["frame"]), float(request.POST["x"]), float(request.POST["y"])
    except (KeyError, ValueError) as error:
        raise InvalidInput({"x": "not a number"}) from error
    point(actor=actor, attachment=found, frame=frame, x=x, y=y)
    return HttpResponse(status=204)


@never_cache
@require_safe
def pointers(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Where others of the case point now."""
    actor, case = current_actor(), case_for(case_id)
    require(may_follow_pointers(actor, case))
    return JsonResponse({"points": points_in(actor, case)})
