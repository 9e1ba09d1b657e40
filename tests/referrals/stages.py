"""Referrals brought to every step by their own operations: one set-up for the table of roles, the FHIR round trip and
the transitions of BSeR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role, Tier
from referrals.models import Referral
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.cancelling import ask_cancel, confirm_cancel, end, enter_in_error
from referrals.operations.caring import admit, discharge, note_interim
from referrals.operations.drafting import save_draft
from referrals.operations.following import end_follow_up, visit_missed
from referrals.operations.outcomes import Ending, acknowledge, send_outcome
from referrals.operations.returning import Plan, back_refer, take_over
from referrals.operations.sending import send
from referrals.operations.transport import (
    Handover,
    Way,
    arrange_transport,
    arrive,
    depart,
    report_incident,
    sign_handover,
)
from referrals.operations.visiting import book_visit, cancel_visit, miss_visit
from referrals.states import IncidentKind, LifeThreat, Mode, Place, Step
from tests.casework import rosters
from tests.consultations.cases import by
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_guardian, make_measured, make_patient
from tests.factories.people import make_institution, make_region, make_specialty, make_staff
from tests.referrals.cases import WHOLE, sent

ENDING = Ending(
    admitted_on=None, left_on=None, diagnoses=("J05.0 Acute obstructive laryngitis", "R06.1 Stridor"),
    course="Adrenaline twice, then quiet.", medicines="None.", immunisations="None.", pending="None.",
    follow_up="See her in two days.", destination="home", special_care=True, appropriateness="appropriate",
    to_sender="Dexamethasone could have been given first.", for_family="She is well. Come back when she croaks.",
)  # fmt: skip


def ending(**other: Any) -> Ending:
    """An outcome of a child that came and left today."""
    today = clock.today()
    return replace(ENDING, **{"admitted_on": today, "left_on": today, **other})


class Stage:
    """One referral and its people; `to_<step>` brings it there from nothing."""

    def __init__(self, cast: dict[str, User], patient: Patient, service: Service, community: Institution) -> None:
        self.cast, self.patient, self.service, self.community = cast, patient, service, community
        self.case_id: Any = None
        #: what the back-referral came out of
        self.up_id: Any = None

    def does(self, who: str, operation: Callable[..., Any], **words: Any) -> Any:
        return by(self.cast[who], operation, case_id=self.case_id, **words)

    def bring_to(self, step: str) -> None:
        getattr(self, f"to_{step}")()

    def referral(self) -> Referral:
        found: Referral = Referral.unscoped.select_related("case").get(pk=self.case_id)
        return found

    # -- up -----------------------------------------------------------------------------------------------------------

    def to_draft(self) -> None:
        fields = {**WHOLE, "patient_id": self.patient.pk, "service_id": self.service.pk, "priority": Priority.URGENT}
        self.case_id = by(self.cast["asker"], save_draft, fields=fields).pk

    def send(self) -> None:
        self.does("asker", send)

    def to_requested(self, **more: Any) -> None:
        plain = {"working_diagnosis": "Croup", "diagnosis_code": "J05.0", **more}
        self.case_id = sent(self.cast["asker"], self.patient, self.service, **plain).pk

    def to_seen(self) -> None:
        self.to_requested()
        self.does("specialist", open_referral)

    def to_accepted(self) -> None:
        self.to_seen()
        self.does("specialist", accept, promise="Bed 12")

    def to_declined(self) -> None:
        self.to_seen()
        self.does("specialist", decline, reason="no_bed", note="Full until Monday.")

    def to_transport(self) -> None:
        self.to_accepted()
        self.does("asker", arrange_transport, way=Way(Mode.SENDER_AMBULANCE, crew="A nurse"))

    def to_en_route(self) -> None:
        self.to_transport()
        self.does("asker", sign_handover, handover=Handover("Croup since midnight.", "Watcher", "Oxygen", "May tire"))
        self.does("asker", depart)
        self.does("asker", report_incident, kind=IncidentKind.OXYGEN, note="Changed the bottle.")

    def to_arrived(self) -> None:
        self.to_en_route()
        self.does("specialist", arrive, read_back="Croup, on oxygen.")

    def to_under_care(self) -> None:
        self.to_arrived()
        self.does("specialist", admit, place=Place.WARD, ward="Ward 3")
        self.does("specialist", note_interim, text="Settled after adrenaline.")

    def to_outcome_sent(self) -> None:
        self.to_under_care()
        self.does("specialist", discharge)
        self.does("specialist", send_outcome, ending=ending())

    def to_closed(self) -> None:
        self.to_outcome_sent()
        self.does("asker", acknowledge, usefulness=5, concordance="same", appropriateness="appropriate", learnt="Mine.")

    def to_scheduled(self) -> None:
        """A place of the hospital's clinic, booked by the hospital."""
        self.to_accepted()
        clinic = rosters.calendar(self.service)
        rosters.rule(clinic)
        self.does("specialist", book_visit, slot_id=rosters.first_slot(clinic).pk, instructions="Bring the X-ray.")

    def to_unattended(self) -> None:
        self.to_scheduled()
        with clock.moved(timedelta(days=2)):
            self.does("specialist", miss_visit)

    def to_visit_cancelled(self) -> None:
        self.to_scheduled()
        self.does("asker", cancel_visit, reason="Snow.")

    def to_cancelled(self) -> None:
        self.to_accepted()
        self.does("asker", ask_cancel, reason="better")
        self.does("specialist", confirm_cancel)

    def to_ended(self) -> None:
        self.to_accepted()
        self.does("asker", end, reason="refused")

    def to_entered_in_error(self) -> None:
        self.to_seen()
        self.does("asker", enter_in_error, reason="duplicate")

    def gone_early(self) -> None:
        """A stat child that left before anybody had accepted."""
        self.to_requested(priority=Priority.STAT)
        self.does("asker", depart, mode=Mode.SENDER_AMBULANCE, life_threat=LifeThreat.AIRWAY)

    # -- down ---------------------------------------------------------------------------------------------------------

    def sent_back(self) -> None:
        """A plan for the centre from which the child came, with two visits."""
        self.to_under_care()
        self.up_id = self.case_id
        home = make_service(self.community, make_specialty("general", "General paediatrics"))
        day = clock.today() + timedelta(days=2)
        plan = Plan(
            home.pk,
            "Look at her breathing.",
            "None",
            ((day, "Weigh her."), (day + timedelta(days=7), "Hear her.")),
            True,
        )
        self.case_id = self.does("specialist", back_refer, plan=plan).pk

    def to_following(self) -> None:
        self.sent_back()
        self.does("colleague", take_over)
        self.does("nurse", visit_missed, recall_on=clock.today() + timedelta(days=3))

    def to_followed(self) -> None:
        self.to_following()
        self.does("colleague", end_follow_up)


#: the steps that the operations above lead to
STEPS = tuple(step.value for step in Step if hasattr(Stage, f"to_{step.value}"))


def new_stage() -> Stage:
    """A stage with people, places and child of its own, for who wants the tables empty again afterwards."""
    east = make_region("East")
    hospital = make_institution("Children's Hospital", tier=Tier.TERTIARY, region=east)
    community = make_institution("Yanghang Community Centre", tier=Tier.COMMUNITY, region=east)
    service = make_service(hospital, make_specialty("respiratory", "Respiratory medicine"))
    cast = {
        "asker": make_staff("asker", community, Role.ASKER),
        "colleague": make_staff("colleague", community, Role.ASKER),
        "nurse": make_staff("nurse", community, Role.NURSE),
        "specialist": make_staff("specialist", hospital, Role.SPECIALIST),
    }  # fmt: skip
    make_service_member(service, cast["specialist"])
    patient = make_patient(community, "Lin Xiaoyu", record="Z-77", gestation_weeks=31)
    make_guardian(patient)
    make_measured(patient, weight="6.8", temperature="38.5")
    return Stage(cast, patient, service, community)
