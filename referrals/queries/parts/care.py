"""The child is there: where it is cared for, and the newest note."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consortium.casework.models import Message
from consortium.casework.queries.page import CasePage
from consortium.casework.states import MessageKind
from referrals.models import Encounter, Referral
from referrals.states import Place


def part_care(page: CasePage[Referral]) -> dict[str, Any] | None:
    """`steps` of the timeline: arrived, each stay, left; `note`, the newest, for who may read the thread."""
    stays = list(Encounter.objects.filter(case_id=page.case.pk).order_by("begun_at"))
    if page.row.arrived_at is None and not stays:
        return None
    notes = Message.objects.filter(case_id=page.case.pk, kind=MessageKind.INTERIM).select_related("author")
    return {
        "steps": [*_arrival(page.row.arrived_at), *(step for stay in stays for step in _stay(stay))],
        "note": notes.order_by("-seq").first() if page.thread_shown else None,
    }


def _arrival(at: datetime | None) -> list[dict[str, Any]]:
    return [{"label": _("Arrived"), "at": at}] if at else []


def _stay(stay: Encounter) -> list[dict[str, Any]]:
    """Where it was, and its end; a visit to the clinic is one moment."""
    where = ", ".join(filter(None, (str(Place(stay.place).label), stay.ward)))
    began = {"label": where, "at": stay.begun_at, "state": "now" if stay.ended_at is None else "done"}
    over = stay.ended_at is not None and stay.ended_at != stay.begun_at
    return [began, *([{"label": _("Left"), "at": stay.ended_at}] if over else [])]
