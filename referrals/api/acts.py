"""Every verb of the referral machine's table as an address."""

from typing import Any

from rest_framework import serializers

from consortium.casework.api.acts import Deed, act_paths
from consortium.casework.api.lists import PRIORITIES, draft_fields
from consortium.kernel.api import Input
from consortium.people.states import Capability
from referrals.api.shapes import REFERRAL, TEXT
from referrals.operations import (
    answering,
    cancelling,
    caring,
    drafting,
    following,
    informing,
    outcomes,
    redirecting,
    returning,
    sending,
    transport,
    unannounced,
    urgency,
    visiting,
)
from referrals.operations.outcomes import Ending
from referrals.operations.returning import Plan, PlannedVisit
from referrals.operations.transport import Handover
from referrals.operations.transport import Way as Journey
from referrals.states import (
    CANCEL_CHOICES,
    Appropriateness,
    Concordance,
    DeclineReason,
    Destination,
    EndReason,
    ErrorReason,
    IncidentKind,
    LifeThreat,
    Mode,
)

NOTE = 2000


class WordsInput(Input):
    text = serializers.CharField(max_length=TEXT)


class WhyInput(Input):
    reason = serializers.CharField(max_length=TEXT)


class ServiceInput(Input):
    service_id = serializers.UUIDField()


class RedirectInput(ServiceInput):
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True)


class AcceptInput(Input):
    promise = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Bed or place promised."
    )


class RefusalInput(Input):
    reason = serializers.ChoiceField(DeclineReason.choices)
    service_id = serializers.UUIDField(required=False, allow_null=True, help_text="The service to ask instead.")
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True)


class VisitInput(Input):
    slot_id = serializers.UUIDField()
    instructions = serializers.CharField(max_length=NOTE, required=False, allow_blank=True, help_text="What to bring.")


class TransportInput(Input):
    mode = serializers.ChoiceField(Mode.choices)
    crew = serializers.CharField(max_length=200, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    expected_at = serializers.DateTimeField(required=False, allow_null=True)
    vehicle_id = serializers.UUIDField(required=False, allow_null=True)


class JourneyHandoverInput(Input):
    summary = serializers.CharField(max_length=TEXT)
    severity = serializers.CharField(max_length=200, required=False, allow_blank=True)
    actions = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    awareness = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    mode = serializers.ChoiceField(Mode.choices, required=False, help_text="Where no transport was arranged.")


class DepartInput(Input):
    mode = serializers.ChoiceField(Mode.choices, required=False)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    life_threat = serializers.ChoiceField(
        LifeThreat.choices, required=False, help_text="Needed where nobody has accepted the child yet."
    )


class IncidentInput(Input):
    kind = serializers.ChoiceField(IncidentKind.choices)
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True)
    happened_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now, unless told.")


class ArriveInput(Input):
    read_back = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)


class AdmitInput(Input):
    place = serializers.ChoiceField(caring.STAYS)
    ward = serializers.CharField(max_length=120, required=False, allow_blank=True)


class ClinicInput(Input):
    clinic = serializers.CharField(max_length=120, required=False, allow_blank=True)


class CancelInput(Input):
    reason = serializers.ChoiceField(CANCEL_CHOICES)
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True)


class EndInput(Input):
    reason = serializers.ChoiceField(EndReason.choices)
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True)


class MistakeInput(Input):
    reason = serializers.ChoiceField(ErrorReason.choices)
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True)


class OutcomeOfCareInput(Input):
    admitted_on = serializers.DateField()
    left_on = serializers.DateField()
    diagnoses = serializers.ListField(
        child=serializers.CharField(max_length=300), min_length=1, max_length=20,
        help_text="The main one first, each with its ICD-10 code before it: J21.9 Acute bronchiolitis.",
    )  # fmt: skip
    course = serializers.CharField(max_length=TEXT)
    medicines = serializers.CharField(max_length=TEXT)
    immunisations = serializers.CharField(max_length=TEXT)
    pending = serializers.CharField(max_length=TEXT)
    follow_up = serializers.CharField(max_length=TEXT)
    destination = serializers.ChoiceField(Destination.choices)
    special_care = serializers.BooleanField(help_text="Whether the child needed what only a hospital has.")
    appropriateness = serializers.ChoiceField(Appropriateness.choices, required=False, allow_blank=True)
    to_sender = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)
    for_family = serializers.CharField(max_length=TEXT, required=False, allow_blank=True)


class CorrectedOutcomeInput(OutcomeOfCareInput):
    reason = serializers.CharField(max_length=300)


class AcknowledgeInput(Input):
    usefulness = serializers.IntegerField(min_value=1, max_value=5)
    concordance = serializers.ChoiceField(Concordance.choices)
    appropriateness = serializers.ChoiceField(Appropriateness.choices, required=False, allow_blank=True)
    learnt = serializers.CharField(
        max_length=NOTE, required=False, allow_blank=True, help_text="Stays with the sender."
    )


class PlannedVisitInput(Input):
    on = serializers.DateField()
    task = serializers.CharField(max_length=500)
    needs = serializers.ListField(
        child=serializers.ChoiceField(Capability.choices), required=False, help_text="What the centre must have for it."
    )


