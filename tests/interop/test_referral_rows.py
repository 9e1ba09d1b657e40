"""The rows of a referral, each as its resource: what a pathway told whole does not show. No database."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from consortium.casework.states import Priority
from consortium.interop.fhir import slots
from consortium.interop.r4.kinds import Reader
from consortium.kernel.actors import ANONYMOUS
from consortium.kernel.errors import NotVisible
from referrals.fhir import acts, care, requests, tasks, ways
from referrals.fhir.statuses import Status, offer_status, present_offer, status_of
from referrals.states import CheckState, IncidentKind, LifeThreat, Mode, OfferStep, Place, Step
from tests.interop.checking import accepted, path
from tests.interop.rows import HOUR, NOON, institution, key, person, row, service

KNOWS, STRANGER = Reader(ANONYMOUS, frozenset({key(2)})), Reader(ANONYMOUS)
NOBODY: Any = SimpleNamespace(of=lambda who, place: {"reference": f"Practitioner/{who.pk}"})


def of_case(**named: Any) -> Any:
    plain = {
        "pk": key(3), "patient_id": key(2), "pathway_id": key(4), "asking_institution_id": key(10), "asker_id": key(6),
        "asker": person("Dr Asker", pk=key(6)), "service": row(**{**vars(service()), "institution": institution()}),
        "service_id": key(8), "created_at": NOON, "submitted_at": NOON + HOUR, "priority": Priority.STAT, "version": 3,
        "is_open": True, "closed_at": None, "due_at": NOON, "ball": "responder", "responder": None,
    }  # fmt: skip
    return row(**{**plain, **named})


def referral(**named: Any) -> Any:
    plain = {
        "step": Step.ACCEPTED, "cancel_asked_at": None, "information_asked_at": None, "life_threat": "",
        "end_reason": "", "cancel_reason": "", "error_reason": "", "promise": "", "whereabouts": "",
        "dispute_reason": "", "indication_id": "", "indication_pathway": "", "indication_version": None,
        "indication_urgency": "", "unannounced": False, "accepted_at": None, "arrived_at": None, "reason": "",
        "working_diagnosis": "", "diagnosis_code": "",
    }  # fmt: skip
    return row(**{**plain, **named})


def offer(number: int, step: str, service_id: Any = None, **named: Any) -> Any:
    return row(pk=key(20 + number), number=number, step=step, service_id=service_id or key(8), **named)


# -- how far ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [Step.SEEN, Step.ACCEPTED, Step.SCHEDULED, Step.UNDER_CARE])
def test_a_wish_to_cancel_shows_until_it_is_answered(step: str) -> None:
    told = status_of(referral(step=step, cancel_asked_at=NOON))
    assert (told.task, told.business, told.bser) == ("in-progress", "cancel requested", "5.2")


@pytest.mark.parametrize("step", [Step.OUTCOME_SENT, Step.CANCELLED, Step.ENDED])
def test_what_is_over_no_longer_asks_to_be_cancelled(step: str) -> None:
    assert status_of(referral(step=step, cancel_asked_at=NOON)).business != "cancel requested"


def test_a_question_shows_and_leaves_the_status() -> None:
    told = status_of(referral(step=Step.SEEN, information_asked_at=NOON))
    assert (told.task, told.business) == ("received", "asker to supply")


def test_before_a_yes_each_service_goes_its_own_way() -> None:
    asked = referral(step=Step.SEEN)
    two = [offer(1, OfferStep.SEEN), offer(2, OfferStep.REQUESTED, key(9))]
    assert present_offer(asked, key(8), two) is None
    assert [offer_status(asked, each, None).task for each in two] == ["received", "requested"]


def test_a_question_shows_at_each_service_that_is_asked() -> None:
    asked = referral(step=Step.SEEN, information_asked_at=NOON)
    assert offer_status(asked, offer(1, OfferStep.SEEN), None).business == "asker to supply"
    assert offer_status(asked, offer(1, OfferStep.DECLINED), None).business == "declined"


def test_the_winner_is_the_present_one() -> None:
    two = [offer(1, OfferStep.ACCEPTED), offer(2, OfferStep.WITHDRAWN, key(9))]
    assert present_offer(referral(), key(8), two) is two[0]


def test_on_the_way_without_a_yes_it_is_the_one_asked_now() -> None:
    two = [offer(1, OfferStep.DECLINED), offer(2, OfferStep.REQUESTED, key(9))]
    assert present_offer(referral(step=Step.EN_ROUTE), key(9), two) is two[1]


def test_on_the_way_after_a_decline_it_is_the_last_that_was_asked() -> None:
    one = [offer(1, OfferStep.DECLINED)]
    assert present_offer(referral(step=Step.EN_ROUTE), key(8), one) is one[0]


def test_nobody_asked_is_nobody_present() -> None:
    assert present_offer(referral(step=Step.ARRIVED), key(8), []) is None


# -- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threat", LifeThreat)
def test_why_it_left_early_is_coded(threat: LifeThreat) -> None:
    (told,) = requests._about(referral(life_threat=threat), known=False)
    assert told["valueCoding"]["code"] == threat.value


def test_the_indication_is_cited_with_its_page() -> None:
    cited = referral(indication_id="RI-1", indication_pathway="cough", indication_version=3, indication_urgency="E1")
    told = {each["url"].rpartition(":")[2]: each for each in requests._about(cited, known=False)}
    assert told["indication"]["valueString"] == "cough@3#RI-1"
    assert told["indication-urgency"]["valueCode"] == "E1"


@pytest.mark.parametrize(("known", "names"), [(True, {"promise", "whereabouts", "dispute"}), (False, set())])
def test_words_that_may_name_somebody_are_for_who_may_know_the_child(known: bool, names: set[str]) -> None:
    said = referral(promise="Bed 12", whereabouts="At Chen's", dispute_reason="She tires.")
    assert {each["url"].rpartition(":")[2] for each in requests._about(said, known)} == names


def test_times_and_an_unannounced_arrival_are_told() -> None:
    told = requests._about(referral(accepted_at=NOON, arrived_at=NOON, unannounced=True), known=False)
    assert [each["url"].rpartition(":")[2] for each in told] == ["unannounced", "accepted", "arrived"]


@pytest.mark.parametrize(("known", "count"), [(True, 2), (False, 1)])
def test_the_working_diagnosis_is_for_who_may_know_the_child(known: bool, count: int) -> None:
    assert len(requests._reasons(referral(reason="danger", working_diagnosis="Croup"), known)) == count


def test_a_diagnosis_without_its_code_is_words() -> None:
    assert requests.diagnosis("", "Croup") == {"text": "Croup"}


# -- tasks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "code"), [(Step.ENDED, "end-reason"), (Step.CANCELLED, "cancel-reason"), (Step.ACCEPTED, "")]
)
def test_why_it_ended_is_the_present_task_s(step: str, code: str) -> None:
    ended = referral(step=step, end_reason="died" if code == "end-reason" else "",
                     cancel_reason="better" if code == "cancel-reason" else "")  # fmt: skip
    told = tasks._reason(ended, offer(1, OfferStep.ACCEPTED, decline_reason=""), is_present=True)
    assert (told["coding"][0]["system"].rpartition(":")[2] if told else "") == code
    assert tasks._reason(ended, offer(1, OfferStep.WITHDRAWN, decline_reason=""), is_present=False) == {}


def test_another_service_that_was_named_is_told() -> None:
    told = tasks._about(offer(1, OfferStep.DECLINED, seen_at=NOON, alternative=service()), of_case(), last=False)
    assert [each["url"].rpartition(":")[2] for each in told] == ["seen", "alternative"]


@pytest.mark.parametrize("bser", ["", "3.0"])
def test_bser_s_code_stands_beside_ours(bser: str) -> None:
    codes = tasks.business("accepted", Status("active", "accepted", "accepted", bser))["coding"]
    assert [each["code"] for each in codes] == ["accepted", *([bser] if bser else [])]


# -- the way ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("departed", "arrived", "status"), [(None, None, "ready"), (NOON, None, "in-progress"), (NOON, NOON, "completed")]
)
def test_a_transport_is_a_task(departed: Any, arrived: Any, status: str) -> None:
    way = row(pk=key(3), case=of_case(), mode=Mode.RETRIEVAL, crew="", departed_at=departed, arrived_at=arrived,
              arranged_at=NOON, expected_at=None)  # fmt: skip
    made = ways._journey(way, NOBODY)
    accepted(made)
    assert made["status"] == status


def test_a_hand_over_waits_for_its_read_back() -> None:
    signed = row(case=of_case(), case_id=key(3), severity="", summary="Croup.", actions="", awareness="", read_back="",
                 read_back_at=None, read_back_by=None, signed_at=NOON, signed_by=person())  # fmt: skip
    made = ways._handover(signed, NOBODY)
    accepted(made)
    assert (made["status"], "recipient" in made, len(made["payload"])) == ("in-progress", False, 1)


@pytest.mark.parametrize("kind", IncidentKind)
def test_every_incident_is_an_adverse_event(kind: IncidentKind) -> None:
    made = ways._event(row(case=of_case(), case_id=key(3), kind=kind, note="", happened_at=NOON, recorded_at=NOON))
    accepted(made)
    assert ("category" in made) == (kind in (IncidentKind.VEHICLE, IncidentKind.EQUIPMENT))


@pytest.mark.parametrize("state", CheckState)
def test_an_item_of_the_checklist_is_a_flag_until_it_is_done(state: CheckState) -> None:
    item = row(case=of_case(), case_id=key(3), item="airway", state=state, note="", at=NOON, by=person(), by_id=key(7))
    made = ways._check(item)
    accepted(made)
    assert made["status"] == ("inactive" if state == CheckState.DONE else "active")


@pytest.mark.parametrize(("filled", "left"), [(None, None), (NOON, None), (None, NOON)])
def test_a_place_on_the_waiting_list(filled: Any, left: Any) -> None:
    waits = row(case=of_case(), case_id=key(3), calendar=row(service_id=key(8)), calendar_id=key(11), since=NOON,
                filled_at=filled, left_at=left, notice_hours=24)  # fmt: skip
    made = ways._wait(waits)
    accepted(made)
    assert made["status"] == ("cancelled" if filled or left else "waitlist")


@pytest.mark.parametrize("agreed", [None, True, False])
def test_a_plan_says_what_it_needs_and_whether_the_guardian_agrees(agreed: bool | None) -> None:
    plan = row(case=of_case(), step=Step.FOLLOWING, plan="Weigh.", plan_medicines="", guardian_agreed=agreed,
               needs_capabilities=["oxygen"])  # fmt: skip
    made = ways._care_plan(plan, NOBODY, [])
    accepted(made)
    assert ("guardian-agreed" in str(made)) == (agreed is not None)
    assert path(made, "extension.where(url.endsWith('needs')).value") == ["oxygen"]


# -- care -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", Place)
def test_every_place_has_its_class(place: Place) -> None:
    stay = row(case=of_case(), place=place, ward="", begun_at=NOON, begun_by=person(), ended_at=None)
    made = care._encounter(stay, NOBODY)
    accepted(made)
    assert made["class"]["code"] in ("AMB", "EMER", "IMP", "ACUTE")


def outcome(**named: Any) -> Any:
    plain = {
        "case": of_case(), "case_id": key(3), "number": 1, "admitted_on": date(2026, 11, 20), "corrected_by": None,
        "left_on": date(2026, 11, 22), "diagnoses": [{"code": "J05.0", "text": "Croup", "main": True}],
        "course": "1 < 2 & well", "medicines": "None.", "immunisations": "None.", "pending": "None.",
        "follow_up": "None.", "to_sender": "", "for_family": "", "destination": "home", "special_care": False,
        "appropriateness": "", "correction_reason": "", "corrects_id": None, "signed_at": NOON,
        "signed_by": person(), "signer_name": "Dr Heart", "signer_title": "", "signer_licence": "",
    }  # fmt: skip
    return row(**{**plain, **named})


@pytest.mark.parametrize(
    ("more", "status"),
    [({}, "final"), ({"corrects_id": key(5), "correction_reason": "Typed."}, "amended"),
     ({"corrected_by": row()}, "entered-in-error")],
)  # fmt: skip
def test_an_outcome_says_whether_it_counts(more: dict[str, Any], status: str) -> None:
    made = care._composition(outcome(**more), NOBODY)
    accepted(made)
    assert made["status"] == status
    assert ("relatesTo" in made) == ("corrects_id" in more)


def test_words_in_an_outcome_are_never_markup() -> None:
    assert "1 &lt; 2 &amp; well" in care.narrative("1 < 2 & well")["div"]


@pytest.mark.parametrize("corrected", [None, row()])
def test_a_diagnosis_of_a_corrected_outcome_was_entered_in_error(corrected: Any) -> None:
    (made,) = care._final_diagnoses(KNOWS, [outcome(corrected_by=corrected)])
    accepted(made)
    assert ("clinicalStatus" in made) == (corrected is None)


@pytest.mark.parametrize("fit", ["", "too_late"])
def test_an_acknowledgement_says_when_it_came_and_never_what_was_learnt(fit: str) -> None:
    said = row(case=of_case(), case_id=key(3), outcome_id=key(5), at=NOON, by=person(), usefulness=4,
               concordance="partly", appropriateness=fit, learnt="Mine.")  # fmt: skip
    made = care._acknowledgement(said, NOBODY)
    accepted(made)
    assert (len(made["extension"]) == 3) == bool(fit)
    assert "Mine." not in str(made)


# -- the journal, and slots -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", ["act-", "act-x", "7", "act-" + "9" * 19, "act-٣"])
def test_an_id_that_is_no_act_s_names_nothing(id_: str) -> None:
    with pytest.raises(NotVisible):
        acts._by_number(id_)


def test_what_the_system_did_says_so() -> None:
    entry = row(pk=7, actor=None, actor_name="the timer", institution_id=None, subject_id=str(key(3)), at=NOON,
                verb="escalate", facts={"id": "R21e"})  # fmt: skip
    made = acts._provenance(entry, NOBODY)
    accepted(made)
    assert made["agent"][0]["who"] == {"display": "the timer"}


def test_no_case_has_no_acts() -> None:
    assert acts.acts_on([]) == {}


@pytest.mark.parametrize(
    ("taken", "withdrawn", "status"), [(0, None, "free"), (2, None, "busy"), (0, NOON, "busy-unavailable")]
)
def test_a_slot_is_free_while_it_has_a_place(taken: int, withdrawn: Any, status: str) -> None:
    slot = row(calendar_id=key(11), period=SimpleNamespace(lower=NOON, upper=NOON + HOUR), capacity=2, quota=1,
               taken=taken, withdrawn_at=withdrawn)  # fmt: skip
    made = slots._slot(slot)
    accepted(made)
    assert made["status"] == status


@pytest.mark.parametrize("closed", [None, NOON])
def test_a_calendar_is_a_schedule(closed: Any) -> None:
    made = slots._schedule(row(service_id=key(8), service=service(), closed_at=closed, name_en="Clinic"))
    accepted(made)
    assert made["active"] is (closed is None)
