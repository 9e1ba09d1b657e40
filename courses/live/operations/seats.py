"""Who comes: a seat is taken and given up, and people check in to a room with one screen."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.library.operations.drafting import author
from courses.live.models import CheckIn, Lecture, Seat
from courses.live.models.seats import PLACE_LENGTH
from courses.live.operations.lectures import note
from courses.live.policies.seats import may_check_in, may_keep_seat, may_register
from courses.live.queries.classrooms import is_code
from courses.live.states.lectures import SeatKind


@transaction.atomic
def take_seat(
    *, actor: Actor, lecture_id: UUID, kind: str = SeatKind.PERSON, place: str = "", key: UUID | None = None
) -> tuple[Seat, bool]:
    """A seat for oneself, or for a room full of people (`place` says which): (seat, whether it is new).

    Raises InvalidInput, WrongStep (422: nothing free), NotVisible.
    """
    lecture: Lecture | None = Lecture.objects.filter(pk=lecture_id).first()
    if lecture is None:
        raise NotVisible
    require(may_register(actor, lecture, kind))
    place = place.strip()[:PLACE_LENGTH] if kind == SeatKind.CLASSROOM else ""
    if kind == SeatKind.CLASSROOM and not place:
        raise InvalidInput({"place": _("Say which room it is, so that people find it.")})
    mine = Seat.objects.running().filter(lecture=lecture, user_id=actor.user_id, kind=kind).first()
    if mine is not None:
        return mine, False

    def make() -> Seat:
        home = next(iter(sorted(actor.institution_ids(), key=str)), None)
        seat = Seat(lecture=lecture, user_id=actor.user_id, institution_id=home, kind=kind, place=place,
                    taken_at=clock.now(), **author(actor, key))  # fmt: skip
        with database_rules():
            seat.save(force_insert=True)
        note(actor, lecture, "take_seat", facts={"kind": kind})
        return seat

    return once(Seat, actor=actor, key=key, make=make)


@transaction.atomic
def give_up_seat(*, actor: Actor, seat_id: UUID) -> Seat:
    """Somebody else may have it."""
    seat: Seat | None = (
        Seat.objects.select_for_update(of=("self",)).select_related("lecture").filter(pk=seat_id).first()
    )
    if seat is None:
        raise NotVisible
    require(may_keep_seat(actor, seat))
    if seat.given_up_at is None:
        seat.given_up_at = clock.now()
        seat.save(update_fields=["given_up_at"])
        note(actor, seat.lecture, "give_up_seat", facts={"kind": seat.kind})
    return seat


@transaction.atomic
def check_in(*, actor: Actor, seat_id: UUID, code: str) -> tuple[CheckIn, bool]:
    """Sit down in a classroom, by the code on its screen: (check-in, whether it is new).

    Raises NotVisible (no such room, or a lecture that the actor does not see), InvalidInput (an old code).
    """
    rooms = unfiltered(Seat, why="whoever reads the code on a room's screen sits in it").running()
    seat: Seat | None = rooms.select_related("lecture").filter(pk=seat_id, kind=SeatKind.CLASSROOM).first()
    if seat is None or not Lecture.objects.filter(pk=seat.lecture_id).exists():
        raise NotVisible
    require(may_check_in(actor, seat))
    if not is_code(seat.pk, code, clock.now()):
        raise InvalidInput({"code": _("This code is old. Scan the one that is on the screen now.")})
    if not seat.lecture.room_is_open:
        raise WrongStep(_("The room is not open now."))
    defaults = {"at": clock.now()}
    with database_rules():
        row, fresh = CheckIn.objects.get_or_create(seat=seat, user_id=actor.user_id, defaults=defaults)
    if fresh:
        note(actor, seat.lecture, "check_in", facts={"seat": str(seat.pk)})
    return row, fresh
