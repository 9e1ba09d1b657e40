"""Answers rated blind: the month's draw, who rates, opening the case to the rater, the rating."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service, ServiceMember
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version
from consortium.patients.models import PathwayMember
from consortium.patients.operations import join_pathway, leave_pathway
from consortium.patients.queries.record import consent_withheld
from consortium.patients.states import ConsentKind
from consultations.events import AnswerRated, AnswerToRate, RatingLate
from consultations.models import Answer, Review, ReviewPlan, ReviewRound
from consultations.policies import may_rate, may_run_reviews
from consultations.queries.rating import candidates, lot
from consultations.queries.reviews import raters_of

NOTE_LENGTH = 2_000
_WHY = "the month's sample of answers"


def drawn(ids: Sequence[UUID], *, seed: str, percent: int) -> list[UUID]:
    """`percent` of `ids`, rounded up, in the order of their lots."""
    wanted = ceil(len(ids) * percent / 100)
    return sorted(ids, key=lambda each: lot(seed, each))[:wanted]


def month_before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _bounds(month: date) -> tuple[datetime, datetime]:
    after = (month + timedelta(days=32)).replace(day=1)
    begins, ends = (timezone.make_aware(datetime.combine(day, time())) for day in (month, after))
    return begins, ends


def percent_of(service_id: UUID) -> int:
    """The share that holds for a service now."""
    found = ReviewPlan.objects.filter(service_id=service_id).values_list("percent", flat=True).first()
    return int(settings.REVIEW_PERCENT) if found is None else int(found)


def signed_in(service_id: UUID, month: date) -> list[UUID]:
    """The answers of a service signed in a month that still hold, of cases that were no error. One query."""
    begins, ends = _bounds(month)
    rows = unfiltered(Answer, why=_WHY).filter(
        case__service_id=service_id, case__entered_in_error_at=None, signed_at__gte=begins, signed_at__lt=ends,
        corrected_by=None,
    )  # fmt: skip
    return list(rows.order_by("pk").values_list("pk", flat=True))


def draw_rounds(*, actor: Actor) -> int:
    """Draw last month's sample for each service that has none yet: how many rounds. Twice at once is once."""
    month = month_before(clock.today())
    done = ReviewRound.objects.filter(month=month).values("service_id")
    return sum(_draw(actor, service, month) for service in Service.objects.exclude(pk__in=done).order_by("pk"))


@transaction.atomic
def _draw(actor: Actor, service: Service, month: date) -> bool:
    locked = Service.objects.select_for_update(of=("self",), no_key=True).get(pk=service.pk)
    if ReviewRound.objects.filter(service=locked, month=month).exists():
        return False
    seed, percent, signed = secrets.token_hex(8), percent_of(locked.pk), signed_in(locked.pk, month)
    chosen = drawn(signed, seed=seed, percent=percent)
    made = ReviewRound.objects.create(
        service=locked, month=month, seed=seed, percent=percent, signed=len(signed), drawn=len(chosen),
        drawn_at=clock.now(),
    )  # fmt: skip
    for answer_id in chosen:
        _add(made, answer_id)
    record(
        actor=actor, verb="draw_reviews", subject=made, institution_id=locked.institution_id,
        facts={"month": month.isoformat(), "signed": len(signed), "drawn": len(chosen), "seed": seed},
    )  # fmt: skip
    return True


def _add(made: ReviewRound, answer_id: UUID) -> None:
    answer = Answer.objects.select_related("case").get(pk=answer_id)
    if Review.objects.filter(answer=answer).exists():
        return
    Review(
        round=made, case=answer.case, answer=answer, answerer_id=answer.signed_by_id, asker_id=answer.case.asker_id,
        due_at=clock.now() + timedelta(days=settings.REVIEW_DAYS),
    ).save(force_insert=True)  # fmt: skip


def tend_reviews(*, actor: Actor) -> int:
    """One round of the clock: draw, take back from who can no longer rate, hand out, remind of what is late."""
    return draw_rounds(actor=actor) + _take_back(actor) + _hand_out(actor) + _remind(actor)