class PlanInput(Input):
    service_id = serializers.UUIDField()
    plan = serializers.CharField(max_length=TEXT)
    medicines = serializers.CharField(max_length=TEXT)
    visits = PlannedVisitInput(many=True)
    guardian_agreed = serializers.BooleanField()
    needs = serializers.ListField(child=serializers.ChoiceField(Capability.choices), required=False)
    priority = serializers.ChoiceField(PRIORITIES, required=False)


class FollowedInput(WordsInput):
    next_on = serializers.DateField(required=False, allow_null=True)
    next_task = serializers.CharField(max_length=500, required=False, allow_blank=True)


class RecallInput(Input):
    recall_on = serializers.DateField()


class WorsenedInput(Input):
    question = serializers.CharField(max_length=TEXT)
    priority = serializers.ChoiceField(PRIORITIES, required=False)
    service_id = serializers.UUIDField(required=False, allow_null=True, help_text="To whom it came from, unless told.")


class MoreUrgentInput(Input):
    priority = serializers.ChoiceField(PRIORITIES)


class LessUrgentInput(MoreUrgentInput):
    reason = serializers.CharField(max_length=1000)


class SenderInput(Input):
    institution_id = serializers.UUIDField()
    asker_id = serializers.UUIDField(required=False, allow_null=True)


def _way(given: dict[str, Any]) -> dict[str, Any]:
    return {"way": Journey(**given)}


def _handover(given: dict[str, Any]) -> dict[str, Any]:
    mode = {"mode": given.pop("mode")} if "mode" in given else {}
    return {"handover": Handover(**given), **mode}


def _ending(given: dict[str, Any]) -> dict[str, Any]:
    reason = {"reason": given.pop("reason")} if "reason" in given else {}
    return {"ending": Ending(**{**given, "diagnoses": tuple(given["diagnoses"])}), **reason}


def _plan(given: dict[str, Any]) -> dict[str, Any]:
    visits = tuple(PlannedVisit(each["on"], each["task"], tuple(each.get("needs", ()))) for each in given["visits"])
    needs = tuple(given.get("needs", ()))
    return {"plan": Plan(**{**draft_fields(given), "visits": visits, "needs": needs})}


DEEDS = (
    Deed("send", sending.send),
    Deed("discard", drafting.discard),
    Deed("open", answering.open_referral),
    Deed("accept", answering.accept, AcceptInput),
    Deed("decline", answering.decline, RefusalInput),
    Deed("also_ask", redirecting.also_ask, ServiceInput),
    Deed("redirect", redirecting.redirect, RedirectInput),
    Deed("dispute", redirecting.dispute, WhyInput),
    Deed("book_visit", visiting.book_visit, VisitInput, key=True),
    Deed("rebook_visit", visiting.book_visit, VisitInput, key=True),
    Deed("miss_visit", visiting.miss_visit),
    Deed("cancel_visit", visiting.cancel_visit, WhyInput),
    Deed("arrange_transport", transport.arrange_transport, TransportInput, key=True, shape=_way),
    Deed("sign_handover", transport.sign_handover, JourneyHandoverInput, shape=_handover),
    Deed("depart", transport.depart, DepartInput),
    Deed("report_incident", transport.report_incident, IncidentInput, key=True),
    Deed("arrive", transport.arrive, ArriveInput),
    Deed("read_back", transport.read_back, WordsInput),
    Deed("admit", caring.admit, AdmitInput),
    Deed("see_child", caring.see_child, ClinicInput),
    Deed("note_interim", caring.note_interim, WordsInput, key=True),
    Deed("discharge", caring.discharge),
    Deed("ask_cancel", cancelling.ask_cancel, CancelInput),
    Deed("confirm_cancel", cancelling.confirm_cancel),
    Deed("keep", cancelling.keep, WhyInput),
    Deed("withdraw", cancelling.withdraw, CancelInput),
    Deed("end", cancelling.end, EndInput),
    Deed("enter_in_error", cancelling.enter_in_error, MistakeInput),
    Deed("send_outcome", outcomes.send_outcome, OutcomeOfCareInput, key=True, shape=_ending),
    Deed("correct_outcome", outcomes.correct_outcome, CorrectedOutcomeInput, key=True, shape=_ending),
    Deed("acknowledge", outcomes.acknowledge, AcknowledgeInput),
    Deed("back_refer", returning.back_refer, PlanInput, key=True, shape=_plan),
    Deed("take_over", returning.take_over),
    Deed("visit_done", following.visit_done, FollowedInput),
    Deed("visit_missed", following.visit_missed, RecallInput),
    Deed("worsened", following.worsened, WorsenedInput, key=True, shape=draft_fields),
    Deed("end_follow_up", following.end_follow_up),
    Deed("raise_urgency", urgency.raise_urgency, MoreUrgentInput, shape=draft_fields),
    Deed("lower_urgency", urgency.lower_urgency, LessUrgentInput, shape=draft_fields),
    Deed("ask_information", informing.ask_information, WordsInput, key=True),
    Deed("supply_information", informing.supply_information, WordsInput, key=True),
    Deed("link_sender", unannounced.link_sender, SenderInput),
)

urlpatterns = act_paths(REFERRAL, DEEDS)
