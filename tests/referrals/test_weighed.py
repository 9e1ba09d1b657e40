"""A child on its way without a weight: it is said that there are no doses, with the way to add one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Measurement, Patient
from consortium.people.models import Institution, User
from referrals.checklist import lines_for
from referrals.forms.travelling import CallForm
from referrals.models import Referral
from referrals.queries.alarming import missing_of
from referrals.queries.checking import traveller_of
from referrals.queries.page import referral_page
from tests.cast import actor_for, client_for
from tests.factories.patients import make_measured, make_patient
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db
NO_DOSES = "No weight: no doses."
OLD = "The doses rest on an old weight"


@pytest.fixture
def unweighed(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return sent(asker, patient, service, priority=Priority.STAT, weight_grams=None)


def way_to_weigh(referral: Referral) -> str:
    back = reverse("referrals:show", args=[referral.pk]).replace("/", "%2F")
    return f"{reverse('patients:measure', args=[referral.patient_id])}?next={back}"


def shown(user: User, referral: Referral, name: str = "show") -> str:
    return client_for(user).get(reverse(f"referrals:{name}", args=[referral.pk])).content.decode()


def lacks(user: User, referral: Referral) -> tuple[bool, bool]:
    """Whether the weight is missing by the confirmation of the alarm, and by the head of the page."""
    with acting_as(actor_for(user)) as actor:
        page = referral_page(actor, referral.pk)
        return "weight" in dict(missing_of(referral)), "the weight" in page.missing


# -- said, with the way to add one ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["show", "alarm_sent"])
def test_without_a_weight_the_sender_is_led_to_add_one(asker: User, unweighed: Referral, name: str) -> None:
    text = shown(asker, unweighed, name)
    assert NO_DOSES in text and way_to_weigh(unweighed) in text


def test_the_hospital_that_is_asked_reads_it_too(specialist: User, unweighed: Referral) -> None:
    assert NO_DOSES in shown(specialist, unweighed)


@pytest.mark.parametrize(("weight", "lacking"), [("", True), ("6.8", False)])
def test_who_may_not_know_the_child_still_hears_whether_it_was_weighed(
    coordinator: User, patient: Patient, unweighed: Referral, weight: str, lacking: bool
) -> None:
    if weight:
        make_measured(patient, weight=weight)
    with acting_as(actor_for(coordinator)):
        assert ("weight" in dict(missing_of(unweighed))) is lacking


def test_a_weight_that_was_told_needs_no_other(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    stat = sent(asker, patient, service, priority=Priority.STAT)
    text = shown(asker, stat)
    assert NO_DOSES not in text and OLD not in text and "Doses for" in text


def test_a_weight_that_was_measured_since_gives_the_doses(asker: User, patient: Patient, unweighed: Referral) -> None:
    make_measured(patient, weight="6.8")
    text = shown(asker, unweighed)
    assert "Doses for 6.8 kg" in text and NO_DOSES not in text and OLD not in text


def test_what_was_measured_since_is_not_missing(asker: User, patient: Patient, unweighed: Referral) -> None:
    assert lacks(asker, unweighed) == (True, True)
    make_measured(patient, weight="6.8")
    assert lacks(asker, unweighed) == (False, False)


def test_doses_by_an_old_weight_say_so_and_it_is_still_missing(
    asker: User, patient: Patient, unweighed: Referral
) -> None:
    make_measured(patient, at=clock.now() - timedelta(days=40), weight="5.9")
    text = shown(asker, unweighed)
    assert "Doses for 5.9 kg" in text and OLD in text and way_to_weigh(unweighed) in text
    assert lacks(asker, unweighed) == (True, True)


# -- by telephone -----------------------------------------------------------------------------------------------------


@pytest.fixture
def call(asker: User, specialist: User, service: Service, community: Institution) -> dict[str, str]:
    """What the coordinator types of a child with the number C-7."""
    child = make_patient(community, record="C-7")
    return {
        "institution_id": str(community.pk), "asker_id": str(asker.pk), "record_number": "C-7",
        "birth_date": str(child.birth_date), "problem": "shock", "request_key": str(uuid4()),
    }  # fmt: skip


def called(coordinator: User, said: dict[str, str]) -> Any:
    return client_for(coordinator).post(f"{reverse('referrals:alarm_call')}?clinic={said['institution_id']}", said)


def test_the_weight_that_the_caller_knows_goes_with_the_alarm(coordinator: User, call: dict[str, str]) -> None:
    assert called(coordinator, {**call, "weight": "6,8"}).status_code == 302
    assert Referral.unscoped.select_related("case").get().case.weight_grams == 6800


def test_an_alarm_by_telephone_needs_no_weight(coordinator: User, call: dict[str, str]) -> None:
    after = called(coordinator, call)
    assert after.status_code == 302
    text = client_for(coordinator).get(after["Location"]).content.decode()
    assert NO_DOSES in text and "Who has the child adds it" in text and "/measure/" not in text


def test_a_weight_in_grams_comes_back_as_a_question(coordinator: User, call: dict[str, str]) -> None:
    wrong = called(coordinator, {**call, "weight": "6800"})
    assert wrong.status_code == 422 and "This looks like grams" in wrong.content.decode()


def test_the_form_of_a_call_hands_the_weight_on() -> None:
    clinic = UUID(int=7)
    said = {"institution_id": clinic, "asker_id": clinic, "problem": "shock", "name": "Zhao Xin", "age": "3"}
    form: Any = CallForm({**said, "weight": "3.1 kg"})
    for name in ("institution_id", "asker_id"):
        form.fields[name].choices = [(str(clinic), "x")]
    assert form.is_valid() and form.told()["weight_grams"] == 3100


# -- what is nearer the truth -----------------------------------------------------------------------------------------


def test_what_was_measured_since_beats_what_was_told(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    stat = sent(asker, patient, service, priority=Priority.STAT, weight_grams=8600)
    make_measured(patient, at=clock.now() + timedelta(minutes=1), weight="6.8")
    assert "Doses for 6.8 kg" in shown(asker, stat)


@pytest.mark.parametrize(("days", "kilograms", "estimated"), [(1, "6.8", False), (40, "7.1", True)])
def test_a_caller_s_weight_is_an_estimate_and_stands_behind_one_measured_lately(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service, days: int, kilograms: str,
    estimated: bool,
) -> None:  # fmt: skip
    make_measured(patient, at=clock.now() - timedelta(days=days), weight="6.8")
    stat = sent(asker, patient, service, priority=Priority.STAT, weight_grams=None)
    Referral.unscoped.filter(pk=stat.pk).update(recorded_by=coordinator)
    Case.unscoped.filter(pk=stat.pk).update(weight_grams=7100)
    text = shown(asker, stat)
    assert f"Doses for {kilograms} kg" in text
    assert ("The weight is estimated" in text) is estimated


def test_a_weight_told_long_ago_is_not_one_of_now(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    stat = sent(asker, patient, service, priority=Priority.STAT, weight_grams=68_000)
    Case.unscoped.filter(pk=stat.pk).update(submitted_at=clock.now() - timedelta(days=40))
    assert OLD in shown(asker, stat)


# -- a slip of the point ----------------------------------------------------------------------------------------------


def test_a_tenfold_weight_of_a_stat_referral_never_stands_in_the_record(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    stat = sent(asker, patient, service, priority=Priority.STAT, weight_grams=68_000)
    assert stat.case.weight_grams == 68_000
    assert not Measurement.unscoped.filter(measured__patient=patient, kind="weight").exists()
    with acting_as(actor_for(asker)):
        child = traveller_of(Referral.objects.select_related("case", "patient").get(pk=stat.pk))
    assert (child.weight, child.confirmed) == (Decimal(68), False)
    assert not any(given.dose for line in lines_for(child) for given in line.given)
