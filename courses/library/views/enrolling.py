"""Who takes a course, and who is enrolled by others."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from consortium.kernel import clock
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.kernel.methods import form_page
from consortium.people.models import Institution
from consortium.people.states import Role
from consortium.people.views.institutions import more_url
from courses.library.forms.courses import EnrolForm
from courses.library.models import Course
from courses.library.operations import end_rule, enrol_people, leave_course, make_rule
from courses.library.policies import may_build_course
from courses.library.queries.building import people_of, rules_of
from courses.library.queries.page import course_seen


@form_page
def people(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Who takes it, by which rules; a form to enrol more."""
    actor, found = current_actor(), course_seen(course_id)
    builder = may_build_course(actor, found).allowed
    form = EnrolForm(request.POST or None, places=_places(actor, builder=builder), builder=builder)
    if form.is_valid():
        count = form.run(lambda: _enrolled(actor, found, form.cleaned_data))
        if count is not None:
            said = ngettext("%(count)d person was enrolled.", "%(count)d people were enrolled.", count)
            messages.success(request, said % {"count": count})
            return redirect("library:people", course_id)
    page = people_of(found, after=request.GET.get("after", ""))
    context = {
        "course": found, "title": found.current.title if found.current else "", "page": page, "form": form,
        "rules": rules_of(found) if builder else [], "more_url": more_url(request, page.next_cursor),
        "builder": builder,
    }  # fmt: skip
    return render(request, "library/people.html", context, status=form.status)


def _places(actor: Actor, *, builder: bool) -> list[tuple[str, str]]:
    """The institutions whose people the actor may enrol; nobody's is a refusal."""
    rows = Institution.objects.filter(closed_at=None)
    if not builder:
        rows = rows.filter(pk__in=actor.institution_ids(Role.INSTITUTION_ADMIN))
    places = sorted(((str(row.pk), row.name) for row in rows), key=lambda place: place[1])
    if not places:
        raise NotPermitted(_("Only who enrols people may see who takes a course."))
    return places


def _enrolled(actor: Actor, course: Course, said: dict[str, Any]) -> int:
    whom = {name: said[name] for name in ("institution_id", "roles", "tiers", "required")}
    if said.get("ongoing"):
        return make_rule(actor=actor, course_id=course.pk, days=said["days"], **whom)[1]
    due_on = clock.today() + timedelta(days=said["days"]) if said["days"] else None
    return enrol_people(actor=actor, course_id=course.pk, due_on=due_on, **whom)


@require_POST
def rule_end(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """It counts no more for who comes later."""
    rule = end_rule(actor=current_actor(), rule_id=rule_id)
    messages.success(request, _("The rule has ended. Who was enrolled by it stays."))
    return redirect("library:people", rule.course_id)


@require_POST
def take_out(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Somebody (`user`) no longer takes the course."""
    try:
        user_id = UUID(request.POST.get("user", ""))
    except ValueError as error:
        raise InvalidInput({"user": _("Choose a person.")}) from error
    leave_course(actor=current_actor(), course_id=course_id, user_id=user_id)
    return redirect("library:people", course_id)
