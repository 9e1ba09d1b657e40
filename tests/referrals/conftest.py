"""A referral that is sent, another hospital that may be asked for it, and its people."""

from __future__ import annotations

import pytest

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.patients.models import Patient
from consortium.people.models import Institution, Region, Specialty, User
from consortium.people.states import Role, Tier
from referrals.models import Referral
from tests.factories.cases import make_service, make_service_member
from tests.factories.people import make_institution, make_staff
from tests.referrals.cases import sent


@pytest.fixture
def other_hospital(region: Region) -> Institution:
    return make_institution("University Hospital", tier=Tier.TERTIARY, region=region)


@pytest.fixture
def elsewhere(other_hospital: Institution, respiratory: Specialty) -> Service:
    """The respiratory service of another hospital."""
    return make_service(other_hospital, respiratory)


@pytest.fixture
def rival(other_hospital: Institution, elsewhere: Service) -> User:
    """Answers for it."""
    user = make_staff("rival", other_hospital, Role.SPECIALIST)
    make_service_member(elsewhere, user)
    return user


@pytest.fixture
def referral(asker: User, patient: Patient, service: Service, specialist: User) -> Referral:
    """Urgent, just sent."""
    return sent(asker, patient, service)


@pytest.fixture
def stat(asker: User, patient: Patient, service: Service, specialist: User) -> Referral:
    return sent(asker, patient, service, priority=Priority.STAT)
