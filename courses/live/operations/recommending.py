"""What a lecture's crew advises goes to the doctor who brought the case, as a task with a day."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from courses.live.events.recommending import RecommendationAnswered, RecommendationDue, RecommendationSent
from courses.live.models import Lecture, Recommendation, TeachingCase
from courses.live.models.afterwards import RECOMMENDED_LENGTH
from courses.live.operations.cases import require_telling_nothing
from courses.live.policies.recommending import may_recommend
from courses.live.states.cases import CaseStep
from courses.live.states.lectures import LectureStep
from courses.live.states.recommending import DAYS_GIVEN, RECOMMENDATION, DeclineReason, RecommendationStep

MOST: Final = 200


def _locked(recommendation_id: UUID) -> Recommendation:
    rows = Recommendation.objects.select_for_update(of=("self",))
    rows = rows.select_related("teaching_case__case", "teaching_case__lecture")
    found: Recommendation | None = rows.filter(pk=recommendation_id).first()
    if found is None:
        raise NotVisible
    return found


def _save(actor: Actor, row: Recommendation, verb: str, **words: Any) -> Recommendation:
    """Keep it, and say so in the child's chain."""
    row.version += 1
    with database_rules(), transaction.atomic():
        row.save()
    _note(actor, row, verb, **words)
    return row


def _note(actor: Actor, row: Recommendation, verb: str, **words: Any) -> None:
    case = row.teaching_case.case
    record(
        actor=actor, verb=verb, subject=row, patient_id=case.patient_id,
        institution_id=case.asking_institution_id, **words,
    )  # fmt: skip


def _texts(row: Recommendation, text_en: str, text_zh: str) -> dict[str, str]:
    """In one language at least, and nothing in it tells for sure who the child is: it stands beside the lecture too."""
    texts = {"text_en": text_en.strip()[:RECOMMENDED_LENGTH], "text_zh": text_zh.strip()[:RECOMMENDED_LENGTH]}
    if not any(texts.values()):
        raise InvalidInput({"text_en": _("Write what you recommend, in one of the two languages.")})
    require_telling_nothing(row.teaching_case.case, texts)
    return texts


def _day(due_on: date | None) -> date:
    due = due_on or clock.today() + timedelta(days=DAYS_GIVEN)
    if due < clock.today():
        raise InvalidInput({"due_on": _("Choose a day to come.")})
    return due


@transaction.atomic
def recommend(
    *, actor: Actor, lecture_id: UUID, text_en: str = "", text_zh: str = "", due_on: date | None = None,
    key: UUID | None = None,
) -> tuple[Recommendation, bool]:  # fmt: skip
    """Write it to the doctor who brought the lecture's case: (recommendation, whether it is new)."""
    lecture = Lecture.objects.filter(pk=lecture_id, step=LectureStep.ENDED).first()
    taught = TeachingCase.objects.select_for_update(of=("self",)).select_related("case")
    case: TeachingCase | None = taught.filter(lecture_id=lecture_id, step=CaseStep.APPROVED).first()
    if lecture is None or case is None:
        raise NotVisible
    case.lecture = lecture
    draft = Recommendation(teaching_case=case)
    require(may_recommend(actor, draft))
    texts, due = _texts(draft, text_en, text_zh), _day(due_on)

    def make() -> Recommendation:
        row = Recommendation(
            teaching_case=case, holder_id=case.case.asker_id, due_on=due, written_at=clock.now(),
            created_by_id=actor.author_id, **texts, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            row.save(force_insert=True)
        _note(actor, row, "recommend", event=RecommendationSent(row.pk))
        return row

    return once(Recommendation, actor=actor, key=key, make=make)


@transaction.atomic
def rewrite_recommendation(
    *, actor: Actor, recommendation_id: UUID, text_en: str = "", text_zh: str = "", due_on: date | None = None,
    version: int | None = None,
) -> Recommendation:  # fmt: skip
    """Other words while nobody has answered it: it is sent again."""
    row = _locked(recommendation_id)
    check_version(row, version)
    RECOMMENDATION.take("rewrite", actor, row)
    for name, text in _texts(row, text_en, text_zh).items():
        setattr(row, name, text)
    row.due_on, row.written_at, row.seen_at, row.reminded_at = _day(due_on), clock.now(), None, None
    return _save(actor, row, "rewrite", event=RecommendationSent(row.pk))


@transaction.atomic
def see_recommendation(*, actor: Actor, recommendation_id: UUID) -> Recommendation:
    """The doctor's side has opened it. Seen or answered already: nothing happens."""
    row = _locked(recommendation_id)
    if row.step != RecommendationStep.SENT:
        return row
    RECOMMENDATION.take("see", actor, row)
    row.seen_at = clock.now()
    return _save(actor, row, "see")


@transaction.atomic
def answer_recommendation(
    *, actor: Actor, recommendation_id: UUID, followed: bool, reason: str = "", version: int | None = None
) -> Recommendation:
    """It was followed; or it was not, and why: one of `DeclineReason`."""
    row = _locked(recommendation_id)
    check_version(row, version)
    verb = "follow" if followed else "decline"
    RECOMMENDATION.take(verb, actor, row)
    if not followed and reason not in DeclineReason.values:
        raise InvalidInput({"reason": _("Say why it was not followed.")})
    row.reason = "" if followed else reason
    row.answered_at, row.answered_by_id = clock.now(), actor.user_id
    row.seen_at = row.seen_at or row.answered_at
    return _save(actor, row, verb, facts={"reason": row.reason}, event=RecommendationAnswered(row.pk))


@transaction.atomic
def take_back_recommendation(*, actor: Actor, teaching_case_id: UUID) -> bool:
    """Its case may be taught no more: its words go. For the system alone; whether there was one."""
    rows = Recommendation.objects.select_for_update(of=("self",)).select_related("teaching_case__case")
    standing = rows.filter(teaching_case_id=teaching_case_id).exclude(step=RecommendationStep.WITHDRAWN)
    row: Recommendation | None = standing.first()
    if row is None:
        return False
    RECOMMENDATION.take("withdraw", actor, row)
    row.text_en = row.text_zh = ""
    _save(actor, row, "withdraw")
    return True


@transaction.atomic
def pass_recommendation_on(*, recommendation_id: UUID, from_id: UUID, to_id: UUID) -> None:
    """Somebody took over what another had in hand."""
    rows = Recommendation.objects.waiting().filter(pk=recommendation_id, holder_id=from_id)
    rows.update(holder_id=to_id)


def remind_recommendations(*, actor: Actor) -> int:
    """Say once of each that its day is over (beat): how many."""
    if not actor.is_system:
        raise NotPermitted
    due = Recommendation.objects.overdue().filter(reminded_at=None).order_by("due_on", "pk")
    return sum(_remind(actor, pk) for pk in due.values_list("pk", flat=True)[:MOST])


@transaction.atomic
def _remind(actor: Actor, recommendation_id: UUID) -> bool:
    """Only where nobody has just done so, or answered."""
    mine = Recommendation.objects.overdue().filter(Q(reminded_at=None), pk=recommendation_id)
    if not mine.update(reminded_at=clock.now()):
        return False
    row = _locked(recommendation_id)
    _note(actor, row, "remind", event=RecommendationDue(row.pk))
    return True
