"""One referral: its page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.kernel.actors import current_actor
from referrals.queries import available, referral_for


@never_cache
@require_safe
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page of one referral; what it shows depends on who looks."""
    actor, referral = current_actor(), referral_for(case_id)
    context = {"referral": referral, "case": referral.case, "actions": available(actor, referral)}
    return render(request, "referrals/show.html", context)
