"""Whether a transfer could have been avoided: the rule, and how it is applied when an outcome is signed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Outcome, Referral
from referrals.operations.caring import see_child
from referrals.operations.outcomes import correct_outcome, send_outcome
from referrals.queries.avoidable import was_avoidable
from referrals.states import Destination
from tests.consultations.cases import by
from tests.referrals.cared import admitted, arrived, ending

DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("destination", "special", "stay", "avoidable"),
    [
        (Destination.HOME, False, timedelta(hours=3), True),
        (Destination.HOME, False, DAY, True),
        (Destination.HOME, False, DAY + timedelta(seconds=1), False),
        (Destination.HOME, True, timedelta(hours=3), False),
        (Destination.LOWER, False, timedelta(hours=3), False),
        (Destination.HIGHER, False, timedelta(hours=3), False),
        (Destination.DIED, False, timedelta(hours=3), False),
        (Destination.LEFT, False, timedelta(hours=3), False),
        (Destination.HOME, False, None, False),
    ],
)
def test_home_within_a_day_and_nothing_special(
    destination: str, special: bool, stay: timedelta | None, avoidable: bool
) -> None:
    assert was_avoidable(destination, special_care=special, stay=stay) is avoidable


def signed_as(referral: Referral) -> bool:
    newest: Outcome = Outcome.unscoped.filter(case_id=referral.pk).latest("number")
    return newest.avoidable


@pytest.mark.django_db
def test_a_short_stay_is_told_with_the_outcome(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    inside = admitted(asker, specialist, patient, service)
    by(specialist, send_outcome, case_id=inside.pk, ending=ending(special_care=False))
    assert signed_as(inside)


@pytest.mark.django_db
def test_a_long_stay_is_not(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    inside = admitted(asker, specialist, patient, service)
    with clock.moved(timedelta(hours=30)):
        by(specialist, send_outcome, case_id=inside.pk, ending=ending(special_care=False))
    assert not signed_as(inside)


@pytest.mark.django_db
def test_sent_home_from_the_door_is(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    here = arrived(asker, specialist, patient, service)
    by(specialist, send_outcome, case_id=here.pk, ending=ending(special_care=False))
    assert signed_as(here)


@pytest.mark.django_db
def test_a_visit_to_the_clinic_is_no_transfer(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    here = arrived(asker, specialist, patient, service)
    by(specialist, see_child, case_id=here.pk)
    by(specialist, send_outcome, case_id=here.pk, ending=ending(special_care=False))
    assert not signed_as(here)


@pytest.mark.django_db
def test_a_correction_days_later_does_not_lengthen_the_stay(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    here = arrived(asker, specialist, patient, service)
    by(specialist, send_outcome, case_id=here.pk, ending=ending(special_care=True))
    with clock.moved(timedelta(days=5)):
        by(specialist, correct_outcome, case_id=here.pk, ending=ending(special_care=False), reason="None was needed.")
    assert signed_as(here)
