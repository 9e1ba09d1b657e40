"""Shifts: put on the roster, changed, taken off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Service, Shift
from consortium.casework.operations.services import the_service
from consortium.casework.policies import may_keep_roster
from consortium.casework.states import LONGEST_SHIFT, PLANNED_AHEAD, Rank
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from consortium.people.operations import hold_person


def locked_shift(shift_id: UUID) -> Shift:
    """The shift with its service, locked; NotVisible when there is none."""
    rows = Shift.objects.standing().select_for_update(of=("self",)).select_related("service", "user")
    found = rows.filter(pk=shift_id).first()
    if found is None:
        raise NotVisible
    return found


def check_period(begins: datetime, ends: datetime) -> None:
    """A shift of sensible length, not over yet."""
    if ends <= begins:
        raise InvalidInput({"ends": _("A shift begins before it ends.")})
    if ends - begins > LONGEST_SHIFT:
        hours = int(LONGEST_SHIFT.total_seconds() // 3600)
        raise InvalidInput({"ends": _("A shift lasts %(hours)d hours at most.") % {"hours": hours}})
    if ends <= clock.now():
        raise InvalidInput({"ends": _("Choose a time that lies ahead.")})
    if ends > clock.now() + PLANNED_AHEAD:
        raise InvalidInput({"ends": _("Choose a time within the next two years.")})


@transaction.atomic
def add_shift(
    *, actor: Actor, service_id: UUID, user_id: UUID, begins: datetime, ends: datetime, rank: int = Rank.FIRST,
    key: UUID | None = None,
) -> Shift:  # fmt: skip
    """Put somebody who answers for the service on its roster. The same `key` twice is one shift."""
    service = the_service(service_id)
    require(may_keep_roster(actor, service))

    def make() -> Shift:
        roster_seat(service, user_id)
        check_period(begins, ends)
        return insert_shift(actor, Shift(service=service, user_id=user_id, rank=rank, period=(begins, ends)), key)

    shift, fresh = once(Shift, actor=actor, key=key, make=make)
    if fresh:
        note_shift(actor, shift, "add")
    return shift


def roster_seat(service: Service, user_id: UUID) -> None:
    """Only who answers for a service stands on its roster."""
    if not service.members.filter(user_id=user_id, left_at=None, user__is_active=True).exists():
        raise InvalidInput({"user_id": _("Choose somebody who answers for this service.")})


def insert_shift(actor: Actor, shift: Shift, key: UUID | None = None) -> Shift:
    """Store a new shift; a DomainError when its person is on duty elsewhere then.

    The person's row is held: two who insert at once into an exclusion constraint would else wait for each other.
    """
    shift.created_by_id = actor.author_id
    if key:
        shift.request_key = key
    hold_person(shift.user_id)
    with database_rules(), transaction.atomic():
        shift.save(force_insert=True)
        shift.refresh_from_db(fields=["period"])
    return shift


def note_shift(actor: Actor, shift: Shift, verb: str, **facts: Any) -> None:
    """One journal entry about a shift."""
    told = {"user": str(shift.user_id), "begins": shift.begins.isoformat(), "ends": shift.ends.isoformat()}
    record(
        actor=actor, verb=verb, subject=shift, institution_id=shift.service.institution_id,
        facts={**told, "service": str(shift.service_id), "rank": shift.rank, **facts},
    )  # fmt: skip


@transaction.atomic
def change_shift(
    *, actor: Actor, shift_id: UUID, user_id: UUID, begins: datetime, ends: datetime, rank: int,
    version: int | None = None,
) -> Shift:  # fmt: skip
    """Another person, other hours, another rank: by who keeps the roster. Offers of the shift end with it."""
    shift = locked_shift(shift_id)
    require(may_keep_roster(actor, shift.service))
    check_version(shift, version)
    _not_over(shift)
    roster_seat(shift.service, user_id)
    check_period(begins, ends)
    before = shift.user_id
    shift.user_id, shift.rank, shift.period = user_id, rank, (begins, ends)
    shift.version += 1
    hold_person(user_id)
    with database_rules(), transaction.atomic():
        shift.save()
        shift.refresh_from_db(fields=["period"])
    note_shift(actor, shift, "change", before=str(before))
    return shift


@transaction.atomic
def cancel_shift(*, actor: Actor, shift_id: UUID, version: int | None = None) -> Shift:
    """Take a shift off the roster; one that is running is ended by going off duty instead."""
    shift = locked_shift(shift_id)
    require(may_keep_roster(actor, shift.service))
    check_version(shift, version)
    _not_over(shift)
    if shift.running:
        raise WrongStep(_("This shift is running: its holder hands over and goes off duty."), code="running")
    shift.cancelled_at = clock.now()
    shift.version += 1
    shift.save()
    note_shift(actor, shift, "cancel")
    return shift


def _not_over(shift: Shift) -> None:
    if shift.ends <= clock.now():
        raise WrongStep(_("This shift is over."), code="over")
