"""What a service takes, and whom its clocks tell, over the API."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.operations import set_clock_rule, set_intake
from consortium.casework.queries.duty import service_for
from consortium.casework.queries.escalating import Rule, rules_of
from consortium.casework.states import ADULT_DAYS, MOST_CAPACITY, Allocation, EscalationStep, Leg, Priority, Tell
from consortium.kernel.api import ApiView, Input, Output, described

_CODES = [(p.code, p.label) for p in Priority]
_VALUE = {p.code: p.value for p in Priority}


class IntakeShown(Output):
    version = serializers.IntegerField()
    from_days = serializers.IntegerField(help_text="Age in days from which children are taken.")
    below_days = serializers.IntegerField(help_text="Age in days below which they are.")
    urgencies = serializers.ListField(child=serializers.ChoiceField(_CODES))
    allocation = serializers.ChoiceField(Allocation.choices)
    capacity = serializers.IntegerField(allow_null=True, help_text="Cases for one specialist in a shift; null: any.")


class IntakeInput(Input):
    from_days = serializers.IntegerField(min_value=0, max_value=ADULT_DAYS, required=False)
    below_days = serializers.IntegerField(min_value=1, max_value=ADULT_DAYS, required=False)
    urgencies = serializers.ListField(child=serializers.ChoiceField(_CODES), required=False, max_length=3)
    allocation = serializers.ChoiceField(Allocation.choices, required=False)
    capacity = serializers.IntegerField(min_value=1, max_value=MOST_CAPACITY, required=False, allow_null=True)


def _intake(service: Any) -> dict[str, Any]:
    plain = ("version", "from_days", "below_days", "allocation", "capacity")
    codes = [Priority(value).code for value in service.urgencies]
    return {**{name: getattr(service, name) for name in plain}, "urgencies": codes}


class ServiceIntake(ApiView):
    @described("What a service takes, and how its cases find a specialist", gives=IntakeShown)
    def get(self, request: Request, service_id: UUID) -> Response:
        return self.one(_intake(service_for(service_id)))

    @described("Change what a service takes", takes=IntakeInput, gives=IntakeShown, version=True)
    def patch(self, request: Request, service_id: UUID) -> Response:
        fields = self.given(IntakeInput)
        if "urgencies" in fields:
            fields["urgencies"] = [_VALUE[code] for code in fields["urgencies"]]
        return self.one(_intake(set_intake(actor=self.actor, service_id=service_id, fields=fields,
                                           version=self.version)))  # fmt: skip


class ClockStepShown(Output):
    percent = serializers.IntegerField(help_text="Of the target; 100 is the target itself.")
    tell = serializers.ChoiceField(Tell.choices)


class ClockRuleShown(Output):
    leg = serializers.ChoiceField(Leg.choices)
    urgency = serializers.ChoiceField(_CODES)
    target_seconds = serializers.IntegerField()
    own = serializers.BooleanField(help_text="The service keeps it itself; else it is the consortium's.")
    steps = ClockStepShown(many=True)


class StepInput(Input):
    percent = serializers.IntegerField(min_value=10, max_value=1000)
    tell = serializers.ChoiceField(Tell.choices)


class ClockRuleInput(Input):
    leg = serializers.ChoiceField(Leg.choices)
    urgency = serializers.ChoiceField(_CODES)
    steps = StepInput(many=True, help_text="None returns to the consortium's rule.")


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "leg": rule.leg, "urgency": rule.urgency, "own": rule.own, "target_seconds": int(rule.target.total_seconds()),
        "steps": [{"percent": step.percent, "tell": step.tell} for step in rule.steps],
    }  # fmt: skip


class ServiceRules(ApiView):
    @described(
        "What happens when a clock of the service runs out, by stage and urgency", gives=ClockRuleShown, page=True
    )
    def get(self, request: Request, service_id: UUID) -> Response:
        return self.paged([_rule(rule) for rule in rules_of(service_for(service_id))])

    @described("Set the service's own steps for one stage at one urgency", takes=ClockRuleInput, gives=ClockRuleShown)
    def put(self, request: Request, service_id: UUID) -> Response:
        given = self.given(ClockRuleInput)
        leg, priority = given["leg"], _VALUE[given["urgency"]]
        steps = [EscalationStep(step["percent"], step["tell"]) for step in given["steps"]]
        set_clock_rule(actor=self.actor, service_id=service_id, leg=leg, priority=priority, steps=steps)
        rules = rules_of(service_for(service_id))
        return self.one(_rule(next(rule for rule in rules if (rule.leg, rule.priority) == (leg, priority))))


urlpatterns = [
    path("services/<uuid:service_id>/intake/", ServiceIntake.as_view(), name="service-intake"),
    path("services/<uuid:service_id>/escalation/", ServiceRules.as_view(), name="service-escalation"),
]
