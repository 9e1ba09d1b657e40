"""The first screen of each role: what waits for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.casework.views import worklist
from consortium.kernel.actors import current_actor
from consortium.people.states import Role

#: who works on cases lands on the worklist
CASEWORK = (Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD, Role.NURSE, Role.COORDINATOR)
#: the others, on the page that holds their work; the first role held counts
PLACES: tuple[tuple[Role, str], ...] = (
    (Role.CONSORTIUM_MANAGER, "people:institutions"),
    (Role.INSTITUTION_ADMIN, "people:own_staff"),
    (Role.PRIVACY_OFFICER, "patients:grants"),
    (Role.AUDITOR, "journal:entries"),
    (Role.MANUAL_EDITOR, "manual:manual"),
    (Role.CLINICAL_REVIEWER, "manual:manual"),
    (Role.PHARMACIST, "manual:manual"),
    (Role.TRAINING_ADMIN, "library:desk"),
    (Role.LECTURER, "library:courses"),
)
INBOX = "notices:inbox"


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = current_actor()
    if actor.has(*CASEWORK):
        return worklist(request)
    names = [name for role, name in PLACES if actor.has(role)]
    for name in [*names, INBOX]:
        try:
            return redirect(reverse(name))
        except NoReverseMatch:
            continue
    return render(request, "home/nothing.html")
