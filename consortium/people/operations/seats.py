"""Seats: given, suspended, moved, ended. Whoever loses one loses their open work in the same transaction."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.people.events import SeatGained, SeatLost
from consortium.people.models import Department, Institution, Membership, User
from consortium.people.policies import is_manager, may_change_seat, may_end_seat, may_grant, may_manage_staff
from consortium.people.states import KEEPER_ROLES, Role


def _seats() -> Any:
    return unfiltered(Membership, why="changing a seat; the policy decides who may")


def hold_person(user_id: UUID) -> None:
    """Lock the person's row, so that taking work and losing a seat can't pass each other unseen."""
    User.objects.select_for_update(no_key=True, of=("self",)).filter(pk=user_id).first()


def _locked(seen: list[Membership]) -> list[Membership]:
    """The seats, locked; before them all holders of an admin's or manager's role, then the persons: in one order."""
    for seat in sorted(seen, key=lambda seat: (seat.role, seat.institution_id)):
        if seat.role in KEEPER_ROLES:
            _keepers(seat)
    for user_id in sorted({seat.user_id for seat in seen}):
        hold_person(user_id)
    return list(_seats().select_for_update(of=("self",)).filter(pk__in=[s.pk for s in seen]).order_by("pk"))


def _locked_seat(seat_id: UUID) -> Membership:
    seen: Membership | None = _seats().filter(pk=seat_id).first()
    if seen is None:
        raise NotVisible()
    return _locked([seen])[0]


def _keepers(seat: Membership) -> list[Membership]:
    """The active holders of the seat's role (at its institution, for admins), locked in one order."""
    same = _seats().filter(role=seat.role).active(clock.today())
    if seat.role == Role.INSTITUTION_ADMIN:
        same = same.filter(institution_id=seat.institution_id)
    return list(same.select_for_update(of=("self",)).order_by("pk"))


def _not_the_last(actor: Actor, seat: Membership) -> None:
    """Refuse to lose the last manager, or (unless a manager does it) an institution's last admin."""
    if seat.role not in KEEPER_ROLES or (seat.role == Role.INSTITUTION_ADMIN and is_manager(actor)):
        return
    if not any(other.pk != seat.pk for other in _keepers(seat)):
        what = (
            _("This is the last consortium manager: name another first.")
            if seat.role == Role.CONSORTIUM_MANAGER
            else _("This is the institution's last admin: name another first.")
        )
        raise WrongStep(what, code="last-keeper")


def _require_open(seat: Membership) -> None:
    if seat.ends_on is not None and seat.ends_on <= clock.today():
        raise WrongStep(_("This seat has ended already."), code="seat-ended")


def lose(*, actor: Actor, seat: Membership, verb: str, ends_on: date | None = None, suspended: bool = False) -> None:
    """Take the seat from its holder, and with it, in this transaction, the open work that needs it.

    The caller holds the locks and has checked the policy.
    """
    was_active = seat.suspended_at is None
    if ends_on is not None:
        seat.ends_on = max(ends_on, seat.starts_on)
    if suspended:
        seat.suspended_at, seat.suspended_by_id = clock.now(), actor.user_id
    seat.version += 1
    seat.save()
    record(
        actor=actor, verb=verb, subject=seat, institution_id=seat.institution_id,
        facts={"user": str(seat.user_id), "role": seat.role},
        event=SeatLost(seat.user_id, seat.institution_id, seat.role) if was_active else None,
    )  # fmt: skip


def _gain(*, actor: Actor, seat: Membership, verb: str, **facts: Any) -> None:
    record(
        actor=actor, verb=verb, subject=seat, institution_id=seat.institution_id,
        facts={"user": str(seat.user_id), "role": seat.role, **facts},
        event=SeatGained(seat.user_id, seat.institution_id, seat.role),
    )  # fmt: skip


def new_seat(
    *,
    user_id: UUID,
    institution_id: UUID,
    role: str,
    department_id: UUID | None = None,
    specialty_id: UUID | None = None,
) -> Membership:
    """Insert a seat from today on; raises a DomainError when the person holds this role there already."""
    if department_id and not Department.objects.filter(pk=department_id, institution_id=institution_id).exists():
        raise InvalidInput({"department": _("This department belongs to another institution.")})
    if not Institution.objects.filter(pk=institution_id, closed_at=None).exists():
        raise InvalidInput({"institution": _("This institution is closed.")})
    seat = Membership(
        user_id=user_id, institution_id=institution_id, role=role, department_id=department_id,
        specialty_id=specialty_id, starts_on=clock.today(),
    )  # fmt: skip
    with database_rules(), transaction.atomic():
        seat.save(force_insert=True)
    return seat


@transaction.atomic
def give_seat(
    *,
    actor: Actor,
    user_id: UUID,
    institution_id: UUID,
    role: str,
    department_id: UUID | None = None,
    specialty_id: UUID | None = None,
) -> Membership:
    """One more role for somebody who already works there (a manager: for anybody). Giving it twice is one seat."""
    require(may_grant(actor, institution_id, role))
    hold_person(user_id)
    theirs = _seats().filter(user_id=user_id, ends_on=None)
    if not is_manager(actor) and not theirs.filter(institution_id=institution_id).exists():
        raise NotVisible()
    if user_id == actor.user_id and not actor.is_system:
        raise WrongStep(_("You can't give yourself a role: ask another admin."), code="own-seat")
    if found := theirs.filter(institution_id=institution_id, role=role).first():
        seat: Membership = found
        return seat
    seat = new_seat(
        user_id=user_id,
        institution_id=institution_id,
        role=role,
        department_id=department_id,
        specialty_id=specialty_id,
    )
    _gain(actor=actor, seat=seat, verb="give")
    return seat


