"""One question told whole, once for all the tests here; whatever a test does is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings

from consortium.kernel.actors import acting_as
from consultations.fhir.bundle import consultation_bundle
from tests.cast import actor_for
from tests.interop.told import Told, tell


@pytest.fixture(scope="package")
def media_of_the_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="package")
def told(django_db_setup: None, django_db_blocker: Any, media_of_the_case: Path) -> Iterator[Told]:
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=media_of_the_case):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield tell()
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def bundle(told: Told, django_db_blocker: Any) -> Any:
    """The case as the asker saves it; nobody changes it."""
    with django_db_blocker.unblock():
        return bundle_of(told, "asker")


def bundle_of(told: Told, who: str) -> Any:
    actor = actor_for(told.people[who])
    with acting_as(actor):
        return consultation_bundle(actor, told.case.pk)


@pytest.fixture(autouse=True)
def no_calls_yet() -> None:
    """Rate limits begin anew with each test."""
    cache.clear()
