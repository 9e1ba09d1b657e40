"""Institutions and departments."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consortium.kernel.proof import freshly_proven
from consortium.people import operations, queries
from consortium.people.forms import DepartmentForm, InstitutionForm
from consortium.people.models import Department, Institution
from consortium.people.policies import may_edit_institution, may_manage_institutions, may_manage_staff, may_see_staff
from consortium.people.states import Tier

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


def the_institution(institution_id: UUID) -> Institution:
    """The institution, known to every member of staff."""
    require(may_see_staff(current_actor()))
    found = Institution.objects.select_related("region").filter(pk=institution_id).first()
    if found is None:
        raise NotVisible()
    return found


def more_url(request: HttpRequest, cursor: str) -> str:
    """The address of the next page, "" when there is none."""
    if not cursor:
        return ""
    asked = request.GET.copy()
    asked["after"] = cursor
    return f"{request.path}?{asked.urlencode()}"


def _tier(text: str) -> int | None:
    if not text:
        return None
    if text not in map(str, Tier.values):
        raise InvalidInput({"tier": _("There is no such tier.")})
    return int(text)


@require_safe
def institutions(request: HttpRequest) -> HttpResponse:
    actor, asked = current_actor(), request.GET
    page = queries.institutions(
        actor=actor,
        search=asked.get("q", "").strip()[:100],
        tier=_tier(asked.get("tier", "")),
        closed="closed" in asked,
        after=asked.get("after", ""),
    )
    context = {
        "page": page,
        "more_url": more_url(request, page.next_cursor),
        "tiers": Tier.choices,
        "asked": asked,
        "may_add": bool(may_manage_institutions(actor)),
    }
    return render(request, "people/institutions.html", context)


@require_safe
def institution(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    actor, found = current_actor(), the_institution(institution_id)
    context = {
        "institution": found,
        "departments": found.departments.select_related("specialty").order_by("name_en"),
        "may_edit": bool(may_edit_institution(actor, found.pk)),
        "may_close": bool(may_manage_institutions(actor)) and found.pk not in actor.institution_ids(),
        "may_manage_staff": bool(may_manage_staff(actor, found.pk)),
    }
    return render(request, "people/institution.html", context)


def _fields(form: InstitutionForm | DepartmentForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name not in ("request_key", "version")}


@read_or_write
def institution_new(request: HttpRequest) -> HttpResponse:
    actor = current_actor()
    require(may_manage_institutions(actor))
    form = InstitutionForm(request.POST or None, actor=actor)
    if form.is_valid():
        made = form.run(
            lambda: operations.add_institution(actor=actor, fields=_fields(form), key=form.cleaned_data["request_key"])
        )
        if made:
            messages.success(request, _("%(name)s was added. Invite its first admin.") % {"name": made.name})
            return redirect("people:invite", made.pk)
    return render(request, "people/institution_form.html", {"form": form}, status=form.status)


@read_or_write
def institution_edit(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    actor = current_actor()
    require(may_edit_institution(actor, institution_id))
    found = the_institution(institution_id)
    initial = {**vars(found), "request_key": found.pk}
    form = InstitutionForm(request.POST or None, initial=initial, actor=actor)
    if form.is_valid():
        saved = form.run(
            lambda: operations.edit_institution(
                actor=actor, institution_id=found.pk, fields=_fields(form), version=form.cleaned_data["version"]
            )
        )
        if saved:
            messages.success(request, _("Saved."))
            return redirect("people:institution", found.pk)
    context = {"form": form, "institution": found}
    return render(request, "people/institution_form.html", context, status=form.status)


@read_or_write
@freshly_proven
def institution_close(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    actor = current_actor()
    require(may_manage_institutions(actor))
    found = the_institution(institution_id)
    if request.method == "POST":
        operations.close_institution(actor=actor, institution_id=found.pk)
        messages.success(request, _("%(name)s is closed. Its people's open work went back.") % {"name": found.name})
        return redirect("people:institutions")
    return render(request, "people/institution_close.html", {"institution": found})


@require_POST
def institution_reopen(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    operations.reopen_institution(actor=current_actor(), institution_id=institution_id)
    messages.success(request, _("Open again. Nobody works there yet: invite an admin."))
    return redirect("people:institution", institution_id)


@read_or_write
def department_new(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    actor = current_actor()
    require(may_edit_institution(actor, institution_id))
    found = the_institution(institution_id)
    form = DepartmentForm(request.POST or None)
    if form.is_valid():
        key = form.cleaned_data["request_key"]
        made = form.run(
            lambda: operations.add_department(actor=actor, institution_id=found.pk, fields=_fields(form), key=key)
        )
        if made:
            return redirect("people:institution", found.pk)
    return render(request, "people/department_form.html", {"form": form, "institution": found}, status=form.status)


@read_or_write
def department_edit(request: HttpRequest, department_id: UUID) -> HttpResponse:
    actor = current_actor()
    department = Department.objects.select_related("institution").filter(pk=department_id).first()
    if department is None:
        raise NotVisible()
    require(may_edit_institution(actor, department.institution_id))
    form = DepartmentForm(request.POST or None, initial={**vars(department), "request_key": department.pk})
    if form.is_valid():
        version = form.cleaned_data["version"]
        saved = form.run(
            lambda: operations.edit_department(
                actor=actor, department_id=department_id, fields=_fields(form), version=version
            )
        )
        if saved:
            return redirect("people:institution", department.institution_id)
    context = {"form": form, "institution": department.institution, "department": department}
    return render(request, "people/department_form.html", context, status=form.status)
