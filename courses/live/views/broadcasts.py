"""What a player and a studio have to know: whether it runs, and where. Streams themselves are beside the pages."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.policies import require
from courses.live.policies.lectures import may_watch
from courses.live.queries.broadcasts import stage_shown
from courses.live.queries.room import room_seen


@never_cache
@require_safe
def stage(request: HttpRequest, lecture_id: UUID) -> JsonResponse:
    """Addresses for this session alone, with a ticket for its sockets."""
    lecture, actor = room_seen(lecture_id), current_actor()
    require(may_watch(actor, lecture))
    return JsonResponse(stage_shown(actor, lecture, request.session.session_key or ""))
