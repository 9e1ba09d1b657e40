"""``/healthz``: what a load balancer and the person on call look at. Tells parts and versions, nothing about people."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.files.scanners import clamd
from consortium.kernel import valkey

WORKERS = ("worker", "media", "beat")


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, 503 when one does not; ``parts`` says which and why."""
    parts = {name: _tried(check) for name, check in _checks().items()}
    healthy = all(state == "ok" for state in parts.values())
    body = {"status": "ok" if healthy else "down", "version": settings.RELEASE, "parts": parts}
    return JsonResponse(body, status=200 if healthy else 503)


def _checks() -> dict[str, Callable[[], str]]:
    return {
        "database": _database,
        "redis": _redis,
        **{name: lambda name=name: _heartbeat(name) for name in WORKERS},  # type: ignore[misc]
        "migrations": _migrations,
        **({"scanner": clamd.health} if settings.CLAMD else {}),
    }


def _tried(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, *valkey.Away) as error:
        return f"unreachable ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _redis() -> str:
    valkey.client().ping()
    return "ok"


def _heartbeat(name: str) -> str:
    seen = valkey.client().get(valkey.key("heartbeat", name))
    if seen is None:
        return "silent"
    return "ok" if abs(time.time() - int(seen)) < 60 else "late"


@cache
def _nothing_pending() -> bool:
    """Raises while something is pending, so that only the good answer is kept for this process's life."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise Pending(len(plan))
    return True


class Pending(Exception):
    """Migrations not yet run; ``args[0]`` counts them."""


def _migrations() -> str:
    try:
        _nothing_pending()
    except Pending as pending:
        return f"{pending.args[0]} pending"
    return "ok"
