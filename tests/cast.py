"""The cast: a small consortium whose people every test may call by name.

A community centre asks, the children's hospital answers, a district hospital stands between, and a hospital of another
region has nothing to do with any of it. Each fixture makes only the rows it needs. `actor_for(user)` is who acts;
`client_for(user)` a browser in which they have signed in with their second factor.
"""

from __future__ import annotations

import time

import pytest
from django.test import Client

from consortium.casework.models import Service
from consortium.kernel.actors import Actor
from consortium.patients.models import Patient
from consortium.people.models import Institution, Region, Specialty, User
from consortium.people.queries import actor_of
from consortium.people.states import Role, Tier
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_patient
from tests.factories.people import make_institution, make_region, make_specialty, make_staff


def actor_for(user: User) -> Actor:
    """Who acts when `user` has signed in with the second factor; the seats are read anew each time."""
    return actor_of(user, second_factor=True)


def client_for(user: User, *, second_factor: bool = True, shared: bool = False) -> Client:
    """A browser in which `user` signed in just now (`shared`: on a desktop that others use too)."""
    client = Client()
    client.force_login(user, backend="consortium.people.backends.Passwords")
    session = client.session
    proofs = [{"method": "password", "at": time.time(), "username": user.username}]
    if second_factor:
        proofs.append({"method": "mfa", "type": "totp", "at": time.time()})
    session["account_authentication_methods"] = proofs
    session["account_authentication_methods_user"] = str(user.pk)
    session["shared_device"] = shared
    session.save()
    return client


# -- places -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def region(db: None) -> Region:
    return make_region("East")


@pytest.fixture
def hospital(region: Region) -> Institution:
    """The children's hospital, tier 3."""
    return make_institution("Children's Hospital", tier=Tier.TERTIARY, region=region)


@pytest.fixture
def district(region: Region) -> Institution:
    """A district hospital, tier 2."""
    return make_institution("Baoshan District Hospital", tier=Tier.DISTRICT, region=region)


@pytest.fixture
def community(region: Region) -> Institution:
    """A community health centre, tier 1."""
    return make_institution("Yanghang Community Centre", tier=Tier.COMMUNITY, region=region)


@pytest.fixture
def unrelated(db: None) -> Institution:
    """A hospital of another region that has no part in anything."""
    return make_institution("Far Away Hospital", tier=Tier.DISTRICT, region=make_region("West"))


@pytest.fixture
def respiratory(db: None) -> Specialty:
    return make_specialty("respiratory", "Respiratory medicine")


@pytest.fixture
def cardiology(db: None) -> Specialty:
    return make_specialty("cardiology", "Cardiology")


@pytest.fixture
def service(hospital: Institution, respiratory: Specialty) -> Service:
    """The hospital's respiratory queue."""
    return make_service(hospital, respiratory)


@pytest.fixture
def other_service(hospital: Institution, cardiology: Specialty) -> Service:
    return make_service(hospital, cardiology)


# -- people -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def asker(community: Institution) -> User:
    """The community doctor who asks."""
    return make_staff("asker", community, Role.ASKER)


@pytest.fixture
def colleague(community: Institution) -> User:
    """Another doctor of the asking centre."""
    return make_staff("colleague", community, Role.ASKER)


@pytest.fixture
def district_doctor(district: Institution) -> User:
    return make_staff("district_doctor", district, Role.ASKER)


@pytest.fixture
def specialist(hospital: Institution, service: Service) -> User:
    """Answers for the respiratory service, and is on duty."""
    user = make_staff("specialist", hospital, Role.SPECIALIST)
    make_service_member(service, user)
    return user


@pytest.fixture
def other_specialist(hospital: Institution, service: Service) -> User:
    """Answers for the same service."""
    user = make_staff("other_specialist", hospital, Role.SPECIALIST)
    make_service_member(service, user)
    return user


@pytest.fixture
def lead(hospital: Institution, service: Service) -> User:
    """Leads the respiratory service."""
    user = make_staff("lead", hospital, Role.SERVICE_LEAD)
    make_service_member(service, user, is_lead=True)
    return user


@pytest.fixture
def coordinator(hospital: Institution) -> User:
    return make_staff("coordinator", hospital, Role.COORDINATOR)


@pytest.fixture
def nurse(community: Institution) -> User:
    """A follow-up nurse of the asking centre."""
    return make_staff("nurse", community, Role.NURSE)


@pytest.fixture
def admin(hospital: Institution) -> User:
    """Institution admin of the children's hospital."""
    return make_staff("admin", hospital, Role.INSTITUTION_ADMIN)


@pytest.fixture
def community_admin(community: Institution) -> User:
    return make_staff("community_admin", community, Role.INSTITUTION_ADMIN)


@pytest.fixture
def manager(hospital: Institution) -> User:
    """Consortium manager."""
    return make_staff("manager", hospital, Role.CONSORTIUM_MANAGER)


@pytest.fixture
def privacy(community: Institution) -> User:
    """Privacy officer of the asking centre, where the child is registered."""
    return make_staff("privacy", community, Role.PRIVACY_OFFICER)


@pytest.fixture
def auditor(hospital: Institution) -> User:
    return make_staff("auditor", hospital, Role.AUDITOR)


@pytest.fixture
def stranger(unrelated: Institution) -> User:
    """A doctor of an unrelated institution: everything of the others is hidden from them."""
    return make_staff("stranger", unrelated, Role.ASKER, Role.SPECIALIST)


# -- a child ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def patient(community: Institution) -> Patient:
    """A girl of seven months, registered at the asking centre."""
    return make_patient(community)
