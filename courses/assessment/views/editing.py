"""Writing a question: its texts in both languages side by side, its key, its tags; each question of a case alone."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consortium.clinical.units import KINDS
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible, StaleVersion
from consortium.kernel.methods import key_of, version_of
from consortium.kernel.policies import require
from courses.assessment.forms.items import LEAST_ROWS, SPARE, TagsForm, content_from, points_from, rule_choices
from courses.assessment.models import ItemVersion
from courses.assessment.operations.items import TAGS, Written, create_item, save_draft
from courses.assessment.operations.pictures import add_picture
from courses.assessment.policies.items import may_write
from courses.assessment.queries.bank import version_shown
from courses.assessment.states import MACHINE, Kind

Content = dict[str, Any]


def _rows(kind: str, content: Content) -> list[dict[str, Any]]:
    """The rows of the editor: those that are written, then empty ones."""
    found = content.get("options") or content.get("rubric") or []
    if kind == Kind.MATCHING:
        extra = [{"id": row["id"], "match": row["text"]} for row in content.get("extra", [])]
        found = [*content.get("pairs", []), *extra]
    spare = max(SPARE, LEAST_ROWS - len(found))
    return [{"prefix": f"o{place}", **row} for place, row in enumerate([*found, *({} for _ in range(spare))])]


def _units() -> list[tuple[str, str]]:
    return [
        (f"{kind.code}:{unit.code}", f"{kind.label} ({unit.label})") for kind in KINDS.values() for unit in kind.units
    ]


def _editor(kind: str, content: Content, faults: dict[str, Any]) -> dict[str, Any]:
    """What every editor shows of a content, whole or not."""
    areas = [f"{one['shape']} {one['x']} {one['y']} {one['w']} {one['h']}" for one in content.get("areas", []) if one]
    return {
        "kind": kind, "kind_label": Kind(kind).label, "content": content, "faults": faults,
        "rows": _rows(kind, content), "rules": rule_choices(kind), "units": _units() if kind == Kind.NUMERIC else [],
        "areas": "\n".join(areas), "accepted": "\n".join(content.get("accepted", [])),
        "unit": f"{content.get('quantity')}:{content.get('unit')}",
        "editor": f"assessment/bank/edit_{_SHAPES[Kind(kind)]}.html",
    }  # fmt: skip


_SHAPES = {
    Kind.SINGLE: "options", Kind.MULTIPLE: "options", Kind.TRUE_FALSE: "true_false", Kind.ORDERING: "ordering",
    Kind.MATCHING: "matching", Kind.NUMERIC: "numeric", Kind.SHORT: "short", Kind.HOTSPOT: "hotspot",
    Kind.CASE_SET: "case_set", Kind.ESSAY: "rubric",
}  # fmt: skip


def _sent(request: HttpRequest, kind: str) -> Content:
    """The content as it was typed; a picture that came with it is kept first."""
    content = content_from(kind, request.POST)
    if kind == Kind.HOTSPOT and (file := request.FILES.get("picture_file")):
        content["picture"] = str(add_picture(actor=current_actor(), data=file.read()).pk)
    return content


def _said(request: HttpRequest, content: Content) -> Written:
    tags = {name: request.POST.get(name, "") for name in (*TAGS, "manual_branch") if name in request.POST}
    points = points_from(request.POST.get("points", ""))
    return Written(content, tags, points, request.POST.get("source", ""))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new question of a kind."""
    require(may_write(current_actor()))
    if kind not in Kind.values:
        raise NotVisible
    faults: dict[str, Any] = {}
    content: Content = {}
    if request.method == "POST":
        try:
            content = _sent(request, kind)
            made = create_item(
                actor=current_actor(), kind=kind, said=_said(request, content), code=request.POST.get("code", "")[:60],
                key=key_of(request),
            )  # fmt: skip
        except InvalidInput as error:
            faults = error.fields
        except DomainError as error:
            faults = {"": error.message} if error.status not in (403, 404) else _raised(error)
        else:
            return redirect(_after(made))
    context = _editor(kind, content, faults) | {
        "tags": TagsForm(request.POST or None), "points": request.POST.get("points", "1"),
        "source": request.POST.get("source", ""), "code": request.POST.get("code", ""), "is_new": True,
        "request_key": request.POST.get("request_key") or uuid4(), "back": reverse("assessment:bank"),
    }  # fmt: skip
    return render(request, "assessment/bank/edit.html", context, status=422 if faults else 200)


