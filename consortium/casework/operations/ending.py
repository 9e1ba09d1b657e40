"""Going on duty by one's own word, and every way in which a duty ends: what was not handed over goes back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.events import DutyEnding, ServiceLeft, WentOffDuty
from consortium.casework.models import Handover, ServiceMember, Shift
from consortium.casework.operations.services import the_seat, the_service
from consortium.casework.policies import may_change_duty
from consortium.casework.queries.on_duty import is_on_duty
from consortium.casework.queries.open_items import open_items
from consortium.casework.states import HANDOVER, HANDOVER_GRACE, REMINDED_BEFORE, ItemOutcome
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered

_TIMER = "a duty ended"


@transaction.atomic
def set_duty(*, actor: Actor, service_id: UUID, user_id: UUID, until: datetime | None) -> ServiceMember:
    """On duty until then, whatever the roster says; None goes off duty now."""
    if until is None:
        return go_off_duty(actor=actor, service_id=service_id, user_id=user_id)
    service = the_service(service_id)
    member = the_seat(service, user_id)
    require(may_change_duty(actor, member))
    if until <= clock.now():
        raise InvalidInput({"until": _("Choose a time that lies ahead.")})
    member.on_duty_until = until
    member.save(update_fields=["on_duty_until"])
    facts = {"user": str(user_id), "until": until.isoformat()}
    record(actor=actor, verb="duty", subject=service, institution_id=service.institution_id, facts=facts)
    return member


@transaction.atomic
def leave_service(*, actor: Actor, service_id: UUID, user_id: UUID) -> ServiceMember:
    """Somebody no longer answers for a service: their open cases go back to its queue, and their shifts off
    its roster, in this transaction."""
    service = the_service(service_id)
    member = the_seat(service, user_id)
    require(may_change_duty(actor, member))
    member.left_at, member.on_duty_until = clock.now(), None
    member.save(update_fields=["left_at", "on_duty_until"])
    _leave_roster(member)
    lapse_all(actor, member)
    record(
        actor=actor, verb="leave", subject=service, institution_id=service.institution_id,
        facts={"user": str(user_id)}, event=ServiceLeft(service.pk, user_id),
    )  # fmt: skip
    return member


def _leave_roster(member: ServiceMember) -> None:
    """Their shifts that lie ahead are gaps now; one that runs ends."""
    now = clock.now()
    shifts = Shift.objects.standing().filter(service_id=member.service_id, user_id=member.user_id)
    shifts.filter(period__startswith__gte=now).update(cancelled_at=now)
    for shift in shifts.filter(period__contains=now).select_for_update():
        _cut(shift)


def _cut(shift: Shift) -> None:
    """The running shift ends now, and its end is seen to by the caller."""
    shift.period, shift.closed_at = (shift.begins, clock.now()), clock.now()
    shift.version += 1
    shift.save()


@transaction.atomic
def go_off_duty(*, actor: Actor, service_id: UUID, user_id: UUID) -> ServiceMember:
    """Off duty now: the running shift ends, and what was not handed over goes back to the queue in this transaction.

    Off duty already: nothing happens.
    """
    service = the_service(service_id)
    member = the_seat(service, user_id)
    require(may_change_duty(actor, member))
    if is_on_duty(service_id, user_id):
        for shift in Shift.objects.at(clock.now()).filter(service=service, user_id=user_id).select_for_update():
            _cut(shift)
        end_duty(actor, member)
    return member


def end_duty(actor: Actor, member: ServiceMember) -> None:
    """The beats of every end: own word withdrawn, hand-over lapsed, journal, and the event that returns open work."""
    member.on_duty_until = None
    member.save(update_fields=["on_duty_until"])
    lapse_all(actor, member)
    record(
        actor=actor, verb="duty", subject=member.service, institution_id=member.service.institution_id,
        facts={"user": str(member.user_id), "until": None}, event=WentOffDuty(member.service_id, member.user_id),
    )  # fmt: skip


def lapse_all(actor: Actor, member: ServiceMember) -> None:
    """What the person offered to hand over and nobody took."""
    rows = unfiltered(Handover, why="a hand-over that nobody took").waiting().select_for_update(of=("self",))
    for handover in rows.filter(service_id=member.service_id, from_user_id=member.user_id):
        with acting_as(system(_TIMER)) as itself:
            HANDOVER.take("lapse", itself, handover)
            handover.save(update_fields=["step"])
            handover.items.filter(outcome=ItemOutcome.WAITING).update(outcome=ItemOutcome.RETURNED)
        record(actor=actor, verb="lapse", subject=handover, institution_id=member.service.institution_id)


def end_due_duties() -> int:
    """End the duties whose time is up (and the grace for handing over): how many. Twice at once ends each once."""
    with acting_as(system(_TIMER)) as timer:
        before = clock.now() - HANDOVER_GRACE
        shifts = list(Shift.objects.ended(before).order_by("period").values_list("pk", flat=True)[:500])
        members = ServiceMember.objects.filter(left_at=None, on_duty_until__lte=before)
        spoken = list(members.values_list("pk", flat=True)[:500])
        return sum(_close_shift(timer, pk) for pk in shifts) + sum(_end_word(timer, pk) for pk in spoken)


@transaction.atomic
def _close_shift(timer: Actor, shift_id: UUID) -> bool:
    """Claim the end of one shift; its holder's duty ends with it unless they are on duty again."""
    rows = Shift.objects.ended(clock.now()).select_for_update(skip_locked=True, of=("self",))
    shift = rows.select_related("service").filter(pk=shift_id).first()
    if shift is None:
        return False
    shift.closed_at = clock.now()
    shift.save(update_fields=["closed_at"])
    member = shift.service.members.filter(user_id=shift.user_id, left_at=None).select_related("service").first()
    if member is None or is_on_duty(shift.service_id, shift.user_id):
        return False
    end_duty(timer, member)
    return True


@transaction.atomic
def _end_word(timer: Actor, member_id: UUID) -> bool:
    rows = ServiceMember.objects.select_for_update(skip_locked=True, of=("self",)).select_related("service")
    member = rows.filter(pk=member_id, left_at=None, on_duty_until__lte=clock.now()).first()
    if member is None:
        return False
    if is_on_duty(member.service_id, member.user_id):
        member.on_duty_until = None
        member.save(update_fields=["on_duty_until"])
        return False
    end_duty(timer, member)
    return True


def remind_of_ends() -> int:
    """Tell those whose shift ends soon, and who have open work, to hand it over; each once."""
    with acting_as(system("a duty ends soon")) as timer:
        soon = (clock.now(), clock.now() + REMINDED_BEFORE)
        ending = Shift.objects.standing().filter(period__endswith__range=soon, reminded_at=None)
        return sum(_remind(timer, pk) for pk in list(ending.values_list("pk", flat=True)[:500]))


@transaction.atomic
def _remind(timer: Actor, shift_id: UUID) -> bool:
    rows = Shift.objects.standing().select_for_update(skip_locked=True, of=("self",)).select_related("service")
    shift = rows.filter(pk=shift_id, reminded_at=None).first()
    if shift is None or not open_items(shift.user_id, shift.service_id):
        return False
    shift.reminded_at = clock.now()
    shift.save(update_fields=["reminded_at"])
    record(
        actor=timer, verb="remind", subject=shift, institution_id=shift.service.institution_id,
        event=DutyEnding(shift.pk, shift.service_id, shift.user_id),
    )  # fmt: skip
    return True
