"""Teaching cases: the shelf, looking at one a second time, and using it."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.casework.queries.rows import case_url
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import require
from courses.live.forms.cases import ConfirmForm, ReturnForm, SeenForm, UseForm
from courses.live.models.cases import CasePicture, TeachingCase
from courses.live.operations.case_parts import confirm_part
from courses.live.operations.cases import approve_case, return_case, submit_case, take_down, use_case
from courses.live.policies.cases import may_make_case, may_make_cases, may_see_cases
from courses.live.queries.cases import case_for, cases_listed, is_agreed, page_of
from courses.live.queries.links import case_known, links_of_case, links_of_teaching_case
from courses.live.states.cases import TEACHING_CASE

_PLAIN: Final[dict[str, Any]] = {"submit": submit_case, "approve": approve_case, "withdraw": take_down}


def note_source_read(actor: Actor, row: TeachingCase) -> None:
    """What was written names the child: looking at it is a read of the record."""
    note_read(actor=actor, subject=row, patient_id=row.case.patient_id, what="teaching-source", once_per_look=True)


@never_cache
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Those one makes or may look at, and those that one's institution teaches."""
    actor = current_actor()
    require(may_see_cases(actor))
    page = keyset(cases_listed(), order=("-created_at", "-id"), after=request.GET.get("after", ""))
    following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    context = {"rows": page.items, "next_url": following, "makes": may_make_cases(actor).allowed}
    return render(request, "lectures/cases.html", context)


@never_cache
@require_safe
def case(request: HttpRequest, teaching_case_id: UUID) -> HttpResponse:
    """As it stands: for its maker and the second person beside what was written; for others what is taught."""
    actor, row = current_actor(), case_for(teaching_case_id)
    page = page_of(actor, row)
    if any(stage["pieces"] for stage in page["stages"]):
        note_source_read(actor, row)
    page["return_form"] = ReturnForm() if page["confirms"] else None
    page["links"] = links_of_teaching_case(actor, row)
    page["use_form"] = UseForm() if page["uses"] and row.lecture_id is None else None
    return render(request, "lectures/case.html", page)


@never_cache
@require_safe
def of_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was made of a child's case for teaching, and the way to begin."""
    actor, found = current_actor(), case_known(case_id)
    context = {
        "case": found, "url": case_url(found), "links": links_of_case(actor, found),
        "begins": may_make_case(actor, found).allowed, "agreed": is_agreed(found),
    }  # fmt: skip
    return render(request, "lectures/of_case.html", context)


@require_safe
def case_picture(request: HttpRequest, teaching_case_id: UUID, picture_id: UUID) -> HttpResponse:
    """The bytes of one picture, for whoever sees the teaching case."""
    found = CasePicture.objects.filter(teaching_case_id=teaching_case_id, pk=picture_id).first()
    if found is None:
        raise NotVisible
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.content), content_type="image/webp", headers=headers)


@require_POST
def case_confirm(request: HttpRequest, teaching_case_id: UUID) -> HttpResponse:
    """One part was looked at by a second person."""
    form = ConfirmForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    part = {"stage": said.get("stage", ""), "picture_id": said.get("picture_id"), "version": said.get("version")}
    confirm_part(actor=current_actor(), teaching_case_id=teaching_case_id, **part)
    return redirect("lectures:case", teaching_case_id)


@require_POST
def case_return(request: HttpRequest, teaching_case_id: UUID) -> HttpResponse:
    """Back to its maker, with what should be changed."""
    form = ReturnForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return_case(actor=current_actor(), teaching_case_id=teaching_case_id, reason=reason)
    messages.success(request, _("It went back to its maker."))
    return redirect("lectures:cases")


@require_POST
def case_act(request: HttpRequest, teaching_case_id: UUID, verb: str) -> HttpResponse:
    """Send it to a second person, approve it, take it down."""
    if verb not in _PLAIN:
        raise NotVisible
    form = SeenForm(request.POST)
    seen = {"version": form.cleaned_data["version"]} if verb != "withdraw" and form.is_valid() else {}
    try:
        _PLAIN[verb](actor=current_actor(), teaching_case_id=teaching_case_id, **seen)
    except InvalidInput as error:
        messages.error(request, str(error.message))
    return redirect("lectures:case", teaching_case_id)


@require_POST
def case_use(request: HttpRequest, teaching_case_id: UUID) -> HttpResponse:
    """Teach it in a lecture."""
    actor = current_actor()
    TEACHING_CASE.check("attach", actor, case_for(teaching_case_id))
    form = UseForm(request.POST)
    if not form.is_valid():
        raise NotVisible
    use_case(actor=actor, teaching_case_id=teaching_case_id, lecture_id=form.cleaned_data["lecture_id"])
    messages.success(request, _("The lecture teaches this case."))
    return redirect("lectures:case", teaching_case_id)
