"""Registering, changing, finding; identity numbers sealed and found by hash; twins."""

import threading
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from consortium.journal.models import Entry
from consortium.journal.queries import edits_since
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from consortium.patients.models import Guardian, Patient, RecordNumber
from consortium.patients.operations import Details, RecordExists, edit_patient, register_patient, register_twin
from consortium.patients.queries.record import identity_of
from consortium.patients.queries.search import find, identity_hash, patient_with_identity, similar
from consortium.patients.states import Sex
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.patients import make_grant, make_guardian, make_patient, make_record_number

pytestmark = pytest.mark.django_db

NUMBER = "11010519491231002X"
BORN = date(2026, 5, 2)


def _details(**more: Any) -> Details:
    return Details(**{"birth_date": BORN, "sex": Sex.FEMALE, "name": "单小雨", **more})


def _register(user: User, institution: Institution, **more: Any) -> Patient:
    details = more.pop("details", _details())
    with acting_as(actor_for(user)) as actor:
        return register_patient(actor=actor, institution_id=institution.pk, details=details, **more)[0]


def _found(user: User, text: str, born: date | None = None) -> list[str]:
    with acting_as(actor_for(user)) as actor:
        return [row["name"] or row["baby_of"] for row in find(actor, text, born).rows]


# -- registering --------------------------------------------------------------------------------------------------


def test_a_registered_child_is_seen_at_the_institution_only(
    asker: User, colleague: User, stranger: User, community: Institution
) -> None:
    patient = _register(asker, community, record_number="YH-1")
    assert RecordNumber.unscoped.get(patient=patient).number == "YH-1"
    for user, sees in ((asker, True), (colleague, True), (stranger, False)):
        with acting_as(actor_for(user)):
            assert Patient.objects.filter(pk=patient.pk).exists() is sees


def test_a_newborn_needs_no_name_and_no_number(asker: User, community: Institution) -> None:
    patient = _register(asker, community, details=_details(name="", baby_of="陈梅"))
    assert patient.display_name == "Baby of 陈梅"
    assert RecordNumber.unscoped.get(patient=patient).number == ""


