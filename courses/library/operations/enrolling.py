"""Who takes a course: by their own word, by an institution's, or by a rule that also counts for who comes later."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from courses.library.events import PeopleEnrolled
from courses.library.models import Course, Enrolment, EnrolmentRule
from courses.library.operations.drafting import author
from courses.library.operations.moving import note
from courses.library.policies import (
    may_build_course,
    may_enrol_oneself,
    may_enrol_people,
    may_withdraw_enrolment,
)
from courses.library.states import EnrolledBy

_WHY = "enrolling whoever works there"
#: people in one event, so that each is told in a short job
_TOLD_AT_ONCE = 200
_ROWS_AT_ONCE = 2000


def _offered(course_id: UUID) -> Course:
    """A course that can be taken now; NotVisible where the actor sees none, InvalidInput where it is closed."""
    course: Course | None = Course.objects.filter(pk=course_id).first()
    if course is None:
        raise NotVisible
    if course.current_id is None or course.archived_at is not None:
        raise InvalidInput({"course_id": _("This course is not offered at present.")})
    return course


@transaction.atomic
def enrol_oneself(*, actor: Actor, course_id: UUID) -> tuple[Enrolment, bool]:
    """Take a course: (enrolment, whether it is new). Who had left it comes back to where they were."""
    course = _offered(course_id)
    require(may_enrol_oneself(actor, course))
    place = next(iter(sorted(actor.institution_ids(), key=str)), None)
    rows = unfiltered(Enrolment, why="one's own enrolment")
    row = Enrolment(
        course=course, user_id=actor.user_id, institution_id=place, by=EnrolledBy.SELF, enrolled_at=clock.now()
    )
    Enrolment.objects.bulk_create([row], ignore_conflicts=True)
    found: Enrolment = rows.select_for_update(of=("self",)).get(course=course, user_id=actor.user_id)
    fresh, back = found.pk == row.pk, found.withdrawn_at is not None
    if back:
        found.withdrawn_at = None
        found.save(update_fields=["withdrawn_at"])
    if fresh or back:
        note(actor, course, "enrol", facts={"by": EnrolledBy.SELF})
    return found, fresh or back


@transaction.atomic
def enrol_people(
    *, actor: Actor, course_id: UUID, institution_id: UUID | None = None, roles: Sequence[str] = (),
    tiers: Sequence[int] = (), user_ids: Sequence[UUID] | None = None, required: bool = False,
    due_on: date | None = None,
) -> int:  # fmt: skip
    """Enrol everybody who works there now (in one of `roles`, at one of `tiers`; only `user_ids`, when given).

    How many are new. Who takes it already is not enrolled again, but it may become required of them.
    """
    course = _offered(course_id)
    require(may_enrol_people(actor, course, institution_id))
    if due_on is not None and (not required or due_on < clock.today()):
        raise InvalidInput({"due_on": _("A day to come, for a course that is required.")})
    seats = seats_of(institution_id=institution_id, roles=roles, tiers=tiers)
    if user_ids is not None:
        seats = seats.filter(user_id__in=list(user_ids))
    fresh = _enrol(course, seats, EnrolledBy.INSTITUTION, required=required, due_on=due_on)
    _tell(actor, course, fresh, required, EnrolledBy.INSTITUTION)
    return len(fresh)


def seats_of(*, institution_id: UUID | None, roles: Sequence[str], tiers: Sequence[int]) -> Any:
    """The seats held today that are meant."""
    seats = unfiltered(Membership, why=_WHY).active(clock.today())
    meant = Q(institution_id=institution_id) if institution_id else Q()
    if roles:
        meant &= Q(role__in=roles)
    if tiers:
        meant &= Q(institution__tier__in=tiers)
    return seats.filter(meant)


def _enrol(
    course: Course, seats: Any, by: str, *, required: bool, due_on: date | None, rule: EnrolmentRule | None = None
) -> list[UUID]:
    """A row for everybody of `seats` who has none; the ids of those who are new."""
    people = dict(seats.order_by("starts_on", "pk").values_list("user_id", "institution_id"))
    rows = unfiltered(Enrolment, why=_WHY).filter(course=course)
    known = set(rows.filter(user_id__in=list(people)).values_list("user_id", flat=True))
    if required and known:
        _require_of(rows.running().filter(user_id__in=known, completed_at=None), due_on)
    now = clock.now()
    made = [
        Enrolment(
            course=course, user_id=user_id, institution_id=place, by=by, rule=rule, required=required, due_on=due_on,
            enrolled_at=now,
        )
        for user_id, place in people.items()
        if user_id not in known
    ]  # fmt: skip
    with database_rules():
        Enrolment.objects.bulk_create(made, batch_size=_ROWS_AT_ONCE, ignore_conflicts=True)
    return [row.user_id for row in made]


def _require_of(rows: Any, due_on: date | None) -> None:
    """What they take is required from now on; the earlier of two days counts."""
    due = {"due_on": Least(Coalesce("due_on", due_on), due_on)} if due_on else {}
    rows.update(required=True, **due)


def _tell(
    actor: Actor, course: Course, user_ids: list[UUID], required: bool, by: str, rule_id: UUID | None = None
) -> None:
    """One entry; whoever is new hears of it."""
    ids = [str(user_id) for user_id in user_ids]
    parts = [ids[at : at + _TOLD_AT_ONCE] for at in range(0, len(ids), _TOLD_AT_ONCE)]
    events = [PeopleEnrolled(course.pk, part, required, rule_id) for part in parts]
    facts = {"by": by, "people": len(ids), "required": required}
    note(actor, course, "enrol-people", facts=facts, event=events[0] if events else None, also=events[1:])


@transaction.atomic
def make_rule(
    *, actor: Actor, course_id: UUID, institution_id: UUID | None = None, roles: Sequence[str] = (),
    tiers: Sequence[int] = (), required: bool = False, days: int | None = None, key: UUID | None = None,
) -> tuple[EnrolmentRule, int]:  # fmt: skip
    """Enrol whoever holds such a seat, now and later: (rule, how many are new now)."""
    course = _offered(course_id)
    require(may_build_course(actor, course))

    def make() -> EnrolmentRule:
        rule = EnrolmentRule(
            course=course, institution_id=institution_id, roles=sorted(roles), tiers=sorted(tiers), required=required,
            days=days, made_at=clock.now(), **author(actor, key),
        )  # fmt: skip
        with database_rules():
            rule.save(force_insert=True)
        return rule

    rule, _fresh = once(EnrolmentRule, actor=actor, key=key, make=make)
    seats = seats_of(institution_id=institution_id, roles=roles, tiers=tiers)
    fresh = _enrol(course, seats, EnrolledBy.RULE, required=required, due_on=_due(rule), rule=rule)
    _tell(actor, course, fresh, required, EnrolledBy.RULE, rule.pk)
    return rule, len(fresh)


def _due(rule: EnrolmentRule) -> date | None:
    return clock.today() + timedelta(days=rule.days) if rule.days else None


@transaction.atomic
def apply_rules(*, actor: Actor, user_id: UUID) -> int:
    """Enrol somebody who has come into a seat, by every rule that means them; how many courses are new to them."""
    seats = unfiltered(Membership, why=_WHY).active(clock.today()).filter(user_id=user_id)
    held = list(seats.values_list("institution_id", "role", "institution__tier"))
    rules = unfiltered(EnrolmentRule, why="the rules for a newcomer").standing().select_related("course")
    count = 0
    for rule in rules.filter(course__in=Course.objects.offered()).order_by("made_at"):
        if any(_means(rule, *seat) for seat in held):
            count += _apply(actor, rule, seats)
    return count


def _means(rule: EnrolmentRule, institution_id: UUID, role: str, tier: int) -> bool:
    return (
        rule.institution_id in (None, institution_id)
        and (not rule.roles or role in rule.roles)
        and (not rule.tiers or tier in rule.tiers)
    )


def _apply(actor: Actor, rule: EnrolmentRule, seats: Any) -> int:
    by = EnrolledBy.RULE
    fresh = _enrol(rule.course, seats, by, required=rule.required, due_on=_due(rule), rule=rule)
    if fresh:
        _tell(actor, rule.course, fresh, rule.required, by, rule.pk)
    return len(fresh)


@transaction.atomic
def end_rule(*, actor: Actor, rule_id: UUID) -> EnrolmentRule:
    """It counts for nobody who comes later; who was enrolled by it stays."""
    rule: EnrolmentRule | None = (
        EnrolmentRule.objects.select_for_update(of=("self",)).select_related("course").filter(pk=rule_id).first()
    )
    if rule is None:
        raise NotVisible
    require(may_build_course(actor, rule.course))
    if rule.ended_at is None:
        rule.ended_at = clock.now()
        rule.save(update_fields=["ended_at"])
        note(actor, rule.course, "end-rule", facts={"rule": str(rule.pk)})
    return rule


@transaction.atomic
def leave_course(*, actor: Actor, course_id: UUID, user_id: UUID | None = None) -> Enrolment:
    """Take it no longer: oneself, or (who enrols) somebody else. What was done is kept, and counts on coming back."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("course")
    found: Enrolment | None = rows.filter(course_id=course_id, user_id=user_id or actor.user_id).first()
    if found is None:
        raise NotVisible
    require(may_withdraw_enrolment(actor, found))
    if found.completed_at is not None:
        raise InvalidInput(message=_("This course is completed already."))
    if found.withdrawn_at is None:
        found.withdrawn_at = clock.now()
        found.save(update_fields=["withdrawn_at"])
        note(actor, found.course, "leave", facts={"user": str(found.user_id)})
    return found
