"""How each act on a consultation is asked for and done: one row a verb."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import LowerUrgencyForm, UrgencyForm
from consortium.casework.queries.duty import colleagues
from consortium.casework.views.acting import Act, Choices, higher, lower, plain, text
from consortium.kernel.actors import Actor
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind
from consultations import forms as asked
from consultations import operations
from consultations.forms import meeting as calls
from consultations.models import Consultation
from consultations.queries.meetings import asked_when, proposed_choices, slot_choices
from consultations.queries.opinions import asked_of, colleagues_to_ask
from consultations.queries.turning import places_for


def _ask_second(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Consultation:
    service_id, colleague_id = said["colleague"]
    return operations.ask_second(
        actor=actor, case_id=case_id, colleague_id=colleague_id, service_id=service_id, question=said["question"],
        key=said["request_key"],
    )  # fmt: skip


def _propose_video(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Consultation:
    return operations.propose_video(
        actor=actor, case_id=case_id, offer=said["offer"], guardian_agrees=said["guardian_agrees"],
        key=said["request_key"],
    )  # fmt: skip


def _book_video(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Consultation:
    return operations.book_video(
        actor=actor, case_id=case_id, starts_at=said["starts_at"], minutes=said["minutes"], key=said["request_key"]
    )


def _call_now(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Consultation:
    guardian, key = said["with_guardian"], said["request_key"]
    return operations.call_now(actor=actor, case_id=case_id, with_guardian=guardian, key=key)


def _to_allocate(consultation: Consultation) -> Choices:
    case = consultation.case
    people = colleagues(case.service_id) if case.service_id else []
    barred = (case.responder_id, consultation.declined_by_id if consultation.looked_at_again else None)
    return {"responder": [(str(p.user_id), _person(p)) for p in people if p.user_id not in barred]}


def _person(person: Any) -> str:
    words = [person.name, _("on duty") if person.on_duty else _("off duty"), _("%(n)d in hand") % {"n": person.load}]
    return " · ".join(words)


def _other_services(consultation: Consultation) -> Choices:
    return {"service_id": asked.service_choices(but=consultation.case.service_id)}


def _places(consultation: Consultation) -> Choices:
    """Where to; the guardian's consent is asked for once."""
    agreed = consultation.consent_given or has_consent(consultation.case.patient_id, ConsentKind.SHARE)
    return {"service_id": list(places_for(consultation)), **({"consent_given": None} if agreed else {})}


ACTS: dict[str, Act[Consultation]] = {
    "claim": Act(plain(operations.claim), gettext_lazy("The case is yours.")),
    "start": Act(plain(operations.start), gettext_lazy("You have begun.")),
    "discard": Act(
        plain(operations.discard),
        gettext_lazy("The draft was thrown away."),
        hint=gettext_lazy("What you typed will be gone from your lists."),
    ),
    "acknowledge_correction": Act(
        plain(operations.acknowledge_correction), gettext_lazy("The specialist sees that you have read it.")
    ),
    "allocate": Act(
        plain(operations.allocate, responder="responder_id"),
        gettext_lazy("Allocated."),
        asked.AllocateForm,
        choices=_to_allocate,
    ),
    "take_back": Act(
        plain(operations.take_back),
        gettext_lazy("Back in the queue: give it to somebody who can answer now."),
        asked.TakeBackForm,
        gettext_lazy("Whoever holds it lets go and is told. The place in line is kept; the service is called again."),
    ),
    "decline": Act(
        plain(operations.decline),
        gettext_lazy("Passed on. The question keeps its place in line."),
        asked.DeclineForm,
        gettext_lazy("The question goes to the service you name and keeps its place in line. The asker is told."),
        _other_services,
    ),
    "ask_information": Act(
        text(operations.ask_information),
        gettext_lazy("The asker was asked."),
        asked.TextForm,
        gettext_lazy("Your clock waits while the asker answers, unless the question is stat."),
    ),
    "supply_information": Act(
        text(operations.supply_information),
        gettext_lazy("Sent to the specialist."),
        asked.TextForm,
        gettext_lazy("Files are added on the page of the consultation, before or after this."),
    ),
    "ask_clarification": Act(
        text(operations.ask_clarification), gettext_lazy("Sent back to the specialist."), asked.TextForm
    ),
    "reopen": Act(
        text(operations.reopen),
        gettext_lazy("Open again, with the specialist."),
        asked.TextForm,
        gettext_lazy("Say what has happened since, and what you need to know now."),
    ),
    "close_out": Act(plain(operations.close_out), gettext_lazy("Closed. Thank you."), asked.CloseOutForm),
    "withdraw": Act(
        plain(operations.withdraw),
        gettext_lazy("Withdrawn. The specialist is told."),
        asked.WithdrawForm,
    ),
    "send_again": Act(
        plain(operations.send_again),
        gettext_lazy("Sent again."),
        hint=gettext_lazy("The same question, with all that was written and attached, goes back into the queue."),
    ),
    "raise_urgency": Act(plain(operations.raise_urgency), gettext_lazy("Urgency raised."), UrgencyForm, choices=higher),
    "lower_urgency": Act(
        plain(operations.lower_urgency), gettext_lazy("Urgency lowered."), LowerUrgencyForm, choices=lower
    ),
    "dispute": Act(
        plain(operations.dispute),
        gettext_lazy("The service lead is asked to look again."),
        asked.DisputeForm,
        gettext_lazy("Back to the service that declined, where somebody else decides. The place in line is kept."),
    ),
    "ask_second": Act(
        _ask_second,
        gettext_lazy("Your colleague was asked, and sees the child until they have answered."),
        asked.AskSecondForm,
        gettext_lazy("The answer stays yours; what they say stands beside it, dissent too."),
        lambda consultation: {"colleague": [("", _("Choose a colleague")), *colleagues_to_ask(consultation.case)]},
    ),
    "give_opinion": Act(
        plain(operations.give_opinion),
        gettext_lazy("Signed. The lead has been told."),
        asked.OpinionForm,
        told=asked_of,
    ),
    "decline_opinion": Act(
        plain(operations.decline_opinion), gettext_lazy("The lead has been told."), asked.DeclineOpinionForm
    ),
    "convert": Act(
        plain(operations.convert),
        gettext_lazy("Sent on as a referral."),
        asked.ConvertForm,
        gettext_lazy("Thread, files and answers go with it; the question is closed."),
        _places,
    ),
    "propose_video": Act(
        _propose_video,
        gettext_lazy("Proposed. The other side chooses a time."),
        calls.ProposeVideoForm,
        gettext_lazy("The question can be answered in writing meanwhile: a call never holds it up."),
        slot_choices,
    ),
    "book_video": Act(
        _book_video,
        gettext_lazy("Booked. Both sides are reminded."),
        calls.BookVideoForm,
        choices=proposed_choices,
        told=asked_when,
    ),
    "call_now": Act(
        _call_now,
        gettext_lazy("The other side is being called. Come in."),
        calls.CallNowForm,
        gettext_lazy("The room opens at once, and the other side gets an urgent notice."),
    ),
    "cancel_video": Act(
        plain(operations.cancel_video),
        gettext_lazy("Cancelled. The other side is told."),
        calls.CancelVideoForm,
        gettext_lazy("The time is free again. The question stays open."),
    ),
    "enter_in_error": Act(
        plain(operations.enter_in_error),
        gettext_lazy("Marked as entered in error."),
        asked.ErrorForm,
        gettext_lazy("It is kept but leaves all lists, and everybody who read it is told."),
    ),
}
