"""Reading the journal: timelines, who changed what, the auditor's narrowing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from consortium.journal.models import Entry, Verification
from consortium.journal.operations import note_list_read, note_read, record, verifying
from consortium.journal.queries import (
    Fault,
    Narrow,
    changes_since,
    edits_since,
    entries_of_patient,
    journal_page,
    last_seq,
    last_verification,
    timeline,
)
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, Region, User
from tests.cast import actor_for
from tests.factories.patients import make_patient
from tests.factories.people import make_region, make_seat, make_user

pytestmark = pytest.mark.django_db

TIMER = system("a timer")


def say(subject: Any, verb: str = "note", actor: Any = TIMER, **more: Any) -> Entry:
    with transaction.atomic():
        return record(actor=actor, verb=verb, subject=subject, **more)


def verbs(subject: Any, **more: Any) -> list[str]:
    return [step.verb for step in timeline(subject, **more)]


def test_a_timeline_begins_with_the_oldest(region: Region) -> None:
    say(region, "one")
    say(region, "two")
    assert verbs(region) == ["one", "two"]


def test_a_timeline_goes_on_after_a_number(region: Region) -> None:
    for verb in ("one", "two", "three"):
        say(region, verb)
    assert verbs(region, after=2) == ["three"]


def test_a_timeline_is_its_subject_s_alone(region: Region) -> None:
    say(make_region(), "other")
    assert verbs(region) == []


def test_two_subjects_of_one_patient_have_timelines_of_their_own(patient: Patient, region: Region) -> None:
    say(patient, "one", patient_id=patient.pk)
    say(region, "two", patient_id=patient.pk)
    assert verbs(region) == ["two"]


def test_the_number_is_the_chain_s_not_the_subject_s(patient: Patient, region: Region) -> None:
    say(patient, "one", patient_id=patient.pk)
    say(region, "two", patient_id=patient.pk)
    assert timeline(region)[0].seq == 2


def test_looks_are_left_out(asker: User, patient: Patient) -> None:
    note_read(actor=actor_for(asker), subject=patient, patient_id=patient.pk)
    assert verbs(patient) == []


def test_looks_are_shown_to_who_asks_for_them(asker: User, patient: Patient) -> None:
    note_read(actor=actor_for(asker), subject=patient, patient_id=patient.pk)
    assert verbs(patient, reads=True) == ["read"]


def test_a_timeline_has_its_limit(region: Region) -> None:
    for _ in range(3):
        say(region)
    assert len(timeline(region, limit=2)) == 2


def test_a_step_says_who_and_as_what(asker: User) -> None:
    say(asker, actor=actor_for(asker))
    step = timeline(asker)[0]
    assert (step.who, step.role) == (asker.full_name, "asker")


def test_a_live_page_begins_behind_the_newest(region: Region) -> None:
    say(region)
    say(region)
    assert last_seq(region) == 2


def test_without_an_entry_it_begins_at_nothing(region: Region) -> None:
    assert last_seq(region) == 0


# -- what a 409 tells


def test_nobody_changed_what_has_no_entry(region: Region) -> None:
    assert changes_since(region) == {}


def test_the_last_change_is_told(asker: User) -> None:
    say(asker, "edit", actor_for(asker))
    told = changes_since(asker)
    assert (told["changed_by"], told["verb"]) == (asker.full_name, "edit")


def test_the_changed_fields_are_told(region: Region) -> None:
    say(region, "edit", facts={"fields": ["name"]})
    assert changes_since(region)["changed_fields"] == ["name"]


def test_without_word_of_the_fields_none_are_told(region: Region) -> None:
    say(region, "edit")
    assert "changed_fields" not in changes_since(region)


def test_a_look_is_no_change(asker: User, patient: Patient) -> None:
    say(patient, "edit", patient_id=patient.pk)
    note_read(actor=actor_for(asker), subject=patient, patient_id=patient.pk)
    assert changes_since(patient)["verb"] == "edit"


def test_the_edits_after_a_version(region: Region) -> None:
    for version in (2, 3, 4):
        say(region, "edit", facts={"version": version})
    assert [step.facts["version"] for step in edits_since(region, 2)] == [3, 4]


def test_an_edit_tells_old_and_new(patient: Patient) -> None:
    say(patient, "edit", patient_id=patient.pk, facts={"version": 2}, changes={"name": ["Lin", "Wang"]})
    assert edits_since(patient, 1)[0].changes == {"name": ["Lin", "Wang"]}


# -- everything about a child


def test_what_was_done_with_a_child_is_found(patient: Patient) -> None:
    made = say(patient, patient_id=patient.pk)
    assert list(entries_of_patient(patient.pk)) == [made]


def test_a_list_that_showed_the_child_is_found(asker: User, patient: Patient) -> None:
    note_list_read(actor=actor_for(asker), what="patients", patient_ids=[uuid4(), patient.pk])
    assert [entry.verb for entry in entries_of_patient(patient.pk)] == ["list-read"]


def test_a_list_that_did_not_show_the_child_is_not(asker: User, patient: Patient) -> None:
    note_list_read(actor=actor_for(asker), what="patients", patient_ids=[uuid4()])
    assert not entries_of_patient(patient.pk).exists()


def test_what_was_done_with_a_joined_record_is_found_too(patient: Patient) -> None:
    other = make_patient(patient.registered_at)
    made = say(other, patient_id=other.pk)
    assert list(entries_of_patient(patient.pk, merged=[other.pk])) == [made]


def test_another_child_s_acts_are_not(patient: Patient) -> None:
    other = make_patient(patient.registered_at)
    say(other, patient_id=other.pk)
    assert not entries_of_patient(patient.pk).exists()


# -- the auditor's narrowing


def found(auditor: User, **narrowed: Any) -> list[str]:
    with acting_as(actor_for(auditor)):
        return [entry.verb for entry in Narrow(**narrowed).rows().order_by("seq", "id")]


def test_narrowed_to_nothing_everything_is_found(auditor: User, region: Region) -> None:
    say(region)
    assert found(auditor) == ["note"]


def test_narrowed_to_a_person(auditor: User, asker: User, colleague: User) -> None:
    say(asker, "one", actor_for(asker))
    say(asker, "two", actor_for(colleague))
    assert found(auditor, person="colleague") == ["two"]


def test_narrowed_to_a_person_s_chinese_name(auditor: User, community: Institution) -> None:
    user = make_user(full_name_zh="王医生")
    make_seat(user, community)
    say(user, "one", actor_for(user))
    assert found(auditor, person="王医") == ["one"]


def test_narrowed_to_nobody_nothing_is_found(auditor: User, region: Region) -> None:
    say(region)
    assert found(auditor, person="no such name") == []


def test_narrowed_to_an_act(auditor: User, region: Region) -> None:
    say(region, "one")
    say(region, "two")
    assert found(auditor, verb="two") == ["two"]


def test_narrowed_to_an_institution(auditor: User, region: Region, hospital: Institution) -> None:
    say(region, "one")
    say(region, "two", institution_id=hospital.pk)
    assert found(auditor, institution_id=hospital.pk) == ["two"]


@pytest.mark.parametrize(
    ("since", "until", "there"), [(0, 0, True), (-1, 0, True), (0, 1, True), (1, None, False), (None, -1, False),
                                  (None, 0, True), (0, None, True)]
)  # fmt: skip
def test_narrowed_to_days_both_included(
    auditor: User, region: Region, since: int | None, until: int | None, there: bool
) -> None:
    say(region)
    today = clock.today()
    days: list[date | None] = [None if n is None else today + timedelta(days=n) for n in (since, until)]
    assert bool(found(auditor, since=days[0], until=days[1])) is there


def test_somebody_else_finds_only_what_they_did_themselves(asker: User, colleague: User) -> None:
    say(asker, "one", actor_for(asker))
    say(asker, "two", actor_for(colleague))
    assert found(asker) == ["one"]


def test_a_privacy_officer_finds_what_was_done_for_their_institution(asker: User, privacy: User) -> None:
    say(asker, "one", actor_for(asker))
    assert found(privacy) == ["one"]


def test_a_privacy_officer_of_another_place_does_not(specialist: User, privacy: User) -> None:
    say(specialist, "one", actor_for(specialist))
    assert found(privacy) == []


def test_the_journal_begins_with_the_newest(auditor: User, region: Region) -> None:
    say(region, "one")
    say(region, "two")
    with acting_as(actor_for(auditor)):
        assert [entry.verb for entry in journal_page(Narrow()).items] == ["two", "one"]


# -- the last verification


def test_before_the_first_night_there_is_none() -> None:
    assert last_verification() is None


def test_a_run_that_goes_on_is_not_shown() -> None:
    Verification.objects.create(at=clock.now(), newest_id=0)
    assert last_verification() is None


def test_the_newest_finished_run_is_shown() -> None:
    runs = [Verification.objects.create(at=clock.now(), newest_id=0, finished_at=clock.now()) for _ in range(2)]
    assert last_verification() == runs[1]


def test_a_run_says_when_and_what() -> None:
    run = Verification(at=clock.now(), fault_count=2)
    assert str(run).endswith(": 2 faults")


def test_of_many_faults_all_are_counted_and_the_first_hundred_kept() -> None:
    run = Verification(newest_id=0)
    verifying._note(run, (Fault("chain", n, "altered") for n in range(101)))
    assert (run.fault_count, len(run.faults)) == (101, verifying.MOST_KEPT)
