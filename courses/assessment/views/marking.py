"""The marking desk: what waits, and one essay with its rubric. No name stands on either page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.policies import require
from courses.assessment.forms.exams import MarkForm
from courses.assessment.operations.marking import mark_essay
from courses.assessment.policies.exams import may_mark_for
from courses.assessment.queries.marking import alias_of, essay_for, essays_to_mark, own_mark


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The essays that wait for this marker, the longest waiting first."""
    actor = current_actor()
    require(may_mark_for(actor))
    rows = [(answer, alias_of(answer)) for answer in essays_to_mark(actor)]
    return render(request, "assessment/exams/marking.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def essay(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """What was written, and points for each line of the rubric."""
    actor = current_actor()
    found = essay_for(actor, answer_id)
    language = get_language() or "en"
    form = MarkForm(request.POST or None, rubric=found.rubric, language=language)
    if form.is_valid():
        said = {"criteria": form.criteria(), "comment": form.cleaned_data["comment"]}
        if form.run(lambda: mark_essay(actor=actor, answer_id=answer_id, **said)):
            messages.success(request, _("Your marks are kept."))
            return redirect("assessment:marking")
    context = {
        "essay": found, "form": form, "alias": alias_of(found.answer), "mine": own_mark(actor, answer_id),
        "stem": found.question.stem.said(language),
    }  # fmt: skip
    return render(request, "assessment/exams/essay.html", context, status=form.status)
