"""Each version gets its proof sheet once, from the worker, and keeps it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from consortium.kernel.actors import acting_as, system
from decision_manual import tasks
from decision_manual.library import from_bundle
from decision_manual.models import PathwayVersion, ProofSheet
from decision_manual.operations import add_version, prove_version
from decision_manual.queries import proof_of, unproven
from tests.decision_manual.small import small

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> PathwayVersion:
    with acting_as(system("a test")) as actor:
        return add_version(actor=actor, pathway=from_bundle(small()))


def test_a_version_waits_until_it_is_proven(version: PathwayVersion) -> None:
    assert unproven() == [version.pk]
    with acting_as(system("a test")) as actor:
        proof = prove_version(actor=actor, version_id=version.pk)

    assert proof.passed
    assert unproven() == []
    assert proof_of(version.pk) == proof


def test_a_proof_is_never_changed(version: PathwayVersion) -> None:
    with acting_as(system("a test")) as actor:
        prove_version(actor=actor, version_id=version.pk)

    with pytest.raises(DatabaseError, match="proof_immutable"), transaction.atomic():
        ProofSheet.objects.update(passed=False)


def test_the_worker_goes_on_to_the_next(version: PathwayVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    other = small()
    other["pathway"] |= {"id": "other", "bands": "other"}
    with acting_as(system("a test")) as actor:
        add_version(actor=actor, pathway=from_bundle(other))
    asked: list[Any] = []
    monkeypatch.setattr(tasks.prove, "apply_async", lambda **words: asked.append(words))

    tasks.prove()
    tasks.prove()
    tasks.prove()

    assert unproven() == []
    assert len(asked) == 1


def test_a_version_without_a_sheet_has_none(version: PathwayVersion) -> None:
    assert proof_of(version.pk) is None


def test_loading_asks_the_worker_for_proofs(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(tasks.prove, "apply_async", lambda **words: asked.append(words))

    call_command("manual", "load")
    call_command("manual", "load")

    assert len(asked) == 1
    assert PathwayVersion.objects.exists()
