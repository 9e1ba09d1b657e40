"""One's own credits and certificates, and the rules by which credits are given."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError
from consortium.kernel.pagination import keyset
from consortium.kernel.policies import require
from courses.assessment.forms.credits import ReasonForm, RuleForm, initial_of
from courses.assessment.models import CreditEntry, CreditRule
from courses.assessment.operations.awarding import reverse_credit
from courses.assessment.operations.crediting import set_credit_rule
from courses.assessment.policies.credits import may_see_issued, may_set_credit_rules
from courses.assessment.queries.certificates import certificates_seen
from courses.assessment.queries.credits import ledger_of, standings_of

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What counts this year in each scheme and what is missing, the certificates, and every line of the ledger."""
    actor = current_actor()
    page = keyset(ledger_of(actor.user_id), order=("-day", "-at", "id"), after=request.GET.get("after", ""))
    following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    context = {
        "standings": standings_of(actor.user_id, clock.today()), "entries": page.items, "next_url": following,
        "certificates": certificates_seen().filter(user_id=actor.user_id).order_by("-issued_at", "id")[:100],
        "sees_issued": may_see_issued(actor).allowed,
    }  # fmt: skip
    return render(request, "assessment/credits/own.html", context)


@require_POST
def reverse(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Take an award back, with a reason."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    entry = CreditEntry.objects.filter(pk=entry_id).first()
    try:
        entry = reverse_credit(actor=current_actor(), entry_id=entry_id, reason=reason)
        messages.success(request, _("Taken back. It stands in the person's ledger with your reason."))
    except DomainError as error:
        if entry is None or error.status != 422:
            raise
        messages.error(request, str(error.message))
    found = certificates_seen().filter(user_id=entry.user_id, subject_id=entry.subject_id).order_by("-issued_at")
    first = found.first()
    return redirect("assessment:certificate", first.pk) if first else redirect("assessment:certificates")


@never_cache
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules that hold, those that will and those that did."""
    page = keyset(CreditRule.objects.all(), order=("scheme", "activity", "-valid_from", "id"),
                  after=request.GET.get("after", ""))  # fmt: skip
    following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    sets = may_set_credit_rules(current_actor()).allowed
    context: dict[str, Any] = {"rules": page.items, "next_url": following, "sets": sets, "today": clock.today()}
    return render(request, "assessment/credits/rules.html", context)


@never_cache
@read_or_write
def new_rule(request: HttpRequest) -> HttpResponse:
    """A new rule, or with `?of=` (its id) a newer number of one."""
    actor = current_actor()
    require(may_set_credit_rules(actor))
    known = _rule(request.GET.get("of", ""))
    form = RuleForm(request.POST or None, initial={**initial_of(known), "request_key": uuid4()})
    if form.is_valid():
        key = form.cleaned_data["request_key"]
        if form.run(lambda: set_credit_rule(actor=actor, fields=form.fields_said(), key=key)):
            messages.success(request, _("Saved. What was awarded before keeps its rule."))
            return redirect("assessment:credit_rules")
    return render(request, "assessment/credits/rule.html", {"form": form, "of": known}, status=form.status)


def _rule(said: str) -> CreditRule | None:
    try:
        found: CreditRule | None = CreditRule.objects.filter(pk=UUID(said)).first()
    except ValueError:
        return None
    return found
