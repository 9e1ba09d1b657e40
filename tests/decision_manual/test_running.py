"""Runs that are kept: the versions that answered, the nodes they went through, who sees them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.patients.models import Patient
from consortium.people.models import User
from decision_manual.models import PathwayVersion, Run, RunPart
from decision_manual.operations import keep_run
from tests.cast import actor_for

pytestmark = pytest.mark.django_db

FAST = {"facts": {"age_months": 10, "cough_or_difficult_breathing": True, "respiratory_rate": 52}}
STRIDOR = {"facts": {"age_months": 10, "cough_or_difficult_breathing": True, "stridor_when_calm": True}}


def kept(user: User, asked: object = None, **words: object) -> Run:
    actor = actor_for(user)
    with acting_as(actor):
        run, _fresh = keep_run(actor=actor, asked=asked or FAST, **words)  # type: ignore[arg-type]
    return run


def test_a_run_holds_the_version_and_its_nodes(cough_version: PathwayVersion, asker: User) -> None:
    run = kept(asker)

    with acting_as(actor_for(asker)):
        part = RunPart.objects.get(run=run)
    assert part.version_id == cough_version.pk
    assert "n-cough-pneumonia-fast" in part.nodes
    assert part.severity == "yellow"


def test_a_run_names_the_indications_it_came_to(cough_version: PathwayVersion, asker: User) -> None:
    run = kept(asker, STRIDOR)

    with acting_as(actor_for(asker)):
        assert RunPart.objects.get(run=run).indications == ["RI-cough-1"]


def test_a_run_without_a_child_is_seen_by_whoever_made_it(
    cough_version: PathwayVersion, asker: User, colleague: User
) -> None:
    run = kept(asker)

    with acting_as(actor_for(asker)):
        assert Run.objects.filter(pk=run.pk).exists()
    with acting_as(actor_for(colleague)):
        assert not Run.objects.filter(pk=run.pk).exists()
        assert not RunPart.objects.filter(run_id=run.pk).exists()


def test_a_run_of_a_child_is_seen_by_whoever_sees_the_child(
    cough_version: PathwayVersion, asker: User, colleague: User, stranger: User, patient: Patient
) -> None:
    run = kept(asker, patient_id=patient.pk)

    with acting_as(actor_for(colleague)):
        assert Run.objects.filter(pk=run.pk).exists()
    with acting_as(actor_for(stranger)):
        assert not Run.objects.filter(pk=run.pk).exists()


def test_a_child_one_does_not_see_is_refused(cough_version: PathwayVersion, stranger: User, patient: Patient) -> None:
    with pytest.raises(InvalidInput):
        kept(stranger, patient_id=patient.pk)


def test_the_same_request_twice_makes_one_run(cough_version: PathwayVersion, asker: User) -> None:
    key = uuid4()

    assert kept(asker, key=key).pk == kept(asker, key=key).pk


def test_facts_that_are_wrong_name_their_field(cough_version: PathwayVersion, asker: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        kept(asker, {"facts": {"age_months": 10, "respiratory_rate": "fast"}})

    assert list(caught.value.fields) == ["respiratory_rate"]


def test_somebody_who_treats_nobody_keeps_no_run(cough_version: PathwayVersion, auditor: User) -> None:
    with pytest.raises(NotPermitted):
        kept(auditor)


def test_a_run_stands_in_the_childs_journal(cough_version: PathwayVersion, asker: User, patient: Patient) -> None:
    run = kept(asker, patient_id=patient.pk)

    with acting_as(actor_for(asker)):
        entry = Entry.objects.get(subject_id=str(run.pk))
    assert (entry.verb, entry.patient_id) == ("run", patient.pk)


def test_whether_the_safety_net_was_given_is_kept(cough_version: PathwayVersion, asker: User) -> None:
    assert kept(asker, safety_net_given=True).safety_net_given
