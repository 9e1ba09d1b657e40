"""The calculators' API against its own description, right and wrong calls alike: no 500, no answer out of shape."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.conf import settings as site
from django.test import override_settings
from hypothesis import given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from consortium.people.models import User
from consortium.people.operations.tokens import issue_token
from consortium.wsgi import application
from tests.api.test_fuzz import _QUIET, connection_of_this_test, put_right, told

__all__ = ["connection_of_this_test"]
pytestmark = pytest.mark.django_db
_PATHS = ("/api/v1/manual/calculate/", "/api/v1/manual/calculators/")


def _call(case: Any, token: str) -> list[str]:
    """What is wrong with the reply to one generated call."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    try:
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
    except FailureGroup as group:
        return [told(case, wrong) for wrong in group.exceptions]
    except Failure as wrong:
        return [told(case, wrong)]
    return []


def _wrong(user: User, mode: GenerationMode, path: str) -> list[str]:
    """What is wrong with the replies to 40 generated calls of one path."""
    _row, token = issue_token(user=user, second_factor=True)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application).include(path=path)
    found: set[str] = set()
    for each in schema.get_all_operations():
        operation: Any = each.ok()  # type: ignore[union-attr]

        @settings(_QUIET, max_examples=40)
        @given(case=operation.as_strategy(generation_mode=mode))
        def attempt(case: Any) -> None:
            found.update(_call(case, token))

        attempt()
    return sorted(each for each in found if not put_right(each))


@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_call_breaks_the_api(asker: User, mode: GenerationMode, path: str) -> None:
    with override_settings(RATE_LIMITS=dict.fromkeys(site.RATE_LIMITS, (10**6, 60))):
        assert _wrong(asker, mode, path) == []