def _take_back(actor: Actor) -> int:
    """Nothing is held by somebody who cannot act."""
    held = list(Review.objects.waiting().filter(rater__isnull=False).values_list("pk", "rater_id"))
    able = _able({rater for _pk, rater in held})
    return sum(_release_one(actor, pk) for pk, rater in held if rater not in able)


def _able(user_ids: set[Any]) -> set[UUID]:
    return set(raters_of(ServiceMember.objects.filter(user_id__in=user_ids)).values_list("user_id", flat=True))


@transaction.atomic
def _release_one(actor: Actor, review_id: UUID) -> bool:
    review = _locked(review_id)
    if review.rated_at is not None or review.rater_id in _able({review.rater_id}):
        return False
    _let_go(review)
    review.rater, review.assigned_at = None, None
    review.save()
    return True


def _hand_out(actor: Actor) -> int:
    waiting = Review.objects.waiting().filter(rater=None).order_by("due_at", "pk")
    return sum(_give(actor, review_id) for review_id in waiting.values_list("pk", flat=True)[:100])


@transaction.atomic
def _give(actor: Actor, review_id: UUID) -> bool:
    review = _locked(review_id)
    if review.rater_id is not None:
        return False
    people = candidates(review)
    if not people:
        return False
    _assign(actor, review, people[0])
    return True


def _assign(actor: Actor, review: Review, rater_id: UUID) -> None:
    review.rater_id, review.assigned_at, review.reminded_at = rater_id, clock.now(), None
    with database_rules():
        review.save()
    record(
        actor=actor, verb="assign_review", subject=review, institution_id=review.round.service.institution_id,
        event=AnswerToRate(review.pk, rater_id),
    )  # fmt: skip


def _remind(actor: Actor) -> int:
    late = Review.objects.late().filter(rater__isnull=False, reminded_at=None)
    return sum(_remind_one(actor, review_id) for review_id in late.values_list("pk", flat=True)[:100])


@transaction.atomic
def _remind_one(actor: Actor, review_id: UUID) -> bool:
    review = _locked(review_id)
    if review.reminded_at is not None or review.rated_at is not None or review.rater_id is None:
        return False
    review.reminded_at = clock.now()
    review.save(update_fields=["reminded_at"])
    record(
        actor=actor, verb="remind_review", subject=review, institution_id=review.round.service.institution_id,
        event=RatingLate(review.pk, review.rater_id),
    )  # fmt: skip
    return True


def _locked(review_id: UUID) -> Review:
    """The row, locked, when the actor sees it; its case is read as it is, for the rater need not see it otherwise."""
    rows = Review.objects.select_for_update(of=("self",)).select_related("round__service", "answer")
    review: Review | None = rows.filter(pk=review_id).first()
    if review is None:
        raise NotVisible
    review.case = unfiltered(Case, why=_WHY).select_related("service").get(pk=review.case_id)
    return review


@transaction.atomic
def open_review(*, actor: Actor, review_id: UUID) -> Review:
    """The rater opens the case: until they have rated it they take part in its pathway, so that its pictures open.

    Whoever sees the child anyway gains and later loses nothing.
    """
    review = _locked(review_id)
    require(may_rate(actor, review))
    case = review.case
    if consent_withheld(case.patient_id, ConsentKind.SHARE):
        raise NotPermitted(_("The guardian no longer agrees to share the record: this answer is not rated."))
    if review.joined_at is None and case.pathway_id and not _takes_part(case, actor.user_id):
        until = clock.now() + timedelta(days=settings.REVIEW_DAYS)
        with acting_as(system("an answer is rated")) as itself:
            join_pathway(
                actor=itself, pathway_id=case.pathway_id, institution_id=_house(actor, case), user_id=actor.user_id,
                until=until,
            )  # fmt: skip
        review.joined_at = clock.now()
        review.save(update_fields=["joined_at"])
    return review


