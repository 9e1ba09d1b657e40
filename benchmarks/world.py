"""A consortium with as many consultations, and referrals, as one asks for, in servers of its own.

Everything stands under ``$STATE_DIR/benchmarks``, for one run at a time. A world that is kept is found
again by the next run, so that a million rows are loaded once; migrations that came since are applied to it.

One submitted and one closed consultation are made by the tests' factories; PostgreSQL multiplies their rows, each with
ids and times of its own, so that the copies keep every column that the product writes. One in a hundred is open.
`benchmarks.referred` adds referrals in the same way.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ground import PLACE, alone, own_bell

# isort: split

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import override_settings

from consortium.casework.models import Case, Clock, Service
from consortium.casework.states import Priority
from consortium.embedded.places import ROOT
from consortium.kernel.actors import Actor, acting_as, system
from consortium.patients.models import Pathway
from consortium.people.models import Institution, User
from consortium.people.states import Role
from consultations.models import Consultation
from tests import databases
from tests.cast import actor_for, client_for
from tests.embedded.running import own_folder
from tests.factories.cases import make_asked, make_service, make_service_member
from tests.factories.patients import make_pathway_member, make_patient
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
    services: list[Service]
    centres: list[Institution]
    pattern: Case
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
def world(size: int = 0, *, kept: bool = False, web: bool = False) -> Iterator[World]:
    """A stack with `size` consultations; `kept` for the next run, else gone. `web` starts its web process."""
    with alone(), own_bell(), _kept_folder(size) if kept else own_folder("bench") as folder:
        stack = Stack(folder)
        stack.place.make()
        try:
            stack.start("postgres", "valkey")
            _prepare(stack, web=web)
            with stack.rows(), override_settings(ALLOWED_HOSTS=["*"], RATE_LIMITS=_no_limits()):
                with acting_as(system("benchmark")):
                    built = _found(stack) or _people(stack)
                built.grow(size)
                if web:
                    stack.start("web")
                yield built
        finally:
            stack.stop("web", "valkey", "postgres")
            stack.end()


def _prepare(stack: Stack, *, web: bool) -> None:
    """Migrate where there is something new, and have the files ready that the web process serves."""
    stamp = stack.place.state / "migrations"
    newest = "\n".join(sorted(str(path) for path in ROOT.glob("[cdr]*/**/migrations/*.py")))
    if not stamp.exists() and (migrated := os.environ.get("MIGRATED_DATABASE")):
        databases.copied(stack.place.database_url, source=migrated)  # the suite's, which knows that it is whole
    if not stamp.exists() or stamp.read_text() != newest:
        stack.manage("prepare", "--only", "data")
        stamp.write_text(newest)
    if web:
        stack.manage("prepare", "--only", "files")


@contextmanager
def _kept_folder(size: int) -> Iterator[Path]:
    folder = PLACE.state / "worlds" / str(size)
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    yield folder


def _found(stack: Stack) -> World | None:
    """The world that an earlier run left; None when there is none, or it was left unfinished."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_world') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT size, pattern FROM bench_world")
        size, pattern = cursor.fetchone()
    return World(
        stack,
        User.objects.get(username="specialist"),
        User.objects.get(username="asker"),
        list(Service.objects.order_by("name_en")),
        list(Institution.objects.filter(tier=1).order_by("name_en")),
        Case.unscoped.get(pk=pattern),
        size,
    )


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
    make_pathway_member(Pathway.unscoped.get(patient_id=asked.case.patient_id), hospital, specialist)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_world AS SELECT 0 AS size, %s::uuid AS pattern", [str(asked.case_id)])
    return World(stack, specialist, asker, services, centres, asked.case)


# Expressions of `n` for the columns that differ from the pattern's row; all other columns are copied from it.
_CASE = {
    "id": "md5('case' || n)::uuid",
    "request_key": "md5('key' || n)::uuid",
    "service_id": f"(%(services)s::uuid[])[1 + (n + n / {OPEN_OF}) %% {SERVICES}]",
    "asking_institution_id": f"(%(centres)s::uuid[])[1 + (n + n / {OPEN_OF}) %% {CENTRES}]",
    "priority": "1 + n %% 3",
    "due_at": f"now() + ((n + n / {OPEN_OF}) %% 5000 - 2500) * interval '1 minute'",
    "created_at": "now() - n * interval '1 minute'",
    "submitted_at": "now() - n * interval '1 minute'",
    "last_message_seq": "0",
}
_CLOSED = {
    "is_open": "false",
    "ball": "'none'",
    "ball_user_id": "NULL",
    "responder_id": "%(specialist)s::uuid",
    "closed_at": "now() - n * interval '1 minute'",
}
# Of the open ones a third is the specialist's, the others wait in a queue.
_OPEN = {
    "ball": "CASE n %% 3 WHEN 0 THEN 'responder' ELSE 'coordinator' END",
    "ball_user_id": "CASE n %% 3 WHEN 0 THEN %(specialist)s::uuid END",
    "responder_id": "CASE n %% 3 WHEN 0 THEN %(specialist)s::uuid END",
}
_OF_CASE = {"case_id": "md5('case' || n)::uuid"}
_OVER = {"step": "'closed'", "change": "'treatment'", "referral_avoided": "true"}
_RUNNING = {"step": "CASE n %% 3 WHEN 0 THEN 'in_progress' ELSE 'requested' END"}
_CLOCK = {"id": "gen_random_uuid()"}
_COPIES: tuple[tuple[type[Model], str, dict[str, str], bool], ...] = (
    (Case, "id", {**_CASE, **_CLOSED}, False),
    (Case, "id", {**_CASE, **_OPEN}, True),
    (Consultation, "case_id", {**_OF_CASE, **_OVER}, False),
    (Consultation, "case_id", {**_OF_CASE, **_RUNNING}, True),
    (Clock, "case_id", {**_OF_CASE, **_CLOCK}, True),
)


def copied(model: type[Model], key: str, differing: dict[str, str], is_open: bool | None) -> str:
    """The statement that makes rows first..last out of the pattern's; every hundredth is open (None: of all)."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.generated]
    values = [differing.get(column, f't."{column}"') for column in columns]
    names, of = ", ".join(f'"{column}"' for column in columns), {True: "= 0", False: "> 0", None: ">= 0"}[is_open]
    return f"""INSERT INTO {model._meta.db_table} ({names}) SELECT {", ".join(values)}
        FROM {model._meta.db_table} t, generate_series(%(first)s, %(last)s) AS n
        WHERE t.{key} = %(pattern)s AND n %% {OPEN_OF} {of}"""


def _multiply(built: World, have: int, size: int) -> None:
    multiply(built, _COPIES, "bench_world", pattern=str(built.pattern.pk), first=have + 1, last=size)


def multiply(built: World, copies: Sequence[Any], counted: str, **given: Any) -> None:
    """Rows `first` to `last` of each of `copies` out of the pattern's, `counted` in a table; then PostgreSQL looks."""
    given |= {
        "services": [str(s.pk) for s in built.services],
        "centres": [str(c.pk) for c in built.centres],
        "specialist": str(built.specialist.pk),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # The rules were kept by the pattern; checking them a million times would take an hour.
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0")
        for each in copies:
            cursor.execute(copied(*each), given)
        cursor.execute(f"UPDATE {counted} SET size = %(last)s", given)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def sole(rows: list[Any]) -> Any:
    """The one statement that was captured."""
    if len(rows) != 1:
        raise ValueError(f"expected one statement, there were {len(rows)}")
    return rows[0]
