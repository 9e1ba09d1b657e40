"""The alarm: child and problem are enough; it goes out in one act, pages at once, and shows what is missing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Clock, Service, ServiceMember
from consortium.casework.states import Ball, Leg, Priority, Symptom
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible
from consortium.notices.models import Page, PageCall
from consortium.notices.operations import acknowledge_page
from consortium.patients.models import PathwayMember, Patient
from consortium.patients.operations import Details, register_for_caller
from consortium.patients.states import Sex
from consortium.people.models import Institution, User
from referrals.forms.travelling import CallForm
from referrals.models import Referral
from referrals.operations.alarm import raise_alarm, record_alarm_call
from referrals.operations.answering import accept
from referrals.operations.checking import tick
from referrals.queries.alarming import alarm_of, alarm_running, alarm_services, missing_of
from referrals.states import AlarmProblem, CheckState, Reason, Step
from tests.cast import actor_for, client_for
from tests.consultations.cases import by
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_measured, make_patient
from tests.factories.people import make_institution, make_specialty, make_staff
from tests.referrals.way import running, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def emergency(hospital: Institution) -> Service:
    return make_service(hospital, make_specialty("emergency", "Emergency"), duty_phone="021 5555 0120")


@pytest.fixture
def duty(hospital: Institution, emergency: Service) -> User:
    """The duty officer of the green channel."""
    user = make_staff("duty", hospital, "specialist")
    make_service_member(emergency, user)
    return user


def raised(user: User, patient: Patient, institution: Institution, **more: Any) -> Referral:
    words = {"problem": AlarmProblem.SEIZURE, **more}
    made: Referral = by(user, raise_alarm, patient_id=patient.pk, institution_id=institution.pk, **words)
    return made


# -- the act ----------------------------------------------------------------------------------------------------------


def test_child_and_problem_are_enough(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    """Consent and checklist are empty, and there is no weight."""
    out = stored(raised(asker, patient, community))
    assert (out.step, out.is_stat, out.consent_given, out.case.weight_grams) == (Step.REQUESTED, True, False, None)
    assert (out.case.priority, out.reason) == (Priority.STAT, Reason.DANGER)


def test_the_duty_officer_is_paged_in_the_same_transaction(
    asker: User, duty: User, patient: Patient, community: Institution
) -> None:
    page = Page.unscoped.get(subject_id=str(raised(asker, patient, community).pk))
    first = PageCall.unscoped.filter(page=page).order_by("position").first()
    assert page.kind == "referral.stat" and first is not None
    assert (first.user_id, first.called_at is not None) == (duty.pk, True)


def test_the_clock_of_five_minutes_runs(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    out = running(raised(asker, patient, community))
    assert (out.leg, out.target_seconds) == (Leg.SEEN, 300)


def test_the_hospital_sees_the_child_at_once(
    asker: User, duty: User, patient: Patient, community: Institution, hospital: Institution
) -> None:
    out = stored(raised(asker, patient, community))
    assert PathwayMember.unscoped.filter(pathway=out.case.pathway_id, institution=hospital).exists()


def test_it_is_told_from_other_referrals(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    entry = Entry.unscoped.get(subject_id=str(raised(asker, patient, community).pk), verb="send")
    assert entry.facts["alarm"] is True


def test_the_same_key_twice_is_one_alarm(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    key = uuid4()
    assert raised(asker, patient, community, key=key).pk == raised(asker, patient, community, key=key).pk
    assert (Case.unscoped.count(), Page.unscoped.count()) == (1, 1)


def test_an_alarm_is_never_refused_for_another_one(
    asker: User, duty: User, patient: Patient, community: Institution
) -> None:
    first = raised(asker, patient, community)
    assert stored(raised(asker, patient, community)).parent_id == first.pk


def test_words_stand_behind_the_problem(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    out = raised(asker, patient, community, words="20 minutes now")
    assert out.question == "Seizure, or not waking up. 20 minutes now"


@pytest.mark.parametrize(
    ("problem", "symptom"),
    [
        (AlarmProblem.SEIZURE, Symptom.CONVULSION), (AlarmProblem.BREATHING, Symptom.COUGH),
        (AlarmProblem.NEWBORN, Symptom.UNWELL_INFANT), (AlarmProblem.SHOCK, Symptom.OTHER),
    ],
)  # fmt: skip
def test_the_problem_chooses_the_medicines(
    asker: User, duty: User, patient: Patient, community: Institution, problem: str, symptom: str
) -> None:
    assert raised(asker, patient, community, problem=problem).case.symptom == symptom


def test_another_problem_needs_a_word(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(asker, patient, community, problem=AlarmProblem.OTHER, words=" ")
    assert "words" in refused.value.fields
    assert raised(asker, patient, community, problem=AlarmProblem.OTHER, words="Snake bite").question == "Snake bite"


def test_a_problem_is_one_of_the_tiles(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(asker, patient, community, problem="homework")
    assert "problem" in refused.value.fields


def test_the_records_present_weight_goes_with_it(
    asker: User, duty: User, patient: Patient, community: Institution
) -> None:
    make_measured(patient, weight="6.8")
    assert raised(asker, patient, community).case.weight_grams == 6800


def test_an_old_weight_does_not(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    make_measured(patient, at=clock.now() - timedelta(days=40), weight="5.9")
    assert raised(asker, patient, community).case.weight_grams is None


def test_a_weight_that_is_told_counts(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    make_measured(patient, weight="6.8")
    assert raised(asker, patient, community, weight_grams=7000).case.weight_grams == 7000


def test_only_doctors_raise_it_for_their_own_clinic(
    nurse: User, asker: User, duty: User, patient: Patient, community: Institution, district: Institution
) -> None:
    with pytest.raises(NotPermitted):
        raised(nurse, patient, community)
    with pytest.raises(NotPermitted):
        raised(asker, patient, district)


def test_a_child_one_does_not_see_raises_no_alarm(stranger: User, duty: User, patient: Patient, unrelated: Any) -> None:
    with pytest.raises(NotVisible):
        raised(stranger, patient, unrelated)


# -- where it goes ----------------------------------------------------------------------------------------------------


def where(institution: Institution, days: int = 210) -> list[Service]:
    with acting_as(system("test")):
        return alarm_services(institution, days)


def test_it_goes_to_the_emergency_service_on_duty(
    duty: User, specialist: User, emergency: Service, service: Service, community: Institution
) -> None:
    assert where(community) == [emergency, service]


def test_somebody_on_duty_counts_before_the_specialty(
    specialist: User, emergency: Service, service: Service, community: Institution
) -> None:
    assert where(community)[0] == service


def test_of_two_on_duty_the_own_region_counts(duty: User, emergency: Service, community: Institution, db: None) -> None:
    far = make_institution("Far Children's", tier=3)
    there = make_service(far, emergency.specialty, name_en="A service")
    make_service_member(there, make_staff("far_duty", far, "specialist"))
    assert where(community) == [emergency, there]


def test_a_service_that_does_not_take_the_age_is_passed_over(
    duty: User, emergency: Service, community: Institution
) -> None:
    Service.objects.filter(pk=emergency.pk).update(from_days=365)
    assert where(community) == []


def test_it_goes_up_and_not_to_ones_own_house(duty: User, emergency: Service, hospital: Institution) -> None:
    assert where(hospital) == []


def test_without_a_service_the_sender_is_told_to_call(asker: User, patient: Patient, community: Institution) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(asker, patient, community)
    assert "emergency number" in str(refused.value.fields["service_id"])


def test_a_service_that_is_named_counts(
    asker: User, duty: User, specialist: User, service: Service, patient: Patient, community: Institution
) -> None:
    assert raised(asker, patient, community, service_id=service.pk).case.service_id == service.pk


# -- by telephone -----------------------------------------------------------------------------------------------------


def called(user: User, asker: User, patient: Patient, institution: Institution, **more: Any) -> Referral:
    words = {
        "institution_id": institution.pk, "asker_id": asker.pk, "record_number": "C-7",
        "birth_date": patient.birth_date, "problem": AlarmProblem.SHOCK, **more,
    }  # fmt: skip
    made: Referral = by(user, record_alarm_call, **words)
    return made


@pytest.fixture
def numbered(community: Institution) -> Patient:
    return make_patient(community, record="C-7")


def test_the_coordinator_writes_an_alarm_down_for_who_calls(
    coordinator: User, asker: User, duty: User, numbered: Patient, community: Institution
) -> None:
    out = stored(called(coordinator, asker, numbered, community))
    assert (out.case.asker_id, out.case.asking_institution_id, out.recorded_by_id) == (
        asker.pk, community.pk, coordinator.pk,
    )  # fmt: skip
    assert out.step == Step.REQUESTED and Page.unscoped.filter(subject_id=str(out.pk)).exists()


def test_it_goes_to_the_coordinators_own_house(
    coordinator: User, asker: User, duty: User, emergency: Service, numbered: Patient, community: Institution
) -> None:
    assert called(coordinator, asker, numbered, community).case.service_id == emergency.pk


@pytest.mark.parametrize("wrong", [{"record_number": "C-8"}, {"record_number": ""}, {"birth_date": "2001-01-01"}])
def test_number_and_birth_date_both_fit_or_nothing_is_told(
    coordinator: User, asker: User, duty: User, numbered: Patient, community: Institution, wrong: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        called(coordinator, asker, numbered, community, **wrong)
    assert set(refused.value.fields) == {"record_number"}


def test_who_calls_is_a_doctor_there(
    coordinator: User, asker: User, nurse: User, duty: User, numbered: Patient, community: Institution
) -> None:
    with pytest.raises(InvalidInput) as refused:
        called(coordinator, nurse, numbered, community)
    assert "asker_id" in refused.value.fields


def test_where_a_clinic_has_no_doctor_its_nurse_calls(
    coordinator: User, nurse: User, duty: User, numbered: Patient, community: Institution
) -> None:
    assert called(coordinator, nurse, numbered, community).case.asker_id == nurse.pk


def test_for_a_caller_without_an_account_the_coordinator_asks(
    coordinator: User, duty: User, numbered: Patient, community: Institution
) -> None:
    out = stored(called(coordinator, coordinator, numbered, community))
    assert (out.case.asker_id, out.recorded_by_id) == (coordinator.pk, coordinator.pk)
    assert out.case.asking_institution_id == community.pk


def test_the_coordinator_who_asked_sees_it_until_it_ends(
    coordinator: User, duty: User, numbered: Patient, community: Institution
) -> None:
    pk = called(coordinator, coordinator, numbered, community).pk
    with acting_as(actor_for(coordinator)):
        assert Case.objects.filter(pk=pk).exists()
        Case.unscoped.filter(pk=pk).update(is_open=False, closed_at=clock.now(), ball=Ball.NONE)
        assert not Case.objects.filter(pk=pk).exists()


def test_who_calls_is_chosen_and_never_assumed(
    coordinator: User, asker: User, nurse: User, community: Institution, district: Institution
) -> None:
    browser, url = client_for(coordinator), reverse("referrals:alarm_call")
    text = browser.get(url, {"clinic": str(community.pk)}).content.decode()
    choices = re.findall(r'<option value="([^"]*)"', text.partition('name="asker_id"')[2].partition("</select>")[0])
    assert choices == ["", str(asker.pk), str(coordinator.pk)]
    empty = browser.get(url, {"clinic": str(district.pk)}).content.decode()
    assert "Somebody without an account here" in empty


def test_nobody_else_writes_for_others(
    colleague: User, asker: User, duty: User, numbered: Patient, community: Institution
) -> None:
    with pytest.raises(NotPermitted):
        called(colleague, asker, numbered, community)


def test_a_clinic_that_is_not_there_does_not_call(
    coordinator: User, asker: User, duty: User, numbered: Patient
) -> None:
    with pytest.raises(NotVisible):
        called(coordinator, asker, numbered, numbered.registered_at, institution_id=uuid4())


def newly(user: User, asker: User, institution: Institution, **more: Any) -> Referral:
    """The alarm about a child that the clinic has no record of."""
    child = Details(birth_date=clock.today() - timedelta(days=90), sex=Sex.MALE, name="Zhao Xin")
    words = {"institution_id": institution.pk, "asker_id": asker.pk, "problem": AlarmProblem.SHOCK, "new_child": child}
    made: Referral = by(user, record_alarm_call, **{**words, **more})
    return made


def test_a_child_new_to_the_clinic_is_registered_in_the_same_act(
    coordinator: User, asker: User, duty: User, community: Institution
) -> None:
    out = stored(newly(coordinator, asker, community))
    child = Patient.unscoped.get(pk=out.patient_id)
    assert (child.name, child.sex, child.registered_at_id, out.case.age_days) == ("Zhao Xin", "male", community.pk, 90)
    assert Page.unscoped.filter(subject_id=str(out.pk)).exists()


def test_the_clinic_has_the_new_child_and_who_wrote_it_down_has_not(
    coordinator: User, asker: User, duty: User, community: Institution
) -> None:
    child_id = newly(coordinator, asker, community).patient_id
    for user, seen in ((asker, True), (coordinator, False)):
        with acting_as(actor_for(user)):
            assert Patient.objects.filter(pk=child_id).exists() is seen


def test_told_twice_it_is_one_child_and_one_alarm(
    coordinator: User, asker: User, duty: User, community: Institution
) -> None:
    key = uuid4()
    assert {newly(coordinator, asker, community, key=key).pk for _again in range(2)} == {Case.unscoped.get().pk}
    assert Patient.unscoped.count() == 1


def test_only_the_coordinator_registers_for_who_calls(asker: User, duty: User, district: Institution) -> None:
    child = Details(birth_date=clock.today(), sex=Sex.MALE, name="Zhao Xin")
    with pytest.raises(NotPermitted):
        by(asker, register_for_caller, institution_id=district.pk, details=child)


def form(**said: str) -> CallForm:
    """Of a call, filled in but for the child."""
    plain = {"institution_id": str(CLINIC), "asker_id": str(CLINIC), "problem": "shock", **said}
    made: Any = CallForm(plain)
    for name in ("institution_id", "asker_id"):
        made.fields[name].choices = [(str(CLINIC), "x")]
    return made  # type: ignore[no-any-return]


CLINIC = uuid4()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, {"record_number", "birth_date"}), ({"record_number": "C-7"}, {"birth_date"}),
        ({"record_number": "C-7", "age": "3"}, {"birth_date"}), ({"name": "Zhao Xin"}, {"birth_date"}),
        ({"age": "3"}, {"record_number"}), ({"name": "Zhao Xin", "birth_date": "2026-13-01"}, {"birth_date"}),
        ({"name": "Zhao Xin", "age": "-3"}, {"age"}),
    ],
)  # fmt: skip
def test_of_a_child_it_needs_number_and_birth_date_or_name_and_age(said: dict[str, str], wrong: set[str]) -> None:
    assert set(form(**said).errors) == wrong


def test_an_age_that_was_told_stands_in_the_words_too() -> None:
    call = form(name="Zhao Xin", age="3", age_unit="7", words="Pale.")
    assert call.is_valid()
    told = call.told()
    assert told["new_child"] == Details(birth_date=clock.today() - timedelta(days=21), sex=Sex.UNKNOWN, name="Zhao Xin")
    assert told["words"] == "Pale. Age as told: 3 weeks."


def test_a_birth_date_needs_no_words() -> None:
    call = form(name="Zhao Xin", birth_date="2026-01-05", sex="female", age="3", words="Pale.")
    assert call.is_valid()
    assert (call.told()["new_child"].birth_date.isoformat(), call.told()["words"]) == ("2026-01-05", "Pale.")


# -- what is missing, and who was called ------------------------------------------------------------------------------


def test_what_is_missing_is_named(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    out = raised(asker, patient, community)
    with acting_as(actor_for(asker)):
        assert [code for code, _words in missing_of(out)] == ["weight", "consent", "whereabouts", "checklist"]


def test_a_tick_makes_less_missing(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    out = raised(asker, patient, community)
    with acting_as(actor_for(asker)):
        before = missing_of(out)[-1]
    by(asker, tick, case_id=out.pk, item="airway", state=CheckState.DONE)
    with acting_as(actor_for(asker)):
        assert missing_of(out)[-1] != before


def test_the_sender_sees_who_was_called_and_who_is_next(
    asker: User, duty: User, coordinator: User, patient: Patient, community: Institution
) -> None:
    out = raised(asker, patient, community)
    with acting_as(actor_for(asker)):
        alarm = alarm_of(stored(out))
    assert [call.user_id for call in alarm.called] == [duty.pk]
    assert coordinator.pk in [call.user_id for call in alarm.next_up]
    assert (alarm.phone, alarm.taken_by, alarm.nobody_answers) == ("021 5555 0120", "", False)


def test_the_sender_sees_who_takes_it(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    out = raised(asker, patient, community)
    by(duty, acknowledge_page, page_id=Page.unscoped.get(subject_id=str(out.pk)).pk)
    with acting_as(actor_for(asker)):
        assert alarm_of(stored(out)).taken_by == duty.get_full_name()


def test_where_nobody_serves_the_telephone_is_left(
    asker: User, emergency: Service, patient: Patient, community: Institution
) -> None:
    ServiceMember.objects.all().delete()
    out = raised(asker, patient, community)
    with acting_as(actor_for(asker)):
        alarm = alarm_of(stored(out))
    assert (alarm.page, alarm.calls, alarm.phone) == (None, [], "021 5555 0120")


def test_an_alarm_that_runs_is_known_until_it_is_accepted(
    asker: User, duty: User, patient: Patient, community: Institution
) -> None:
    out = raised(asker, patient, community)
    with acting_as(actor_for(asker)):
        assert alarm_running(patient) == out
    by(duty, accept, case_id=out.pk)
    with acting_as(actor_for(asker)):
        assert alarm_running(patient) is None


# -- the pages --------------------------------------------------------------------------------------------------------


def test_from_the_record_it_is_two_taps(asker: User, duty: User, patient: Patient) -> None:
    """The button of the record, then the tile."""
    browser = client_for(asker)
    url = reverse("referrals:alarm", args=[patient.pk])
    assert url in browser.get(reverse("patients:show", args=[patient.pk])).content.decode()
    answer = browser.post(url, {"problem": "seizure"})
    assert answer["Location"] == reverse("referrals:alarm_sent", args=[Referral.unscoped.get().pk])


def test_from_the_start_page_it_is_three(asker: User, duty: User, patient: Patient) -> None:
    """The button, the child, the tile."""
    browser, choose = client_for(asker), reverse("referrals:alarm_choose")
    assert choose in browser.get("/").content.decode()
    assert reverse("referrals:alarm", args=[patient.pk]) in browser.get(choose).content.decode()


def test_the_confirmation_shows_who_the_telephone_and_what_is_missing(
    asker: User, duty: User, patient: Patient, community: Institution
) -> None:
    out = raised(asker, patient, community)
    text = client_for(asker).get(reverse("referrals:alarm_sent", args=[out.pk])).content.decode()
    assert duty.get_full_name() in text and "021 5555 0120" in text and "consent" in text


def test_the_middle_of_it_comes_alone(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    out = raised(asker, patient, community)
    url = reverse("referrals:alarm_sent", args=[out.pk])
    text = client_for(asker).get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'id="alarm-state"' in text and "<html" not in text


def test_the_receiving_side_goes_to_the_referral(
    asker: User, duty: User, patient: Patient, community: Institution
) -> None:
    out = raised(asker, patient, community)
    answer = client_for(duty).get(reverse("referrals:alarm_sent", args=[out.pk]))
    assert answer["Location"] == reverse("referrals:show", args=[out.pk])


def test_a_wrong_tile_stays_on_the_page(asker: User, duty: User, patient: Patient) -> None:
    url = reverse("referrals:alarm", args=[patient.pk])
    assert client_for(asker).post(url, {"problem": "homework"}).status_code == 422


def test_another_danger_without_a_word_stays_on_the_page(asker: User, duty: User, patient: Patient) -> None:
    url = reverse("referrals:alarm", args=[patient.pk])
    answer = client_for(asker).post(url, {"problem": "other", "words": ""})
    assert answer.status_code == 422 and not Referral.unscoped.exists()


def test_an_alarm_that_runs_is_shown_before_another(
    asker: User, duty: User, patient: Patient, community: Institution
) -> None:
    out = raised(asker, patient, community)
    text = client_for(asker).get(reverse("referrals:alarm", args=[patient.pk])).content.decode()
    assert reverse("referrals:alarm_sent", args=[out.pk]) in text


def test_where_nobody_takes_alarms_the_page_says_to_call(asker: User, patient: Patient) -> None:
    text = client_for(asker).get(reverse("referrals:alarm", args=[patient.pk])).content.decode()
    assert "emergency number" in text


def test_the_coordinator_chooses_the_clinic_then_writes(
    coordinator: User, asker: User, duty: User, numbered: Patient, community: Institution
) -> None:
    browser, url = client_for(coordinator), reverse("referrals:alarm_call")
    assert str(community.pk) in browser.get(url).content.decode()
    said = {
        "institution_id": str(community.pk), "asker_id": str(asker.pk), "record_number": "C-7",
        "birth_date": str(numbered.birth_date), "problem": "shock",
    }  # fmt: skip
    assert browser.post(f"{url}?clinic={community.pk}", said).status_code == 302
    new = {**said, "record_number": "", "birth_date": "", "name": "Zhao Xin", "age": "3", "age_unit": "30.4375"}
    assert browser.post(f"{url}?clinic={community.pk}", new).status_code == 302
    wrong = browser.post(f"{url}?clinic={community.pk}", {**said, "record_number": "C-9"})
    assert wrong.status_code == 422 and "no child" in wrong.content.decode()


def test_a_word_that_is_no_clinic_shows_the_clinics(coordinator: User, community: Institution) -> None:
    text = client_for(coordinator).get(reverse("referrals:alarm_call"), {"clinic": "x"}).content.decode()
    assert community.name in text


def test_one_clock_runs_for_an_alarm(asker: User, duty: User, patient: Patient, community: Institution) -> None:
    out = raised(asker, patient, community)
    assert Clock.unscoped.filter(case_id=out.pk, stopped_at=None).count() == 1
