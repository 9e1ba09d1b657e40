"""The world of the access matrix: each role once, and one of everything that a route may name."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client

from consortium.casework import operations as casework
from consortium.casework.models import Booking, Case
from consortium.casework.states import Priority
from consortium.files.models import Attachment, CleanImage
from consortium.files.operations import (
    attach_small,
    begin_upload,
    confirm_images,
    inspect_attachment,
    make_copy,
    prepare_copy,
)
from consortium.insight.models import Export
from consortium.insight.operations import begin_export
from consortium.insight.queries import asked_of
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.notices.operations import send_notice, start_page
from consortium.patients.models import Merge, Patient
from consortium.patients.queries.search import unseen_token
from consortium.people.models import User
from consortium.people.operations import invite, issue_reset
from consortium.people.operations.tokens import issue_token
from consortium.people.states import Role, Tier
from consultations import operations as consult
from consultations.models import AnswerTemplate
from consultations.operations import Advice
from tests.access.afterwards_world import afterwards_rows
from tests.access.care_world import care_rows
from tests.access.course_world import course_rows
from tests.access.credit_world import credit_rows
from tests.access.exam_world import exam_rows
from tests.access.family_world import family_rows
from tests.access.following_world import following_rows
from tests.access.green_world import green_rows
from tests.access.lecture_case_world import lecture_case_rows
from tests.access.lecture_world import lecture_rows
from tests.access.manual_world import manual_rows
from tests.access.meeting_world import meeting_rows
from tests.access.questionnaire_world import questionnaire_rows
from tests.access.referring_world import referring_rows
from tests.access.room_world import room_rows
from tests.access.staged_world import staged_rows
from tests.access.video_world import video_rows
from tests.casework import rosters
from tests.cast import actor_for, client_for
from tests.factories.cases import make_service, make_service_member
from tests.factories.items import make_author, written_item
from tests.factories.measures import make_report
from tests.factories.patients import make_grant, make_guardian, make_measured, make_patient, make_record_number
from tests.factories.people import make_department, make_institution, make_region, make_specialty, make_staff
from tests.files.makers import CT, jpeg
from tests.files.sounds import recording

#: the columns of the matrix; `anonymous` stands before them
ROLES: dict[str, str] = {
    "asker": "the clinician who asked",
    "colleague": "another clinician of the asking centre",
    "nurse": "a nurse of the asking centre",
    "specialist": "who holds the case",
    "other_specialist": "another specialist of the same service",
    "lead": "the service's lead",
    "coordinator": "coordinator of the answering hospital",
    "admin": "admin of the answering hospital",
    "community_admin": "admin of the asking centre",
    "manager": "consortium manager",
    "privacy": "privacy officer of the asking centre",
    "auditor": "auditor",
    "district": "a clinician of a hospital without part in the case",
    "stranger": "clinician and specialist of an unrelated hospital",
}
ADVICE = Advice("Croup, moderate.", "Dexamethasone once.")


@dataclass
class World:
    """Rows by name; `case[step]` is a consultation at that step."""

    people: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    case: dict[str, Case] = field(default_factory=dict)
    attachment: dict[str, Attachment] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["rows"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def does(self, who: str, operation: Any, **words: Any) -> Any:
        actor = actor_for(self.people[who])
        with acting_as(actor):
            return operation(actor=actor, **words)


def build() -> World:
    """Everything, inside the caller's transaction."""
    world = World()
    with connection.cursor() as cursor:  # a transaction for many tests waits longer than any request may
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    _places(world)
    _people(world)
    _child(world)
    _cases(world)
    _files(world)
    _staff(world)
    _notices(world)
    _duty(world)
    world.rows |= manual_rows(world)
    world.rows |= course_rows(world)
    world.rows |= video_rows(world)
    world.rows["item_version"] = written_item(make_author(world.hospital))
    world.rows |= following_rows(world)
    world.rows |= family_rows(world)
    world.rows |= exam_rows(world)
    world.rows |= questionnaire_rows(world)
    world.rows |= credit_rows(world)
    world.rows |= green_rows(world)
    world.rows |= care_rows(world)
    world.rows |= referring_rows(world)
    world.rows |= meeting_rows(world, _case_at)
    world.rows |= lecture_case_rows(world)
    world.rows |= lecture_rows(world)
    world.rows |= room_rows(world)
    world.rows |= staged_rows(world)
    world.rows |= afterwards_rows(world)
    world.rows["export"] = _export(world)
    world.rows["report"] = make_report(world.hospital)
    world.clients = {"anonymous": Client(), **{name: client_for(user) for name, user in world.people.items()}}
    return world


def _export(world: World) -> Export:
    """The manager's, which no worker writes here."""
    manager = actor_for(world.people["manager"])
    with acting_as(manager):
        return begin_export(actor=manager, asked=asked_of(manager, {}), kind="csv", proven=True)


