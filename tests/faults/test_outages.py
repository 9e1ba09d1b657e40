"""R5 and R6 for what every page stands on: Redis away, PostgreSQL cut or restarted."""

from __future__ import annotations

import time

from tests.embedded.running import wait_until
from tests.faults.stack import Stack, rounds, seconds_until
from tests.faults.table import Figure, Outcome, server_errors, show

PAGE = "/accounts/login/"


def statuses(stack: Stack, seconds: float) -> list[int]:
    """The sign-in page, asked again and again: it reads the session, the limits and the database."""
    until, seen, browser = time.monotonic() + seconds, [], stack.browser()
    while time.monotonic() < until:
        seen.append(browser.get(stack.url + PAGE, timeout=30).status_code)
    return seen


def test_with_redis_away_pages_work_and_health_tells(stack: Stack, figure: Figure) -> None:
    with stack.redis_down():
        seen = statuses(stack, 3)
        assert stack.health()["parts"]["redis"].startswith("unreachable")
    recovered = seconds_until(lambda: stack.health().get("status") == "ok", "health after Redis came back")
    outcome = Outcome(1, len(seen), errors=server_errors(seen), recovery=recovered, note="pages; then health is well")
    show(figure, "R5 pages", outcome)

    assert set(seen) == {200}


def test_with_redis_away_signing_in_works(stack: Stack) -> None:
    with stack.redis_down(empty=True):
        browser = stack.browser()
        page = browser.get(stack.url + PAGE)
        token = browser.cookies[f"csrf{stack.port}"]
        data = {"login": "nobody", "password": "wrong", "csrfmiddlewaretoken": token}
        answer = browser.post(stack.url + PAGE, data=data)

    assert page.status_code == 200
    assert answer.status_code == 200
    wait_until(lambda: stack.health().get("status") == "ok", "health after Redis came back")


def test_after_cut_connections_no_request_fails(stack: Stack, figure: Figure) -> None:
    cut, seen = 0, []
    for _ in range(rounds()):
        statuses(stack, 0.3)
        cut += stack.cut_connections()
        seen += statuses(stack, 0.3)
    outcome = Outcome(rounds(), len(seen), errors=server_errors(seen), note=f"next pages after {cut} cut connections")
    show(figure, "R6 next pages, connections cut", outcome)

    assert cut > 0
    assert set(seen) == {200}


def test_after_a_killed_database_no_request_fails(stack: Stack, figure: Figure) -> None:
    seen = []
    for _ in range(rounds()):
        statuses(stack, 0.2)
        with stack.database_down():
            assert stack.health()["parts"]["database"].startswith("unreachable")
        seen += statuses(stack, 0.5)
    show(figure, "R6 next pages, killed", Outcome(rounds(), len(seen), errors=server_errors(seen)))

    assert set(seen) == {200}
    wait_until(lambda: stack.health().get("status") == "ok", "health after PostgreSQL came back")
