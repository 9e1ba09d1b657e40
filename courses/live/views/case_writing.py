"""A teaching case is begun and written: titles, stages, pictures."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from courses.live.forms.cases import NewCaseForm, PictureForm, StageForm, TitlesForm
from courses.live.models.cases import TeachingCase
from courses.live.operations.case_parts import add_case_picture, drop_case_picture, write_stage
from courses.live.operations.cases import make_teaching_case, retitle_case
from courses.live.policies.cases import may_make_cases
from courses.live.queries.cases import candidates, case_for, found_in, pictures_to_take, pieces_of, source_of
from courses.live.states.cases import TEACHING_CASE, StageKind
from courses.live.views.cases import note_source_read


def _writing(actor: Actor, teaching_case_id: UUID) -> TeachingCase:
    row = case_for(teaching_case_id)
    TEACHING_CASE.check("write", actor, row)
    return row


@form_page
def case_new(request: HttpRequest) -> HttpResponse:
    """Which case (`?case=`: the one somebody comes from), under what title."""
    actor = current_actor()
    require(may_make_cases(actor))
    offered = candidates(actor)
    form = NewCaseForm(request.POST or None, cases=offered, initial={"case_id": request.GET.get("case", "")})
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("case_id", "title_en", "title_zh")}
        key = form.cleaned_data["request_key"]
        made = form.run(lambda: make_teaching_case(actor=actor, key=key, **said))
        if made:
            return redirect("lectures:case", made[0].pk)
    return render(request, "lectures/case_new.html", {"form": form, "offered": offered}, status=form.status)


@form_page
def case_titles(request: HttpRequest, teaching_case_id: UUID) -> HttpResponse:
    """Other titles."""
    actor = current_actor()
    row = _writing(actor, teaching_case_id)
    known = {"title_en": row.title_en, "title_zh": row.title_zh, "version": row.version}
    form = TitlesForm(request.POST or None, initial=known)
    if form.is_valid():
        done = form.run(lambda: retitle_case(actor=actor, teaching_case_id=row.pk, **form.cleaned_data))
        if done:
            return redirect("lectures:case", row.pk)
    return render(request, "lectures/case_titles.html", {"form": form, "row": row}, status=form.status)


@form_page
def case_stage(request: HttpRequest, teaching_case_id: UUID, kind: str) -> HttpResponse:
    """One stage: what is told. Saved, it is shown again with what was found in it."""
    if kind not in StageKind.values:
        raise NotVisible
    actor = current_actor()
    row = _writing(actor, teaching_case_id)
    written, kept = source_of(row, kind)
    pieces = pieces_of(written, found_in(row.case, written), kept)
    doubtful = [piece for piece in pieces if piece["look"] and not piece["sure"]]
    form = StageForm(
        request.POST or None, doubtful=[piece["start"] for piece in doubtful],
        initial={"source": written, "version": row.version},
    )  # fmt: skip
    if form.is_valid():
        done = form.run(lambda: _write(actor, row, kind, written, form))
        if done:
            return redirect("lectures:case_stage", row.pk, kind)
    note_source_read(actor, row)
    context = {"form": form, "row": row, "label": StageKind(kind).label, "pieces": pieces, "doubtful": doubtful}
    return render(request, "lectures/case_stage.html", context, status=form.status)


def _write(actor: Actor, row: TeachingCase, kind: str, before: str, form: StageForm) -> TeachingCase:
    """Places to be let stand are those of the text that was shown: of another text they say nothing."""
    said = form.cleaned_data
    source = said["source"].replace("\r\n", "\n").strip()
    kept = said["kept"] if source == before else []
    return write_stage(
        actor=actor, teaching_case_id=row.pk, kind=kind, source=source, kept=kept, version=said["version"]
    )  # fmt: skip


@form_page
def case_pictures(request: HttpRequest, teaching_case_id: UUID) -> HttpResponse:
    """The pictures of the child's case: one is taken over, without all that its file says."""
    actor = current_actor()
    row = _writing(actor, teaching_case_id)
    form = PictureForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        words = {"attachment_id": said["attachment_id"], "frame": said["frame"] or 1, "key": said["request_key"]}
        if form.run(lambda: add_case_picture(actor=actor, teaching_case_id=row.pk, **words)):
            messages.success(request, _("The picture was added. A second person has to look at it."))
            return redirect("lectures:case", row.pk)
    note_source_read(actor, row)  # the names of its files tell of the child
    tiles = [(tile, uuid4()) for tile in pictures_to_take(actor, row)]
    return render(
        request, "lectures/case_pictures.html", {"form": form, "row": row, "tiles": tiles}, status=form.status
    )


@require_POST
def case_picture_drop(request: HttpRequest, teaching_case_id: UUID, picture_id: UUID) -> HttpResponse:
    """Leave a picture out: its bytes go."""
    drop_case_picture(actor=current_actor(), teaching_case_id=teaching_case_id, picture_id=picture_id)
    messages.success(request, _("The picture was removed."))
    return redirect("lectures:case", teaching_case_id)
