"""What a service takes, and whom its clocks tell: shown to all, set by its lead or its institution's admin."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consortium.casework.forms.intake import IntakeForm, RuleForm
from consortium.casework.operations import set_clock_rule, set_intake
from consortium.casework.policies import may_edit_service
from consortium.casework.queries import duty
from consortium.casework.queries.escalating import rules_of, steps_for
from consortium.casework.states import TARGETS, Leg, Priority
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require

read_or_write = require_http_methods(["GET", "HEAD", "POST"])
_BY_CODE = {p.code: p for p in Priority}


@never_cache
@read_or_write
def edit_intake(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Ages, urgencies, allocation, capacity."""
    actor, found = current_actor(), duty.service_for(service_id)
    require(may_edit_service(actor, found))
    form = IntakeForm(request.POST or None, initial=IntakeForm.of(found))
    if form.is_valid():
        fields, version = form.fields_given(), form.cleaned_data["version"]
        if form.run(lambda: set_intake(actor=actor, service_id=service_id, fields=fields, version=version)):
            messages.success(request, _("Saved. It holds for what is sent from now on."))
            return redirect("casework:service", service_id)
    return render(request, "casework/intake_edit.html", {"form": form, "service": found}, status=form.status)


@never_cache
@require_http_methods(["GET", "HEAD"])
def rules(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """What happens when a clock of the service runs out, for each stage and urgency."""
    found = duty.service_for(service_id)
    context = {
        "service": found, "rules": rules_of(found), "may_edit": may_edit_service(current_actor(), found).allowed,
    }  # fmt: skip
    return render(request, "casework/rules.html", context)


@never_cache
@read_or_write
def edit_rule(request: HttpRequest, service_id: UUID, leg: str, urgency: str) -> HttpResponse:
    """The steps of one stage at one urgency."""
    actor, found = current_actor(), duty.service_for(service_id)
    require(may_edit_service(actor, found))
    if urgency not in _BY_CODE or leg not in Leg.values or leg == Leg.REVIEW:
        raise NotVisible
    priority = _BY_CODE[urgency]
    form = RuleForm(request.POST or None, steps=steps_for(service_id, leg, priority))
    if form.is_valid():
        said: dict[str, Any] = {"leg": leg, "priority": priority.value, "steps": form.steps()}
        if form.run(lambda: set_clock_rule(actor=actor, service_id=service_id, **said)) is not None:
            messages.success(request, _("Saved. Clocks that run follow it."))
            return redirect("casework:rules", service_id)
    context = {
        "form": form, "service": found, "leg": Leg(leg).label, "urgency": priority, "target": TARGETS[(leg, priority)],
    }  # fmt: skip
    return render(request, "casework/rule_edit.html", context, status=form.status)
