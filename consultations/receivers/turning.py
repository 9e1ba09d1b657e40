"""Where a question turns: a decline is disputed or stands, it becomes a referral, the manual fell short of it."""

from django.urls import reverse

from consortium.casework.states import Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice, stop_pages, tell
from consortium.people.models import Membership
from consortium.people.states import Role
from consultations import events
from consultations.queries.concerned import answering_side, asking_side, coordinators_of, leads_looking
from consultations.receivers.calling import call_for, case_heard
from consultations.states import FELL_SHORT_OFTEN, DisputeOutcome


@receives(events.DeclineDisputed, duty=True)
def call_on_dispute(entry_id: int, event: events.DeclineDisputed) -> None:
    """The service that was suggested is called no more; the leads of the one that declined are, when it cannot wait."""
    case = case_heard(event.consultation_id)
    stop_pages(actor=current_actor(), subject=case)
    call_for(case, entry_id)


@receives(events.DeclineDisputed)
def tell_of_dispute(entry_id: int, event: events.DeclineDisputed) -> None:
    case = case_heard(event.consultation_id)
    soon = case.priority <= Priority.URGENT
    kind = "consultation.disputed_now" if soon else "consultation.disputed"
    tell(leads_looking(case), kind, case, entry_id, urgent=soon)
    tell(coordinators_of(case), "consultation.waiting", case, entry_id, urgent=case.priority == Priority.STAT)


@receives(events.DisputeSettled)
def tell_of_outcome_of_dispute(entry_id: int, event: events.DisputeSettled) -> None:
    """Taken: the asker hears who has it by the claim itself. Declined again: there is no third look."""
    if event.outcome == DisputeOutcome.DECLINED:
        case = case_heard(event.consultation_id)
        tell(asking_side(case), "consultation.declined_again", case, entry_id, urgent=case.priority <= Priority.URGENT)


@receives(events.ConsultationConverted)
def tell_of_conversion(entry_id: int, event: events.ConsultationConverted) -> None:
    """Both sides hear it but who did it; nobody is called for the question any more."""
    case = case_heard(event.consultation_id)
    stop_pages(actor=current_actor(), subject=case)
    tell([*asking_side(case), *answering_side(case)], "consultation.converted", case, entry_id)


@receives(events.BranchFellShort)
def tell_of_gap(entry_id: int, event: events.BranchFellShort) -> None:
    """Who writes the manual, at each third time: without a word of any child."""
    entry = unfiltered(Entry, why="what the notice is filed under").get(pk=entry_id)
    case = case_heard(entry.subject_id)
    editors = unfiltered(Membership, why="who writes the manual").active(clock.today()).filter(role=Role.MANUAL_EDITOR)
    times = event.count // FELL_SHORT_OFTEN
    for editor_id in sorted(set(editors.values_list("user_id", flat=True)), key=str):
        send_notice(
            actor=current_actor(), recipient_id=editor_id, kind="consultation.manual_gap", subject=case,
            url=reverse("consultations:manual_gaps"), once=f"gap:{event.pathway}:{event.node}:{times}",
            facts={"pathway": event.pathway, "node": event.node, "count": event.count},
        )  # fmt: skip
