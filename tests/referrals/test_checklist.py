"""The checklist before a transfer: by age, weight and problem; doses with their way; ticked, never a gate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from consortium.casework.models import Service
from consortium.casework.states import Priority, Symptom
from consortium.clinical.sources import SOURCES
from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.checklist import ITEMS, REMEDIES, Given, Group, Line, Traveller, lines_for
from referrals.models import Check, Referral
from referrals.operations.caring import admit
from referrals.operations.checking import tick
from referrals.operations.transport import arrive
from referrals.queries.checking import open_items, traveller_of
from referrals.queries.page import referral_page
from referrals.queries.parts.checklist import part_checklist
from referrals.states import CheckState, Place
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.patients import make_measured
from tests.referrals.cases import sent
from tests.referrals.way import accepted

INFANT = Traveller(210, Decimal("6.8"), Decimal("-0.5"))
NEWBORN = Traveller(5, Decimal("3.1"), Decimal("-0.4"))


def codes(child: Traveller) -> list[str]:
    return [line.item.code for line in lines_for(child)]


def line(child: Traveller, code: str) -> Line:
    return next(each for each in lines_for(child) if each.item.code == code)


def given(child: Traveller, item: str, remedy: str) -> Given:
    return next(each for each in line(child, item).given if each.remedy.code == remedy)


# -- which items ------------------------------------------------------------------------------------------------------


def test_every_group_of_the_bundle_is_there() -> None:
    assert {each.item.group for each in lines_for(INFANT)} == set(Group)


def test_each_item_stands_once_whatever_the_age() -> None:
    for days in (0, 27, 28, 60, 61, 182, 183, 2191, 2192, 4748, 4749, 6574):
        found = codes(Traveller(days))
        assert len(found) == len(set(found))


def test_every_item_that_comes_by_age_covers_its_ages_without_a_gap() -> None:
    """Where one item has several rows, each begins where the last one ended."""
    for code in ("oxygen", "temperature", "seizure", "antibiotic", "adrenaline"):
        rows = [item for item in ITEMS if item.code == code]
        assert rows[0].from_days == 0 and rows[-1].below_days is None
        assert [row.below_days for row in rows[:-1]] == [row.from_days for row in rows[1:]]


def test_a_young_infant_gets_less_oxygen_by_prongs() -> None:
    assert "0.5–1 l/min" in str(line(NEWBORN, "oxygen").item.advice)
    assert "1–2 l/min" in str(line(INFANT, "oxygen").item.advice)


def test_a_newborn_is_kept_warm_at_the_skin() -> None:
    assert "skin" in str(line(NEWBORN, "temperature").item.label)


@pytest.mark.parametrize(
    ("days", "volume"), [(30, "0.1–0.15 ml"), (400, "0.15 ml"), (2500, "0.3 ml"), (5000, "0.5 ml")]
)
def test_adrenaline_goes_by_age_alone(days: int, volume: str) -> None:
    assert volume in str(line(Traveller(days), "adrenaline").item.advice)


def test_the_problem_narrows_the_medicines() -> None:
    assert "seizure" in codes(Traveller(210, symptom=Symptom.CONVULSION))
    assert "croup" not in codes(Traveller(210, symptom=Symptom.CONVULSION))


def test_a_problem_that_is_not_known_leaves_nothing_out() -> None:
    assert set(codes(Traveller(210))) == set(codes(Traveller(210, symptom=Symptom.OTHER)))
    assert {"seizure", "croup", "salbutamol"} <= set(codes(Traveller(210)))


def test_the_problem_never_narrows_what_every_child_needs() -> None:
    always = {"airway", "oxygen", "access", "glucose_measured", "glucose", "temperature", "family", "papers"}
    for symptom in Symptom.values:
        assert always <= set(codes(Traveller(210, symptom=symptom)))


# -- how much ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("child", "item", "remedy", "amount", "volume"),
    [
        (INFANT, "glucose", "glucose", "34 ml", ""), (INFANT, "bolus", "bolus", "68 ml", ""),
        (INFANT, "seizure", "midazolam", "2 mg", "0.4 ml"), (INFANT, "seizure", "diazepam", "3.5 mg", "0.7 ml"),
        (INFANT, "antibiotic", "ceftriaxone", "550 mg", "5.5 ml"), (INFANT, "croup", "dexamethasone", "1 mg", "2.5 ml"),
        (NEWBORN, "seizure", "phenobarbital", "60 mg", "0.6 ml"),
        (NEWBORN, "antibiotic", "gentamicin_infant", "15 mg", "1.5 ml"),
    ],
)  # fmt: skip
def test_a_dose_is_reckoned_by_weight(child: Traveller, item: str, remedy: str, amount: str, volume: str) -> None:
    dosed = given(child, item, remedy)
    assert (dosed.amount, dosed.volume) == (amount, volume)


def test_a_dose_shows_how_it_came_about() -> None:
    lines = given(INFANT, "seizure", "diazepam").trace.texts("en")
    assert lines[:2] == ["Weight 6.8 kg.", "0.5 mg/kg × 6.8 kg = 3.4 mg."]
    assert not any("times a day" in each for each in lines)


def test_a_dose_stops_at_its_most() -> None:
    heavy = Traveller(3000, Decimal(60), Decimal(3))
    assert given(heavy, "seizure", "diazepam").amount == "10 mg"


def test_without_a_weight_there_is_the_item_and_no_dose() -> None:
    bare = given(Traveller(210), "glucose", "glucose")
    assert (bare.amount, bare.volume, list(bare.trace), bare.refused) == ("", "", [], "")


def test_a_weight_that_cannot_be_is_refused_until_it_is_confirmed() -> None:
    odd = Traveller(210, Decimal(20), Decimal("7.1"))
    assert "7.1" in str(given(odd, "glucose", "glucose").refused)
    sure = Traveller(210, Decimal(20), Decimal("7.1"), confirmed=True)
    assert given(sure, "glucose", "glucose").amount == "100 ml"


def test_an_estimated_weight_is_said_with_the_dose() -> None:
    guessed = given(Traveller(210, Decimal("6.8"), Decimal("-0.5"), estimated=True), "glucose", "glucose")
    assert guessed.dose is not None and guessed.dose.warnings


def test_what_the_source_leaves_open_is_unverified() -> None:
    assert not given(INFANT, "bolus", "bolus").verified
    assert not given(NEWBORN, "antibiotic", "gentamicin_infant").verified
    assert given(INFANT, "seizure", "diazepam").verified


def test_two_sources_that_differ_stand_beside_each_other() -> None:
    assert "2 ml/kg" in str(REMEDIES["glucose"].alternative) and "APLS" in str(REMEDIES["glucose"].alternative)


def test_every_rule_names_a_source_that_is_known() -> None:
    assert {remedy.rule.source for remedy in REMEDIES.values()} <= set(SOURCES)
    assert {item.source for item in ITEMS if item.source} <= set(SOURCES)
    assert all(item.source for item in ITEMS if any(letter.isdigit() for letter in str(item.advice)))


def test_every_remedy_is_used_and_known() -> None:
    assert {code for item in ITEMS for code in item.remedies} == set(REMEDIES)


def test_an_item_without_a_rule_needs_no_source() -> None:
    assert line(INFANT, "airway").source is None and line(INFANT, "airway").verified


def test_an_item_with_a_rule_names_its_source() -> None:
    source = line(INFANT, "oxygen").source
    assert source is not None and source.key == "PB13"


# -- of a referral ----------------------------------------------------------------------------------------------------


@pytest.fixture
def going(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return accepted(asker, specialist, patient, service)


@pytest.mark.django_db
def test_the_child_is_the_referrals(asker: User, going: Referral) -> None:
    with acting_as(actor_for(asker)):
        child = traveller_of(going)
    assert (child.weight, child.age_days) == (Decimal("6.8"), going.case.age_days)
    assert child.weight_z is not None


@pytest.mark.django_db
def test_a_referral_without_a_weight_takes_the_records(asker: User, patient: Patient, service: Service) -> None:
    make_measured(patient, weight="7.1")
    referral = sent(asker, patient, service, priority=Priority.STAT, weight_grams=None)
    with acting_as(actor_for(asker)):
        assert traveller_of(referral).weight == Decimal("7.1")


@pytest.mark.django_db
def test_a_child_without_any_weight_has_a_list_without_doses(asker: User, patient: Patient, service: Service) -> None:
    referral = sent(asker, patient, service, priority=Priority.STAT, weight_grams=None)
    with acting_as(actor_for(asker)):
        child = traveller_of(referral)
    assert (child.weight, child.weight_z) == (None, None)


def ticked(user: User, referral: Referral, **words: Any) -> Check:
    made: Check = by(user, tick, case_id=referral.pk, **{"item": "airway", "state": CheckState.DONE, **words})
    return made


@pytest.mark.django_db
def test_an_item_is_ticked_by_name_with_a_note(nurse: User, going: Referral) -> None:
    check = ticked(nurse, going, note=" bag and mask ")
    assert (check.state, check.note, check.by_id) == (CheckState.DONE, "bag and mask", nurse.pk)


@pytest.mark.django_db
def test_said_again_the_newest_counts(nurse: User, asker: User, going: Referral) -> None:
    ticked(nurse, going)
    check = ticked(asker, going, state=CheckState.CANNOT)
    assert (check.state, check.version, Check.unscoped.filter(case_id=going.pk).count()) == (CheckState.CANNOT, 2, 1)


@pytest.mark.django_db
def test_the_same_said_twice_is_one_entry(nurse: User, going: Referral) -> None:
    ticked(nurse, going)
    ticked(nurse, going)
    assert Entry.unscoped.filter(subject_id=str(going.pk), verb="tick").count() == 1


@pytest.mark.django_db
def test_what_nobody_spoke_of_is_missing(asker: User, going: Referral) -> None:
    with acting_as(actor_for(asker)):
        before = len(open_items(going))
    ticked(asker, going)
    with acting_as(actor_for(asker)):
        assert len(open_items(going)) == before - 1


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"item": "prayer"}, {"state": "perhaps"}, {"note": "x" * 201}])
def test_what_is_no_tick_is_refused(asker: User, going: Referral, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        ticked(asker, going, **wrong)


@pytest.mark.django_db
def test_a_stranger_ticks_nothing(stranger: User, going: Referral) -> None:
    with pytest.raises(NotVisible):
        ticked(stranger, going)


@pytest.mark.django_db
def test_the_receiving_side_ticks_what_it_hears_by_telephone(lead: User, going: Referral) -> None:
    assert ticked(lead, going).by_id == lead.pk


@pytest.mark.django_db
def test_under_care_the_list_is_closed(specialist: User, asker: User, going: Referral) -> None:
    by(specialist, arrive, case_id=going.pk)
    by(specialist, admit, case_id=going.pk, place=Place.WARD)
    with pytest.raises(WrongStep):
        ticked(asker, going)


@pytest.mark.django_db
def test_the_page_counts_what_is_missing(asker: User, going: Referral) -> None:
    ticked(asker, going)
    with acting_as(actor_for(asker)) as actor:
        shown = part_checklist(referral_page(actor, going.pk))
    assert shown is not None
    assert (shown["done"], shown["open"] + 1, shown["may_tick"]) == (1, shown["total"], True)


@pytest.mark.django_db
def test_a_calm_referral_shows_no_checklist(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    calm = accepted(asker, specialist, patient, service, priority=Priority.ROUTINE)
    with acting_as(actor_for(asker)) as actor:
        assert part_checklist(referral_page(actor, calm.pk)) is None


@pytest.mark.django_db
def test_who_may_not_know_the_child_sees_no_checklist(coordinator: User, going: Referral) -> None:
    with acting_as(actor_for(coordinator)) as actor:
        assert part_checklist(referral_page(actor, going.pk)) is None
