"""Rating answers blind, the leads' view of a service's sample, and one's own answers with what became of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consortium.casework.queries.duty import service_for
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotPermitted
from consortium.kernel.policies import require
from consultations.forms.outcomes import RaterForm, RatingForm, ShareForm
from consultations.models import Review
from consultations.operations.reviewing import name_rater, open_review, percent_of, plan_reviews, rate_answer
from consultations.policies import may_rate, may_run_reviews
from consultations.queries.own_answers import comparison, outcome_counts, own_answers
from consultations.queries.rating import fitting_raters
from consultations.queries.reviews import (
    RATES,
    blind_case,
    distribution,
    line_of,
    review_for,
    reviews_to_give,
    rounds_of,
    sample_of,
    services_led,
)


@never_cache
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """The answers that wait for this rater, and the services whose samples they lead."""
    actor = current_actor()
    if not actor.has(*RATES):
        raise NotPermitted
    rows = [line_of(review) for review in reviews_to_give(actor)]
    return render(request, "consultations/reviews.html", {"rows": rows, "services": services_led(actor)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """One case without names, and the two scales beneath it. The look is a read of the child's record."""
    actor, found = current_actor(), review_for(review_id)
    require(may_rate(actor, found))
    form = RatingForm(request.POST or None)
    if form.is_valid():
        done = form.run(lambda: rate_answer(actor=actor, review_id=review_id, **form.cleaned_data))
        if done is not None:
            messages.success(request, _("Rated. Thank you."))
            return redirect("consultations:reviews")
    found = open_review(actor=actor, review_id=review_id)
    note_read(actor=actor, subject=found.case, patient_id=found.case.patient_id, what="review", once_per_look=True)
    context = {"form": form, "review": found, "blind": blind_case(actor, found)}
    return render(request, "consultations/review.html", context, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def service_reviews(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """For the service's leads: the months, who rates what, what is late, how the scores spread; the share to rate."""
    actor, service = current_actor(), service_for(service_id)
    require(may_run_reviews(actor, service_id))
    form = ShareForm(request.POST or None, initial={"percent": percent_of(service_id)})
    if form.is_valid():
        percent = form.cleaned_data["percent"]
        if form.run(lambda: plan_reviews(actor=actor, service_id=service_id, percent=percent)):
            messages.success(request, _("Saved."))
            return redirect("consultations:service_reviews", service_id)
    rounds = rounds_of(service_id)
    wanted = request.GET.get("month", "")
    made = next((each for each in rounds if f"{each.month:%Y-%m}" == wanted), rounds[0] if rounds else None)
    sample = sample_of(made) if made else []
    context = {
        "service": service, "form": form, "rounds": rounds, "round": made, "spread": distribution(sample),
        "rows": [_line(review) for review in sample],
    }  # fmt: skip
    return render(request, "consultations/service_reviews.html", context, status=form.status)


def _line(review: Review) -> dict[str, Any]:
    line = line_of(review)
    rater, answerer = review.rater, review.answerer
    return {
        **line, "rater": rater.get_full_name() if rater else "", "answerer": answerer.get_full_name(),
        "rated_at": review.rated_at, "information": review.information, "quality": review.quality,
        "concern": review.concern, "note": review.note,
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rater(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Give an answer to another rater."""
    actor, found = current_actor(), review_for(review_id)
    service_id = found.round.service_id
    require(may_run_reviews(actor, service_id))
    form = RaterForm(request.POST or None, people=fitting_raters(found))
    if form.is_valid():
        rater_id = form.cleaned_data["rater_id"]
        if form.run(lambda: name_rater(actor=actor, review_id=review_id, rater_id=rater_id)):
            messages.success(request, _("Saved."))
            return redirect("consultations:service_reviews", service_id)
    context = {"form": form, "line": line_of(found), "service_id": service_id}
    return render(request, "consultations/rater.html", context, status=form.status)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own answers: what became of the children, and what the askers and the blind raters found."""
    actor = current_actor()
    if not actor.has(*RATES):
        raise NotPermitted
    page = own_answers(actor, after=request.GET.get("after", ""))
    next_url = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    first = not request.GET.get("after")
    context = {
        "rows": page.items, "next_url": next_url, "scores": comparison(actor) if first else None,
        "outcomes": outcome_counts(actor) if first else [],
    }  # fmt: skip
    return render(request, "consultations/mine.html", context)
