"""The beats of every act on a consultation (casework's, with its machine)."""

from uuid import UUID

from consortium.casework.operations import moving
from consortium.casework.operations.moving import finish, hold_patient, open_again, rest_pathway
from consortium.kernel.actors import Actor
from consortium.people.operations import hold_person
from consultations.models import Consultation
from consultations.operations.letting_go import end_waiting
from consultations.queries import whose_turn_as_asker
from consultations.states import MACHINE, OpinionDecline

__all__ = [
    "Move", "begin", "close", "finish", "hold_patient", "locked", "open_again", "rest_pathway", "stop_waiting", "take",
]  # fmt: skip


class Move(moving.Move[Consultation]):
    """One act on a consultation."""

    @property
    def consultation(self) -> Consultation:
        return self.row

    def give_to_asker(self) -> None:
        """The asker, a colleague of the asking institution, or the coordinator: whoever can act.

        The asker's row is held, so that they are not suspended between the question and the commit.
        """
        hold_person(self.case.asker_id)
        turn = whose_turn_as_asker(self.case)
        self.give_to(turn.party, turn.user_id)


def locked(case_id: UUID) -> Consultation:
    """The consultation with its case, both locked; NotVisible when the actor may not see it."""
    return moving.locked_row(Consultation, case_id)


def begin(actor: Actor, case_id: UUID, verb: str, version: int | None = None) -> Move:
    """Lock, compare the version, and take the step of `verb`: 403, 404, 409 or 422 when that can't be."""
    return take(actor, locked(case_id), verb, version)


def take(actor: Actor, consultation: Consultation, verb: str, version: int | None = None) -> Move:
    """As `begin`, for a consultation that is locked already."""
    came_from = consultation.step
    return Move(actor, consultation, moving.step_taken(MACHINE, actor, consultation, verb, version), came_from)


def close(move: Move) -> None:
    """Nobody has to act any more; when it was the pathway's last open case, access to it begins to end."""
    stop_waiting(move)
    rest_pathway(move.case)


def stop_waiting(move: Move) -> None:
    """As `close`, for what goes on in another case of the same pathway."""
    end_waiting(move.actor, move.case, OpinionDecline.CASE_LEFT)
    moving.no_more_turns(move)
