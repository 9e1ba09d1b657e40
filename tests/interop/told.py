"""One question told whole: measured, asked, declined, taken by another service, talked over, answered, corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from consortium.casework.models import Case, Service
from consortium.casework.operations import post_message
from consortium.casework.states import Priority
from consortium.files.models import Attachment
from consortium.files.operations import attach_small, inspect_attachment
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Measurement, Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role, Tier
from consultations import operations as do
from consultations.operations import Advice
from tests.casework import rosters
from tests.consultations.cases import by, submitted
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_guardian, make_measured, make_patient
from tests.factories.people import make_institution, make_region, make_specialty, make_staff
from tests.files.makers import CT, jpeg

ADVICE = Advice("Innocent murmur.", "No echo.", "Faints, or turns blue.", "At once then.", "See her in a year.")


@dataclass
class Told:
    """The people, the case and what hangs on it."""

    hospital: Institution
    centre: Institution
    respiratory: Service
    cardiology: Service
    people: dict[str, User]
    patient: Patient
    case: Case
    waiting: Case
    photo: Attachment
    scan: Attachment
    weight: Measurement


def tell() -> Told:
    """Everything, inside the caller's transaction."""
    east = make_region("East")
    hospital = make_institution("Children's Hospital", tier=Tier.TERTIARY, region=east)
    centre = make_institution("Yanghang Community Centre", tier=Tier.COMMUNITY, region=east)
    respiratory = make_service(hospital, make_specialty("respiratory", "Respiratory medicine"))
    cardiology = make_service(hospital, make_specialty("cardiology", "Cardiology"))
    people = _people(hospital, centre, respiratory, cardiology)
    patient = make_patient(centre, "Lin Xiaoyu", record="Z-77", gestation_weeks=31, allergies="Penicillin")
    make_guardian(patient)
    weight = _measured(patient)
    asker, heart = people["asker"], people["heart"]
    case_id = submitted(asker, patient, respiratory, working_diagnosis="Murmur", priority=Priority.ROUTINE).pk
    photo, scan = _file(asker, case_id, "lin-xiaoyu.jpg", jpeg()), _file(asker, case_id, "heart.dcm", CT.read_bytes())
    by(people["lungs"], do.claim, case_id=case_id)
    by(people["lungs"], do.decline, case_id=case_id, reason="wrong_service", service_id=cardiology.pk, note="A heart.")
    by(heart, do.claim, case_id=case_id)
    by(heart, do.ask_information, case_id=case_id, text="Does she faint?")
    by(asker, do.supply_information, case_id=case_id, text="Never.")
    first = by(asker, post_message, case_id=case_id, text="Her mother can be reached all day.")
    by(heart, post_message, case_id=case_id, text="Good.", reply_to=first.pk, files=[photo.pk])
    rosters.booked(heart, rosters.person(heart), begins=3, case_id=case_id)
    by(heart, do.ask_second, case_id=case_id, colleague_id=people["second"].pk, question="Innocent?")
    by(people["second"], do.give_opinion, case_id=case_id, agrees=False, text="I hear a click.")
    by(heart, do.answer, case_id=case_id, advice=ADVICE)
    by(heart, do.correct_answer, case_id=case_id, advice=ADVICE, reason="Wrong ear.")
    waiting = submitted(asker, patient, respiratory, situation="Lin Xiaoyu coughs.").case
    case = Case.unscoped.get(pk=case_id)
    return Told(hospital, centre, respiratory, cardiology, people, patient, case, waiting, photo, scan, weight)


def _people(hospital: Institution, centre: Institution, respiratory: Service, cardiology: Service) -> dict[str, User]:
    people = {
        "asker": make_staff("asker", centre, Role.ASKER, full_name_zh="陈医生"),
        "lungs": make_staff("lungs", hospital, Role.SPECIALIST),
        "heart": make_staff("heart", hospital, Role.SPECIALIST),
        "second": make_staff("second", hospital, Role.SPECIALIST),
        "coordinator": make_staff("coordinator", hospital, Role.COORDINATOR),
        "stranger": make_staff("stranger", make_institution("Far Away Hospital"), Role.ASKER),
    }
    for name, service in (("lungs", respiratory), ("heart", cardiology), ("second", cardiology)):
        make_service_member(service, people[name])
    return people


def _measured(patient: Patient) -> Measurement:
    """A weight before the one of now, signs, a value taken back, and one from long ago."""
    make_measured(patient, at=clock.now() - timedelta(days=90), head="41")
    make_measured(patient, at=clock.now() - timedelta(days=8), weight="6.5")
    mistaken = make_measured(patient, at=clock.now() - timedelta(hours=2), spo2="22")[0]
    Measurement.unscoped.filter(pk=mistaken.pk).update(
        entered_in_error_at=clock.now(), error_reason="mistyped", entered_in_error_by=None
    )
    weight, *_signs = make_measured(
        patient, at=clock.now() - timedelta(hours=1), weight="6.8", temperature="38.5", avpu="A", muac="131", sbp="90"
    )
    return weight


def _file(asker: User, case_id: Any, name: str, data: bytes) -> Attachment:
    made = by(asker, attach_small, case_id=case_id, name=name, size=len(data), pieces=[data])
    with acting_as(system("test")) as inspector:
        inspect_attachment(actor=inspector, attachment_id=made.pk)
    found: Attachment = Attachment.unscoped.get(pk=made.pk)
    return found
