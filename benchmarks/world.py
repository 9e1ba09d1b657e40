"""A consortium with as many consultations as one asks for, in servers of its own.

One submitted and one closed consultation are made by the tests' factories; PostgreSQL multiplies their rows, each with
ids and times of its own, so that the copies keep every column that the product writes. One in a hundred is open.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import django

os.environ.setdefault("MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

# isort: split
# ruff: noqa: E402 - Django must be set up before its models are named
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from consortium.casework.models import Case, Service
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor, acting_as, system
from consortium.people.models import Institution, User
from consortium.people.states import Role
from tests.cast import actor_for, client_for
from tests.embedded.running import own_folder
from tests.factories.cases import make_asked, make_service, make_service_member
from tests.factories.patients import make_patient
from tests.factories.people import make_institution, make_specialty, make_staff
from tests.faults.stack import Stack

SERVICES = 10
CENTRES = 40
OPEN_OF = 100


@dataclass
class World:
    """The people that a benchmark acts as, and the rows that it multiplies."""

    stack: Stack
    specialist: User
    asker: User
    services: list[Service] = field(default_factory=list)
    centres: list[Institution] = field(default_factory=list)
    pattern: Case | None = None
    size: int = 0

    def actor(self) -> Actor:
        return actor_for(self.specialist)

    def client(self, user: User) -> Client:
        return client_for(user)

    def grow(self, size: int) -> None:
        """Add consultations until there are `size`, and let PostgreSQL look at them."""
        if size > self.size:
            _multiply(self, self.size, size)
            self.size = size


@contextmanager
def world(*, web: bool = False) -> Iterator[World]:
    """A stack of its own with an empty consortium; everything is gone afterwards. `web` starts its web process."""
    with own_folder("bench") as folder:
        stack = Stack(folder / "state")
        stack.place.make()
        try:
            stack.start("postgres", "valkey")
            stack.manage("migrate")
            with stack.rows(), override_settings(ALLOWED_HOSTS=["*"], RATE_LIMITS=_no_limits()):
                with acting_as(system("benchmark")):
                    built = _people(stack)
                if web:
                    stack.start("web")
                yield built
        finally:
            stack.end()


def _no_limits() -> dict[str, tuple[int, int]]:
    return dict.fromkeys(settings.RATE_LIMITS, (1_000_000, 60))


def _people(stack: Stack) -> World:
    hospital = make_institution("Children's Hospital", tier=3)
    centres = [make_institution(f"Centre {n}", tier=1) for n in range(CENTRES)]
    services = [make_service(hospital, make_specialty(f"field{n}", f"Field {n}")) for n in range(SERVICES)]
    specialist = make_staff("specialist", hospital, Role.SPECIALIST)
    make_service_member(services[0], specialist)
    asker = make_staff("asker", centres[0], Role.ASKER)
    asked = make_asked(make_patient(centres[0]), asker, centres[0], services[0], priority=Priority.ROUTINE)
    return World(stack, specialist, asker, services, centres, asked.case)


# One row as JSON, with some columns replaced, becomes a row again: columns that a benchmark does not name are kept.
_COPY = """
INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || {columns})).*
FROM {table} t CROSS JOIN {source} WHERE t.{key} = %(pattern)s
"""
_NUMBERS = "generate_series(%(first)s, %(last)s) AS n"
_CASE = """jsonb_build_object(
  'id', md5('case' || n)::uuid, 'request_key', md5('key' || n)::uuid,
  'service_id', (%(services)s::uuid[])[1 + n %% {services}],
  'asking_institution_id', (%(centres)s::uuid[])[1 + n %% {centres}],
  'priority', 1 + n %% 3,
  'is_open', n %% {open_of} = 0,
  'ball', CASE WHEN n %% {open_of} = 0 THEN 'coordinator' ELSE 'none' END,
  'responder_id', CASE WHEN n %% {open_of} = 0 THEN NULL ELSE %(specialist)s END,
  'closed_at', CASE WHEN n %% {open_of} = 0 THEN NULL ELSE now() - n * interval '1 minute' END,
  'due_at', now() + (n %% 5000 - 2500) * interval '1 minute',
  'created_at', now() - n * interval '1 minute', 'submitted_at', now() - n * interval '1 minute')"""
_CONSULTATION = """jsonb_build_object('case_id', md5('case' || n)::uuid,
  'step', CASE WHEN n %% {open_of} = 0 THEN 'requested' ELSE 'closed' END,
  'change', 'treatment', 'referral_avoided', true)"""
_CLOCK = "jsonb_build_object('id', gen_random_uuid(), 'case_id', md5('case' || n)::uuid)"


def _multiply(built: World, have: int, size: int) -> None:
    pattern = built.pattern
    given: Any = {
        "pattern": str(pattern.pk) if pattern else "",
        "first": have + 1,
        "last": size,
        "services": [str(s.pk) for s in built.services],
        "centres": [str(c.pk) for c in built.centres],
        "specialist": str(built.specialist.pk),
    }
    numbers = {"services": SERVICES, "centres": CENTRES, "open_of": OPEN_OF}
    with connection.cursor() as cursor:
        # The rules were kept by the pattern; checking them a million times would take an hour.
        cursor.execute("SET session_replication_role = replica; SET statement_timeout = 0")
        for table, key, columns, source in (
            ("casework_case", "id", _CASE, _NUMBERS),
            ("consultations_consultation", "case_id", _CONSULTATION, _NUMBERS),
            ("casework_clock", "case_id", _CLOCK, f"generate_series(%(first)s, %(last)s, {OPEN_OF}) AS n"),
        ):
            copy = _COPY.format(table=table, key=key, columns=columns.format(**numbers), source=source)
            cursor.execute(copy, given)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def settle(seconds: float = 0.5) -> None:
    """Let the servers come to rest after a load."""
    time.sleep(seconds)


def sole(rows: list[Any]) -> Any:
    """The one statement that was captured."""
    if len(rows) != 1:
        raise ValueError(f"expected one statement, there were {len(rows)}")
    return rows[0]
