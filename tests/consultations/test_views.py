"""The pages of a consultation: what each person sees, what is kept, and what happens without JavaScript."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consortium.casework.forms.weighing import plausible_kg
from consortium.casework.models import Case, Message, Service
from consortium.casework.operations import post_message
from consortium.casework.states import Ball, Priority
from consortium.journal.models import Entry
from consortium.patients.models import Measurement, Patient
from consortium.patients.queries.search import identity_hash
from consortium.people.models import Institution, User
from consultations import operations
from consultations.models import Answer, AnswerDraft, AnswerTemplate, Consultation
from consultations.states import Step
from tests.cast import client_for
from tests.consultations.cases import QUESTION, answered, by, claimed, drafted, submitted
from tests.factories.patients import make_patient


def page(client: Client, url: str, status: int = 200, **query: Any) -> str:
    answer = client.get(url, query)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def url_of(made: Consultation, more: str = "") -> str:
    return f"/consultations/{made.pk}/{more}"


def closed_out(asker: User, made: Consultation) -> Consultation:
    done: Consultation = by(asker, operations.close_out, case_id=made.pk, change="treatment", referral_avoided=False)
    return done


def whole(service: Service, **fields: Any) -> dict[str, Any]:
    """A form with everything that must be there."""
    plain = {"service_id": service.pk, "priority": 2, "question": QUESTION, "weight": "6.8", "consent_given": "on"}
    return {**plain, **fields}


# -- asking


@pytest.fixture(autouse=True)
def somebody_answers(specialist: User) -> None:
    """A service that nobody answers for is not offered."""


def test_a_child_is_chosen_from_ones_own_clinic(asker: User, stranger: User, patient: Patient) -> None:
    assert patient.name in page(client_for(asker), "/consultations/new/")
    assert patient.name not in page(client_for(stranger), "/consultations/new/")
    page(client_for(stranger), f"/consultations/new/{patient.pk}/", 404)


def test_a_child_is_searched_for_by_post_so_that_no_name_stands_in_an_address(asker: User, patient: Patient) -> None:
    client = client_for(asker)
    assert patient.name in client.post("/consultations/new/", {"q": "lin"}).content.decode()
    assert patient.name not in client.post("/consultations/new/", {"q": "nobody"}).content.decode()
    listed = page(client, "/consultations/new/", q="nobody")
    assert patient.name in listed, "an address finds nothing"
    assert re.search(r'<form[^>]*method="post"[^>]*role="search"', listed)


def test_a_record_of_another_clinic_is_offered_for_linking(asker: User, unrelated: Institution) -> None:
    number = "11010519491231002X"
    other = make_patient(unrelated, name="Zhou Elsewhere", identity_hash=identity_hash(number))
    text = client_for(asker).post("/consultations/new/", {"q": number}).content.decode()
    assert "A record exists that you don't have access to" in text
    assert other.name not in text
    assert "No child found" not in text


def test_who_does_not_ask_gets_no_form(specialist: User, nurse: User, patient: Patient) -> None:
    for user in (specialist, nurse):
        page(client_for(user), "/consultations/new/", 403)


def test_begun_twice_with_one_key_is_one_draft(asker: User, patient: Patient, service: Service) -> None:
    said = {"service_id": service.pk, "priority": 3, "request_key": uuid4()}
    client = client_for(asker)
    places = {client.post(f"/consultations/new/{patient.pk}/", said).headers["Location"] for _ in range(3)}
    assert len(places) == 1
    assert Consultation.unscoped.count() == 1


def test_begin_asks_for_both_and_says_what_is_missing(asker: User, patient: Patient, service: Service) -> None:
    answer = client_for(asker).post(f"/consultations/new/{patient.pk}/", {})
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()
    assert not Consultation.unscoped.exists()


def test_everything_typed_is_kept_when_something_is_wrong(asker: User, patient: Patient, service: Service) -> None:
    made = drafted(asker, patient, service, question="")
    typed = whole(service, weight="seven", situation="Tired <b>& pale</b>", working_diagnosis="Croup?")
    answer = client_for(asker).post(url_of(made, "edit/"), typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("seven", "Tired &lt;b&gt;&amp; pale&lt;/b&gt;", "Croup?", QUESTION):
        assert kept in text
    saved = Consultation.unscoped.get()
    assert (saved.step, saved.question, saved.working_diagnosis) == (Step.DRAFT, QUESTION, "Croup?")


@pytest.mark.parametrize(
    ("typed", "grams"), [("6.8", 6800), ("6,8", 6800), (" 6.8 KG ", 6800), ("0.9", None), ("3.125", 3125)]
)
def test_weight_as_people_write_it(
    typed: str, grams: int | None, asker: User, patient: Patient, service: Service
) -> None:
    made = drafted(asker, patient, service, weight_grams=None)
    answer = client_for(asker).post(url_of(made, "edit/"), whole(service, weight=typed))
    assert answer.status_code == (302 if grams else 422)
    if grams:
        assert Case.unscoped.get().weight_grams == grams


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("6800", "This looks like grams: write the weight in kilograms, 6.8"),
        ("0", "between 0.3 and 200 kg"),
        ("900", "between 0.3 and 200 kg"),
        ("-3", "between 0.3 and 200 kg"),
        ("1e99", "between 0.3 and 200 kg"),
        ("NaN", "Write the weight in kilograms"),
        ("Infinity", "Write the weight in kilograms"),
        ("heavy", "Write the weight in kilograms"),
        ("", "This field is required"),
        ("68", "68 kg is unusual at this age"),
    ],
)
def test_a_weight_that_cannot_be_says_why(
    typed: str, words: str, asker: User, patient: Patient, service: Service
) -> None:
    made = drafted(asker, patient, service)
    answer = client_for(asker).post(url_of(made, "edit/"), whole(service, weight=typed))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_unusual_weight_can_be_confirmed(asker: User, patient: Patient, service: Service) -> None:
    made = drafted(asker, patient, service)
    client, url = client_for(asker), url_of(made, "edit/")
    assert "I have checked it" in client.post(url, whole(service, weight="17")).content.decode()
    assert client.post(url, whole(service, weight="17", weight_sure="on")).status_code == 302
    assert Measurement.unscoped.get(patient=patient, kind="weight").confirmed


def test_stat_passes_a_slip_of_the_point_and_leaves_it_out_of_the_record(
    asker: User, patient: Patient, service: Service
) -> None:
    made = drafted(asker, patient, service)
    answer = client_for(asker).post(url_of(made, "edit/"), whole(service, weight="68") | {"priority": 1})
    assert answer.status_code == 302
    assert Case.unscoped.get(pk=made.pk).weight_grams == 68_000
    assert not Measurement.unscoped.filter(patient=patient, kind="weight").exists()


@pytest.mark.parametrize(
    ("days", "usual"),
    [(0, 3.4), (20, 0.6), (20, 4.5), (210, 6.8), (365, 9), (365 * 5, 18), (365 * 15, 55), (365 * 17, 90)],
)
def test_usual_weights_are_believed(days: int, usual: float) -> None:
    low, high = plausible_kg(days)
    assert low <= usual <= high


def test_consent_is_asked_for_except_for_stat(asker: User, patient: Patient, service: Service) -> None:
    without = {k: v for k, v in whole(service).items() if k != "consent_given"}
    client = client_for(asker)
    made = drafted(asker, patient, service, consent_given=False)
    assert "tick the box" in client.post(url_of(made, "edit/"), without).content.decode()
    assert client.post(url_of(made, "edit/"), without | {"priority": 1, "weight": ""}).status_code == 302
    text = page(client, url_of(made))
    assert "Still to be supplied: the guardian&#x27;s consent" in text or "the guardian" in text


def test_stat_asks_only_for_the_problem_and_shows_the_telephone(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = drafted(asker, patient, service, priority=Priority.STAT, question="", weight_grams=None)
    text = page(client_for(asker), url_of(made, "edit/"))
    assert 'href="tel:02155550142"' in text
    assert "Not needed to send." in text
    assert (
        client_for(asker)
        .post(url_of(made, "edit/"), {"priority": 1, "service_id": service.pk, "question": "Blue!"})
        .status_code
        == 302
    )
    for user in (asker, specialist):
        assert 'href="tel:02155550142"' in page(client_for(user), url_of(made))


def test_the_note_of_the_chosen_service(asker: User, service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(intake_note_en="Count the breaths.", intake_note_zh="数呼吸。")
    client = client_for(asker)
    text = page(client, "/consultations/service-note/", service_id=service.pk, priority=1)
    assert "Count the breaths." in text
    assert "tel:02155550142" in text
    assert "tel:" not in page(client, "/consultations/service-note/", service_id=service.pk, priority=2)
    for wrong in ("", "x", uuid4()):
        assert "notice" not in page(client, "/consultations/service-note/", service_id=wrong)


def test_autosave_keeps_what_can_be_kept_and_counts_versions(asker: User, patient: Patient, service: Service) -> None:
    made = drafted(asker, patient, service)
    client, url = client_for(asker), url_of(made, "autosave/")
    version = Case.unscoped.get().version
    said = client.post(url, {"question": "New words", "weight": "seven", "priority": "9", "version": version}).json()
    assert said["version"] == version + 1
    saved = Consultation.unscoped.select_related("case").get()
    assert (saved.question, saved.case.weight_grams, saved.case.priority) == ("New words", 6800, Priority.URGENT)
    late = client.post(url, {"question": "Old words", "version": version})
    assert late.status_code == 409
    assert late.json()["detail"]
    assert Consultation.unscoped.get().question == "New words"


def test_two_tabs_the_second_keeps_its_words_and_may_send_again(
    asker: User, patient: Patient, service: Service
) -> None:
    made = drafted(asker, patient, service)
    client, version = client_for(asker), Case.unscoped.get().version
    client.post(url_of(made, "autosave/"), {"question": "In the other tab", "version": version})
    answer = client.post(url_of(made, "edit/"), whole(service, question="In this tab", version=version))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "In this tab" in text
    assert "What you typed is still here." in text
    fresh = re.search(r'name="version" value="(\d+)"', text)
    assert fresh
    assert (
        client.post(url_of(made, "edit/"), whole(service, question="In this tab", version=fresh[1])).status_code == 302
    )
    assert Consultation.unscoped.get().question == "In this tab"


def test_later_keeps_the_draft_and_sends_nothing(asker: User, patient: Patient, service: Service) -> None:
    made = drafted(asker, patient, service)
    client_for(asker).post(url_of(made, "edit/"), {"question": "Half", "later": "1"})
    saved = Consultation.unscoped.get()
    assert (saved.step, saved.question) == (Step.DRAFT, "Half")


def test_a_draft_is_its_authors_alone(
    asker: User, colleague: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = drafted(asker, patient, service)
    for user in (colleague, specialist):
        for more in ("", "edit/", "live/"):
            page(client_for(user), url_of(made, more), 404)
        assert client_for(user).post(url_of(made, "autosave/"), {"question": "x"}).status_code == 404


def test_thrown_away_it_leaves_the_lists(asker: User, patient: Patient, service: Service) -> None:
    made = drafted(asker, patient, service)
    client = client_for(asker)
    assert client.post(url_of(made, "discard/")).headers["Location"] == "/"
    assert url_of(made) not in page(client, "/", tab="drafts")


# -- the page


def test_before_it_is_taken_the_service_sees_the_question_only(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    made = submitted(asker, patient, service)
    by(asker, post_message, case_id=made.pk, text="Her brother has a cold.")
    for user in (specialist, coordinator):
        for more in ("", "live/"):
            text = page(client_for(user), url_of(made, more))
            assert QUESTION in text
            assert "Girl, 6 months, 6.8 kg" in text
            for hidden in (patient.name, "Barking cough"):
                assert hidden not in text, (user.username, more, hidden)
            # the coordinator works on the case, and so writes and reads in its thread
            assert ("Her brother has a cold." in text) == (user is coordinator)


def test_in_an_emergency_a_clinician_opens_the_record_from_the_case_they_have_not_taken(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    made = submitted(asker, patient, service)
    client = client_for(specialist)
    found = re.search(r'href="(/patients/emergency/[^"]+)"', page(client, url_of(made)))
    assert found is not None
    assert patient.name not in page(client, found.group(1))
    said = {
        "institution": service.institution_id, "reason": "emergency", "explanation": "Unconscious, I am called in.",
        "request_key": uuid4(),
    }  # fmt: skip
    answer = client.post(found.group(1), said)
    assert answer.headers["Location"] == url_of(made)
    assert patient.name in page(client, url_of(made))
    assert "/patients/emergency/" not in page(client, url_of(made))
    for other in (coordinator, asker):
        assert "/patients/emergency/" not in page(client_for(other), url_of(made))


def test_nobody_else_sees_anything(
    asker: User, stranger: User, admin: User, manager: User, auditor: User, district_doctor: User, patient: Patient,
    service: Service,
) -> None:  # fmt: skip
    made = submitted(asker, patient, service)
    for user in (stranger, admin, manager, auditor, district_doctor):
        for more in ("", "live/", "edit/", "answer/", "report/", "claim/", "withdraw/"):
            page(client_for(user), url_of(made, more), 404)
        for more in ("message/", "claim/", "answer/", "answer/autosave/", "autosave/"):
            assert client_for(user).post(url_of(made, more), {"text": "x"}).status_code == 404


def test_reading_the_child_leaves_one_entry_for_one_look(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    client = client_for(specialist)
    for more in ("", "live/", "", "answer/"):
        assert patient.name in page(client, url_of(made, more))
    assert Entry.unscoped.filter(actor=specialist, verb="read", patient=patient).count() == 1


def test_query_count_of_the_page_does_not_grow_with_the_thread(
    asker: User, specialist: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    made = claimed(asker, specialist, patient, service)
    client = client_for(specialist)
    by(asker, post_message, case_id=made.pk, text="One")
    page(client, url_of(made))
    with django_assert_num_queries(28):
        assert page(client, url_of(made)).count('class="msg-text"') == 1
    for n in range(2):
        by(asker, post_message, case_id=made.pk, text=f"More {n}")
    page(client, url_of(made))
    with django_assert_num_queries(28):
        assert page(client, url_of(made)).count('class="msg-text"') == 3


def test_the_dock_offers_what_may_be_done_and_nothing_else(
    asker: User, specialist: User, nurse: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    acts = {user.username: set(re.findall(rf"/consultations/{made.pk}/(\w+)/\"", page(client_for(user), url_of(made))))
            for user in (asker, specialist, nurse)}  # fmt: skip
    known = set(operations.__all__)
    video = {"call_now", "propose_video"}
    assert acts["asker"] & known == {"convert", "withdraw", "raise_urgency", "enter_in_error", *video}
    assert acts["specialist"] & known == {"ask_information", "decline", "start", "ask_second", *video}
    assert acts["nurse"] & known == set()


def test_a_corrected_answer_is_struck_and_says_why(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = answered(asker, specialist, patient, service)
    said = {"impression": "Mild croup.", "do_now": "Dexamethasone 1 mg.", "reason": "Wrong dose", "act": "send"}
    assert client_for(specialist).post(url_of(made, "answer/"), said).status_code == 302
    text = page(client_for(asker), url_of(made))
    assert text.count('class="answer struck"') == 1
    assert "Wrong dose" in text
    assert "I have read the correction" in text
    assert 'close_out/"' not in text
    client_for(asker).post(url_of(made, "acknowledge_correction/"))
    assert 'close_out/"' in page(client_for(asker), url_of(made))


def test_who_comes_to_know_the_child_gets_the_whole_page_anew(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    answer = client_for(specialist).get(url_of(made, "live/"), {"known": "00", "beside": "case"})
    assert answer.headers["HX-Refresh"] == "true"
    same = client_for(specialist).get(url_of(made, "live/"), {"known": "11", "beside": "answer"})
    assert "HX-Refresh" not in same.headers
    assert 'id="case-dock"' not in same.content.decode()


def test_who_no_longer_reads_the_thread_gets_the_whole_page_anew(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    """A coordinator, once it is no longer their turn."""
    made = claimed(asker, specialist, patient, service)
    anew = []
    for turn in ({"ball": Ball.COORDINATOR, "ball_user": None}, {"ball": Ball.RESPONDER, "ball_user": specialist}):
        Case.unscoped.filter(pk=made.pk).update(**turn)
        answer = client_for(coordinator).get(url_of(made, "live/"), {"known": "01"})
        anew.append("HX-Refresh" in answer.headers)
    assert anew == [False, True]


def test_a_page_of_a_case_that_left_its_readers_sight_leads_to_the_worklist_and_says_so(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    made, browser = answered(asker, specialist, patient, service), client_for(coordinator)
    assert browser.get(url_of(made, "live/")).status_code == 200
    closed_out(asker, made)
    led = browser.get(url_of(made, "live/"), headers={"HX-Request": "true"})
    assert (led.status_code, led.headers["HX-Redirect"]) == (200, "/")
    assert "no longer yours to see" in page(browser, "/")


def test_a_live_part_of_what_nobody_sees_is_nothing_to_who_does_not_listen(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    made = closed_out(asker, answered(asker, specialist, patient, service))
    assert client_for(coordinator).get(url_of(made, "live/")).status_code == 404


# -- acts


def test_each_act_is_a_page_of_its_own_and_a_fragment_for_a_dialog(
    asker: User, patient: Patient, service: Service
) -> None:
    made, client = submitted(asker, patient, service), client_for(asker)
    assert "<html" in page(client, url_of(made, "withdraw/"))
    fragment = client.get(url_of(made, "withdraw/"), headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<form")


def test_a_wrong_act_form_keeps_its_words(asker: User, patient: Patient, service: Service) -> None:
    made, client = submitted(asker, patient, service), client_for(asker)
    plain = client.post(url_of(made, "withdraw/"), {"note": "Because of this"})
    assert (plain.status_code, "Because of this" in plain.content.decode()) == (422, True)
    dialog = client.post(url_of(made, "withdraw/"), {"note": "Because of this"}, headers={"HX-Request": "true"})
    assert (dialog.status_code, "Because of this" in dialog.content.decode()) == (200, True)
    assert Consultation.unscoped.get().step == Step.REQUESTED


def test_done_in_a_dialog_the_page_comes_anew(asker: User, patient: Patient, service: Service) -> None:
    made = submitted(asker, patient, service)
    answer = client_for(asker).post(url_of(made, "withdraw/"), {"reason": "resolved"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == url_of(made)
    assert Consultation.unscoped.get().step == Step.WITHDRAWN


def test_what_has_changed_meanwhile_is_said_and_the_words_are_kept(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    by(asker, operations.withdraw, case_id=made.pk, reason="resolved")
    answer = client_for(specialist).post(url_of(made, "ask_information/"), {"text": "Long question"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Long question" in text
    assert f"{asker.full_name} changed it last." in text


def test_the_second_to_take_a_case_is_told_who_was_first(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    answer = client_for(other_specialist).post(url_of(made, "claim/"))
    assert answer.status_code in (404, 409)
    if answer.status_code == 409:
        assert specialist.full_name in answer.content.decode()


@pytest.mark.parametrize("verb", ["no-such", "save", "submit", "return_to_queue"])
def test_there_is_no_page_for_what_is_no_act(verb: str, asker: User, patient: Patient, service: Service) -> None:
    made = submitted(asker, patient, service)
    page(client_for(asker), url_of(made, f"{verb}/"), 404)
    assert client_for(asker).post(url_of(made, f"{verb}/")).status_code == 404


def test_allocating_offers_those_on_duty_first(
    asker: User, specialist: User, other_specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = submitted(asker, patient, service)
    text = page(client_for(coordinator), url_of(made, "allocate/"))
    first, second = text.index(other_specialist.full_name), text.index(f"{specialist.full_name} ·")
    assert first < second
    client_for(coordinator).post(url_of(made, "allocate/"), {"responder": other_specialist.pk})
    assert Case.unscoped.get(pk=made.pk).responder_id == other_specialist.pk


def test_giving_away_a_case_that_has_changed_hands_meanwhile_is_told(
    asker: User, specialist: User, other_specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    made, browser = claimed(asker, specialist, patient, service), client_for(coordinator)
    seen = re.search(r'name="instead_of" value="([^"]*)"', page(browser, url_of(made, "allocate/")))
    assert seen is not None
    assert seen[1] == str(specialist.pk)
    late = browser.post(url_of(made, "allocate/"), {"responder": other_specialist.pk})
    assert late.status_code == 409
    assert specialist.full_name in late.content.decode()
    browser.post(url_of(made, "allocate/"), {"responder": other_specialist.pk, "instead_of": seen[1]})
    assert Case.unscoped.get(pk=made.pk).responder_id == other_specialist.pk


def test_a_message_sent_twice_is_one(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made, key = claimed(asker, specialist, patient, service), uuid4()
    for _ in range(3):
        client_for(asker).post(url_of(made, "message/"), {"text": "She drinks.", "request_key": key})
    assert Message.unscoped.count() == 1


def test_a_message_by_htmx_gives_an_empty_composer_with_a_fresh_key(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made, key = claimed(asker, specialist, patient, service), uuid4()
    said = {"text": "She drinks.", "request_key": key}
    text = client_for(asker).post(url_of(made, "message/"), said, headers={"HX-Request": "true"}).content.decode()
    assert "She drinks." not in text
    assert str(key) not in text
    empty = client_for(asker).post(url_of(made, "message/"), {"text": "  "})
    assert empty.status_code == 422


# -- the answer


def test_an_answer_is_kept_while_it_is_typed_for_its_author_alone(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    client = client_for(specialist)
    assert client.post(url_of(made, "answer/autosave/"), {"impression": "Half a thou"}).json()["saved_at"]
    assert "Half a thou" in page(client, url_of(made, "answer/"))
    assert AnswerDraft.unscoped.get().author == specialist
    assert client_for(asker).post(url_of(made, "answer/autosave/"), {"impression": "x"}).status_code == 403


def test_impression_and_do_now_are_required(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = claimed(asker, specialist, patient, service)
    answer = client_for(specialist).post(url_of(made, "answer/"), {"impression": "Croup", "act": "send"})
    assert answer.status_code == 422
    assert "Croup" in answer.content.decode()
    assert not Answer.unscoped.exists()


def test_the_preview_signs_nothing_and_names_the_signer(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    said = {"impression": "Croup", "do_now": "Dexamethasone", "follow_up_on": "2027-01-02", "act": "preview"}
    text = client_for(specialist).post(url_of(made, "answer/"), said).content.decode()
    assert specialist.full_name in text
    assert 'value="2027-01-02"' in text
    assert not Answer.unscoped.exists()


def test_signed_twice_with_one_key_is_one_answer(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    said = {"impression": "Croup", "do_now": "Dexamethasone", "request_key": uuid4(), "act": "send"}
    client = client_for(specialist)
    client.post(url_of(made, "answer/"), said)
    client.post(url_of(made, "answer/"), said)
    signed = Answer.unscoped.get()
    assert (signed.signer_name, signed.signer_licence) == (specialist.full_name, specialist.licence_number)


def test_a_template_fills_only_what_is_empty_without_javascript_too(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    text = AnswerTemplate.objects.create(
        specialty=service.specialty, language="en", title="Stridor", red_flags="Drools.", follow_up="Call in 24 h."
    )
    client = client_for(specialist)
    client.post(url_of(made, "answer/autosave/"), {"red_flags": "My own flags"})
    shown = page(client, url_of(made, "answer/"), template=text.pk)
    assert re.search(r"<textarea[^>]*>\s*My own flags</textarea>", shown)
    assert re.search(r"<textarea[^>]*>\s*Call in 24 h.</textarea>", shown)


def test_open_and_start_leads_to_the_answer(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = claimed(asker, specialist, patient, service)
    answer = client_for(specialist).post(url_of(made, "start/"))
    assert answer.headers["Location"] == url_of(made, "answer/")
    assert Consultation.unscoped.get().step == Step.IN_PROGRESS


def test_close_out_reopen_and_the_timeline(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made, client = answered(asker, specialist, patient, service), client_for(asker)
    client.post(url_of(made, "close_out/"), {"change": "treatment", "referral_avoided": "no", "usefulness": "4"})
    saved = Consultation.unscoped.get()
    assert (saved.step, saved.referral_avoided, saved.usefulness) == (Step.CLOSED, False, 4)
    client.post(url_of(made, "reopen/"), {"text": "She came back."})
    text = page(client, url_of(made))
    for label in ("Question sent", "Taken", "Answered", "Closed out", "The treatment changed", "Reopened"):
        assert label in text
    assert text.count("<time") >= 5


def test_every_step_shows_its_forms_to_who_may_act(
    asker: User, specialist: User, coordinator: User, lead: User, patient: Patient, service: Service
) -> None:
    """Every button that a page shows leads to a page."""
    made = answered(asker, specialist, patient, service)
    for user in (asker, specialist, coordinator, lead):
        text = page(client_for(user), url_of(made))
        for verb in set(re.findall(rf'href="/consultations/{made.pk}/(\w+)/"', text)):
            page(client_for(user), url_of(made, f"{verb}/"))
