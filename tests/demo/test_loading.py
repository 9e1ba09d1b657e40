"""The demonstration loads by the users' operations and leaves nothing in disorder."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from consortium.casework.models import BallSpell, Case, Clock
from consortium.demo.operations import load
from consortium.interop.r4.blocks import references_in
from consortium.journal.queries import chain_faults
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consultations.fhir.bundle import consultation_bundle
from consultations.models import Consultation
from consultations.states import Step
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
