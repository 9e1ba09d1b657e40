"""The beats that every act on a consultation shares: lock, check, step, save, journal, event."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.operations import Turn, acting_institution, locked_case, pass_ball
from consortium.casework.states import Ball
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.machine import Transition
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.patients.models import Patient
from consortium.patients.operations import close_pathway, reopen_pathway
from consortium.people.operations import hold_person
from consultations.models import Consultation
from consultations.operations.letting_go import end_waiting
from consultations.queries import whose_turn_as_asker
from consultations.states import MACHINE, OpinionDecline


@dataclass
class Move:
    """One act under way: the locked rows, where it came from, and what else it has brought about."""

    actor: Actor
    consultation: Consultation
    transition: Transition
    came_from: str
    also: list[DomainEvent | None] = field(default_factory=list)

    @property
    def case(self) -> Case:
        case: Case = self.consultation.case
        return case

    def give_to(self, party: str, user_id: UUID | None = None) -> None:
        self.also.append(pass_ball(self.case, Turn(party, user_id)))

    def give_to_asker(self) -> None:
        """The asker, a colleague of the asking institution, or the coordinator: whoever can act.

        The asker's row is held, so that they are not suspended between the question and the commit.
        """
        hold_person(self.case.asker_id)
        turn = whose_turn_as_asker(self.case)
        self.give_to(turn.party, turn.user_id)


def hold_patient(case_id: UUID) -> None:
    """Lock the child's record before the case, in the order of casework's `lock_cases_of`: so the consent to share
    does not end between the look at it and the commit."""
    rows = unfiltered(Patient, why="the consent to share counts until the commit").filter(cases=case_id)
    rows.select_for_update(of=("self",), no_key=True).first()


def locked(case_id: UUID) -> Consultation:
    """The consultation with its case, both locked; NotVisible when the actor may not see it."""
    case = locked_case(case_id)
    rows = unfiltered(Consultation, why="the case is seen and locked").select_for_update(of=("self",))
    consultation: Consultation | None = rows.filter(pk=case_id).first()
    if consultation is None:
        raise NotVisible
    consultation.case = case
    return consultation


def begin(actor: Actor, case_id: UUID, verb: str, version: int | None = None) -> Move:
    """Lock, compare the version, and take the step of `verb`: 403, 404, 409 or 422 when that can't be."""
    return take(actor, locked(case_id), verb, version)


def take(actor: Actor, consultation: Consultation, verb: str, version: int | None = None) -> Move:
    """As `begin`, for a consultation that is locked already."""
    check_version(consultation.case, version)
    came_from = consultation.step
    return Move(actor, consultation, MACHINE.take(verb, actor, consultation), came_from)


def finish(
    move: Move,
    event: DomainEvent | None = None,
    *,
    text: str = "",
    facts: dict[str, Any] | None = None,
    changes: dict[str, Sequence[Any]] | None = None,
) -> Consultation:
    """Save both rows, write the journal entry and publish."""
    case = move.case
    case.version += 1
    with database_rules():
        case.save()
        move.consultation.save()
    record(
        actor=move.actor,
        verb=move.transition.verb,
        subject=case,
        patient_id=case.patient_id,
        institution_id=acting_institution(move.actor, case),
        facts={"id": move.transition.id, "from": move.came_from, "to": move.consultation.step, **(facts or {})},
        text=text,
        changes=changes,
        event=event,
        also=move.also,
    )
    return move.consultation


def close(move: Move) -> None:
    """Nobody has to act any more; when it was the pathway's last open case, access to it begins to end."""
    stop_waiting(move)
    rest_pathway(move.case)


def stop_waiting(move: Move) -> None:
    """As `close`, for what goes on in another case of the same pathway."""
    case = move.case
    case.is_open, case.closed_at = False, clock.now()
    case.due_at, case.clock_paused = case.closed_at, False
    end_waiting(move.actor, case, OpinionDecline.CASE_LEFT)
    move.give_to(Ball.NONE)


def rest_pathway(case: Case) -> None:
    """Close the pathway when no other case of it is open."""
    if case.pathway_id and not _others_open(case):
        with acting_as(system("the pathway's last case was closed")) as itself:
            close_pathway(actor=itself, pathway_id=case.pathway_id)


def open_again(move: Move) -> None:
    move.case.is_open, move.case.closed_at = True, None
    if move.case.pathway_id:
        with acting_as(system("a case of the pathway was opened again")) as itself:
            reopen_pathway(actor=itself, pathway_id=move.case.pathway_id)


def _others_open(case: Case) -> bool:
    siblings = Case.objects.filter(pathway=case.pathway).open()
    return bool(siblings.exclude(pk=case.pk).exists())
