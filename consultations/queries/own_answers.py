"""One's own answers: what became of the children, how useful the askers found them, how a blind rater judged."""

from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q
from django.urls import reverse

from consortium.casework.queries.rows import child_words
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.scoping import unfiltered
from consultations.models import Answer, Consultation, OutcomeChase, Review
from consultations.models.outcomes import Outcome
from consultations.queries.outcomes import TONES, words_of
from consultations.states import Change

_WHY = "one's own answers, without names"
YEAR = timedelta(days=365)
#: fewer than so many of others tell who they are
FEW = 5
#: an expert panel's means of 467 cases: information supplied, answer. Source: PMC4260224 (five-point scales)
PUBLISHED = {"information": 2.8, "quality": 3.3}


def _answered_by(actor: Actor) -> Any:
    mine = unfiltered(Answer, why=_WHY).filter(case_id=OuterRef("pk"), signed_by_id=actor.user_id)
    rows = unfiltered(Consultation, why=_WHY).filter(Exists(mine), case__entered_in_error_at=None)
    return rows.exclude(answered_at=None)


def own_answers(actor: Actor, *, after: str = "", size: int = 20) -> Page:
    """The consultations that the actor answered, the newest first, as rows. Three queries."""
    page = keyset(
        _answered_by(actor).select_related("case"), order=("-answered_at", "-case_id"), after=after, size=size
    )
    ids = [each.pk for each in page.items]
    outcomes = _newest(unfiltered(OutcomeChase, why=_WHY).told().filter(case_id__in=ids).select_related("told_by"))
    ratings = {each.case_id: each for each in Review.objects.rated().filter(case_id__in=ids, answerer_id=actor.user_id)}
    return Page([_row(each, outcomes.get(each.pk), ratings.get(each.pk)) for each in page.items], page.next_cursor)


def _newest(chases: Any) -> dict[Any, OutcomeChase]:
    return {chase.case_id: chase for chase in chases.order_by("opened_at")}


def _row(consultation: Consultation, chase: OutcomeChase | None, review: Review | None) -> dict[str, Any]:
    """url, who, title, answered_at, change, usefulness, outcome (`words_of`), information, quality, remark."""
    case = consultation.case
    return {
        "id": case.pk, "url": reverse("consultations:show", args=[case.pk]),
        "who": child_words(case.sex, case.age_days, None), "title": case.headline,
        "answered_at": consultation.answered_at,
        "change": Change(consultation.change).label if consultation.change else "",
        "usefulness": consultation.usefulness, "outcome": words_of(chase) if chase else None,
        "information": review.information if review else None, "quality": review.quality if review else None,
        "remark": review.note if review else "",
    }  # fmt: skip


def comparison(actor: Actor) -> dict[str, Any]:
    """Means of the last year, one's own beside those of the same services: usefulness (the askers), quality and
    information (blind raters). Others' are None where fewer than five of them stand behind a mean. Four queries."""
    since = clock.now() - YEAR
    mine = _answered_by(actor).filter(answered_at__gte=since)
    services = list(mine.values_list("case__service_id", flat=True).distinct())
    others = unfiltered(Consultation, why=_WHY).filter(case__service_id__in=services, answered_at__gte=since)
    others = others.exclude(
        Exists(unfiltered(Answer, why=_WHY).filter(case_id=OuterRef("pk"), signed_by_id=actor.user_id))
    )
    rated = unfiltered(Review, why=_WHY).filter(rated_at__gte=since)
    return {
        "usefulness": _pair(_mean(mine, "usefulness"), _mean(others, "usefulness"), None),
        **_panel(rated.filter(answerer_id=actor.user_id),
                 rated.filter(round__service_id__in=services).exclude(answerer_id=actor.user_id)),
    }  # fmt: skip


def _mean(rows: Any, name: str) -> tuple[float | None, int]:
    told = rows.aggregate(mean=Avg(name), n=Count(name))
    return (round(float(told["mean"]), 1) if told["mean"] is not None else None), int(told["n"])


def _panel(mine: Any, others: Any) -> dict[str, dict[str, Any]]:
    return {name: _pair(_mean(mine, name), _mean(others, name), PUBLISHED[name]) for name in PUBLISHED}


def _pair(mine: tuple[float | None, int], others: tuple[float | None, int], published: float | None) -> dict[str, Any]:
    shown = others if others[1] >= FEW else (None, 0)
    return {"mine": mine[0], "n": mine[1], "others": shown[0], "others_n": shown[1], "published": published}


def outcome_counts(actor: Actor) -> list[dict[str, Any]]:
    """How often each outcome followed, in the last year, the most frequent first. One query."""
    mine = unfiltered(Answer, why=_WHY).filter(case_id=OuterRef("case_id"), signed_by_id=actor.user_id)
    told = unfiltered(OutcomeChase, why=_WHY).filter(
        Q(Exists(mine)), told_at__gte=clock.now() - YEAR, case__entered_in_error_at=None
    )
    counted = told.exclude(outcome="").values("outcome").annotate(n=Count("pk")).order_by("-n", "outcome")
    return [
        {"code": row["outcome"], "n": row["n"], "words": Outcome(row["outcome"]).label,
         "tone": TONES.get(Outcome(row["outcome"]), "")}
        for row in counted
    ]  # fmt: skip
