"""Who is told of hand-overs, swaps and bookings, and what the notices do not say."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.casework import operations
from consortium.casework.models import Handover, HandoverItem, Service
from consortium.casework.receivers import erase_notes
from consortium.journal.models import Delivery
from consortium.journal.tasks import relay
from consortium.kernel.actors import acting_as, system
from consortium.notices.models import Notice
from consortium.patients.events import PatientErased
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.casework.handing import offer, take
from tests.casework.rosters import shift, soon
from tests.cast import actor_for
from tests.consultations.cases import by, claimed

pytestmark = pytest.mark.django_db


# -- notices ----------------------------------------------------------------------------------------------------------


def told(kind: str) -> list[Any]:
    relay()
    return list(Notice.unscoped.filter(kind=kind).values_list("recipient_id", flat=True))


def test_both_sides_are_told_of_a_hand_over(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    assert told("duty.handover") == [other_specialist.pk]
    take(other_specialist, made)
    assert told("duty.taken") == [specialist.pk]


def test_a_notice_of_a_hand_over_names_no_child(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    offer(specialist, service, other_specialist)
    relay()
    notice = Notice.unscoped.get(kind="duty.handover")
    assert patient.name not in f"{notice.text} {notice.facts}"
    assert specialist.full_name in notice.text


@pytest.mark.parametrize(
    ("verb", "who", "kind", "hears"),
    [
        ("accept", "other_specialist", "duty.swap_accepted", ["specialist"]),
        ("decline", "other_specialist", "duty.swap_declined", ["specialist"]),
        ("overrule", "lead", "duty.swap_overruled", ["other_specialist", "specialist"]),
    ],
)
def test_both_sides_are_told_of_a_swap(
    verb: str, who: str, kind: str, hears: list[str], service: Service, specialist: User, other_specialist: User,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    made = shift(service, specialist)
    swap = by(specialist, operations.offer_swap, shift_id=made.pk, to_user_id=other_specialist.pk)
    assert told("duty.swap_offered") == [other_specialist.pk]
    actor = request.getfixturevalue(who)
    by(actor, operations.answer_swap, swap_id=swap.pk, verb=verb, reason="Nights")
    assert sorted(told(kind)) == sorted(request.getfixturevalue(name).pk for name in hears)


def test_a_booking_tells_whose_time_it_takes(specialist: User, other_specialist: User) -> None:
    from tests.casework.rosters import booked, person

    made = booked(specialist, person(specialist), person(other_specialist))
    assert told("duty.booking") == [other_specialist.pk]
    by(specialist, operations.move_booking, booking_id=made.pk, period=(soon(30), soon(31)))
    by(specialist, operations.settle_booking, booking_id=made.pk, verb="cancel", reason="Ill")
    assert told("duty.booking") == [other_specialist.pk] * 3
    assert not Delivery.objects.outstanding().exists()


def test_an_admin_reads_no_notes(
    asker: User, specialist: User, other_specialist: User, admin: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = offer(specialist, service, other_specialist)
    with acting_as(actor_for(admin)):
        assert not Handover.objects.filter(pk=made.pk).exists()


def test_an_erased_child_leaves_no_note(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    one = claimed(asker, specialist, patient, service)
    offer(specialist, service, other_specialist, notes={f"case:{one.pk}": "Lin drinks poorly"})
    with acting_as(system("test")):
        erase_notes(0, PatientErased(patient.pk))
    assert HandoverItem.unscoped.get().note == ""