def _raised(error: DomainError) -> dict[str, Any]:
    raise error


def _after(version: ItemVersion) -> str:
    """A case goes on to its questions, all else to its page."""
    page = "assessment:item_edit" if version.item.kind == Kind.CASE_SET else "assessment:item"
    return reverse(page, args=[version.pk])


def _draft(version_id: UUID) -> ItemVersion:
    row = version_shown(version_id)
    MACHINE.check("edit", current_actor(), row)
    return row


def _saved(request: HttpRequest, row: ItemVersion, content: Content, said: Written) -> dict[str, Any]:
    """Keep the draft; what is wrong by field, {} when it was kept."""
    try:
        save_draft(actor=current_actor(), version_id=row.pk, said=said, version=version_of(request))
    except InvalidInput as error:
        return error.fields
    except StaleVersion as error:
        return {"": error.message}
    return {}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """A draft; of a case its stem and the list of its questions."""
    row = _draft(version_id)
    faults: dict[str, Any] = {}
    content: Content = row.content
    if request.method == "POST":
        try:
            content = _sent(request, row.item.kind)
        except DomainError as error:
            faults = {"picture": error.message}
        content |= {"parts": row.content["parts"]} if row.item.kind == Kind.CASE_SET else {}
        faults = faults or _saved(request, row, content, _said(request, content))
        if not faults:
            return redirect("assessment:item", row.pk)
    tags = {name: getattr(row.item, name) for name in (*TAGS, "manual_branch")}
    context = _editor(row.item.kind, content, faults) | {
        "tags": TagsForm(request.POST or tags), "points": request.POST.get("points", f"{row.points.normalize():f}"),
        "source": request.POST.get("source", row.source), "version": row, "item": row.item,
        "back": reverse("assessment:item", args=[row.pk]), "part_kinds": _part_kinds(),
        "part_rows": [(part, Kind(part["kind"]).label) for part in content.get("parts", [])],
    }  # fmt: skip
    return render(request, "assessment/bank/edit.html", context, status=422 if faults else 200)


def _part_kinds() -> list[tuple[str, Any]]:
    return [(kind, label) for kind, label in Kind.choices if kind != Kind.CASE_SET]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, version_id: UUID, part_id: str) -> HttpResponse:
    """One question of a case; `part_id` is its id, or the kind of a new one."""
    row = _draft(version_id)
    parts: list[dict[str, Any]] = list(row.content.get("parts", []))
    place = next((n for n, one in enumerate(parts) if one["id"] == part_id), len(parts))
    if place == len(parts) and part_id not in dict(_part_kinds()):
        raise NotVisible
    here: dict[str, Any] = (
        parts[place] if place < len(parts) else {"id": _free(parts), "kind": part_id, "points": "1", "content": {}}
    )
    faults: dict[str, Any] = {}
    if request.method == "POST":
        here = here | {"points": f"{points_from(request.POST.get('points', '')):f}"}
        faults = _part_saved(request, row, parts, place, here)
        if not faults:
            return redirect("assessment:item_edit", row.pk)
    context = _editor(here["kind"], here["content"], faults) | {
        "points": here["points"], "version": row, "item": row.item, "part": here, "is_new": place == len(parts),
        "back": reverse("assessment:item_edit", args=[row.pk]),
    }  # fmt: skip
    return render(request, "assessment/bank/edit.html", context, status=422 if faults else 200)


def _free(parts: list[dict[str, Any]]) -> str:
    taken = {part["id"] for part in parts}
    return next(f"q{n}" for n in range(1, 100) if f"q{n}" not in taken)


def _part_saved(
    request: HttpRequest, row: ItemVersion, parts: list[dict[str, Any]], place: int, here: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """The case with this question written, or without it; the faults of this question by its own fields."""
    if request.POST.get("remove"):
        left = [one for n, one in enumerate(parts) if n != place]
    else:
        try:
            here["content"] = _sent(request, here["kind"])
        except DomainError as error:
            return {"picture": error.message}
        left = [*parts[:place], here, *parts[place + 1 :]]
    said = Written(row.content | {"parts": left}, points=row.points, source=row.source)
    faults = _saved(request, row, said.content, said)
    return {name.removeprefix(f"parts.{place + 1}."): fault for name, fault in faults.items()}
