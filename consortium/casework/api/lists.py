"""Worklists over the API, of one kind of case or another."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from consortium.casework.api.cases import Named
from consortium.casework.models import Case
from consortium.casework.queries.worklists import Desk, Narrow, Tab, named_patients, names_of, worklist
from consortium.casework.states import Ball, CaseKind, Priority, Symptom
from consortium.journal.operations import note_list_read
from consortium.kernel.api import ApiView, Input, Output
from consortium.kernel.api.base import page_limit
from consortium.kernel.pagination import Page
from consortium.patients.models import Patient
from consortium.patients.states import Sex

PRIORITIES = [(p.code, p.label) for p in Priority]
PRIORITY = {p.code: p.value for p in Priority}
_CODE = {p.value: p.code for p in Priority}


class ListFilter(Input):
    list = serializers.ChoiceField(
        [*Tab.choices, ("open", "Open")], required=False, help_text="Which list; the caller's first one unless told."
    )
    service = serializers.UUIDField(required=False, allow_null=True, default=None)
    priority = serializers.ChoiceField(PRIORITIES, required=False, allow_null=True, default=None)


class CaseHead(Output):
    """What every case tells, in a list and on its own."""

    id = serializers.UUIDField()
    priority = serializers.ChoiceField(PRIORITIES)
    age_days = serializers.IntegerField(allow_null=True)
    sex = serializers.ChoiceField(Sex.choices)
    weight_grams = serializers.IntegerField(allow_null=True)
    service = Named(allow_null=True)
    asking_institution = Named()
    asker = Named()
    ball = serializers.ChoiceField(Ball.choices)
    ball_user = Named(allow_null=True)
    due_at = serializers.DateTimeField()
    clock_paused = serializers.BooleanField()
    is_open = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class ChildShown(Output):
    id = serializers.UUIDField()
    name = serializers.CharField()
    birth_date = serializers.DateField()
    allergies = serializers.CharField()


class CaseShown(CaseHead):
    """One case, to each who may see it. Before they may know the child, readers see age, sex, weight and question; the
    rest is null then."""

    version = serializers.IntegerField()
    status = serializers.CharField(help_text="FHIR R4 Task.status.")
    business_status = serializers.CharField()
    question = serializers.CharField()
    situation = serializers.CharField(allow_null=True)
    background = serializers.CharField(allow_null=True)
    assessment = serializers.CharField(allow_null=True)
    recommendation = serializers.CharField(allow_null=True)
    working_diagnosis = serializers.CharField(allow_null=True)
    symptom = serializers.ChoiceField([("", "Not chosen"), *Symptom.choices])
    consent_given = serializers.BooleanField()
    patient = ChildShown(allow_null=True)
    responder = Named(allow_null=True)
    last_message_seq = serializers.IntegerField()


class CaseRow(CaseHead):
    """One row of a list. `patient` only where the caller may know the child."""

    headline = serializers.CharField()
    patient = Named(allow_null=True)
    unread = serializers.IntegerField(help_text="Messages that the caller has not read.")


def draft_fields(given: dict[str, Any]) -> dict[str, Any]:
    """What a form of the API gives, with the priority as the operations have it."""
    return {**given, "priority": PRIORITY[given["priority"]]} if "priority" in given else given


def named(thing: Any) -> dict[str, Any] | None:
    return {"id": thing.pk, "name": str(thing)} if thing else None


_SHOWN = (
    "version", "symptom", "age_days", "sex", "weight_grams", "ball", "due_at", "clock_paused", "is_open", "created_at",
    "submitted_at", "closed_at", "last_message_seq",
)  # fmt: skip


def case_shown(case: Case) -> dict[str, Any]:
    """What CaseShown tells of the case itself, with the child where the actor may know it. One query."""
    return {
        "id": case.pk,
        **{name: getattr(case, name) for name in _SHOWN},
        "priority": _CODE[case.priority],
        "patient": _child(case),
        "service": named(case.service),
        "asking_institution": named(case.asking_institution),
        "asker": named(case.asker),
        "responder": named(case.responder),
        "ball_user": named(case.ball_user),
    }


def _child(case: Case) -> dict[str, Any] | None:
    known: Patient | None = Patient.objects.filter(pk=case.patient_id).first()
    if known is None:
        return None
    plain = {"birth_date": known.birth_date, "allergies": known.allergies}
    return {"id": known.pk, "name": known.display_name, **plain}


def case_page(view: ApiView, kind: CaseKind) -> Page:
    """One page of the caller's list of this kind, its reads noted; an empty one where they have no such list."""
    asked, desk = view.asked(ListFilter), Desk.of(view.actor)
    tab, limit = _tab(desk, asked.get("list")), page_limit(view.request, 25)
    if tab is None:
        return Page([], "")
    narrow = Narrow(asked["service"], PRIORITY.get(asked["priority"] or ""), kind)
    page = worklist(desk, tab, narrow=narrow, after=view.after, size=limit)
    names = names_of(view.actor, page.items)
    note_list_read(actor=view.actor, what=f"{kind}s {tab}", patient_ids=named_patients(page.items, names))
    return Page([case_row(row, names) for row in page.items], page.next_cursor)


def _tab(desk: Desk, wanted: str | None) -> Tab | None:
    """The list asked for, where the caller has it. `open`: all open ones on the caller's side."""
    tabs = desk.tabs()
    if wanted is None:
        return tabs[0] if tabs else None
    if wanted == "open":
        return next((tab for tab in (Tab.SERVICE, Tab.ASKED, Tab.MINE) if tab in tabs), None)
    return Tab(wanted) if Tab(wanted) in tabs else None


def _pair(row: Mapping[str, Any], key: str, name: str) -> dict[str, Any] | None:
    return {"id": row[key], "name": row[f"{name}_names"][0]} if row[key] else None


_ROW = (
    "id", "headline", "age_days", "sex", "weight_grams", "ball", "due_at", "clock_paused", "is_open", "created_at",
    "submitted_at", "closed_at",
)  # fmt: skip


def case_row(row: Mapping[str, Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    """A CaseRow of a list's row; `names` of the children whom the caller may know."""
    known = names.get(row["id"])
    return {
        **{name: row[name] for name in _ROW},
        "priority": _CODE[row["priority"]],
        "patient": {"id": row["patient_id"], "name": known} if known else None,
        "service": _pair(row, "service_id", "service"),
        "asking_institution": _pair(row, "asking_institution_id", "place"),
        "asker": _pair(row, "asker_id", "asker"),
        "ball_user": _pair(row, "ball_user_id", "holder"),
        "unread": max(0, row["last_message_seq"] - (row["seen"] or 0)),
    }
