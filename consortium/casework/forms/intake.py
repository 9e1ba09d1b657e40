"""What a service's lead sets: what it takes, how its cases find a specialist, whom its clocks tell."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Service
from consortium.casework.states import (
    AGE_LIMITS,
    MOST_CAPACITY,
    MOST_STEPS,
    Allocation,
    EscalationStep,
    Priority,
    Tell,
)
from consortium.people.forms.base import Acting, Edited

_AGES = list(AGE_LIMITS.items())


class IntakeForm(Edited):
    from_days = forms.TypedChoiceField(label=_("Children from the age of"), coerce=int, choices=_AGES[:-1])
    below_days = forms.TypedChoiceField(label=_("to below the age of"), coerce=int, choices=_AGES[1:])
    urgencies = forms.TypedMultipleChoiceField(
        label=_("Which urgencies it takes"),
        help_text=_("What it does not take is refused on sending, with the names of those who do."),
        coerce=int,
        choices=Priority.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    allocation = forms.ChoiceField(
        label=_("How cases find a specialist"), choices=Allocation.choices, widget=forms.RadioSelect
    )
    capacity = forms.IntegerField(
        label=_("Cases that one specialist is given in a shift"),
        help_text=_("For the allocation by itself. Empty: any number."),
        min_value=1,
        max_value=MOST_CAPACITY,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    @staticmethod
    def of(service: Service) -> dict[str, Any]:
        """The service as initial values; a border of age that is none of the usual ones is not lost."""
        return vars(service)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_days", "below_days"):
            days, field = self.initial.get(name), self.fields[name]
            if days is not None and days not in AGE_LIMITS:
                field.choices = [*field.choices, (days, _("%(count)d days") % {"count": days})]  # type: ignore[attr-defined]

    def fields_given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class RuleForm(Acting):
    """Up to five steps: at how much of the time whom to tell. Empty lines are left out; none returns to the default."""

    def __init__(self, *args: Any, steps: tuple[EscalationStep, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_STEPS + 1):
            known = steps[number - 1] if number <= len(steps) else None
            self.fields[f"percent_{number}"] = forms.IntegerField(
                label=_("At percent of the time"), required=False, initial=known.percent if known else None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
            self.fields[f"tell_{number}"] = forms.ChoiceField(
                label=_("Tell"), required=False, initial=known.tell if known else "",
                choices=[("", _("Nobody")), *Tell.choices],
            )  # fmt: skip

    def rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        return [(n, self[f"percent_{n}"], self[f"tell_{n}"]) for n in range(1, MOST_STEPS + 1)]

    def steps(self) -> list[EscalationStep]:
        said = self.cleaned_data
        pairs = [(said.get(f"percent_{n}"), said.get(f"tell_{n}")) for n in range(1, MOST_STEPS + 1)]
        return [EscalationStep(percent, tell) for percent, tell in pairs if percent is not None and tell]
