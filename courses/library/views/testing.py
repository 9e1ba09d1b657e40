"""The tests before and after a course: chosen, ended, and what they say."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from courses.assessment.queries.pairs import repeated_at_least
from courses.library.forms.testing import TestsForm
from courses.library.models import Course, CourseTests
from courses.library.operations.gains import FORMS, export_gains
from courses.library.operations.testing import end_tests, set_tests
from courses.library.policies import may_build_course
from courses.library.queries.gains import report_of
from courses.library.queries.page import course_seen
from courses.library.queries.testing import tests_of, tests_read

_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@form_page
def tests(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Which they are; a form to choose them."""
    actor, course = current_actor(), course_seen(course_id)
    require(may_build_course(actor, course))
    form = TestsForm(request.POST or None, course=course)
    if form.is_valid():
        said = form.cleaned_data
        chosen = {"exam_id": said["exam_id"], "later_weeks": said["later_weeks"], "gates": said["gates"]}
        if form.run(lambda: set_tests(actor=actor, course_id=course.pk, key=said["request_key"], **chosen)):
            messages.success(request, _("The tests are open to who takes the course."))
            return redirect("library:tests", course_id)
    standing = tests_of(course.pk)
    context = {
        **_titled(course), "form": form, "tests": standing, "repeated": _repeated(standing) if standing else 0,
    }  # fmt: skip
    return render(request, "library/tests.html", context, status=form.status)


def _titled(course: Course) -> dict[str, Any]:
    return {"course": course, "title": course.current.title if course.current else ""}


def _repeated(standing: CourseTests) -> int:
    return repeated_at_least(standing.pair.before, len(standing.pair.exam_ids))


@require_POST
def tests_end(request: HttpRequest, course_id: UUID) -> HttpResponse:
    end_tests(actor=current_actor(), course_id=course_id)
    messages.success(request, _("The tests have ended. Their results stay."))
    return redirect("library:tests", course_id)


@never_cache
@require_safe
def gains(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """What they say, matched by person."""
    found = tests_read(current_actor(), course_id)
    context = {**_titled(found.course), "tests": found, "report": report_of(found)}
    return render(request, "library/gains.html", context)


@require_POST
def gains_file(request: HttpRequest, course_id: UUID, form: str) -> HttpResponse:
    """The same as a spreadsheet."""
    if form not in FORMS:
        raise NotVisible
    content = export_gains(actor=current_actor(), course_id=course_id, form=form)
    named = f'attachment; filename="before-and-after-{str(course_id)[:8]}.{form}"'
    return HttpResponse(
        content, content_type=_TYPES[form], headers={"Content-Disposition": named, "Cache-Control": "no-store"}
    )
