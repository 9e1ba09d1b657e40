"""The pages from a child to a referral sent: what they offer, keep, and refuse."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority, Symptom
from consortium.patients.models import Measurement, Patient
from consortium.people.models import User
from consultations import operations as consult
from referrals.forms.drafting import URGENCY_OF_INDICATION, ReferForm
from referrals.models import Referral
from referrals.operations.drafting import save_draft
from referrals.states import Step
from tests.cast import client_for
from tests.consultations.cases import answered, by
from tests.factories.cases import make_service
from tests.factories.patients import make_measured
from tests.factories.people import make_institution, make_specialty
from tests.referrals.cases import QUESTION, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(asker: User) -> Client:
    return client_for(asker)


@pytest.fixture
def draft(asker: User, patient: Patient, service: Service) -> Referral:
    fields = {"patient_id": patient.pk, "priority": Priority.URGENT, "symptom": Symptom.STRIDOR}
    made: Referral = by(asker, save_draft, fields=fields)
    return made


def typed(service: Service, **more: Any) -> dict[str, Any]:
    """The form as the page sends it."""
    return {
        "priority": "2", "symptom": "stridor", "service_id": str(service.pk), "reason": "admission",
        "question": QUESTION, "weight": "6.8", "situation": "Stridor since midnight.", "assessment": "Severe croup.",
        "diagnosis": "J05.0 Croup", "consent_given": "on", "may_be_redirected": "on", **more,
    }  # fmt: skip


def at(draft: Referral, page: str = "edit") -> str:
    return f"/referrals/{draft.pk}/{page}/"


def fresh(draft: Referral) -> Referral:
    found: Referral = Referral.unscoped.select_related("case").get(pk=draft.pk)
    return found


# --- from a child


def test_the_clinics_children_are_offered(client: Client, patient: Patient) -> None:
    page = client.get("/referrals/new/").content.decode()
    assert f"/referrals/new/{patient.pk}/" in page
    assert "Refer a child" in page


def test_a_childs_record_leads_there(client: Client, patient: Patient) -> None:
    assert f"/referrals/new/{patient.pk}/" in client.get(f"/patients/{patient.pk}/").content.decode()


def test_who_refers_nobody_is_offered_nothing(nurse: User, patient: Patient) -> None:
    assert "/referrals/new/" not in client_for(nurse).get(f"/patients/{patient.pk}/").content.decode()


def test_urgency_and_symptom_make_the_draft(client: Client, patient: Patient) -> None:
    said = {"priority": "3", "symptom": "rash", "request_key": uuid4()}
    answer = client.post(f"/referrals/new/{patient.pk}/", said)
    made = Referral.unscoped.select_related("case").get()
    assert answer.headers["Location"] == f"/referrals/{made.pk}/edit/"
    assert (made.step, made.case.priority, made.case.symptom) == (Step.DRAFT, Priority.ROUTINE, "rash")


def test_begun_twice_with_one_key_is_one_draft(client: Client, patient: Patient) -> None:
    said = {"priority": "3", "request_key": uuid4()}
    for _each in range(2):
        client.post(f"/referrals/new/{patient.pk}/", said)
    assert Referral.unscoped.count() == 1


def test_without_an_urgency_nothing_is_made(client: Client, patient: Patient) -> None:
    answer = client.post(f"/referrals/new/{patient.pk}/", {"symptom": "rash"})
    assert (answer.status_code, Referral.unscoped.count()) == (422, 0)


def test_the_alarm_is_one_tap_away(client: Client, patient: Patient) -> None:
    assert f"/referrals/alarm/{patient.pk}/" in client.get(f"/referrals/new/{patient.pk}/").content.decode()


# --- from the manual


def from_manual(patient: Patient, urgency: str = "E1") -> dict[str, Any]:
    return {
        "from_manual": "1", "indication_pathway": "stridor", "indication_version": "1", "indication_id": "stridor-e1",
        "indication_urgency": urgency, "situation": "Stridor at rest.",
    }  # fmt: skip


def test_the_manual_hands_over_its_indication_and_urgency(client: Client, patient: Patient) -> None:
    page = client.post(f"/referrals/new/{patient.pk}/", from_manual(patient)).content.decode()
    assert 'name="indication_id" value="stridor-e1"' in page
    assert Referral.unscoped.count() == 0


@pytest.mark.parametrize(("word", "priority"), [("E0", 1), ("E1", 1), ("U1", 2), ("U2", 2), ("R1", 3), ("H", 3)])
def test_how_soon_the_manuals_word_means(client: Client, patient: Patient, word: str, priority: int) -> None:
    page = client.post(f"/referrals/new/{patient.pk}/", from_manual(patient, word))
    assert page.context["form"].initial["priority"] == priority
    assert URGENCY_OF_INDICATION.get(word, 3) == priority


def test_the_indication_is_cited_in_the_draft(client: Client, patient: Patient) -> None:
    said = {**from_manual(patient), "priority": "1", "request_key": str(uuid4())}
    del said["from_manual"]
    client.post(f"/referrals/new/{patient.pk}/", said)
    made = Referral.unscoped.get()
    assert (made.indication_pathway, made.indication_version, made.indication_id, made.indication_urgency) == (
        "stridor", 1, "stridor-e1", "E1",
    )  # fmt: skip
    assert made.situation == "Stridor at rest."


# --- the form


def test_places_are_offered_with_their_reasons(client: Client, draft: Referral, service: Service) -> None:
    page = client.get(at(draft)).content.decode()
    assert str(service.pk) in page
    assert "for Stridor" in page


def test_a_draft_on_its_own_page_is_its_form(client: Client, draft: Referral) -> None:
    assert client.get(f"/referrals/{draft.pk}/").headers["Location"] == at(draft)


def test_what_was_sent_is_shown_not_edited(client: Client, draft: Referral, service: Service) -> None:
    client.post(at(draft), typed(service))
    assert client.get(at(draft)).headers["Location"] == f"/referrals/{draft.pk}/"


def test_everything_there_is_sent(client: Client, draft: Referral, service: Service) -> None:
    answer = client.post(at(draft), typed(service))
    kept = fresh(draft)
    assert (answer.headers["Location"], kept.step) == (f"/referrals/{draft.pk}/", Step.REQUESTED)
    assert (kept.diagnosis_code, kept.working_diagnosis, kept.case.weight_grams) == ("J05.0", "Croup", 6800)
    assert (kept.may_be_redirected, kept.case.service_id) == (True, service.pk)


def test_what_lacks_is_said_and_what_was_typed_stays(client: Client, draft: Referral, service: Service) -> None:
    answer = client.post(at(draft), typed(service, question="", assessment=""))
    errors = answer.context["form"].errors
    assert (answer.status_code, set(errors)) == (422, {"question", "assessment"})
    assert (fresh(draft).situation, fresh(draft).step) == ("Stridor since midnight.", Step.DRAFT)


def test_what_the_operation_finds_stands_beside_its_field(client: Client, draft: Referral, service: Service) -> None:
    said = typed(service, weight="")
    del said["consent_given"]
    answer = client.post(at(draft), said)
    assert {"weight", "consent_given"} <= set(answer.context["form"].errors)


def test_an_unusual_weight_is_asked_for_again(client: Client, draft: Referral, service: Service) -> None:
    answer = client.post(at(draft), typed(service, weight="68"))
    assert (answer.status_code, "weight_sure" in answer.content.decode()) == (422, True)
    client.post(at(draft), typed(service, weight="68", weight_sure="on"))
    assert fresh(draft).step == Step.REQUESTED
    assert Measurement.unscoped.get(patient=draft.patient_id, kind="weight").confirmed


def test_stat_is_sent_with_the_problem_alone(client: Client, draft: Referral, service: Service) -> None:
    client.post(at(draft), {"priority": "1", "service_id": str(service.pk), "question": "Seizing for 20 minutes."})
    assert (fresh(draft).step, fresh(draft).is_stat) == (Step.REQUESTED, True)


def test_finish_later_keeps_and_leaves(client: Client, draft: Referral, service: Service) -> None:
    client.post(at(draft), typed(service, question="", later="1"))
    assert (fresh(draft).step, fresh(draft).reason) == (Step.DRAFT, "admission")


def test_another_place_of_the_longer_list_wins(client: Client, draft: Referral, service: Service) -> None:
    other = make_service(make_institution(tier=3), make_specialty("neurology"))
    client.post(at(draft), typed(service, other_service=str(other.pk)))
    assert fresh(draft).case.service_id == other.pk


def test_a_chosen_place_beyond_the_suggestions_is_shown(
    client: Client, asker: User, draft: Referral, service: Service
) -> None:
    for number in range(5):
        make_service(make_institution(f"Near {number}", tier=3), service.specialty)
    far = make_service(make_institution("Zzz", tier=3), make_specialty("dermatology"))
    by(asker, save_draft, case_id=draft.pk, fields={"service_id": far.pk})
    choices = client.get(at(draft)).context["form"].fields["service_id"].choices
    assert (len(choices), choices[-1][0]) == (5, str(far.pk))


def test_no_such_place_is_refused_by_the_operation(client: Client, draft: Referral, service: Service) -> None:
    answer = client.post(at(draft), typed(service, service_id=str(uuid4())))
    assert "service_id" in answer.context["form"].errors
    assert fresh(draft).step == Step.DRAFT


def test_a_place_that_is_no_id_is_refused(client: Client, draft: Referral, service: Service) -> None:
    answer = client.post(at(draft), typed(service, service_id="somewhere"))
    assert "service_id" in answer.context["form"].errors


def test_what_the_hospital_must_have_is_kept_and_taken_back(client: Client, draft: Referral, service: Service) -> None:
    client.post(at(draft), typed(service, needs_capabilities=["picu", "ct"], later="1"))
    assert sorted(fresh(draft).needs_capabilities) == ["ct", "picu"]
    client.post(at(draft), typed(service, later="1"))
    assert fresh(draft).needs_capabilities == []


def test_a_measured_weight_stands_there_already(client: Client, draft: Referral, patient: Patient) -> None:
    make_measured(patient, weight="7.1")
    page = client.get(at(draft))
    assert page.context["form"].initial["weight"] == "7.1"


def test_one_tap_takes_the_measured_weight(client: Client, draft: Referral, service: Service) -> None:
    client.post(at(draft), typed(service, weight="", use_weight="7.1"))
    assert (fresh(draft).case.weight_grams, fresh(draft).step) == (7100, Step.DRAFT)


def test_a_second_one_is_refused_with_a_link_to_the_first(
    client: Client, asker: User, draft: Referral, patient: Patient, service: Service
) -> None:
    first = sent(asker, patient, service, symptom=Symptom.STRIDOR)
    answer = client.post(at(draft), typed(service))
    assert (answer.status_code, f"/referrals/{first.pk}/" in answer.content.decode()) == (409, True)
    assert fresh(draft).question == QUESTION, "what was typed is kept"


def test_an_older_version_is_refused_and_shown(client: Client, asker: User, draft: Referral, service: Service) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"question": "Elsewhere."})
    answer = client.post(at(draft), typed(service, version=str(draft.case.version)))
    assert (answer.status_code, fresh(draft).question) == (409, "Elsewhere.")
    assert QUESTION in answer.content.decode()


def test_a_draft_is_thrown_away(client: Client, draft: Referral) -> None:
    assert client.post(at(draft, "discard")).headers["Location"] == "/"
    assert fresh(draft).step == Step.ENTERED_IN_ERROR


def test_the_indication_is_named_on_the_form(client: Client, asker: User, draft: Referral) -> None:
    cited = {"pathway": "stridor", "version": 1, "id": "stridor-e1", "urgency": "E1"}
    by(asker, save_draft, case_id=draft.pk, fields={"indication": cited})
    assert "Indication from the manual" in client.get(at(draft)).content.decode()


def test_in_chinese_too(client: Client, draft: Referral) -> None:
    page = client.get(at(draft), headers={"accept-language": "zh-hans"}).content.decode()
    assert "发送转诊" in page


# --- autosave and suggestions


def test_typing_is_kept(client: Client, draft: Referral) -> None:
    answer = client.post(at(draft, "autosave"), {"version": draft.case.version, "question": "Please."})
    assert (answer.json()["version"], fresh(draft).question) == (draft.case.version + 1, "Please.")


def test_typing_over_a_newer_version_is_refused(client: Client, draft: Referral) -> None:
    assert client.post(at(draft, "autosave"), {"version": "99", "question": "Please."}).status_code == 409


def test_autosave_leaves_the_service_that_was_chosen(
    client: Client, asker: User, draft: Referral, service: Service
) -> None:
    client.post(at(draft, "autosave"), typed(service, version=draft.case.version))
    assert fresh(draft).case.service_id == service.pk


def test_suggestions_follow_the_form(client: Client, draft: Referral, service: Service, other_service: Service) -> None:
    page = client.get(at(draft, "suggestions"), {"priority": "3", "symptom": "convulsion"})
    assert "for Stridor" not in page.content.decode()
    nobody = client.get(at(draft, "suggestions"), {"priority": "nine", "symptom": "sadness"})
    assert "for Stridor" in nobody.content.decode(), "what is no word is passed over"


def test_where_nobody_takes_the_child_the_form_says_so(client: Client, draft: Referral) -> None:
    Service.objects.update(is_open=False)
    assert "No hospital takes a child" in client.get(at(draft, "suggestions")).content.decode()


def test_the_form_offers_the_listed_diagnoses_in_the_readers_language() -> None:
    assert any(each.startswith("J21.9 ") for each in ReferForm().diagnoses())


# --- out of a question


def test_a_question_leads_to_its_referral(
    client: Client, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    asked = answered(asker, specialist, patient, service)
    url = f"/consultations/{asked.pk}/convert/"
    assert "has answered about the child" in client.get(url).content.decode()
    said = {"reason": "treatment", "question": QUESTION, "priority": "2", "service_id": str(service.pk)}
    made_at = client.post(url, said).headers["Location"]
    assert made_at == f"/referrals/{Referral.unscoped.get().pk}/"
    assert f"/consultations/{asked.pk}/" in client.get(made_at).content.decode(), "its thread and files stand there"
    assert made_at in client.get(f"/consultations/{asked.pk}/").content.decode()


def test_from_an_answer_to_a_referral_are_four_taps(
    client: Client, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    """The act on the page, the reason, the words, the send: place and urgency are chosen already."""
    asked = answered(asker, specialist, patient, service)
    assert f"/consultations/{asked.pk}/convert/" in client.get(f"/consultations/{asked.pk}/").content.decode()
    client.post(f"/consultations/{asked.pk}/convert/", {"reason": "treatment", "question": QUESTION, "priority": "2"})
    assert Case.unscoped.get(referral__parent=asked.pk).service_id == service.pk


def test_where_nobody_suggests_it_goes_to_who_was_asked(
    asker: User, specialist: User, patient: Patient, service: Service, settings: Any
) -> None:
    settings.REFERRAL_PLACES = ""
    asked = answered(asker, specialist, patient, service)
    page = client_for(asker).get(f"/consultations/{asked.pk}/convert/")
    assert page.context["form"].fields["service_id"].choices == []
    by(asker, consult.convert, case_id=asked.pk, reason="treatment", question=QUESTION)
    assert Referral.unscoped.get().case.service_id == service.pk


# --- every indication of a run


def many(patient: Patient) -> dict[str, Any]:
    """The manual came to three, two of them by two rows."""
    rows = ["stridor|1|stridor-e1|E1|Severe croup", "stridor|1|stridor-u1|U1|Moderate croup"]
    return {**from_manual(patient), "indications": [*rows, rows[0], "stridor|1|stridor-r1|R1|Third | episode"]}


def cited(client: Client, patient: Patient, chosen: str) -> Referral:
    said = {**many(patient), "priority": "2", "request_key": str(uuid4()), "indication": chosen}
    del said["from_manual"]
    client.post(f"/referrals/new/{patient.pk}/", said)
    return Referral.unscoped.get()


def test_every_indication_that_holds_is_offered_once(client: Client, patient: Patient) -> None:
    field = client.post(f"/referrals/new/{patient.pk}/", many(patient)).context["form"].fields["indication"]
    assert [str(label) for _value, label in field.choices] == [
        "E1 · Severe croup", "U1 · Moderate croup", "R1 · Third | episode", "None of these",
    ]  # fmt: skip


def test_the_doctor_says_on_which_it_rests(client: Client, patient: Patient) -> None:
    made = cited(client, patient, "stridor|1|stridor-u1|U1")
    assert (made.indication_id, made.indication_version, made.indication_urgency) == ("stridor-u1", 1, "U1")


def test_it_may_rest_on_none_of_them(client: Client, patient: Patient) -> None:
    assert cited(client, patient, "").indication_id == ""


def test_what_the_manual_did_not_say_is_not_cited(client: Client, patient: Patient) -> None:
    said = {**many(patient), "priority": "2", "indication": "stridor|1|made-up|E0"}
    del said["from_manual"]
    assert client.post(f"/referrals/new/{patient.pk}/", said).status_code == 422
    assert Referral.unscoped.count() == 0


def test_a_single_indication_asks_nothing(client: Client, patient: Patient) -> None:
    said = {**from_manual(patient), "indications": ["stridor|1|stridor-e1|E1|Severe croup", "broken"]}
    assert "indication" not in client.post(f"/referrals/new/{patient.pk}/", said).context["form"].fields
