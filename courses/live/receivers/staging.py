"""Votes about a case: kept in the bank once they are closed, and gone with the case."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from courses.live.events.cases import TeachingCaseTakenDown
from courses.live.events.staging import CaseVoteClosed
from courses.live.operations.banking import bank_vote, forget_votes


@receives(CaseVoteClosed)
def keep_it_in_the_bank(entry_id: int, event: CaseVoteClosed) -> None:
    bank_vote(actor=current_actor(), poll_id=event.poll_id)


@receives(TeachingCaseTakenDown)
def forget_what_was_asked(entry_id: int, event: TeachingCaseTakenDown) -> None:
    forget_votes(actor=current_actor(), teaching_case_id=event.teaching_case_id)
