"""Booking a visit: the next free places as buttons, and the waiting list."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from consortium.casework.queries.rows import child_words
from consortium.casework.views.acting import Act, plain
from consortium.kernel.actors import current_actor
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from referrals.forms.visits import CancelVisitForm, VisitForm, WaitForm
from referrals.models import Referral
from referrals.operations.visiting import WAITING_FROM, book_visit, cancel_visit, miss_visit, wait_for_place
from referrals.policies import may_book_visit
from referrals.queries import referral_for
from referrals.queries.visits import calendars_of, next_places, visit_words, visits_of

VISIT_ACTS: dict[str, Act[Referral]] = {
    "miss_visit": Act(
        plain(miss_visit),
        gettext_lazy("Noted. The sender is told; book another time."),
        hint=gettext_lazy("The sender is told, who knows the family."),
    ),
    "cancel_visit": Act(
        plain(cancel_visit),
        gettext_lazy("The visit is cancelled. Both sides are told."),
        CancelVisitForm,
        gettext_lazy("The time is free again, and goes to the next child who waits."),
    ),
}


@form_page
def visit(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The next free places; a tap books one."""
    actor, referral = current_actor(), referral_for(case_id)
    require(may_book_visit(actor, referral))
    form = VisitForm(request.POST or None, initial={"request_key": uuid4()})
    if form.is_valid():
        said = form.cleaned_data
        done = form.run(
            lambda: book_visit(
                actor=actor, case_id=case_id, slot_id=said["slot_id"], instructions=said["instructions"],
                key=said["request_key"],
            )
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Booked. Both sides are told."))
            return redirect("referrals:show", case_id)
    return _page(request, referral, form)


@never_cache
@require_POST
def wait(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """On the waiting list of a clinic."""
    actor, referral = current_actor(), referral_for(case_id)
    require(may_book_visit(actor, referral))
    form = WaitForm(request.POST, calendars=calendars_of(referral))
    if form.is_valid() and _waits(form, case_id):
        messages.success(request, _("On the list. The next place that frees is booked by itself."))
        return redirect("referrals:show", case_id)
    return _page(request, referral, VisitForm(initial={"request_key": uuid4()}), form)


def _waits(form: WaitForm, case_id: UUID) -> bool:
    """Whether the child is on the list; what was refused stands on the form."""
    actor, said = current_actor(), form.cleaned_data
    return form.run(lambda: wait_for_place(actor=actor, case_id=case_id, **said)) is not None


def _page(
    request: HttpRequest, referral: Referral, form: VisitForm, wait_form: WaitForm | None = None
) -> HttpResponse:  # fmt: skip
    case, waits = referral.case, referral.step in WAITING_FROM
    calendars = calendars_of(referral) if waits else []
    visits = [visit_words(each) for each in visits_of(case.pk)]
    context: dict[str, Any] = {
        "case": case,
        "who": child_words(case.sex, case.age_days, case.weight_grams),
        "visit_form": form,
        "visit_key": form["request_key"].value(),
        "free": next_places(current_actor(), referral),
        "stands": next((each for each in visits if each["stands"]), None),
        "wait_form": wait_form or (WaitForm(calendars=calendars) if calendars else None),
    }
    status = wait_form.status if wait_form else form.status
    return render(request, "referrals/visit.html", context, status=status)
