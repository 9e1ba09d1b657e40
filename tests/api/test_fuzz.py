"""S4: the API against its own description. Generated calls, right and wrong, with real and unknown ids: nothing breaks.

Every check of schemathesis runs but one: that a well-formed call is accepted. Whether it is depends on the step of a
case and on who calls, which no schema can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as site
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from consortium.people.operations.tokens import issue_token
from consortium.wsgi import application
from tests.access.conftest import _ARGS
from tests.access.world import World, build

pytestmark = pytest.mark.django_db
MODES = {"well-formed": GenerationMode.POSITIVE, "malformed": GenerationMode.NEGATIVE}
_QUIET = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


#: addresses that take any mixture of values are asked so many times as often
MORE = {"/api/v1/manual/calculate/": 5, "/api/v1/manual/evaluate/": 3}
#: what paths of the manual are called by
WORDS = {"pathway": "cough-2-59m", "code": "RI-cough-1"}
#: how many calls were generated
sent = [0]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=media):
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def connection_of_this_test() -> Iterator[None]:
    """As Django's test client does: a request does not close the connection whose transaction is ours."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def real_ids(world: World, names: Any, path: str) -> dict[str, str]:
    """Ids of rows that there are, by the path's own names for them."""
    known = {name: getattr(world, row) for name, row in _ARGS.items()}
    known |= {"case_id": world.case["received"], "attachment_id": world.attachment["received"]}
    if path.startswith("/api/v1/referrals/"):
        known["case_id"] = world.family_referral.case
    known |= {"user_id": world.people["specialist"], "token_id": world.token, "run_id": world.manual_run}
    ids = {name: str(row.pk) for name, row in known.items()} | WORDS
    return {name: ids[name] for name in names if name in ids}


def call(world: World, case: Any, token: str, *, real: bool) -> list[str]:
    """Send one generated call and take back what it did; says what is wrong with the reply."""
    sent[0] += 1
    if real:
        case.path_parameters.update(real_ids(world, case.path_parameters, case.path))
    with transaction.atomic():
        try:
            case.call_and_validate(
                headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
                excluded_checks=[positive_data_acceptance],
            )
        except FailureGroup as group:
            return [told(case, wrong) for wrong in group.exceptions]
        except Failure as wrong:
            return [told(case, wrong)]
        finally:
            transaction.set_rollback(True)
    return []


def told(case: Any, wrong: Any) -> str:
    headers = {name: value for name, value in (case.headers or {}).items() if name != "Authorization"}
    return f"{case.method} {case.formatted_path} {headers}: {wrong.title}: {wrong.message}"


def put_right(wrong: str) -> bool:
    """What was generated amiss, and is right after all.

    The credentials are put in always and the path's ids at times; of a text too long by spaces these are taken off; an
    upload without the protocol's version is refused by 412 before its key is looked at.
    """
    right = (
        "at /properties/Authorization",
        "path: violates",
        "in body - violates `maxLength`",
        "POST /api/v1/uploads/",
    )
    return "rejected" in wrong and any(words in wrong for words in right)


def hammer(world: World, operation: Any, token: str, mode: GenerationMode, examples: int) -> set[str]:
    """What was wrong with the replies of one address."""
    found: set[str] = set()

    @settings(_QUIET, max_examples=examples)
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def attempt(case: Any, real: bool) -> None:
        found.update(call(world, case, token, real=real))

    attempt()
    return found


def storm(world: World, role: str, mode: GenerationMode, examples: int) -> int:
    """How many calls were sent; fails when one reply was wrong."""
    before = sent[0]
    _row, token = issue_token(user=world.people[role], second_factor=True)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    found: set[str] = set()
    with override_settings(RATE_LIMITS=dict.fromkeys(site.RATE_LIMITS, (10**6, 60))):
        for each in schema.get_all_operations():
            operation: Any = each.ok()  # type: ignore[union-attr]
            found |= hammer(world, operation, token, mode, examples * MORE.get(operation.path, 1))
    wrong = sorted(each for each in found if not put_right(each))
    assert not wrong, "\n".join(wrong)
    return sent[0] - before


@pytest.mark.parametrize(("role", "mode"), [("asker", "well-formed"), ("admin", "malformed")])
def test_nothing_breaks(world: World, role: str, mode: str, figure: Any) -> None:
    calls = storm(world, role, MODES[mode], 2)
    figure(f"S4: {mode} calls of the API, as {role}", f"{calls} sent, 0 x 5xx, 0 schema breaks, 0 unauthenticated 2xx")


@pytest.mark.deep
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("role", ["asker", "specialist", "lead", "admin", "manager", "privacy", "auditor", "stranger"])
def test_nothing_breaks_in_the_long_run(world: World, role: str, mode: str) -> None:
    storm(world, role, MODES[mode], 12)
