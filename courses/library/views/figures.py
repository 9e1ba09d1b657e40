"""What becomes of a course's people: how far they come, where videos lose them, how long it takes."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.policies import require
from consortium.people.views.institutions import more_url
from courses.library.forms.figures import PlaceForm
from courses.library.operations.exporting import export_figures
from courses.library.policies import may_build_course, may_list_figures, may_see_figures
from courses.library.queries.curves import curves_of
from courses.library.queries.funnel import courses_counted, exams_of, ways_of
from courses.library.queries.page import course_seen

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_safe
def courses_figures(request: HttpRequest) -> HttpResponse:
    """The courses that one builds, or all; `?place=` counts the people of a region or an institution alone."""
    actor = current_actor()
    require(may_list_figures(actor))
    form = PlaceForm(request.GET)
    if not form.is_valid():
        raise InvalidInput({"place": _("There is no such place.")})
    place = form.chosen()
    page = courses_counted(actor, place=place, after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "narrowed": place is not None,
        "more_url": more_url(request, page.next_cursor),
    }
    return render(request, "library/figures_list.html", context)


@never_cache
@require_safe
def figures(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """One course."""
    actor, course = current_actor(), course_seen(course_id)
    require(may_see_figures(actor, course))
    version: Any = course.current
    way, groups = ways_of(actor, course)
    context = {
        "course": course, "title": version.title, "way": way, "groups": groups,
        "curves": curves_of(course), "exams": exams_of(course),
        "builds": may_build_course(actor, course).allowed,
    }  # fmt: skip
    return render(request, "library/figures.html", context)


@require_POST
def figures_file(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """The same as a spreadsheet; that somebody took it stands in the journal."""
    content = export_figures(actor=current_actor(), course_id=course_id)
    headers = {
        "Content-Disposition": f'attachment; filename="figures-{str(course_id)[:8]}.xlsx"', "Cache-Control": "no-store",
    }  # fmt: skip
    return HttpResponse(content, content_type=_XLSX, headers=headers)
