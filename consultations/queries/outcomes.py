"""Outcomes: those that wait to be told, the one of a case, and what is handed over with a service."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service
from consortium.casework.queries.open_items import OpenItem
from consortium.casework.queries.rows import child_words
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Patient
from consortium.people.states import Role
from consultations.models import OutcomeChase
from consultations.models.outcomes import WAITING, AdviceFit, Agreement, MissReason, Outcome, OutcomeStep
from consultations.policies import may_tell_outcome

TELLS = (Role.ASKER, Role.NURSE)
TONES = {
    Outcome.RESOLVED: "green", Outcome.IMPROVED: "green", Outcome.WORSE: "yellow", Outcome.DIED: "pink",
}  # fmt: skip


def tells_outcomes(actor: Actor) -> bool:
    """Whether outcomes are asked of this person at all."""
    return actor.has(*TELLS, Role.COORDINATOR)


def waiting_outcomes(actor: Actor, *, after: str = "", size: int = 25) -> Page:
    """What the actor's clinic is asked for, and the office; the longest waiting first. One query."""
    clinic = OutcomeChase.objects.filter(
        step=OutcomeStep.ASKED, case__asking_institution_id__in=actor.institution_ids(*TELLS)
    )
    office = OutcomeChase.objects.filter(
        step=OutcomeStep.OFFICE, case__service__institution_id__in=actor.institution_ids(Role.COORDINATOR)
    )
    rows = (clinic | office).select_related("case__asker", "case__asking_institution", "case__service", "holder")
    return keyset(rows, order=("due_at", "id"), after=after, size=size)


def names_in(items: list[OutcomeChase]) -> dict[UUID, Patient]:
    """The children of a list whom the actor may know. At most one query."""
    ids = {chase.case.patient_id for chase in items}
    return {child.pk: child for child in Patient.objects.filter(pk__in=ids)} if ids else {}


def waiting_row(chase: OutcomeChase, actor: Actor, known: dict[UUID, Patient]) -> dict[str, Any]:
    """A line of the list: url, who, title, place, phone (for the office), mine, due_at, reminders."""
    case: Case = chase.case
    child = known.get(case.patient_id)
    who = child_words(case.sex, case.age_days, None)
    asking = case.asking_institution
    office = chase.step == OutcomeStep.OFFICE
    return {
        "id": chase.pk, "case_id": case.pk, "url": reverse("consultations:outcome", args=[case.pk]),
        "who": f"{child.display_name} · {who}" if child else who, "title": case.headline,
        "place": asking.name, "asker": case.asker.get_full_name(), "office": office,
        "phone": (asking.phone or asking.duty_phone) if office else "", "mine": chase.holder_id == actor.user_id,
        "due_at": chase.due_at, "closed_at": case.closed_at, "reminders": chase.reminders,
    }  # fmt: skip


def outcome_of(case_id: UUID) -> OutcomeChase:
    """The newest chase of a case that the actor sees, or NotVisible."""
    known = OutcomeChase.objects.select_related(
        "case__asker", "case__asking_institution", "case__service__institution", "told_by", "holder"
    )
    chase: OutcomeChase | None = known.filter(case_id=case_id).order_by("-opened_at").first()
    if chase is None:
        raise NotVisible
    return chase


def outcome_shown(actor: Actor, case: Case) -> dict[str, Any] | None:
    """What the page of a closed case says of it; None while nothing is asked. One query."""
    if case.is_open or case.submitted_at is None:
        return None
    rows = OutcomeChase.objects.filter(case_id=case.pk).exclude(step=OutcomeStep.STOPPED).select_related("told_by")
    chase = rows.order_by("-opened_at").first()
    if chase is None:
        return None
    chase.case = case
    tells = may_tell_outcome(actor, chase).allowed
    return words_of(chase) | {"url": reverse("consultations:outcome", args=[case.pk]) if tells else ""}


def words_of(chase: OutcomeChase) -> dict[str, Any]:
    """label, tone, diagnosis, agreement, advice, note, why, told_at, told_by, due_at, waiting, known."""
    return {
        "label": chase.words, "tone": TONES.get(Outcome(chase.outcome), "") if chase.outcome else "",
        "diagnosis": chase.diagnosis, "note": chase.note,
        "agreement": Agreement(chase.agreement).label if chase.agreement else "",
        "advice": AdviceFit(chase.advice_fit).label if chase.advice_fit else "",
        "why": MissReason(chase.miss_reason).label if chase.miss_reason else "",
        "told_at": chase.told_at, "told_by": chase.told_by.get_full_name() if chase.told_by else "",
        "due_at": chase.due_at, "waiting": chase.step in WAITING, "known": chase.told_at is not None,
    }  # fmt: skip


def outcome_line(case_id: UUID) -> str:
    """One line for the print: the outcome, the diagnosis, the day; "" while it is not known. One query."""
    chase = OutcomeChase.objects.told().filter(case_id=case_id).order_by("-opened_at").first()
    if chase is None:
        return ""
    said = words_of(chase)
    return ", ".join(
        filter(None, [str(said["label"]), said["diagnosis"] or str(said["why"]), f"{chase.told_at:%Y-%m-%d}"])
    )


def waiting_panel(actor: Actor) -> dict[str, Any] | None:
    """The card of the worklist (settings.WORKLIST_PANELS). At most two queries; none for who is never asked."""
    if not tells_outcomes(actor):
        return None
    page = waiting_outcomes(actor, size=3)
    if not page.items:
        return None
    rows = [waiting_row(chase, actor, {}) for chase in page.items]
    return {
        "template": "consultations/outcome_panel.html", "rows": rows, "more": bool(page.next_cursor),
        "title": _("How are they now?"),
    }  # fmt: skip


def outcomes_to_tell(user_id: UUID, service_id: UUID) -> list[OpenItem]:
    """Outcomes that the person is asked for by name at the service's own house (settings.HANDOVER_SOURCES)."""
    places = Service.objects.filter(pk=service_id).values("institution_id")
    rows = unfiltered(OutcomeChase, why="what somebody has in hand; names stay out").filter(
        step=OutcomeStep.ASKED, holder_id=user_id, case__asking_institution_id__in=places
    )
    return [_item(chase) for chase in rows.select_related("case")]


def _item(chase: OutcomeChase) -> OpenItem:
    url = reverse("consultations:outcome", args=[chase.case_id])
    title = _("How is the child now? %(question)s") % {"question": chase.case.headline}
    return OpenItem("outcome", chase.pk, Priority.ROUTINE.value, title, url, chase.due_at, chase.case)