def _house(actor: Actor, case: Case) -> UUID:
    own = actor.institution_ids()
    service: Any = case.service
    return service.institution_id if service.institution_id in own else sorted(own)[0]


def _takes_part(case: Case, user_id: UUID) -> bool:
    members = unfiltered(PathwayMember, why=_WHY).filter(pathway_id=case.pathway_id, user_id=user_id)
    return bool(members.running().exists())


def _let_go(review: Review) -> None:
    """What the review opened is closed; what a case of their own opened meanwhile stays."""
    case = review.case
    answers = unfiltered(Case, why=_WHY).filter(pathway_id=case.pathway_id, responder_id=review.rater_id)
    if review.joined_at is None or review.rater_id is None or case.pathway_id is None or answers.exists():
        return
    with acting_as(system("an answer is rated")) as itself:
        leave_pathway(actor=itself, pathway_id=case.pathway_id, user_id=review.rater_id)


@transaction.atomic
def rate_answer(
    *, actor: Actor, review_id: UUID, information: int, quality: int, note: str = "", concern: bool = False
) -> Review:
    """Give both scores, once; the sight of the case ends with it. A fear of harm is told to the leads at once."""
    review = _locked(review_id)
    if review.rated_at is not None and review.rater_id == actor.user_id:
        return review
    require(may_rate(actor, review))
    _check(information, quality, note, concern)
    review.information, review.quality, review.concern, review.note = information, quality, concern, note.strip()
    review.rated_at = clock.now()
    with database_rules():
        review.save()
    record(
        actor=actor, verb="rate_answer", subject=review, patient_id=review.case.patient_id,
        institution_id=review.round.service.institution_id, facts={"concern": concern}, text=review.note,
        event=AnswerRated(review.pk, review.case_id, concern),
    )  # fmt: skip
    _let_go(review)
    return review


def _check(information: int, quality: int, note: str, concern: bool) -> None:
    wrong: dict[str, Any] = {}
    for name, score in (("information", information), ("quality", quality)):
        if score not in range(1, 6):
            wrong[name] = _("Choose 1 to 5.")
    if concern and not note.strip():
        wrong["note"] = _("Say in words what you are afraid of.")
    if len(note) > NOTE_LENGTH:
        wrong["note"] = _("This is longer than %(most)d characters.") % {"most": NOTE_LENGTH}
    if wrong:
        raise InvalidInput(wrong)


@transaction.atomic
def name_rater(*, actor: Actor, review_id: UUID, rater_id: UUID) -> Review:
    """The lead gives an answer to somebody else who may rate it."""
    review = _locked(review_id)
    require(may_run_reviews(actor, review.round.service_id))
    if review.rated_at is not None or review.rater_id == rater_id:
        return review
    if rater_id not in candidates(review):
        raise InvalidInput({"rater_id": _("Choose somebody who neither answered nor asked, and who can rate.")})
    _let_go(review)
    review.joined_at = None
    _assign(actor, review, rater_id)
    return review


@transaction.atomic
def plan_reviews(*, actor: Actor, service_id: UUID, percent: int, version: int | None = None) -> ReviewPlan:
    """Choose the share of a service's answers that is rated, from the next draw on."""
    require(may_run_reviews(actor, service_id))
    if percent not in range(101):
        raise InvalidInput({"percent": _("A share is between 0 and 100 per cent.")})
    plan = ReviewPlan.objects.select_for_update(of=("self",)).filter(service_id=service_id).first()
    before = percent_of(service_id)
    if plan is None:
        plan = ReviewPlan(service_id=service_id, version=0)
    else:
        check_version(plan, version)
    plan.percent = percent
    plan.version += 1
    plan.save()
    service = Service.objects.get(pk=service_id)
    record(
        actor=actor, verb="plan_reviews", subject=service, institution_id=service.institution_id,
        facts={"before": before, "after": percent},
    )  # fmt: skip
    return plan
