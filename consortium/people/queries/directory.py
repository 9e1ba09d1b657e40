"""Lists of institutions and staff. The directory is open to all staff; management pages check their policy first."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Institution, Invitation, Membership, ResetLink, User
from consortium.people.policies import may_manage_staff, may_see_staff
from consortium.people.states import Standing


def institutions(
    *, actor: Actor, search: str = "", tier: int | None = None, closed: bool = False, after: str = "", size: int = 25
) -> Page:
    """The consortium's members by name, with `staff_count`."""
    require(may_see_staff(actor))
    today = clock.today()
    active = Q(memberships__suspended_at=None, memberships__user__is_active=True, memberships__starts_on__lte=today) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=today)
    )
    rows = Institution.objects.select_related("region").filter(closed_at__isnull=not closed)
    if search:
        rows = rows.filter(Q(name_en__icontains=search) | Q(name_zh__icontains=search))
    if tier:
        rows = rows.filter(tier=tier)
    counted = rows.annotate(staff_count=Count("memberships__user", filter=active, distinct=True))
    return keyset(counted, order=("name_en", "id"), after=after, size=size)


def _seats() -> Any:
    return unfiltered(Membership, why="the directory shows all staff where they work")


def _in_standing(seats: Any, standing: str) -> Any:
    """Seats whose holder stands so. Left: the seat has ended."""
    today = clock.today()
    running = Q(ends_on=None) | Q(ends_on__gt=today)
    if standing == Standing.SUSPENDED:
        return seats.filter(running, suspended_at__isnull=False)
    if standing == Standing.LEFT:
        return seats.filter(ends_on__lte=today)
    return seats.active(today)


def _named(search: str) -> Q:
    return Q(full_name__icontains=search) | Q(full_name_zh__icontains=search) | Q(username__iexact=search)


def staff(
    *,
    actor: Actor,
    institution_id: UUID | None = None,
    search: str = "",
    role: str = "",
    standing: str = Standing.ACTIVE,
    after: str = "",
    size: int = 25,
) -> Page:
    """People with a seat (at the institution), by name; each with `shown_seats`.

    Suspended people and those who left are for who manages that institution's staff.
    """
    require(may_see_staff(actor))
    if standing != Standing.ACTIVE:
        if institution_id is None:
            raise NotVisible()
        require(may_manage_staff(actor, institution_id))
    seats = _in_standing(_seats(), standing)
    if institution_id:
        seats = seats.filter(institution_id=institution_id)
    holding = seats.filter(user=OuterRef("pk"), **({"role": role} if role else {}))
    rows: QuerySet[User] = User.objects.filter(Exists(holding))
    if search:
        rows = rows.filter(_named(search))
    return keyset(rows.prefetch_related(_shown(seats)), order=("full_name", "id"), after=after, size=size)


def _shown(seats: Any) -> "Prefetch[str]":
    shown = seats.select_related("institution", "department", "specialty").order_by("starts_on", "role")
    return Prefetch("memberships", queryset=shown, to_attr="shown_seats")


def person(*, actor: Actor, user_id: UUID) -> User:
    """One member of staff with `shown_seats`, the active ones."""
    require(may_see_staff(actor))
    found = User.objects.prefetch_related(_shown(_seats().active(clock.today()))).filter(pk=user_id).first()
    if found is None:
        raise NotVisible()
    return found


def seats_at(*, actor: Actor, institution_id: UUID, user_id: UUID) -> tuple[User, list[Membership]]:
    """A person and all their seats at the institution, running ones first, for who manages its staff."""
    require(may_manage_staff(actor, institution_id))
    found = _seats().filter(user_id=user_id, institution_id=institution_id)
    seats = list(found.select_related("user", "institution", "department", "specialty", "suspended_by"))
    if not seats:
        raise NotVisible()
    seats.sort(key=lambda seat: (seat.ends_on is not None, -seat.starts_on.toordinal(), seat.role))
    return seats[0].user, seats


def invitations_of(*, actor: Actor, institution_id: UUID, after: str = "", size: int = 25) -> Page:
    """The institution's invitations, newest first."""
    require(may_manage_staff(actor, institution_id))
    rows = Invitation.objects.filter(institution_id=institution_id).select_related("department", "specialty")
    return keyset(rows, order=("-created_at", "-id"), after=after, size=size)


def open_invitation(token: str) -> Invitation | None:
    """The invitation that `token` still opens; None when it was used, revoked, has run out, or never was."""
    rows = unfiltered(Invitation, why="whoever holds the link may read what it offers").open()
    found: Invitation | None = (
        rows.select_related("institution", "department", "specialty")
        .filter(token_hash=Invitation.hash_of(token))
        .first()
    )
    return found if found is not None and found.institution.closed_at is None else None


def open_reset(token: str) -> ResetLink | None:
    """The link for a new password that `token` still opens."""
    rows = unfiltered(ResetLink, why="whoever holds the link may set the password").open()
    found: ResetLink | None = rows.select_related("user").filter(token_hash=ResetLink.hash_of(token)).first()
    return found
