"""The beats of every act on a referral (casework's, with its machine)."""

from datetime import timedelta
from uuid import UUID

from consortium.casework.operations import moving, ring_lists, start_beneath, start_clock, stop_clock
from consortium.casework.operations.moving import finish, hold_patient, open_again, rest_pathway
from consortium.casework.states import Ball, Leg
from consortium.kernel.actors import Actor
from consortium.people.operations import hold_person
from referrals.models import Referral
from referrals.queries.turns import asker_turn
from referrals.states import MACHINE

__all__ = [
    "Move", "begin", "close", "finish", "hold_patient", "locked", "next_leg", "open_again", "rest_pathway",
    "stop_waiting", "take",
]  # fmt: skip


class Move(moving.Move[Referral]):
    """One act on a referral."""

    @property
    def referral(self) -> Referral:
        return self.row

    def give_to_asker(self) -> None:
        """The asker, a colleague of the sending institution, or the coordinator: whoever can act."""
        hold_person(self.case.asker_id)
        turn = asker_turn(self.case)
        self.give_to(turn.party, turn.user_id)

    def give_to_service(self) -> None:
        """Whoever has accepted, else anybody of the receiving service."""
        self.give_to(Ball.RESPONDER, self.case.responder_id)


def locked(case_id: UUID) -> Referral:
    """The referral with its case, both locked; NotVisible when the actor may not see it."""
    return moving.locked_row(Referral, case_id)


def begin(actor: Actor, case_id: UUID, verb: str, version: int | None = None) -> Move:
    """Lock, compare the version, and take the step of `verb`: 403, 404, 409 or 422 when that can't be."""
    return take(actor, locked(case_id), verb, version)


def take(actor: Actor, referral: Referral, verb: str, version: int | None = None) -> Move:
    """As `begin`, for a referral that is locked already."""
    came_from = referral.step
    return Move(actor, referral, moving.step_taken(MACHINE, actor, referral, verb, version), came_from)


def next_leg(move: Move, leg: Leg, *, target: timedelta | None = None) -> None:
    """Stop what runs and start `leg`. While the sender is asked for information it begins paused, and theirs runs on;
    a stat clock never waits."""
    case, asked_at = move.case, move.referral.information_asked_at
    ring_lists(case)  # it stands elsewhere in them, also where the turn stays with the same
    stop_clock(case, but=Leg.INFORMATION if asked_at else None)
    if asked_at is None:
        start_clock(case, leg, target=target)
    else:
        start_beneath(case, leg, asked_at, target=target)


def close(move: Move) -> None:
    """Nobody has to act any more; when it was the pathway's last open case, access to it begins to end."""
    stop_waiting(move)
    rest_pathway(move.case)


def stop_waiting(move: Move) -> None:
    """As `close`, for what goes on in another case of the same pathway."""
    moving.no_more_turns(move)
