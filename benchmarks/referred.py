"""As many referrals as one asks for, added to the world of the consultations; and one child's way over all tiers.

A referral that was sent and accepted is made by the product's own operations; PostgreSQL multiplies its rows as
`world` does. One in a hundred is open; of these every tenth is lost: its time is over and nobody is left to be told.
At every size a page of lost ones is full, so that the radar shows, and is measured by, as many rows.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from benchmarks.world import CENTRES, OPEN_OF, SERVICES, World, multiply

# isort: split

from django.db import connection, transaction
from django.db.models import Model

from consortium.casework.models import Case, Clock, Service
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor, acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from referrals.models import Offer, Referral
from referrals.operations.answering import accept
from referrals.states import Destination
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_patient
from tests.factories.people import make_specialty, make_staff
from tests.referrals import cared
from tests.referrals.cases import sent

LOST_OF = 10 * OPEN_OF
#: more than a page of each size's late ones, the same number everywhere
_LATE = """UPDATE casework_clock SET escalates_at = NULL WHERE stopped_at IS NULL AND case_id IN (
  SELECT id FROM casework_case WHERE kind = 'referral' AND is_open AND due_at < now() ORDER BY id LIMIT 40)"""


@dataclass
class Referred:
    """The world with referrals in it: whose radar is read, and the way that is told."""

    world: World
    coordinator: User
    pathway: UUID

    def watching(self) -> Actor:
        return actor_for(self.coordinator)


def referred(built: World, size: int) -> Referred:
    """At least `size` referrals; found again by the next run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_referrals') IS NOT NULL")
        if not cursor.fetchone()[0]:
            _people(built)
        cursor.execute("SELECT size, pattern, pathway FROM bench_referrals")
        have, pattern, pathway = cursor.fetchone()
    if size > have:
        multiply(built, _COPIES, "bench_referrals", pattern=str(pattern), first=have + 1, last=size)
    _watch()
    return Referred(built, User.objects.get(username="bench_coordinator"), pathway)


def _watch() -> None:
    """More than a page of those that are late are lost, and the radar's rows are made: copies pass by its triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_LATE)
        cursor.execute(
            "SELECT referrals_watch(id), referrals_expect(id) FROM casework_case WHERE kind = 'referral' AND is_open"
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE referrals_unwatched, referrals_expected, casework_clock")


def _people(built: World) -> None:
    hospital: Any = Institution.objects.get(tier=3)
    centre = built.centres[0]
    with acting_as(system("benchmark")):
        make_staff("bench_coordinator", hospital, Role.COORDINATOR)
        near = make_service(centre, make_specialty("general", "General practice"))
        make_service_member(near, built.asker)
        pattern = sent(built.asker, make_patient(centre, "Pattern"), built.services[0], priority=Priority.ROUTINE)
    by(built.specialist, accept, case_id=pattern.pk)
    way = _way(built, centre, near)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_referrals AS SELECT 0 AS size, %s::uuid AS pattern, %s::uuid AS pathway",
            [str(pattern.pk), str(way)],
        )  # fmt: skip


def _way(built: World, centre: Institution, near: Service) -> UUID:
    """Up with an outcome, and home again with two follow-ups: two cases on one pathway."""
    with acting_as(system("benchmark")):
        child: Patient = make_patient(centre, "Traveller")
    up = cared.told(built.asker, built.specialist, child, built.services[0], destination=Destination.HOME)
    back = cared.sent_back(up, built.specialist, near)
    cared.followed(back, built.asker)
    pathway: UUID = Case.unscoped.get(pk=up.pk).pathway_id  # type: ignore[assignment]
    return pathway


# Expressions of `n` for the columns that differ from the pattern's row, as in `world`.
_CASE = {
    "id": "md5('referral' || n)::uuid",
    "request_key": "md5('referral-key' || n)::uuid",
    "service_id": f"(%(services)s::uuid[])[1 + (n + n / {OPEN_OF}) %% {SERVICES}]",
    "asking_institution_id": f"(%(centres)s::uuid[])[1 + (n + n / {OPEN_OF}) %% {CENTRES}]",
    "priority": "1 + n %% 3",
    "created_at": "now() - n * interval '1 minute'",
    "submitted_at": "now() - n * interval '1 minute'",
    "last_message_seq": "0",
}
_CLOSED = {
    "is_open": "false",
    "ball": "'none'",
    "ball_user_id": "NULL",
    "responder_id": "%(specialist)s::uuid",
    "due_at": "now() - n * interval '1 minute'",
    "closed_at": "now() - n * interval '1 minute'",
}
# A third of the open ones is the specialist's; a tenth is late and lost, half of the others late and told of.
_OPEN = {
    "ball": "'responder'",
    "ball_user_id": "CASE n / 100 %% 3 WHEN 0 THEN %(specialist)s::uuid END",
    "responder_id": "CASE n / 100 %% 3 WHEN 0 THEN %(specialist)s::uuid END",
    "due_at": f"""now() + ((n + n / {OPEN_OF}) %% 5000 - CASE n %% {LOST_OF} WHEN 0 THEN 6000 ELSE 2500 END)
        * interval '1 minute'""",
}
_OF = {"case_id": "md5('referral' || n)::uuid"}
_ROW = {**_OF, "problem": "'p' || n", "is_stat": "n %% 3 = 0"}
_CLOCK = {
    "id": "gen_random_uuid()",
    "escalates_at": f"CASE n %% {LOST_OF} WHEN 0 THEN NULL ELSE now() + interval '1 day' END",
}
_COPIES: tuple[tuple[type[Model], str, dict[str, str], bool | None], ...] = (
    (Case, "id", {**_CASE, **_CLOSED}, False),
    (Case, "id", {**_CASE, **_OPEN}, True),
    (Referral, "case_id", {**_ROW, "step": "'closed'"}, False),
    (Referral, "case_id", {**_ROW, "step": "CASE n / 100 %% 3 WHEN 0 THEN 'accepted' ELSE 'requested' END"}, True),
    (Offer, "case_id", {**_OF, "id": "gen_random_uuid()"}, None),
    (Clock, "case_id", {**_OF, **_CLOCK}, True),
)  # fmt: skip