def test_two_newborns_without_numbers_do_not_collide(asker: User, community: Institution) -> None:
    for mother in ("陈梅", "王芳"):
        _register(asker, community, details=_details(name="", baby_of=mother))
    assert Patient.unscoped.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " ", "baby_of": ""}, "name"),
        ({"birth_date": date(2999, 1, 1)}, "birth_date"),
        ({"birth_date": date(1950, 1, 1)}, "birth_date"),
        ({"sex": "boy"}, "sex"),
        ({"gestation_weeks": 60}, "gestation_weeks"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(
    asker: User, community: Institution, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _register(asker, community, details=_details(**change))
    assert field in refused.value.fields
    assert not Patient.unscoped.exists()


def test_a_record_number_is_given_once_at_each_institution(
    asker: User, community: Institution, district_doctor: User, district: Institution
) -> None:
    _register(asker, community, record_number="7")
    _register(district_doctor, district, record_number="7")
    with pytest.raises(InvalidInput) as refused:
        _register(asker, community, record_number="7")
    assert "record_number" in refused.value.fields


def test_the_same_key_twice_is_one_child(asker: User, community: Institution) -> None:
    key = uuid4()
    assert _register(asker, community, key=key).pk == _register(asker, community, key=key).pk
    assert Entry.unscoped.filter(verb="register").count() == 1


def test_only_clinicians_register_and_only_at_home(
    admin: User, asker: User, hospital: Institution, community: Institution
) -> None:
    for user, place in ((admin, hospital), (asker, hospital)):
        with pytest.raises(NotPermitted):
            _register(user, place)


# -- identity numbers ---------------------------------------------------------------------------------------------


def test_the_identity_number_is_sealed_and_found_by_its_hash(asker: User, community: Institution) -> None:
    patient = _register(asker, community, identity_number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM patients_patient p")
        stored = cursor.fetchone()
    assert stored
    assert NUMBER not in stored[0]
    assert NUMBER.encode().hex() not in stored[0]
    assert identity_of(Patient.unscoped.get(pk=patient.pk)) == NUMBER
    assert patient_with_identity("110105 19491231-002x") == patient.pk


def test_the_hash_needs_the_key(settings: Any) -> None:
    before = identity_hash(NUMBER)
    settings.SEALING_KEY = "another" * 10
    assert identity_hash(NUMBER) != before


def test_a_known_identity_number_is_refused_without_telling_whose(
    asker: User, community: Institution, stranger: User, unrelated: Institution
) -> None:
    _register(asker, community, identity_number=NUMBER)
    with pytest.raises(RecordExists) as refused:
        _register(stranger, unrelated, identity_number=NUMBER.lower())
    assert (refused.value.status, refused.value.detail) == (409, {})
    assert Patient.unscoped.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_one_identity_number_make_one_child(asker: User, community: Institution) -> None:
    actor, together, told = actor_for(asker), threading.Barrier(10), []

    def register() -> None:
        together.wait()
        try:
            with acting_as(actor):
                register_patient(actor=actor, institution_id=community.pk, details=_details(), identity_number=NUMBER)
            told.append("made")
        except RecordExists:
            told.append("exists")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=register) for _ in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["exists"] * 9 + ["made"]
    assert Patient.unscoped.count() == 1


# -- changing -----------------------------------------------------------------------------------------------------


def _edit(user: User, patient: Patient, version: int | None = None, **more: Any) -> Patient:
    fields = {k: more.pop(k) for k in ("identity_number", "record_number") if k in more}
    with acting_as(actor_for(user)) as actor:
        return edit_patient(
            actor=actor, patient_id=patient.pk, details=_details(**more), version=version, **fields
        )  # fmt: skip


def test_a_change_is_kept_with_old_and_new(asker: User, community: Institution) -> None:
    patient = _register(asker, community)
    changed = _edit(asker, patient, version=1, allergies="Penicillin")
    assert (changed.version, changed.allergies) == (2, "Penicillin")
    (step,) = edits_since(patient, 1)
    assert step.changes == {"allergies": ["", "Penicillin"]}
    entry = Entry.unscoped.get(verb="edit")
    assert entry.facts["fields"] == ["allergies"]
    assert b"Penicillin" not in bytes(entry.sealed or b"")


def test_saving_without_a_change_writes_nothing(asker: User, community: Institution) -> None:
    patient = _register(asker, community, identity_number=NUMBER, record_number="1")
    same = _edit(asker, patient, version=1, identity_number=NUMBER, record_number="1")
    assert same.version == 1
    assert not Entry.unscoped.filter(verb="edit").exists()


def test_a_stale_version_tells_who_changed_what(asker: User, colleague: User, community: Institution) -> None:
    patient = _register(asker, community)
    _edit(colleague, patient, version=1, allergies="Penicillin")
    with pytest.raises(StaleVersion) as refused:
        _edit(asker, patient, version=1, allergies="None")
    assert refused.value.detail["changed_by"] == colleague.full_name
    assert refused.value.detail["changed_fields"] == ["allergies"]


def test_the_identity_number_is_left_changed_or_taken_away(asker: User, community: Institution) -> None:
    patient = _register(asker, community, identity_number=NUMBER)
    _edit(asker, patient, allergies="x")
    assert patient_with_identity(NUMBER) == patient.pk
    _edit(asker, patient, identity_number="E12345678")
    assert (patient_with_identity(NUMBER), patient_with_identity("e12345678")) == (None, patient.pk)
    _edit(asker, patient, identity_number="")
    assert patient_with_identity("E12345678") is None


def test_a_number_of_somebody_else_is_refused_in_a_change(asker: User, community: Institution) -> None:
    _register(asker, community, identity_number=NUMBER)
    other = _register(asker, community)
    with pytest.raises(RecordExists):
        _edit(asker, other, identity_number=NUMBER)


def test_the_record_number_here_is_set_later(asker: User, community: Institution) -> None:
    patient = _register(asker, community)
    _edit(asker, patient, record_number="YH-9")
    assert RecordNumber.unscoped.get(patient=patient).number == "YH-9"


def test_emergency_access_is_for_reading_only(patient: Patient, stranger: User, unrelated: Institution) -> None:
    make_grant(patient, stranger, unrelated)
    with pytest.raises(NotPermitted):
        _edit(stranger, patient)


def test_a_stranger_changes_nothing(patient: Patient, stranger: User) -> None:
    with pytest.raises(NotVisible):
        _edit(stranger, patient)


# -- finding ------------------------------------------------------------------------------------------------------


WORDS = ["单小雨", "小雨", "shanxiaoyu", "danxiaoyu", "sxy", "SXY"]
NUMBERS = ["YH-1", "yh-1", "2026-05-02", "2026年5月2日", NUMBER, "110105 1949 1231 002x"]


@pytest.mark.parametrize("text", WORDS + NUMBERS)
def test_a_child_is_found_by(asker: User, community: Institution, text: str) -> None:
    _register(asker, community, record_number="YH-1", identity_number=NUMBER)
    assert _found(asker, text) == ["单小雨"]


@pytest.mark.parametrize("text", ["李", "YH-2", "2026-05-03", "%", "_", "110105194912310021", ""])
def test_a_child_is_not_found_by(asker: User, community: Institution, text: str) -> None:
    _register(asker, community, record_number="YH-1", identity_number=NUMBER)
    assert _found(asker, text) == []


def test_name_and_date_narrow_each_other(asker: User, community: Institution) -> None:
    _register(asker, community)
    assert _found(asker, "sxy", BORN) == ["单小雨"]
    assert _found(asker, "sxy", BORN + timedelta(days=1)) == []


def test_names_of_other_institutions_are_never_found(patient: Patient, stranger: User) -> None:
    with acting_as(actor_for(stranger)) as actor:
        found = find(actor, patient.name, patient.birth_date)
    assert (found.rows, found.unseen) == ([], None)


def test_an_exact_number_elsewhere_says_only_that_a_record_exists(
    asker: User, community: Institution, stranger: User
) -> None:
    patient = _register(asker, community, record_number="YH-1", identity_number=NUMBER)
    with acting_as(actor_for(stranger)) as actor:
        for text, born, by in ((NUMBER, None, "identity"), ("YH-1", BORN, "record-number")):
            found = find(actor, text, born)
            assert (found.rows, found.unseen, found.by) == ([], patient.pk, by)
        assert find(actor, "YH-1", None).unseen is None
        assert find(actor, "YH-1", BORN + timedelta(days=1)).unseen is None


def test_similar_children_here_are_of_like_name_and_age(
    asker: User, community: Institution, hospital: Institution
) -> None:
    near = make_patient(community, "Lin Xiaoyu", birth_date=BORN)
    make_patient(community, "Lin Xiaoyu", birth_date=BORN + timedelta(days=30))
    make_patient(hospital, "Lin Xiaoyu", birth_date=BORN)
    make_patient(community, "Wang Fang", birth_date=BORN)
    with acting_as(actor_for(asker)) as actor:
        rows = similar(actor, community.pk, name="lin xiaoyu", baby_of="", birth_date=BORN + timedelta(days=2))
    assert [row["id"] for row in rows] == [near.pk]


# -- twins --------------------------------------------------------------------------------------------------------


def test_a_twin_takes_over_birth_mother_and_guardians(asker: User, community: Institution) -> None:
    first = _register(asker, community, details=_details(gestation_weeks=34))
    make_guardian(first, "陈梅")
    key = uuid4()
    with acting_as(actor_for(asker)) as actor:
        twin, fresh = register_twin(actor=actor, patient_id=first.pk, key=key)
        again, doubled = register_twin(actor=actor, patient_id=first.pk, key=key)
        third, _ = register_twin(actor=actor, patient_id=twin.pk)
    assert (fresh, doubled, again.pk) == (True, False, twin.pk)
    assert (twin.birth_date, twin.gestation_weeks, twin.sex, twin.baby_of) == (BORN, 34, Sex.UNKNOWN, "陈梅")
    assert [Patient.unscoped.get(pk=p.pk).birth_order for p in (first, twin, third)] == [1, 2, 3]
    assert {twin.twin_of_id, third.twin_of_id} == {first.pk}
    assert list(Guardian.unscoped.filter(patient=twin).values_list("name", flat=True)) == ["陈梅"]


def test_a_twin_is_registered_where_the_first_is_known(patient: Patient, stranger: User) -> None:
    with acting_as(actor_for(stranger)) as actor, pytest.raises(NotVisible):
        register_twin(actor=actor, patient_id=patient.pk)


def test_the_clock_decides_what_lies_ahead(asker: User, community: Institution) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with clock.moved(timedelta(days=2)):
        assert _register(asker, community, details=_details(birth_date=tomorrow)).birth_date == tomorrow


def test_a_second_institution_that_knows_the_child_edits_it_too(
    patient: Patient, district_doctor: User, district: Institution
) -> None:
    make_record_number(patient, district, "D-1")
    assert _edit(district_doctor, patient, allergies="Egg").allergies == "Egg"
