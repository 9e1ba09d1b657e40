"""The beats that every act on a case shares, whatever its kind: lock, check, step, save, journal, event.

A feature's own row (a consultation, a referral) stands beside its Case with the machine's `step`; `Move` is one act on
both while they are locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.db import models

from consortium.casework.models import Case
from consortium.casework.operations.turns import Turn, acting_institution, locked_case, pass_ball
from consortium.casework.states import Ball
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.machine import Machine, Transition
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.patients.models import Patient
from consortium.patients.operations import close_pathway, reopen_pathway

#: the feature's row: a model whose primary key is its `case`, with the machine's `step`
Row = TypeVar("Row", bound=models.Model)


@dataclass
class Move(Generic[Row]):
    """One act under way: the locked rows, where it came from, and what else it has brought about."""

    actor: Actor
    row: Row
    transition: Transition
    came_from: str
    also: list[DomainEvent | None] = field(default_factory=list)

    @property
    def case(self) -> Case:
        row: Any = self.row
        case: Case = row.case
        return case

    def give_to(self, party: str, user_id: UUID | None = None) -> None:
        self.also.append(pass_ball(self.case, Turn(party, user_id)))


def hold_patient(case_id: UUID) -> None:
    """Lock the child's record before the case, in the order of `lock_cases_of`: so the consent to share does not end
    between the look at it and the commit."""
    rows = unfiltered(Patient, why="the consent to share counts until the commit").filter(cases=case_id)
    rows.select_for_update(of=("self",), no_key=True).first()


def locked_row(model: type[Row], case_id: UUID) -> Row:
    """The feature's row with its case, both locked; NotVisible when the actor may not see it."""
    case = locked_case(case_id)
    rows = unfiltered(model, why="the case is seen and locked").select_for_update(of=("self",))
    found: Any = rows.filter(pk=case_id).first()
    if found is None:
        raise NotVisible
    found.case = case
    row: Row = found
    return row


def step_taken(machine: Machine, actor: Actor, row: Any, verb: str, version: int | None = None) -> Transition:
    """Compare the version and take the step of `verb` with a locked row: 403, 404, 409 or 422 when that can't be."""
    check_version(row.case, version)
    return machine.take(verb, actor, row)


def finish(
    move: Move[Row],
    event: DomainEvent | None = None,
    *,
    text: str = "",
    facts: dict[str, Any] | None = None,
    changes: dict[str, Sequence[Any]] | None = None,
) -> Row:
    """Save both rows, write the journal entry and publish."""
    case, row = move.case, cast(Any, move.row)
    case.version += 1
    with database_rules():
        case.save()
        row.save()
    record(
        actor=move.actor,
        verb=move.transition.verb,
        subject=case,
        patient_id=case.patient_id,
        institution_id=acting_institution(move.actor, case),
        facts={"id": move.transition.id, "from": move.came_from, "to": row.step, **(facts or {})},
        text=text,
        changes=changes,
        event=event,
        also=move.also,
    )
    return move.row


def no_more_turns(move: Move[Row]) -> None:
    """The case is closed: nobody has to act any more. One instant ends the case and its last turn, so that the
    parties' times add up to the case's own."""
    case, now = move.case, clock.now()
    case.is_open, case.closed_at = False, now
    case.due_at, case.clock_paused = now, False
    move.also.append(pass_ball(case, Turn(Ball.NONE), at=now))


def rest_pathway(case: Case) -> None:
    """Close the pathway when no other case of it is open: access to it begins to end."""
    if case.pathway_id and not _others_open(case):
        with acting_as(system("the pathway's last case was closed")) as itself:
            close_pathway(actor=itself, pathway_id=case.pathway_id)


def open_again(move: Move[Row]) -> None:
    move.case.is_open, move.case.closed_at = True, None
    if move.case.pathway_id:
        with acting_as(system("a case of the pathway was opened again")) as itself:
            reopen_pathway(actor=itself, pathway_id=move.case.pathway_id)


def _others_open(case: Case) -> bool:
    siblings = Case.objects.filter(pathway=case.pathway).open()
    return bool(siblings.exclude(pk=case.pk).exists())