def _places(world: World) -> None:
    east = make_region("East")
    world.rows |= {
        "region": east,
        "hospital": make_institution("Children's Hospital", tier=Tier.TERTIARY, region=east),
        "centre": make_institution("Yanghang Community Centre", tier=Tier.COMMUNITY, region=east),
        "district_hospital": make_institution("Baoshan District Hospital", tier=Tier.DISTRICT, region=east),
        "unrelated": make_institution("Far Away Hospital", tier=Tier.DISTRICT, region=make_region("West")),
        "specialty": make_specialty("respiratory"),
    }
    world.rows["service"] = make_service(world.hospital, world.specialty)
    world.rows["other_service"] = make_service(world.hospital, make_specialty("cardiology"))
    world.rows["department"] = make_department(world.hospital, "Ward 3")
    world.rows["answer_text"] = AnswerTemplate.objects.create(
        specialty=world.specialty, language="en", title="When to come back"
    )


def _people(world: World) -> None:
    seats = {
        "asker": (world.centre, Role.ASKER),
        "colleague": (world.centre, Role.ASKER),
        "nurse": (world.centre, Role.NURSE),
        "specialist": (world.hospital, Role.SPECIALIST),
        "other_specialist": (world.hospital, Role.SPECIALIST),
        "lead": (world.hospital, Role.SERVICE_LEAD),
        "coordinator": (world.hospital, Role.COORDINATOR),
        "admin": (world.hospital, Role.INSTITUTION_ADMIN),
        "community_admin": (world.centre, Role.INSTITUTION_ADMIN),
        "manager": (world.hospital, Role.CONSORTIUM_MANAGER),
        "privacy": (world.centre, Role.PRIVACY_OFFICER),
        "auditor": (world.hospital, Role.AUDITOR),
        "district": (world.district_hospital, Role.ASKER),
        "stranger": (world.unrelated, Role.ASKER),
    }
    world.people = {name: make_staff(name, place, role) for name, (place, role) in seats.items()}
    make_staff("newcomer", world.hospital, Role.PHARMACIST)
    far = make_specialty("far")
    make_service_member(make_service(world.unrelated, far), world.people["stranger"])
    for name in ("specialist", "other_specialist", "lead"):
        make_service_member(world.service, world.people[name], is_lead=name == "lead")


def _child(world: World) -> None:
    child: Patient = make_patient(world.centre, "Lin Xiaoyu")
    other, absorbed = make_patient(world.centre, "Lin Xiaoyu B"), make_patient(world.centre, "Lin Xiaoyv")
    ended = {"ended_at": clock.now(), "granted_at": clock.now() - timedelta(hours=1)}
    world.rows |= {
        "patient": child,
        "other_patient": other,
        "guardian": make_guardian(child),
        "measurement": make_measured(child, weight="6.8")[0],
        "record_number": make_record_number(child, world.centre, "Z-77"),
        "grant": make_grant(child, world.people["district"], world.district_hospital, **ended),
        "running": make_grant(make_patient(world.centre, "Wu Ping"), world.people["colleague"], world.centre),
        "merge": Merge.unscoped.create(
            patient=other, absorbed=absorbed, moved={}, merged_at=clock.now(), merged_by=world.people["asker"]
        ),
    }
    Patient.unscoped.filter(pk=absorbed.pk).update(merged_into=other)
    with acting_as(system("test")) as actor:
        record(actor=actor, verb="merge", subject=other, patient_id=other.pk)


def _cases(world: World) -> None:
    for step in ("draft", "requested", "received", "in_progress", "on_hold", "answered", "corrected", "closed"):
        world.case[step] = _case_at(world, step)
    world.case["declined"] = _declined(world)
    world.rows["pathway"] = Case.unscoped.select_related("pathway").get(pk=world.case["received"].pk).pathway


def _declined(world: World) -> Case:
    """In the queue of another service of the hospital, which nobody here serves."""
    case = _case_at(world, "received")
    reason = {"reason": "wrong_service", "service_id": world.other_service.pk}
    world.does("specialist", consult.decline, case_id=case.pk, **reason)
    return case


def _case_at(world: World, step: str) -> Case:
    fields = {
        "patient_id": world.patient.pk, "service_id": world.service.pk, "priority": Priority.URGENT,
        "weight_grams": 6800, "question": "Can she wait?", "consent_given": True,
    }  # fmt: skip
    case_id = world.does("asker", consult.save_draft, fields=fields, key=uuid4()).pk
    for who, operation, words in _WAY[: _STOPS[step]]:
        world.does(who, operation, case_id=case_id, **words)
    for who, operation, words in _BRANCHES.get(step, ()):
        world.does(who, operation, case_id=case_id, **words)
    found: Case = Case.unscoped.get(pk=case_id)
    return found