@transaction.atomic
def suspend_person(*, actor: Actor, user_id: UUID, institution_id: UUID) -> list[Membership]:
    """Suspend every seat of the person at the institution; what is suspended already stays. Can be undone."""
    locked = _all_of(actor, user_id, institution_id)
    for seat in locked:
        if seat.suspended_at is None:
            _not_the_last(actor, seat)
            lose(actor=actor, seat=seat, verb="suspend", suspended=True)
    return locked


@transaction.atomic
def unsuspend_person(*, actor: Actor, user_id: UUID, institution_id: UUID) -> list[Membership]:
    """Give the suspended seats back. The work that went to the queues stays there."""
    back = [seat for seat in _all_of(actor, user_id, institution_id) if seat.suspended_at is not None]
    for seat in back:
        seat.suspended_at = seat.suspended_by = None
        seat.version += 1
        seat.save()
        _gain(actor=actor, seat=seat, verb="unsuspend")
    return back


def _all_of(actor: Actor, user_id: UUID, institution_id: UUID) -> list[Membership]:
    """The person's open seats there, locked, each of which the actor may change."""
    seen = _seats().filter(user_id=user_id, institution_id=institution_id, ends_on=None)
    locked = _locked(list(seen))
    require(may_manage_staff(actor, institution_id))
    if not locked:
        raise NotVisible()
    for seat in locked:
        require(may_change_seat(actor, seat))
    return locked


@transaction.atomic
def end_seat(*, actor: Actor, seat_id: UUID, version: int | None = None) -> Membership:
    """End the seat today. One's own too: leaving."""
    seat = _locked_seat(seat_id)
    require(may_end_seat(actor, seat))
    if seat.ends_on is not None:
        return seat
    check_version(seat, version)
    _not_the_last(actor, seat)
    lose(actor=actor, seat=seat, verb="end", ends_on=clock.today())
    return seat


@transaction.atomic
def change_role(*, actor: Actor, seat_id: UUID, role: str, version: int | None = None) -> Membership:
    """Another role in the same place: ends this seat and begins the next, so that the history stays true."""
    seat = _locked_seat(seat_id)
    require(may_change_seat(actor, seat))
    require(may_grant(actor, seat.institution_id, role))
    _require_open(seat)
    check_version(seat, version)
    if role == seat.role:
        return seat
    return _replace(actor, seat, role=role)


@transaction.atomic
def move_seat(
    *,
    actor: Actor,
    seat_id: UUID,
    institution_id: UUID,
    department_id: UUID | None = None,
    specialty_id: UUID | None = None,
    version: int | None = None,
) -> Membership:
    """Move the seat to another institution or department; another institution takes rights in both."""
    seat = _locked_seat(seat_id)
    require(may_change_seat(actor, seat))
    require(may_grant(actor, institution_id, seat.role))
    _require_open(seat)
    check_version(seat, version)
    if institution_id == seat.institution_id:
        return _move_within(actor, seat, department_id, specialty_id)
    return _replace(actor, seat, institution_id=institution_id, department_id=department_id, specialty_id=specialty_id)


def _move_within(actor: Actor, seat: Membership, department_id: UUID | None, specialty_id: UUID | None) -> Membership:
    if department_id and not Department.objects.filter(pk=department_id, institution_id=seat.institution_id).exists():
        raise InvalidInput({"department": _("This department belongs to another institution.")})
    if (department_id, specialty_id) == (seat.department_id, seat.specialty_id):
        return seat
    changes = {
        "department": [seat.department_id, department_id],
        "specialty": [seat.specialty_id, specialty_id],
    }
    seat.department_id, seat.specialty_id = department_id, specialty_id
    seat.version += 1
    seat.save()
    record(
        actor=actor, verb="move", subject=seat, institution_id=seat.institution_id, changes=changes,
        facts={"user": str(seat.user_id), "role": seat.role},
        event=SeatGained(seat.user_id, seat.institution_id, seat.role),
    )  # fmt: skip
    return seat


def _replace(actor: Actor, seat: Membership, **new: Any) -> Membership:
    """End `seat` and begin the next. The new one first: who can still act with it keeps their work."""
    _not_the_last(actor, seat)
    place = {
        "institution_id": seat.institution_id,
        "role": seat.role,
        "department_id": seat.department_id,
        "specialty_id": seat.specialty_id,
        **new,
    }
    theirs = _seats().filter(
        user_id=seat.user_id, institution_id=place["institution_id"], role=place["role"], ends_on=None
    )
    if theirs.exists():
        raise WrongStep(_("This person already holds this role there."), code="seat-held")
    suspended = seat.suspended_at is not None
    fresh = new_seat(user_id=seat.user_id, **place)
    if suspended:
        fresh.suspended_at, fresh.suspended_by_id = seat.suspended_at, seat.suspended_by_id
        fresh.save()
    lose(actor=actor, seat=seat, verb="leave", ends_on=clock.today())
    if not suspended:
        _gain(actor=actor, seat=fresh, verb="take", before=str(seat.pk))
    return fresh
