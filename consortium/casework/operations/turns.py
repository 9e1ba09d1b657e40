"""The ball: whose turn it is, and the ledger of who held it how long. Callers hold the lock on the case's row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consortium.casework.events import BallPassed
from consortium.casework.models import BallSpell, Case
from consortium.casework.queries.lists_live import mark, present
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, current_actor
from consortium.kernel.bells import Ring, ring_later
from consortium.kernel.errors import NotVisible
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered


def locked_case(case_id: UUID) -> Case:
    """The case's row, locked until the transaction ends, with its service, which every rule of turns asks for;
    NotVisible when the actor may not see it."""
    found: list[Case] = _locked(current_actor(), case_id)
    if not found:
        raise NotVisible
    return found[0]


@prepared
def _locked(actor: Actor, case_id: UUID) -> Any:
    with acting_as(actor):
        return Case.objects.filter(pk=case_id).select_related("service").select_for_update(of=("self",))


def lock_cases_of(patient_id: UUID) -> None:
    """Lock every open case of a child whose record's row is locked (settings.PATIENT_LOCKS): the record, then its cases
    in one order, then the journal's chain, so that an act on a case and an act on the record never wait in a circle."""
    rows = unfiltered(Case, why="an act on the record moves its cases").filter(patient_id=patient_id).open()
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _spells(case: Case) -> Any:
    """The running spell. Read unfiltered: the caller has checked the right to the case and holds its lock."""
    return unfiltered(BallSpell, why="the ledger of a locked case").filter(case_id=case.pk, until=None)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: a party, and the person when it is one person's."""

    party: str
    user_id: UUID | None = None


def pass_ball(case: Case, to: Turn, *, at: datetime | None = None) -> BallPassed | None:
    """Give the ball to `to`: closes the running spell and opens the next. Sets fields on `case`; the caller saves.

    `at`: the instant, now unless given. Returns the event for the journal entry, None when nothing changed hands.
    """
    if (case.ball, case.ball_user_id) == (to.party, to.user_id) and _spells(case).exists():
        return None
    at = at or clock.now()
    _spells(case).update(until=at)
    case.ball, case.ball_user_id = to.party, to.user_id
    if to.party != Ball.NONE:
        BallSpell(case=case, party=to.party, user_id=to.user_id, since=at).save(force_insert=True)
    ring_lists(case)
    return BallPassed(case.pk, to.party, to.user_id, case.priority)


def ring_lists(case: Case, also: Iterable[UUID] = ()) -> None:
    """Tell the worklists that show this case that it has moved; `also`: of whom else."""
    users = {case.asker_id, case.responder_id, case.ball_user_id, *also} - {None}
    topics = [*(f"desk:{user_id}" for user_id in users), f"asked:{case.asking_institution_id}"]
    if case.service_id:
        topics.append(f"queue:{case.service_id}")
    ring_topics(topics)


def ring_topics(topics: Sequence[str]) -> None:
    """Ring topics that are no log (`queries.lists_live`)."""
    ring_later(lambda: _moved(topics))


def _moved(topics: Sequence[str]) -> list[Ring]:
    """Numbered after the commit, so that a list fetched at any later number has seen it."""
    number = present()
    mark(topics, number)
    return [(topic, number) for topic in topics]


def acting_institution(actor: Actor, case: Case) -> UUID:
    """For which institution the actor acts on this case: the asking one, else the service's, else their own."""
    own = actor.institution_ids()
    if case.asking_institution_id in own:
        return case.asking_institution_id
    if case.service and case.service.institution_id in own:
        return case.service.institution_id
    return next(iter(own), case.asking_institution_id)
