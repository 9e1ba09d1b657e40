"""Regions, institutions, users and their seats."""

from __future__ import annotations

import itertools
from datetime import timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from consortium.kernel import clock
from consortium.people.models import Department, Institution, Membership, Region, Specialty, User
from consortium.people.states import Role, Tier

_numbers = itertools.count(1)
PASSWORD = "demo"


def number() -> int:
    return next(_numbers)


@cache
def password_hash() -> str:
    """One hash for all: hashing is slow on purpose, and no test is about the salt."""
    return make_password(PASSWORD)


def make_region(name: str = "") -> Region:
    return Region.objects.create(name_en=name or f"Region {number()}", name_zh="东区")


def make_specialty(code: str = "", name: str = "") -> Specialty:
    code = code or f"specialty-{number()}"
    made, _ = Specialty.objects.get_or_create(code=code, defaults={"name_en": name or code.title(), "name_zh": "专科"})
    return made


def make_institution(name: str = "", *, tier: int = Tier.COMMUNITY, region: Region | None = None) -> Institution:
    return Institution.objects.create(
        name_en=name or f"Institution {number()}",
        name_zh="医院",
        tier=tier,
        region=region or make_region(),
        duty_phone="021 5555 0100",
    )


def make_department(institution: Institution, name: str = "", specialty: Specialty | None = None) -> Department:
    return Department.objects.create(
        institution=institution, name_en=name or f"Department {number()}", specialty=specialty
    )


def make_user(username: str = "", **fields: Any) -> User:
    """A member of staff without a seat; the password is PASSWORD."""
    username = username or f"user{number()}"
    plain = {
        "full_name": f"Dr {username.replace('_', ' ').title()}",
        "title": "Attending physician",
        "licence_number": f"1103{number():08d}",
        "password": password_hash(),
    }
    return User.objects.create(username=username, **{**plain, **fields})


def make_seat(user: User, institution: Institution, role: str = Role.ASKER, **fields: Any) -> Membership:
    """A seat held since yesterday."""
    fields.setdefault("starts_on", clock.today() - timedelta(days=1))
    made: Membership = Membership.unscoped.create(user=user, institution=institution, role=role, **fields)
    return made


def make_staff(username: str, institution: Institution, *roles: str, **fields: Any) -> User:
    """A user with one seat per role at `institution`."""
    user = make_user(username, **fields)
    for role in roles:
        make_seat(user, institution, role)
    return user
