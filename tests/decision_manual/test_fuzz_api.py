"""The manual's API against its own description: whatever is sent, nothing breaks, and every reply is as described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as site
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings

from consortium.people.models import User
from consortium.people.operations.tokens import issue_token
from consortium.wsgi import application
from decision_manual.models import PathwayVersion
from tests.api.test_fuzz import MODES, call, put_right

pytestmark = pytest.mark.django_db
EXAMPLES, DEEP = 8, 120


@pytest.fixture(autouse=True)
def connection_of_this_test() -> Iterator[None]:
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def faults(user: User, mode: str, examples: int) -> list[str]:
    """What was wrong with a reply, over all the manual's addresses."""
    _row, token = issue_token(user=user, second_factor=True)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    found: set[str] = set()
    nobody: Any = None
    with override_settings(RATE_LIMITS=dict.fromkeys(site.RATE_LIMITS, (10**6, 60))):
        for each in schema.include(path_regex="^/api/v1/manual/").get_all_operations():
            operation: Any = each.ok()  # type: ignore[union-attr]

            @settings(
                deadline=None, derandomize=True, database=None, phases=[Phase.generate], max_examples=examples,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=MODES[mode]))
            def attempt(case: Any) -> None:
                found.update(call(nobody, case, token, real=False))

            attempt()
    return sorted(wrong for wrong in found if not put_right(wrong))


@pytest.mark.parametrize("mode", MODES)
def test_nothing_breaks(mode: str, asker: User, cough_version: PathwayVersion) -> None:
    assert faults(asker, mode, EXAMPLES) == []


@pytest.mark.deep
@pytest.mark.parametrize("mode", MODES)
def test_nothing_breaks_in_the_long_run(mode: str, asker: User, cough_version: PathwayVersion) -> None:
    assert faults(asker, mode, DEEP) == []
