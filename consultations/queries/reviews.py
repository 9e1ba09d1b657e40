"""Reviews: what waits to be rated, the case as its rater sees it, and a service's sample for its leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Message, ServiceMember
from consortium.casework.queries.rows import child_words
from consortium.casework.states import MessageKind, Priority
from consortium.files.models import Attachment
from consortium.files.queries.tiles import Names, tile
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.errors import NotVisible
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role
from consultations.models import Answer, Consultation, Review, ReviewRound

RATES = (Role.SPECIALIST, Role.SERVICE_LEAD)
_WHY = "the case as its rater sees it: without names"


def raters_of(members: Any) -> Any:
    """Of `members` (of ServiceMember) those who can rate: still there, with a seat of theirs."""
    seats = unfiltered(Membership, why="who can rate").active(clock.today())
    seated = seats.filter(user=OuterRef("user_id"), institution=OuterRef("service__institution_id"), role__in=RATES)
    return members.filter(Exists(seated), left_at=None, user__is_active=True)


def reviews_to_give(actor: Actor) -> list[Review]:
    """What waits for this rater, the first due first. One query."""
    rows = Review.objects.waiting().filter(rater_id=actor.user_id).select_related("case__service")
    return list(rows.order_by("due_at", "pk")[:100])


def review_for(review_id: UUID) -> Review:
    """The review, when the actor sees it."""
    found: Review | None = Review.objects.select_related("round__service").filter(pk=review_id).first()
    if found is None:
        raise NotVisible
    return found


def open_review_of(actor: Actor, case: Case) -> UUID | None:
    """The rating that this person has yet to give about a case which is not theirs otherwise: they see it blind."""
    if not actor.has(*RATES) or actor.user_id in (case.asker_id, case.responder_id):
        return None
    mine = Review.objects.waiting().filter(rater_id=actor.user_id, case_id=case.pk)
    found: UUID | None = mine.values_list("pk", flat=True).first()
    return found


def line_of(review: Review) -> dict[str, Any]:
    """A line of the rater's list: no name, neither of the child nor of those who asked and answered."""
    case = review.case
    return {
        "id": review.pk, "url": reverse("consultations:review", args=[review.pk]),
        "who": child_words(case.sex, case.age_days, case.weight_grams), "title": case.headline,
        "service": case.service.name if case.service else "", "due_at": review.due_at,
        "late": review.due_at < clock.now(),
    }  # fmt: skip


@dataclass(frozen=True)
class Blind:
    """A case without the names of anybody."""

    who: str
    priority: str
    question: str
    parts: list[tuple[str, str]]
    said: list[dict[str, Any]]
    pictures: list[dict[str, Any]]
    answer: Answer

    @property
    def advice(self) -> dict[str, Any]:
        """For components/answer.html."""
        given = self.answer
        return {
            "signer": _("The specialist"), "impression": given.impression, "do_now": given.do_now,
            "red_flags": given.red_flags, "when_to_refer": given.when_to_refer, "follow_up": given.follow_up,
        }  # fmt: skip


def blind_case(actor: Actor, review: Review) -> Blind:
    """What the rater judges by: what stood there when the answer was signed. Four queries."""
    case = unfiltered(Case, why=_WHY).select_related("service").get(pk=review.case_id)
    consultation = unfiltered(Consultation, why=_WHY).get(pk=case.pk)
    answer = unfiltered(Answer, why=_WHY).get(pk=review.answer_id)
    said = unfiltered(Message, why=_WHY).filter(case=case, created_at__lte=answer.signed_at).order_by("seq")
    files = Attachment.objects.filter(case=case, created_at__lte=answer.signed_at).ready().order_by("created_at", "id")
    return Blind(
        child_words(case.sex, case.age_days, case.weight_grams),
        Priority(case.priority).code,
        consultation.question,
        _parts(consultation),
        [_said(message, case) for message in said],
        [_picture(actor, row, case) for row in files.select_related("case")],
        answer,
    )


def _parts(consultation: Consultation) -> list[tuple[str, str]]:
    said = [
        (_("Situation"), consultation.situation), (_("Background"), consultation.background),
        (_("Assessment"), consultation.assessment), (_("What the asker would do"), consultation.recommendation),
        (_("Working diagnosis"), consultation.working_diagnosis),
    ]  # fmt: skip
    return [(label, text) for label, text in said if text]


def _said(message: Message, case: Case) -> dict[str, Any]:
    asking = message.institution_id == case.asking_institution_id
    kind = MessageKind(message.kind)
    return {
        "who": _("The asking clinic") if asking else _("The specialist"), "text": message.text,
        "kind": "" if kind == MessageKind.MESSAGE else kind.label,
    }  # fmt: skip


def _picture(actor: Actor, row: Attachment, case: Case) -> dict[str, Any]:
    """A photo opens by itself, without the page that says how the file was called."""
    shown = tile(actor, row, Names(None))
    full = reverse("files:picture", args=[row.pk, "full"]) if row.is_photo else ""
    return {"name": shown["name"], "thumbnail_url": shown["thumbnail_url"], "url": full, "sound": shown["sound"]}


# -- for the leads ----------------------------------------------------------------------------------------------------


def services_led(actor: Actor) -> list[Any]:
    """The services that the actor leads. One query; none for who leads nothing."""
    if not actor.has(Role.SERVICE_LEAD):
        return []
    seats = ServiceMember.objects.filter(user_id=actor.user_id, left_at=None, is_lead=True).select_related("service")
    return [seat.service for seat in seats.order_by("service__name_en")]


def rounds_of(service_id: UUID, *, most: int = 12) -> list[ReviewRound]:
    return list(ReviewRound.objects.filter(service_id=service_id).order_by("-month")[:most])


def sample_of(made: ReviewRound) -> list[Review]:
    """The reviews of one round with rater and answerer: late ones first, then those that wait. One query."""
    rows = Review.objects.filter(round=made).select_related("rater", "answerer", "case")
    return sorted(rows, key=lambda review: (review.rated_at is not None, review.due_at, str(review.pk)))


def distribution(reviews: Sequence[Review]) -> dict[str, list[dict[str, int]]]:
    """How often each score was given, 1 to 5: {"information": [{score, count, percent}], "quality": [...]}."""
    rated = [review for review in reviews if review.rated_at is not None]
    return {name: _counts([getattr(review, name) for review in rated]) for name in ("information", "quality")}


def _counts(scores: Sequence[int]) -> list[dict[str, int]]:
    total = max(len(scores), 1)
    return [
        {"score": n, "count": scores.count(n), "percent": round(100 * scores.count(n) / total)} for n in range(1, 6)
    ]


@prepared
def _to_rate(actor: Actor) -> Any:
    with acting_as(actor):
        mine = Review.objects.waiting().filter(rater_id=actor.user_id).values("rater_id")
        return mine.annotate(n=Count("pk")).values_list("n", flat=True)


def reviews_panel(actor: Actor) -> dict[str, Any] | None:
    """The card of the worklist (settings.WORKLIST_PANELS). One query; none for who rates nothing."""
    if not actor.has(*RATES):
        return None
    mine = sum(_to_rate(actor))
    return {"template": "consultations/review_panel.html", "count": mine} if mine else None
