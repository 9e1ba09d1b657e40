"""The cases behind a number: of those selected, the ones that the reader sees anyway."""

from typing import Any

from django.db.models import F

from consortium.casework.models import Case
from consortium.casework.queries.worklists import as_rows
from consortium.insight.models import ROWS
from consortium.insight.queries.asking import Asked
from consortium.kernel.actors import Actor
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.scoping import unfiltered

#: lists behind a number, by the condition on its row: what went otherwise than one wishes
PICKS: dict[str, dict[str, Any]] = {
    "sent": {},
    "allocated_on_time": {"allocated_on_time": False},
    "answered_on_time": {"answered_on_time": False},
    "answered": {"to_answer": None},
    "avoided": {"referral_avoided": False},
    "converted": {"step": "converted"},
    "second_round": {"second_round": True},
    "several": {"several": True},
    "corrected": {"corrected": True},
    "unreviewed": {"step": "closed_unreviewed"},
    "useful": {"usefulness__lt": 4},
    "video": {"video_tried": True, "video_held": False},
    "declined": {"declined_by__isnull": False},
    "disputed": {"disputed": True},
    "withdrawn": {"step": "withdrawn"},
    "referred": {"unannounced": False},
    "attended_30": {"attended_30": False},
    "attended_90": {"attended_90": False},
    "loop_closed": {"step__in": ("cancelled", "ended")},
    "outcome_returned": {"left_care": True, "returned": False},
    "outcome_acknowledged": {"acknowledged": False},
    "different_diagnosis": {"concordance": "different"},
    "avoidable": {"avoidable": True},
    "sent_back": {"left_care": True, "sent_back": False},
    "dated": {"dated": False},
    "ran_over": {"ran_over": True},
    "refused": {"declined_by__isnull": False},
    "refusal_disputed": {"disputed": True},
    "cancelled": {"step": "cancelled"},
    "ended": {"step": "ended"},
    "unannounced": {"unannounced": True},
    "incident": {"incident": True},
    "home_in_day": {"home_in_day": True},
    "letter_useful": {"usefulness__lt": 4},
    "too_early": {"appropriateness": "too_early"},
    "too_late": {"appropriateness": "too_late"},
    "taken_over": {"kind": "back", "taking_over": None},
    "follow_up_on_time": {"visits_on_time__lt": F("visits_over")},
}


def measured(asked: Asked) -> Any:
    """The rows of a selection; numbers and keys, nobody's identity."""
    rows = unfiltered(ROWS[asked.subject.key], why="rows without identity; the lens was checked")
    wanted = {
        "priority": asked.priority, "service_id": asked.service_id, "institution_id": asked.place_id,
        "region_id": asked.region_id,
    }  # fmt: skip
    if asked.lens.services is not None:
        rows = rows.filter(service_id__in=asked.lens.services)
    rows = rows.filter(month__range=(asked.since, asked.until))
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def cases_behind(actor: Actor, asked: Asked, pick: str, after: str = "") -> Page:
    """One page of the cases, the newest first, as `worklists.FIELDS`; `pick` is a key of PICKS. One query."""
    chosen = measured(asked).filter(**PICKS[pick])
    cases = Case.objects.filter(pk__in=chosen.values("case_id")).shown()
    return keyset(as_rows(cases, actor), order=("-created_at", "-id"), after=after)
