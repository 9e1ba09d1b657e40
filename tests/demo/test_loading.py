"""The demonstration loads by the users' operations and leaves nothing in disorder."""

import pytest

from consortium.casework.models import BallSpell, Case, Clock
from consortium.demo.operations import load
from consortium.journal.queries import chain_faults
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consultations.models import Consultation
from consultations.states import Step

ROLES = [
    *("community", "district", "specialist", "lead", "coordinator", "nurse", "trainer", "lecturer", "editor"),
    *("reviewer", "pharmacist", "admin", "manager", "privacy", "auditor", "stranger"),
]


@pytest.mark.django_db
def test_the_demonstration_is_whole() -> None:
    load()
    assert {u.username for u in User.objects.all()} >= set(ROLES)
    assert all(u.check_password("demo") for u in User.objects.filter(username__in=ROLES[:2]))
    assert Institution.objects.count() == 8
    assert Patient.unscoped.count() == 40
    assert Patient.unscoped.exclude(twin_of=None).count() == 1
    reached = set(Consultation.unscoped.values_list("step", flat=True))
    assert reached == set(Step.values) - {Step.CLOSED_UNREVIEWED}
    assert list(chain_faults()) == []
    for case in Case.unscoped.filter(is_open=True, submitted_at__isnull=False):
        assert Clock.unscoped.filter(case=case, stopped_at=None).exists()
        assert BallSpell.unscoped.filter(case=case, until=None).count() == 1
