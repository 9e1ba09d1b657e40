"""A consultation, row by row: ServiceRequest, Task, Communication, Provenance; with the child and without."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from consortium.casework.states import Ball, MessageKind, Priority
from consortium.interop.fhir import cases, messages
from consortium.interop.fhir.rows import Seats
from consortium.interop.r4.kinds import Reader
from consortium.interop.r4.reading import PRIORITY, REQUEST_STATUS, TASK_STATUS
from consortium.kernel.actors import ANONYMOUS
from consultations.fhir import answers, requests, tasks
from consultations.states import FHIR_STATUS, Change, DeclineReason, Step, WithdrawReason
from tests.interop.checking import accepted, path
from tests.interop.rows import HOUR, NOON, answer, case, consultation, key, opinion, person, row, service

KNOWS, STRANGE = Reader(ANONYMOUS, frozenset({key(2)})), Reader(ANONYMOUS)
NOBODY = Seats([])
SEAT = {"reference": f"PractitionerRole/{key(5)}", "display": "Dr Heart"}


# -- what is asked


def asked(reader: Reader = KNOWS, support: Any = (), **named: Any) -> Any:
    made = requests._request(reader, case(**named), NOBODY, list(support))
    accepted(made)
    return made


@pytest.mark.parametrize("step", Step.values)
def test_every_step_has_a_status_of_a_request(step: str) -> None:
    made = asked(consultation=consultation(step=step))
    assert made["status"] in REQUEST_STATUS


def test_an_open_question_is_active_whoever_has_to_act() -> None:
    for step in (Step.REQUESTED, Step.ON_HOLD, Step.ANSWERED):
        assert asked(consultation=consultation(step=step))["status"] == "active"


def test_what_was_withdrawn_is_revoked() -> None:
    assert asked(consultation=consultation(step=Step.WITHDRAWN))["status"] == "revoked"


@pytest.mark.parametrize("priority", Priority.values)
def test_every_urgency_is_one_of_fhir_s(priority: int) -> None:
    assert asked(priority=priority)["priority"] in PRIORITY


def test_the_parts_of_a_question_keep_their_order_and_names() -> None:
    told = consultation(situation="S", background="B", assessment="A", recommendation="R")
    notes = asked(consultation=told)["note"]
    assert [(note["extension"][0]["valueCode"], note["text"]) for note in notes] == [
        ("question", "Can she wait?"), ("situation", "S"), ("background", "B"), ("assessment", "A"),
        ("recommendation", "R"),
    ]  # fmt: skip


def test_who_may_not_know_the_child_reads_the_question_alone() -> None:
    told = consultation(situation="Lin Xiaoyu", working_diagnosis="Murmur")
    made = asked(STRANGE, consultation=told)
    assert [note["text"] for note in made["note"]] == ["Can she wait?"]
    assert not {"reasonCode", "requisition", "supportingInfo"} & set(made)
    assert "reference" not in made["subject"]


def test_a_masked_child_has_age_sex_and_weight() -> None:
    assert cases.child_of(STRANGE, case())["display"].startswith("Girl, ")
    assert cases.child_of(KNOWS, case()) == {"reference": f"Patient/{key(2)}"}


def test_what_goes_with_a_question_is_named() -> None:
    support = [{"reference": "Observation/1"}]
    assert asked(support=support)["supportingInfo"] == support


def test_a_draft_without_a_service_has_nobody_who_would_answer() -> None:
    made = asked(service=None, service_id=None, responder=None, pathway=None, submitted_at=None)
    assert not {"performer", "performerType", "requisition"} & set(made)
    assert made["authoredOn"] == "2026-11-22T12:00:00.000Z"


def test_who_answers_is_the_service_and_then_the_person() -> None:
    assert [each["reference"] for each in asked()["performer"]] == [
        f"HealthcareService/{key(8)}", f"Practitioner/{key(7)}",
    ]  # fmt: skip
    assert len(asked(responder=None)["performer"]) == 1


def test_for_nobody_s_case_nothing_is_looked_up() -> None:
    assert cases.support_of([]) == {}


# -- who has it


def named(**more: Any) -> tasks._Named:
    plain: dict[str, Any] = {
        "services": {str(key(8)): service()}, "people": {str(key(7)): person()}, "seats": NOBODY, "answers": {},
    }  # fmt: skip
    return tasks._Named(**{**plain, **more})


def stint(**more: Any) -> tasks.Stint:
    plain: dict[str, Any] = {
        "number": 1, "service_id": str(key(8)), "person_id": str(key(7)), "step": Step.IN_PROGRESS, "began": NOON,
        "changed": NOON + HOUR,
    }  # fmt: skip
    return tasks.Stint(**{**plain, **more})


def task(one: tasks.Stint | None = None, *, before: int = 0, known: Reader = KNOWS, **more: Any) -> Any:
    one = one or stint()
    chain = [stint(number=number + 1) for number in range(before)] + [one]
    made = tasks._task(known, case(**more), chain, one, named())
    accepted(made)
    return made


@pytest.mark.parametrize("step", Step.values)
def test_every_step_has_a_status_of_a_task(step: str) -> None:
    made = task(stint(step=step))
    assert (made["status"], made["businessStatus"]["text"]) == FHIR_STATUS[step]
    assert made["status"] in TASK_STATUS


def test_how_it_ended_counts_before_the_step() -> None:
    assert task(stint(status="rejected", ended=NOON + HOUR))["status"] == "rejected"


def test_a_queue_is_its_service_s() -> None:
    assert task(stint(person_id=""))["owner"]["reference"] == f"HealthcareService/{key(8)}"


def test_a_service_that_is_no_more_owns_nothing() -> None:
    assert "owner" not in task(stint(person_id="", service_id="gone"))


def test_a_person_whose_service_is_no_more_is_still_named() -> None:
    assert task(stint(service_id="gone"))["owner"]["reference"] == f"Practitioner/{key(7)}"


@pytest.mark.parametrize("reason", DeclineReason.values)
def test_every_reason_of_a_decline_has_its_words(reason: str) -> None:
    (told,) = tasks._reason(f"decline/{reason}")["coding"]
    assert (told["system"], told["code"]) == ("urn:consortium:code:decline-reason", reason)
    assert told["display"]


@pytest.mark.parametrize("reason", WithdrawReason.values)
def test_every_reason_of_a_withdrawal_has_its_words(reason: str) -> None:
    assert tasks._reason(f"withdraw/{reason}")["coding"][0]["display"]


def test_a_reason_that_is_no_more_keeps_its_code() -> None:
    assert tasks._reason("decline/old")["coding"] == [{"system": "urn:consortium:code:decline-reason", "code": "old"}]


def test_what_was_passed_on_names_the_act() -> None:
    assert tasks._reason("hand_on")["coding"][0]["code"] == "hand_on"
    assert tasks._reason("") == {}


@pytest.mark.parametrize("ball", [ball for ball in Ball.values if ball != Ball.NONE])
def test_whose_turn_it_is_stands_with_the_last_owner(ball: str) -> None:
    assert task(ball=ball)["extension"][0]["valueCode"] == ball


def test_a_closed_case_is_nobody_s_turn_and_has_no_time() -> None:
    made = task(stint(step=Step.CLOSED), is_open=False)
    assert not {"extension", "restriction"} & set(made)


def test_the_second_owner_follows_from_the_first() -> None:
    made = task(stint(number=2), before=1)
    assert made["reasonReference"] == {"reference": f"Task/{key(3)}.1"}
    assert "reasonReference" not in task()


@pytest.mark.parametrize("change", Change.values)
def test_what_changed_is_told_by_its_word(change: str) -> None:
    (told,) = tasks._outputs(case(consultation=consultation(change=change)), [])
    assert told["valueCodeableConcept"]["coding"][0]["code"] == change


def test_what_the_asker_said_at_the_end_is_told() -> None:
    told = tasks._outputs(case(consultation=consultation(referral_avoided=False, usefulness=5)), [key(1)])
    assert [next(name for name in each if name != "type") for each in told] == [
        "valueReference", "valueBoolean", "valueInteger",
    ]  # fmt: skip
    assert told[1]["valueBoolean"] is False


def test_nothing_said_is_nothing_told() -> None:
    assert tasks._outputs(case(), []) == []


def test_a_case_whose_journal_tells_no_sending_is_told_as_it_stands() -> None:
    present = tasks._present(case(closed_at=NOON))
    assert (present.number, present.service_id, present.person_id) == (1, str(key(8)), str(key(7)))
    assert (present.step, present.began, present.ended) == ("in_progress", NOON + HOUR, NOON)
    assert tasks._present(case(responder_id=None)).person_id == ""


# -- what was said


def said(**named: Any) -> Any:
    made = answers._answer(answer(**named), SEAT)
    accepted(made)
    return made


def test_an_answer_is_told_part_by_part() -> None:
    assert path(said(red_flags="Faints."), "payload.extension.value") == ["impression", "do_now", "red_flags"]


def test_an_answer_that_stands_is_completed() -> None:
    made = said()
    assert made["status"] == "completed"
    assert not {"statusReason", "inResponseTo", "received"} & set(made)


def test_a_struck_answer_must_not_be_acted_on() -> None:
    made = said(corrected_by=SimpleNamespace(correction_reason="Wrong ear."))
    assert (made["status"], made["statusReason"]["text"]) == ("entered-in-error", "Wrong ear.")
    assert made["payload"][0]["contentString"] == "Innocent murmur."


def test_a_correction_says_what_it_corrects_and_why() -> None:
    made = said(corrects_id=key(4), correction_reason="Wrong ear.", acknowledged_at=NOON + HOUR)
    assert made["inResponseTo"] == [{"reference": f"Communication/{key(4)}"}]
    assert made["received"] == "2026-11-22T13:00:00.000Z"
    assert path(made, "extension.where(url.endsWith('correction-reason')).value") == ["Wrong ear."]


def test_a_day_for_the_follow_up_is_told() -> None:
    made = said(follow_up_on=date(2026, 12, 1))
    assert path(made, "extension.where(url.endsWith('follow-up-on')).valueDate") == ["2026-12-01"]


@pytest.mark.parametrize("agrees", [True, False])
def test_a_second_opinion_says_whether_it_agrees(agrees: bool) -> None:
    made = answers._opinion(opinion(agrees=agrees), SEAT)
    accepted(made)
    assert made["extension"][0]["valueBoolean"] is agrees


def test_a_signature_names_the_signer_as_at_signing() -> None:
    made = answers._provenance(answer(), SEAT, NOON)
    accepted(made)
    assert made["signature"][0]["who"]["display"] == "Dr Heart, Chief physician, 1103"
    assert made["agent"][0]["who"]["reference"] == SEAT["reference"]
    assert "entity" not in made


def test_a_signature_without_title_and_licence_is_the_name() -> None:
    made = answers._provenance(opinion(), SEAT, NOON)
    accepted(made)
    assert made["signature"][0]["who"]["display"] == "Dr Second"


def test_a_signed_correction_revises_what_it_corrects() -> None:
    made = answers._provenance(answer(corrects_id=key(4)), SEAT, NOON)
    assert made["entity"] == [{"role": "revision", "what": {"reference": f"Communication/{key(4)}"}}]


def test_an_answer_is_signed_for_its_service_an_opinion_for_its_own() -> None:
    assert answers._signed_by(answer())[2] == key(9)
    other = opinion(service=service(institution_id=key(11)))
    assert answers._signed_by(other)[2:] == (key(11), NOON)


def message(files: Any = (), **named: Any) -> Any:
    plain = {
        "kind": "message", "case_id": key(3), "case": SimpleNamespace(patient_id=key(2)), "author": person(),
        "text": "Good.", "institution_id": key(9), "created_at": NOON, "reply_to_id": None, "seq": 4,
    }  # fmt: skip
    made = messages._communication(row(**{**plain, **named}), NOBODY, list(files))
    accepted(made)
    return made


@pytest.mark.parametrize("kind", MessageKind.values)
def test_every_kind_of_message_is_named(kind: str) -> None:
    assert path(message(kind=kind), "category.coding.code") == [kind]


def test_a_message_knows_its_place_in_the_thread() -> None:
    assert message()["extension"][0]["valueInteger"] == 4


def test_a_message_of_files_alone_has_no_words() -> None:
    assert message([key(5)], text="")["payload"] == [{"contentReference": {"reference": f"DocumentReference/{key(5)}"}}]


def test_a_reply_names_what_it_answers() -> None:
    assert message(reply_to_id=key(6))["inResponseTo"] == [{"reference": f"Communication/{key(6)}"}]
    assert "inResponseTo" not in message()
