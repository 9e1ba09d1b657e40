"""What sessions fetched of films goes into the record, many segments in one statement."""

from collections.abc import Sequence
from datetime import UTC, datetime

from consortium.kernel.actors import Actor
from courses.library.models import Film, SegmentServed
from courses.library.streaming.endpoint import Served


def record_fetches(*, actor: Actor, fetched: Sequence[Served]) -> int:
    """Write a batch; how many. What belongs to a film that is gone is passed over."""
    films = set(Film.objects.filter(pk__in={each.film for each in fetched}).values_list("pk", flat=True))
    rows = [
        SegmentServed(
            film_id=each.film, user_id=each.user, session=each.session, rung=each.rung, begin=each.begin, end=each.end,
            at=datetime.fromtimestamp(each.at, UTC),
        )
        for each in fetched
        if each.film in films
    ]  # fmt: skip
    return len(SegmentServed.objects.bulk_create(rows))
