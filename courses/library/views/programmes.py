"""Programmes, as their builders keep them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from courses.library.forms.courses import NewTitledForm, ProgrammeForm
from courses.library.models import Course, Programme
from courses.library.operations import edit_programme, make_programme
from courses.library.policies import may_make_courses
from courses.library.states import Language
from courses.library.views.building import home_of


@form_page
def programme_new(request: HttpRequest) -> HttpResponse:
    """A programme begins with its title."""
    actor = current_actor()
    place, form = home_of(actor), NewTitledForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        titles = {"title_en": said["title_en"], "title_zh": said["title_zh"]}
        key = said["request_key"]
        made = form.run(lambda: make_programme(actor=actor, institution_id=place, key=key, **titles))
        if made:
            return redirect("library:programme_edit", made[0].pk)
    return render(request, "library/build_new.html", {"form": form, "programme": True}, status=form.status)


@form_page
def programme_edit(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """What it is called and holds; courses stand in the order in which they were chosen, then as the list has them."""
    actor = current_actor()
    found = Programme.objects.filter(pk=programme_id).first()
    if found is None:
        raise NotVisible
    require(may_make_courses(actor, found.institution_id))
    held = list(found.places.order_by("position").values_list("course_id", flat=True))
    form = ProgrammeForm(request.POST or None, courses=_offered(held), initial=_known(found, held))
    if form.is_valid():
        saved = form.run(lambda: edit_programme(actor=actor, programme_id=programme_id, **_given(form)))
        if saved:
            messages.success(request, _("Saved."))
            return redirect("library:programme", programme_id)
    return render(request, "library/programme_edit.html", {"form": form, "programme": found}, status=form.status)


def _offered(held: list[UUID]) -> list[tuple[str, str]]:
    """Published courses, those of the programme first and in its order."""
    rows = Course.objects.filter(current__isnull=False).select_related("current").order_by("-published_at")[:200]
    named = {row.pk: row.current.title for row in rows if row.current}
    order = [*(pk for pk in held if pk in named), *(pk for pk in named if pk not in held)]
    return [(str(pk), named[pk]) for pk in order]


def _known(found: Programme, held: list[UUID]) -> dict[str, object]:
    texts = {f"summary_{text.language}": text.summary for text in found.texts.all()}
    return {
        "title_en": found.title_en, "title_zh": found.title_zh, "reach": found.reach, "version": found.version,
        "shown": found.shown_at is not None, "course_ids": [str(pk) for pk in held], **texts,
    }  # fmt: skip


def _given(form: ProgrammeForm) -> dict[str, Any]:
    said = dict(form.cleaned_data)
    said["summaries"] = {code: said.pop(f"summary_{code}") for code in Language.values}
    return said
