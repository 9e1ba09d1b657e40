"""The demonstration loads by the users' operations and leaves nothing in disorder."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, transaction

from consortium.casework.models import BallSpell, Case, Clock
from consortium.demo.operations import load
from consortium.interop.fhir.state import whole_pathway
from consortium.interop.operations import read_pathway
from consortium.interop.r4.blocks import references_in
from consortium.journal.queries import chain_faults
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.api.rendering import to_json
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consultations.fhir.bundle import consultation_bundle
from consultations.models import Consultation
from consultations.states import Step
from courses.library.models import Chapter, CourseTests, LaterTest
from courses.library.queries.gains import report_of
from referrals.models import Referral, Transport
from tests.cast import actor_for
from tests.interop.checking import accepted, resources

ROLES = [
    *("community", "district", "specialist", "lead", "coordinator", "nurse", "trainer", "lecturer", "editor"),
    *("reviewer", "pharmacist", "admin", "manager", "privacy", "auditor", "stranger"),
]


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once for the tests here, and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_consultation_is_accepted_as_fhir(demonstration: None) -> None:
    """Those that were sent, as their askers save them."""
    sent = Case.unscoped.filter(consultation__isnull=False, submitted_at__isnull=False).select_related("asker")
    for case in sent:
        actor = actor_for(case.asker)
        with acting_as(actor):
            bundle = consultation_bundle(actor, case.pk)
        accepted(bundle)
        there = {f"{each['resourceType']}/{each['id']}" for each in resources(bundle)}
        assert references_in(bundle) <= there, case
    assert len(sent) > 15


@pytest.mark.django_db
def test_the_demonstration_is_whole(demonstration: None) -> None:
    assert {u.username for u in User.objects.all()} >= set(ROLES)
    assert all(u.check_password("demo") for u in User.objects.filter(username__in=ROLES[:2]))
    assert Institution.objects.count() == 8
    assert Patient.unscoped.count() == 40
    assert Patient.unscoped.exclude(twin_of=None).count() == 1
    reached = set(Consultation.unscoped.values_list("step", flat=True))
    # nobody receives a conversion before there are referrals; nothing has lain long enough to be closed unread
    assert reached == set(Step.values) - {Step.CLOSED_UNREVIEWED, Step.CONVERTED}
    assert list(chain_faults()) == []
    for case in Case.unscoped.filter(is_open=True, submitted_at__isnull=False):
        assert Clock.unscoped.filter(case=case, stopped_at=None).exists()
        assert BallSpell.unscoped.filter(case=case, until=None).count() == 1


@pytest.mark.django_db
def test_every_pathway_is_carried_whole(demonstration: None, figure: Callable[[str, str], None]) -> None:
    """Questions and referrals, of every step that the story tells: written, accepted as FHIR, and read by a house that
    has nothing, they are written again as the same bytes."""
    bundles = pathways_written()
    kinds = Referral.unscoped.filter(case__pathway__in=bundles, case__submitted_at__isnull=False)
    steps, travelling = (
        set(kinds.values_list("step", flat=True)),
        Transport.unscoped.filter(case__in=kinds.values("case")).count(),
    )
    for bundle in bundles.values():
        accepted(json.loads(bundle))
    with transaction.atomic():
        empty_the_house()
        lost = [pathway_id for pathway_id, bundle in bundles.items() if carried_through(bundle, pathway_id) != bundle]
        transaction.set_rollback(True)
    figure("Demonstration pathways carried whole", f"{len(bundles) - len(lost)} of {len(bundles)}")
    assert lost == []
    assert steps >= {"requested", "scheduled", "under_care", "outcome_sent", "closed", "following", "declined"}
    assert (len(bundles) > 20, travelling > 3) == (True, True)


def pathways_written() -> dict[UUID, bytes]:
    """Each pathway in which something was sent, as an operator writes it."""
    sent = Case.unscoped.filter(submitted_at__isnull=False).values_list("pathway", flat=True)
    with acting_as(system("test")) as operator:
        return {pk: to_json(whole_pathway(operator, pk)) for pk in sorted(set(sent))}


def empty_the_house() -> None:
    """Every table; what would stop it looks away for this transaction, which is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert (Case.unscoped.count(), Patient.unscoped.count(), Institution.objects.count()) == (0, 0, 0)


def carried_through(bundle: bytes, pathway_id: UUID) -> bytes:
    """What is written of the pathway that was read out of `bundle`; nothing of it stays."""
    with transaction.atomic(), acting_as(system("test")) as operator:
        read_pathway(actor=operator, bundle=json.loads(bundle))
        written = to_json(whole_pathway(operator, pathway_id))
        transaction.set_rollback(True)
    return written


@pytest.mark.django_db
def test_a_course_tells_what_it_changed_and_hides_the_few(demonstration: None) -> None:
    """Six of community centres are told; three of district hospitals stand with others. One is asked again now."""
    tests = CourseTests.unscoped.get()
    with acting_as(system("test")):
        report = report_of(tests)
        waiting = LaterTest.objects.due(clock.now()).values_list("user__username", flat=True)
        assert "community" in waiting
    told = [(group.label, group.n) for group in report.groups]
    assert told == [("All", 11), ("Community health centre", 6), ("All others", 5)]
    assert (report.before_only, report.after_only, report.repeated) == (1, 0, 0)
    assert report.whole is not None
    assert report.again is not None
    assert report.whole.points.low > 0
    assert Chapter.unscoped.filter(version__course=tests.course).exclude(exam=None).count() == 1
