"""Staff, seats, services and institutions, row by row; bookings, calls and the journal."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from consortium.casework.states import BookingKind, BookingStep
from consortium.interop.fhir import audit, bookings, directory, documents
from consortium.interop.fhir.rows import Seats, _preferred
from consortium.interop.r4.kinds import Reader
from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS
from consortium.kernel.errors import NotVisible
from consortium.people.states import Role, Tier
from consultations.fhir import meetings
from consultations.states import MeetingStep
from tests.interop.checking import accepted, path
from tests.interop.rows import NOON, attachment, booking, entry, institution, key, meeting, person, row, seat

APPOINTMENT = {
    "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error", "checked-in",
    "waitlist",
}  # fmt: skip


# -- institutions and services


@pytest.mark.parametrize("tier", Tier.values)
def test_an_institution_says_its_tier(tier: int) -> None:
    made = directory._organization(institution(tier=tier))
    accepted(made)
    assert path(made, "type.coding.code") == [Tier(tier).name.lower()]


def test_a_closed_institution_is_not_active() -> None:
    assert directory._organization(institution(closed_at=NOON))["active"] is False


def test_an_address_is_told_where_there_is_one() -> None:
    assert directory._organization(institution(address="Room 12"))["address"] == [{"text": "Room 12"}]
    assert "address" not in directory._organization(institution())


def service(**named: Any) -> Any:
    plain = {
        "is_open": True, "institution_id": key(9), "institution": institution(), "name_en": "Cardiology",
        "name_zh": "心内科",
        "specialty": row(code="cardiology", name_en="Cardiology", name_zh="心内科"), "intake_note_en": "Send the ECG.",
        "intake_note_zh": "请附心电图。", "duty_phone": "021 2",
    }  # fmt: skip
    made = directory._healthcare_service(row(**{**plain, **named}))
    accepted(made)
    return made


def test_a_service_says_whose_it_is_and_how_to_reach_it() -> None:
    made = service()
    assert made["providedBy"]["reference"] == f"Organization/{key(9)}"
    assert made["telecom"] == [{"system": "phone", "value": "021 2"}]
    assert path(made, "specialty.coding.code") == ["cardiology"]


def test_what_to_send_comes_in_both_languages() -> None:
    made = service()
    assert made["comment"] == "Send the ECG."
    assert made["_comment"]["extension"][0]["extension"][1]["valueString"] == "请附心电图。"


def test_what_to_send_in_chinese_alone_is_the_note() -> None:
    made = service(intake_note_en="")
    assert made["comment"] == "请附心电图。"
    assert "_comment" not in made


def test_no_specialty_is_none() -> None:
    assert directory.specialty_of(None) == []


# -- people


def test_a_doctor_has_a_name_a_licence_and_a_title() -> None:
    made = directory._practitioner(person(full_name_zh="何心"))
    accepted(made)
    assert made["name"][0]["_text"]
    assert (made["identifier"][0]["value"], made["qualification"][0]["code"]["text"]) == ("1103", "Attending physician")


def test_who_has_neither_licence_nor_title_has_none() -> None:
    made = directory._practitioner(person(licence_number="", title=""))
    assert not {"identifier", "qualification"} & set(made)


def test_who_has_left_has_no_telephone_here() -> None:
    made = directory._practitioner(person(is_active=False))
    assert made["active"] is False
    assert "telecom" not in made


def held(*served: Any, **named: Any) -> Any:
    made = directory._practitioner_role(seat(**named), served)
    accepted(made)
    return made


@pytest.mark.parametrize("role", Role.values)
def test_every_seat_names_its_role(role: str) -> None:
    assert path(held(role=role), "code.coding.code") == [role]


@pytest.mark.parametrize(
    ("named", "active"),
    [
        ({}, True),
        ({"ends_on": date(2020, 2, 1)}, False),
        ({"suspended_at": NOON}, False),
        ({"user": person(is_active=False)}, False),
    ],
)
def test_a_seat_says_whether_somebody_works_there(named: dict[str, Any], active: bool) -> None:
    assert held(**named)["active"] is active


def test_a_seat_that_begins_later_is_not_active_yet() -> None:
    assert held(starts_on=clock.today() + timedelta(days=1))["active"] is False


def test_a_specialist_s_seat_names_the_services_they_answer_for() -> None:
    served = row(service_id=key(8), service=row(name_en="Cardiology"))
    assert held(served)["healthcareService"] == [{"reference": f"HealthcareService/{key(8)}", "display": "Cardiology"}]


def test_another_seat_of_the_same_person_does_not() -> None:
    served = row(service_id=key(8), service=row(name_en="Cardiology"))
    assert "healthcareService" not in held(served, role="coordinator")


def test_of_several_seats_the_one_from_which_cases_are_answered_comes_first() -> None:
    roles = ["coordinator", "auditor", "asker", "specialist", "nurse", "service_lead"]
    ranked = sorted((seat(role=role) for role in roles), key=_preferred)
    assert [each.role for each in ranked] == ["specialist", "service_lead", "asker", "nurse", "coordinator", "auditor"]


def test_who_never_had_a_seat_there_is_named_as_a_person() -> None:
    assert Seats([]).of(person(), key(9)) == {"reference": f"Practitioner/{key(7)}", "display": "Dr Heart"}
    assert Seats([(None, None)]).of(person(), None)["reference"].startswith("Practitioner/")


# -- bookings and calls


@pytest.mark.parametrize("step", BookingStep.values)
def test_every_step_of_a_booking_is_one_of_fhir_s(step: str) -> None:
    made = bookings._appointment(booking(step=step), known=True, more={})
    accepted(made)
    assert made["status"] in APPOINTMENT


@pytest.mark.parametrize("kind", BookingKind.values)
def test_every_kind_of_booking_is_named(kind: str) -> None:
    assert path(bookings._appointment(booking(kind=kind), known=False, more={}), "serviceType.coding.code") == [kind]


@pytest.mark.parametrize(("step", "answer"), [("held", "tentative"), ("booked", "accepted"), ("expired", "declined")])
def test_a_hold_is_tentative_and_a_cancelled_one_declined(step: str, answer: str) -> None:
    made = bookings._appointment(booking(step=step), known=True, more={})
    assert {each["status"] for each in made["participant"]} == {answer}


def test_the_child_takes_part_only_for_who_may_know_it() -> None:
    there = [len(bookings._appointment(booking(), known=known, more={})["participant"]) for known in (True, False)]
    assert there == [2, 1]


def test_a_room_takes_part_by_its_name() -> None:
    room = SimpleNamespace(resource=SimpleNamespace(user=None, user_id=None, name_en="Room 4"))
    made = bookings._appointment(booking(uses=SimpleNamespace(all=lambda: [room])), known=False, more={})
    assert made["participant"][0]["actor"] == {"display": "Room 4"}


def test_a_booking_of_nobody_still_has_the_participant_that_fhir_wants() -> None:
    made = bookings._appointment(booking(uses=SimpleNamespace(all=list)), known=False, more={})
    accepted(made)
    assert made["participant"][0]["status"] == "needs-action"


@pytest.mark.parametrize("step", MeetingStep.values)
def test_every_step_of_a_call_is_one_of_fhir_s(step: str) -> None:
    made = meetings._appointment(meeting(step=step, starts_at=NOON), known=True)
    accepted(made)
    assert made["status"] in APPOINTMENT


def test_a_proposed_call_names_the_times_to_choose_from() -> None:
    made = meetings._appointment(meeting(), known=True)
    accepted(made)
    assert made["requestedPeriod"] == [{"start": "2026-11-22T12:00:00.000Z", "end": "2026-11-22T12:15:00.000Z"}]
    assert not {"start", "end"} & set(made)
    assert {each["status"] for each in made["participant"]} == {"needs-action"}


def test_a_call_that_is_over_says_how_it_went() -> None:
    made = meetings._appointment(meeting(step="ended", starts_at=NOON, outcome="audio"), known=True)
    assert path(made, "reasonCode.coding.code") == ["audio"]
    assert made["end"] == "2026-11-22T12:15:00.000Z"


@pytest.mark.parametrize(("known", "guardian", "count"), [(True, True, 3), (True, False, 2), (False, True, 2)])
def test_the_family_takes_part_where_it_is_asked_and_known(known: bool, guardian: bool, count: int) -> None:
    made = meetings._appointment(meeting(with_guardian=guardian), known=known)
    assert len(made["participant"]) == count


def test_calls_are_shaped_each_by_what_its_reader_may_know() -> None:
    rows = [meeting(with_guardian=True), meeting(with_guardian=True, case=SimpleNamespace(patient_id=key(5)))]
    known, unknown = meetings._appointments(Reader(ANONYMOUS, frozenset({key(2)})), rows)
    assert (len(known["participant"]), len(unknown["participant"])) == (3, 2)


def test_what_somebody_wrote_about_a_call_is_for_who_may_know_the_child() -> None:
    assert meetings._appointment(meeting(), known=True)["comment"] == "after lunch"
    assert "comment" not in meetings._appointment(meeting(), known=False)


# -- the journal


def event(known: bool = True, **named: Any) -> Any:
    made = audit._audit_event(entry(**named), known)
    accepted(made)
    return made


@pytest.mark.parametrize(("verb", "action"), [("save", "C"), ("claim", "U"), ("answer", "U")])
def test_the_first_act_creates_and_all_others_change(verb: str, action: str) -> None:
    made = event(verb=verb)
    assert (made["action"], made["subtype"][0]["code"]) == (action, verb)


def test_a_person_acts_in_the_roles_held_then() -> None:
    (agent,) = event()["agent"]
    assert (agent["name"], agent["requestor"]) == ("Dr Heart", True)
    assert path(agent, "role.coding.code") == ["specialist", "service_lead"]
    assert agent["who"]["reference"] == f"Practitioner/{key(7)}"


@pytest.mark.parametrize(("why", "told"), [("the clock", "the clock"), ("", "system")])
def test_the_system_acts_with_its_reason(why: str, told: str) -> None:
    (agent,) = event(actor=None, actor_name=why)["agent"]
    assert agent == {"name": told, "requestor": False}


def test_an_act_without_an_institution_has_no_site() -> None:
    assert "site" not in event(institution=None)["source"]
    assert event()["source"]["site"] == "Children's Hospital"


def test_the_child_is_named_only_to_who_may_know_it() -> None:
    assert [len(event(known)["entity"]) for known in (True, False)] == [2, 1]


def test_the_name_of_a_child_s_chain_is_not_told() -> None:
    details = {each["type"].rpartition(":")[2]: each["valueString"] for each in event()["entity"][0]["detail"]}
    assert details == {"chain": "patient", "seq": "5", "hash": "0102"}


def test_a_chain_of_its_own_is_told() -> None:
    details = event(patient_id=None, chain="casework.case:3")["entity"][0]["detail"]
    assert details[0]["valueString"] == "casework.case:3"


@pytest.mark.parametrize("text", ["", "x", "-1", "7" * 19, "７", "1.5"])
def test_a_number_that_no_entry_has_names_nothing(text: str) -> None:
    with pytest.raises(NotVisible):
        audit._by_number(text)


# -- files

NAMES: Any = SimpleNamespace(of=lambda row: "lin.jpg")


def document(**named: Any) -> Any:
    made = documents._document(attachment(**named), NAMES)
    accepted(made)
    return made


@pytest.mark.parametrize(
    ("kind", "word", "end"),
    [
        ("image/jpeg", "photo", "picture/full/"),
        ("image/png", "photo", "picture/full/"),
        ("image/webp", "photo", "picture/full/"),
        ("application/pdf", "document", "original/"),
        ("audio/webm", "sound", "sound/"),
        ("audio/ogg", "sound", "sound/"),
        ("audio/mp4", "sound", "sound/"),
    ],
)
def test_each_kind_of_file_has_its_word_and_its_checked_address(kind: str, word: str, end: str) -> None:
    made = document(kind=kind)
    assert path(made, "type.coding.code") == [word]
    assert made["content"][0]["attachment"]["url"].endswith(f"/files/{key(1)}/{end}")
    assert made["content"][0]["attachment"]["contentType"] == kind


def test_a_scan_is_of_its_modality() -> None:
    made = document(kind="application/dicom", frames={"modality": "MR"})
    assert path(made, "type.coding.code") == ["MR"]
    assert made["type"]["text"] == "DICOM"


@pytest.mark.parametrize(("size", "told"), [(2**31 - 1, True), (2**31, False)])
def test_a_size_that_fhir_cannot_say_is_left_out(size: int, told: bool) -> None:
    assert ("size" in document(size=size)["content"][0]["attachment"]) is told


def test_a_file_that_nobody_sent_has_no_author() -> None:
    assert "author" not in document(created_by=None, created_by_id=None)
    assert document()["author"][0]["display"] == "Dr Asker"