_WAY: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("asker", consult.submit, {}),
    ("specialist", consult.claim, {}),
    ("specialist", consult.start, {}),
    ("specialist", consult.answer, {"advice": ADVICE}),
    ("asker", consult.close_out, {"change": "treatment", "referral_avoided": True}),
)
_STOPS = {
    "draft": 0, "requested": 1, "received": 2, "in_progress": 3, "on_hold": 3, "answered": 4, "corrected": 4,
    "closed": 5,
}  # fmt: skip
_BRANCHES: dict[str, tuple[tuple[str, Any, dict[str, Any]], ...]] = {
    "on_hold": (("specialist", consult.ask_information, {"text": "Stridor at rest?"}),),
    "corrected": (("specialist", consult.correct_answer, {"advice": ADVICE, "reason": "Dose"}),),
}


def _files(world: World) -> None:
    world.attachment["received"] = _attached(world, "received", "a.jpg", jpeg())
    world.attachment["other"] = _attached(world, "received", "b.jpg", jpeg())
    world.attachment["sound"] = _attached(world, "received", "a.webm", recording())
    world.attachment["dicom"] = _attached(world, "received", "a.dcm", CT.read_bytes())
    world.rows["metadata"] = f"case {b64encode(str(world.case['received'].pk).encode()).decode()}"
    world.rows["token_of_district"] = unseen_token(actor_for(world.people["district"]), world.patient.pk)
    world.rows["upload"] = world.does("asker", begin_upload, case_id=world.case["received"].pk, size=9, name="b.jpg")
    _copies(world)


def _copies(world: World) -> None:
    """One that waits for somebody to look at its picture, and one that somebody has looked at."""
    for name in ("clean_copy", "released_copy"):
        copy = world.does("asker", make_copy, attachment=world.attachment["dicom"], key=uuid4())
        with acting_as(system("test")) as worker:
            prepare_copy(actor=worker, copy_id=copy.pk)
        world.rows[name] = copy
    world.rows["clean_image"] = CleanImage.unscoped.get(copy=world.clean_copy)
    image = CleanImage.unscoped.get(copy=world.released_copy)
    world.does("asker", confirm_images, copy=world.released_copy, image_ids=[image.pk])


def _attached(world: World, step: str, name: str, data: bytes) -> Attachment:
    words = {"case_id": world.case[step].pk, "name": name, "size": len(data), "pieces": [data]}
    made = world.does("asker", attach_small, **words)
    with acting_as(system("test")) as inspector:
        inspect_attachment(actor=inspector, attachment_id=made.pk)
    found: Attachment = Attachment.unscoped.get(pk=made.pk)
    return found


def _staff(world: World) -> None:
    fields = {"full_name": "New Person", "role": Role.NURSE}
    token, _secret = issue_token(user=world.people["asker"], second_factor=True, name="program")
    from consortium.people.models import Membership

    world.rows |= {
        "seat": Membership.unscoped.get(user=world.people["other_specialist"]),
        "spare": Membership.unscoped.get(user__username="newcomer"),
        "invitation": world.does("admin", invite, institution_id=world.hospital.pk, fields=fields),
        "reset": world.does("admin", issue_reset, user_id=world.people["specialist"].pk),
        "token": token,
        "session": UserSession.objects.create(
            user=world.people["asker"], ip="127.0.0.1", session_key="k" * 32, created_at=clock.now()
        ),
    }


def _duty(world: World) -> None:
    """A shift to offer and one that is offered, a hand-over, a clinic with a slot, a held booking, working time."""
    people, hospital = world.people, world.hospital
    spare, offered = (
        rosters.shift(world.service, people["specialist"], 24),
        rosters.shift(world.service, people["specialist"], 48),
    )
    swap = world.does("specialist", casework.offer_swap, shift_id=offered.pk, to_user_id=people["other_specialist"].pk)
    handover = world.does(
        "specialist", casework.offer_handover, service_id=world.service.pk, to_user_id=people["other_specialist"].pk
    )
    room = rosters.room(hospital)
    clinic = rosters.calendar(world.service, rosters.room(hospital, "Room 4"))
    rule = rosters.rule(clinic, people["specialist"], capacity=2, quota=1)
    booking = rosters.booked(people["specialist"], rosters.person(people["specialist"]), room, begins=72, hold=True)
    Booking.unscoped.filter(pk=booking.pk).update(held_until=clock.now() + timedelta(days=2))
    _link, feed = world.does("specialist", casework.make_feed)
    world.rows |= {
        "shift": spare, "swap": swap, "handover": handover, "room": room, "calendar": clinic, "rule": rule,
        "slot": rosters.first_slot(clinic), "booking": booking, "feed": feed,
        "working": rosters.working_week(hospital),
    }  # fmt: skip


def _notices(world: World) -> None:
    case, recipient = world.case["received"], world.people["asker"].pk
    with acting_as(system("test")) as actor:
        world.rows["notice"] = send_notice(
            actor=actor, recipient_id=recipient, kind="consultation-answered", subject=case, once="one",
            url=f"/consultations/{case.pk}/",
        )  # fmt: skip
        world.rows["page"] = start_page(
            actor=actor, people=[world.people["specialist"].pk, world.people["lead"].pk], kind="stat-question",
            subject=case, once="stat", url=f"/consultations/{case.pk}/",
        )  # fmt: skip
