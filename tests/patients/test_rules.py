"""Rules the database holds around a child's record, each broken once, and who sees a child at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import translation

from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, acting_as, system
from consortium.kernel.errors import DomainError, database_rules
from consortium.patients.models import (
    AccessGrant,
    Consent,
    Guardian,
    Measurement,
    MeasurementSet,
    Merge,
    Pathway,
    PathwayMember,
    Patient,
    RecordNumber,
)
from consortium.patients.states import GrantReason, Sex
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.patients import (
    make_consent,
    make_grant,
    make_guardian,
    make_measured,
    make_pathway,
    make_pathway_member,
    make_patient,
    make_record_number,
)
from tests.factories.people import make_seat, make_staff

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def refused(rule: str, act: Any) -> None:
    with pytest.raises((IntegrityError, InternalError), match=rule), transaction.atomic():
        act()


def change(row: Any, **fields: Any) -> Any:
    return lambda: type(row).unscoped.filter(pk=row.pk).update(**fields)


# -- the child


def test_a_child_has_a_name_or_a_mother_s(patient: Patient) -> None:
    refused("patients_patient_named", change(patient, name=""))


def test_a_newborn_has_its_mother_s(patient: Patient) -> None:
    assert change(patient, name="", baby_of="Chen Mei")() == 1


def test_an_erased_child_has_neither(patient: Patient) -> None:
    assert change(patient, name="", erased_at=clock.now())() == 1


def test_a_sex_that_is_none(patient: Patient) -> None:
    refused("patients_patient_sex", change(patient, sex="boyish"))


@pytest.mark.parametrize("weeks", [19, 46])
def test_a_gestation_that_cannot_be(patient: Patient, weeks: int) -> None:
    refused("patients_patient_gestation", change(patient, gestation_weeks=weeks))


@pytest.mark.parametrize("weeks", [20, 45, None])
def test_a_gestation_that_can(patient: Patient, weeks: int | None) -> None:
    assert change(patient, gestation_weeks=weeks)() == 1


def test_a_record_is_not_merged_into_itself(patient: Patient) -> None:
    refused("patients_patient_not_into_itself", change(patient, merged_into=patient))


def test_nobody_is_their_own_twin(patient: Patient) -> None:
    refused("patients_patient_not_own_twin", change(patient, twin_of=patient))


def test_one_record_for_one_identity_number(patient: Patient) -> None:
    change(patient, identity_hash=b"x")()
    refused("patients_patient_identity", lambda: make_patient(patient.registered_at, identity_hash=b"x"))


def test_a_merged_record_gives_its_number_free(patient: Patient) -> None:
    other = make_patient(patient.registered_at)
    change(patient, identity_hash=b"x", merged_into=other)()
    assert change(other, identity_hash=b"x")() == 1


def test_a_known_number_is_told_without_whose(patient: Patient) -> None:
    change(patient, identity_hash=b"x")()
    with pytest.raises(DomainError, match="link it with the guardian") as told, database_rules(), transaction.atomic():
        make_patient(patient.registered_at, identity_hash=b"x")
    assert patient.name not in str(told.value)


def test_one_record_number_in_a_house(patient: Patient) -> None:
    make_record_number(patient, patient.registered_at, "A1")
    refused("patients_record_number", lambda: make_record_number(patient, patient.registered_at, "A1"))


def test_a_house_without_a_number_may_know_many(patient: Patient, district: Institution) -> None:
    for _ in range(2):
        RecordNumber.unscoped.create(patient=patient, institution=district, created_at=clock.now())


def test_a_relation_that_is_none(patient: Patient) -> None:
    refused("patients_guardian_relation", change(make_guardian(patient), relation="neighbour"))


def test_a_consent_that_is_none(patient: Patient, asker: User) -> None:
    refused("patients_consent_kind", change(make_consent(patient, asker), kind="everything"))


def test_a_consent_s_status_that_is_none(patient: Patient, asker: User) -> None:
    refused("patients_consent_status", change(make_consent(patient, asker), status="maybe"))


def test_one_membership_of_a_house(patient: Patient, district: Institution) -> None:
    pathway = make_pathway(patient, district)
    refused("patients_pathway_member_once", lambda: make_pathway_member(pathway, district))


def test_one_number_for_one_pathway(patient: Patient) -> None:
    pathway = make_pathway(patient)
    other = make_pathway(patient)
    refused("number", change(other, number=pathway.number))


# -- emergency access


@pytest.fixture
def grant(patient: Patient, stranger: User, unrelated: Institution) -> AccessGrant:
    return make_grant(patient, stranger, unrelated)


def test_access_ends_after_it_begins(grant: AccessGrant) -> None:
    refused("patients_grant_period", change(grant, expires_at=grant.granted_at))


def test_a_reason_that_is_none(grant: AccessGrant) -> None:
    refused("patients_grant_reason", change(grant, reason="curious"))


def test_a_review_is_whole(grant: AccessGrant) -> None:
    refused("patients_grant_reviewed_pair", change(grant, reviewed_at=clock.now()))


def test_one_running_access_to_one_child(grant: AccessGrant) -> None:
    refused("patients_grant_one_running", lambda: make_grant(grant.patient, grant.user, grant.institution))


def test_after_it_ended_another(grant: AccessGrant) -> None:
    change(grant, ended_at=clock.now())()
    assert make_grant(grant.patient, grant.user, grant.institution, reason=GrantReason.OTHER).ended_at is None


# -- records joined by hand


@pytest.fixture
def merge(patient: Patient, asker: User) -> Merge:
    other = make_patient(patient.registered_at)
    made: Merge = Merge.unscoped.create(patient=patient, absorbed=other, merged_at=clock.now(), merged_by=asker)
    return made


def test_two_records_are_two(merge: Merge) -> None:
    refused("patients_merge_two", change(merge, absorbed=merge.patient))


def test_a_record_is_joined_once(merge: Merge, asker: User) -> None:
    refused(
        "patients_merge_once",
        lambda: Merge.unscoped.create(
            patient=merge.patient, absorbed=merge.absorbed, merged_at=clock.now(), merged_by=asker
        ),
    )


def test_undone_at_a_time_by_a_person(merge: Merge) -> None:
    refused("patients_merge_undone_pair", change(merge, undone_at=clock.now()))


# -- what was measured


@pytest.fixture
def weight(patient: Patient) -> Measurement:
    return make_measured(patient, weight="6.8")[0]


def test_a_value_never_changes(weight: Measurement) -> None:
    refused("read_only|read.only|Cannot update", change(weight, value="7.8", base="7.8"))


def test_a_value_is_never_deleted(weight: Measurement) -> None:
    refused("measurement_kept|Cannot delete", lambda: Measurement.unscoped.filter(pk=weight.pk).delete())


def test_a_value_outside_every_limit(patient: Patient) -> None:
    refused("patients_measurement_limits", lambda: make_measured(patient, weight="999"))


def test_a_value_taken_back_says_why(weight: Measurement) -> None:
    refused("patients_measurement_error_reason", change(weight, entered_in_error_at=clock.now()))


def test_each_is_measured_once_at_a_time(weight: Measurement) -> None:
    fields = {f.attname: getattr(weight, f.attname) for f in weight._meta.concrete_fields if not f.primary_key}
    refused("patients_measurement_once_each", lambda: Measurement.unscoped.create(**fields))


def test_nothing_is_measured_after_it_was_recorded(patient: Patient) -> None:
    now = clock.now()
    refused("patients_measured_before_recorded", lambda: MeasurementSet.unscoped.create(
        patient=patient, taken_at=now + HOUR, recorded_at=now))  # fmt: skip


def test_an_impossible_value_is_told_in_plain_words(patient: Patient) -> None:
    with pytest.raises(DomainError, match="cannot be right"), database_rules(), transaction.atomic():
        make_measured(patient, weight="999")


# -- who sees the child


def sees(user: User) -> bool:
    with acting_as(actor_for(user)):
        return Patient.objects.exists()


@pytest.mark.parametrize(
    ("who", "sees_it"),
    [("asker", True), ("colleague", True), ("nurse", True), ("community_admin", False), ("privacy", False),
     ("district_doctor", False), ("specialist", False), ("coordinator", False), ("manager", False),
     ("auditor", False), ("stranger", False)],
)  # fmt: skip
def test_who_sees_a_child_of_a_house(patient: Patient, who: str, sees_it: bool, request: pytest.FixtureRequest) -> None:
    assert sees(request.getfixturevalue(who)) is sees_it


def test_a_pathway_of_the_house_opens_it(patient: Patient, district: Institution, district_doctor: User) -> None:
    make_pathway(patient, district)
    assert sees(district_doctor)


def test_a_pathway_of_one_person_opens_it_to_them(
    patient: Patient, hospital: Institution, specialist: User, other_specialist: User
) -> None:
    make_pathway_member(make_pathway(patient), hospital, specialist)
    assert (sees(specialist), sees(other_specialist)) == (True, False)


def test_a_pathway_that_ended_closes_it(patient: Patient, district: Institution, district_doctor: User) -> None:
    make_pathway_member(make_pathway(patient), district, ends_at=clock.now() - HOUR)
    assert not sees(district_doctor)


def test_a_pathway_that_ends_later_keeps_it_open(
    patient: Patient, district: Institution, district_doctor: User
) -> None:
    make_pathway_member(make_pathway(patient), district, ends_at=clock.now() + HOUR)
    assert sees(district_doctor)


def test_the_right_ends_with_the_clock_and_nobody_s_doing(
    patient: Patient, district: Institution, district_doctor: User
) -> None:
    make_pathway_member(make_pathway(patient), district, ends_at=clock.now() + HOUR)
    with clock.moved(2 * HOUR):
        assert not sees(district_doctor)


def test_emergency_access_opens_it(grant: AccessGrant, stranger: User) -> None:
    assert sees(stranger)


def test_emergency_access_ends_after_its_hours(grant: AccessGrant, stranger: User) -> None:
    with clock.moved(3 * HOUR + timedelta(minutes=1)):
        assert not sees(stranger)


def test_emergency_access_that_was_ended_is_over(grant: AccessGrant, stranger: User) -> None:
    change(grant, ended_at=clock.now())()
    assert not sees(stranger)


def test_emergency_access_is_one_person_s(grant: AccessGrant, unrelated: Institution) -> None:
    assert not sees(make_staff("other_stranger", unrelated, Role.ASKER))


def test_who_lost_the_seat_sees_nothing(patient: Patient, asker: User) -> None:
    Membership.unscoped.filter(user=asker).delete()
    assert not sees(asker)


def test_a_seat_without_a_treating_role_shows_nothing(patient: Patient, community: Institution) -> None:
    assert not sees(make_staff("lecturer", community, Role.LECTURER))


def test_a_second_seat_shows_its_house_s_children(
    patient: Patient, district_doctor: User, community: Institution
) -> None:
    make_seat(district_doctor, community, Role.NURSE)
    assert sees(district_doctor)


def test_a_visitor_sees_no_child(patient: Patient) -> None:
    with acting_as(ANONYMOUS):
        assert not Patient.objects.exists()


@pytest.mark.parametrize("model", [RecordNumber, Guardian, Consent, Pathway, Measurement, MeasurementSet])
def test_what_belongs_to_the_child_follows_it(
    patient: Patient, asker: User, stranger: User, weight: Measurement, model: Any
) -> None:
    make_guardian(patient)
    make_consent(patient, asker)
    make_pathway(patient)
    with acting_as(actor_for(asker)):
        assert model.objects.exists()
    with acting_as(actor_for(stranger)):
        assert not model.objects.exists()


def test_a_merged_record_is_no_current_one(merge: Merge) -> None:
    change(merge.absorbed, merged_into=merge.patient)()
    with acting_as(system("a count")):
        assert list(Patient.objects.current()) == [merge.patient]


def test_an_erased_record_is_no_current_one(patient: Patient) -> None:
    change(patient, erased_at=clock.now())()
    with acting_as(system("a count")):
        assert not Patient.objects.current().exists()


# -- names


def shown(**fields: Any) -> str:
    return Patient(birth_date=date(2026, 1, 1), sex=Sex.MALE, **fields).display_name


def test_a_child_is_shown_by_name() -> None:
    assert shown(name="Lin Xiaoyu", baby_of="Chen Mei") == "Lin Xiaoyu"


def test_a_newborn_is_shown_by_its_mother_s() -> None:
    assert shown(baby_of="Chen Mei") == "Baby of Chen Mei"


def test_twins_are_told_apart() -> None:
    assert shown(baby_of="Chen Mei", birth_order=2) == "Baby of Chen Mei (2)"


def test_a_newborn_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert "Baby of" not in shown(baby_of="陈梅")


def test_of_an_erased_child_nothing_is_shown() -> None:
    assert shown() == ""


def test_no_row_says_a_name(patient: Patient, asker: User, grant: AccessGrant, merge: Merge) -> None:
    """What is printed into a log or a traceback must not tell who it is about."""
    rows = [patient, make_guardian(patient, "Chen Mei"), make_consent(patient, asker), grant, merge,
            make_pathway(patient), RecordNumber.unscoped.first(), *PathwayMember.unscoped.all()]  # fmt: skip
    words = " ".join(str(row) for row in rows)
    assert "Lin" not in words
    assert "Chen" not in words


def test_the_search_words_follow_the_name(patient: Patient) -> None:
    patient.name = "张小雨"
    patient.save()
    assert "zhangxiaoyu" in Patient.unscoped.get(pk=patient.pk).name_search
