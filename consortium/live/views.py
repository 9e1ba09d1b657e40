"""Catch-up over HTTP: what a page missed, and where its topics stand. PostgreSQL is the record, the bell a hint.

A page that has its socket asks there (`consumers.page`); these are for the time when it has none.
"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.policies import require
from consortium.live import queries

MOST_TOPICS = 32


def problem(error: DomainError) -> JsonResponse:
    """The error as problem+json: scripts ask here, not people."""
    body = {"title": str(error.message), "code": error.code, "status": error.status}
    return JsonResponse(body, status=error.status, content_type="application/problem+json")


@never_cache
@require_safe
def catch_up(request: HttpRequest) -> JsonResponse:
    """``?topic=&after=`` -> ``{"topic", "seq", "entries", "more"}``: at most 200 entries after number `after`."""
    topic = request.GET.get("topic", "")
    try:
        after = _number(request.GET.get("after", "0"))
        require(queries.may_listen(current_actor(), topic))
    except DomainError as error:
        return problem(error)
    found = queries.missed(current_actor(), topic, after)
    seq = max(after, found.seq)
    return JsonResponse({"topic": topic, "seq": seq, "entries": list(found.entries), "more": found.more})


@never_cache
@require_safe
def seqs(request: HttpRequest) -> JsonResponse:
    """``?topic=&topic=`` -> ``{"seqs": {topic: number}}`` of all that one may listen to, 0 where nothing was yet:
    polled while bells fail."""
    asked = request.GET.getlist("topic")[:MOST_TOPICS]
    mine = [topic for topic in asked if queries.may_listen(current_actor(), topic)]
    return JsonResponse({"seqs": dict.fromkeys(mine, 0) | queries.last_seqs(mine)})


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise InvalidInput({"after": "not a number"})
    return int(text)
