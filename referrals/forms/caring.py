"""What care, its outcome and the follow-up ask for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.people.forms.base import Acting
from consortium.people.states import capability_groups
from referrals.operations.caring import STAYS, WARD_LENGTH
from referrals.operations.outcomes import MOST_DIAGNOSES, REASON_LENGTH, Ending
from referrals.operations.returning import MOST_VISITS, TASK_LENGTH, Plan, PlannedVisit
from referrals.states import Appropriateness, Concordance, Destination, Place


def _words(label: Any, *, rows: int = 2, required: bool = True, hint: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, **LONG})
    return forms.CharField(label=label, required=required, help_text=hint, widget=area)


def _date_input() -> forms.DateInput:
    """A browser's own picker takes the day in one form only, whatever the reader's language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _day(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=_date_input(), **more)


def _task() -> forms.CharField:
    line = forms.TextInput(attrs=LONG)
    return forms.CharField(label=_("What to do then"), required=False, max_length=TASK_LENGTH, widget=line)


def _one_need() -> list[Any]:
    return [("", "—"), *capability_groups()]


def _need() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("What is needed for it"), choices=_one_need, required=False)


def _one_of(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **more)


class AdmitForm(forms.Form):
    place = _one_of(_("Where?"), STAYS, initial=Place.WARD)
    ward = forms.CharField(
        label=_("Which ward?"), required=False, max_length=WARD_LENGTH, widget=forms.TextInput(attrs=LONG)
    )


class SeenForm(forms.Form):
    clinic = forms.CharField(
        label=_("Which clinic?"), required=False, max_length=WARD_LENGTH, widget=forms.TextInput(attrs=LONG)
    )


class AcknowledgeForm(forms.Form):
    usefulness = forms.TypedChoiceField(
        label=_("How useful is this outcome to you?"),
        help_text=_("1 = not at all, 5 = very. The hospital learns from it."),
        coerce=int,
        choices=[(n, str(n)) for n in range(1, 6)],
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    concordance = _one_of(_("Against the final diagnosis, yours was"), Concordance.choices)
    appropriateness = _one_of(_("Looking back, the child"), Appropriateness.choices, required=False)
    learnt = _words(_("What do you take from it?"), required=False, hint=_("Only you read this."))


class DoneForm(forms.Form):
    text = _words(_("How is the child?"), rows=3)
    next_on = _day(
        _("Another visit on"), required=False,
        help_text=_("Beside those of the plan. The last visit of all ends the follow-up."),
    )  # fmt: skip
    next_task = _task()


class MissedForm(forms.Form):
    recall_on = _day(_("Call the family again for"), initial=lambda: clock.today() + timedelta(days=1))


class WorseForm(forms.Form):
    question = _words(_("What has got worse, and what do you ask for?"), rows=3)
    urgency = forms.TypedChoiceField(
        label=_("How urgent?"), coerce=int, choices=Priority.choices, initial=Priority.URGENT, widget=forms.RadioSelect
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


# --- written at length ------------------------------------------------------------------------------------------------


def _diagnosis(label: Any, *, main: bool = False) -> forms.CharField:
    hint = _("Choose from the list, or write the ICD-10 code and your words: J21.9 Bronchiolitis.") if main else ""
    widget = forms.TextInput(attrs={"list": "diagnoses", "autocomplete": "off", **LONG})
    return forms.CharField(label=label, required=main, max_length=200, help_text=hint, widget=widget)


class OutcomeForm(Acting):
    """What became of the child: seven parts, and a word to each side."""

    admitted_on = _day(_("Admitted or seen on"))
    left_on = _day(_("Left on"))
    diagnoses = _diagnosis(_("Main diagnosis"), main=True)
    diagnosis_2 = _diagnosis(_("Second diagnosis"))
    diagnosis_3 = _diagnosis(_("Third diagnosis"))
    diagnosis_4 = _diagnosis(_("Fourth diagnosis"))
    course = _words(_("Course and procedures"), rows=4)
    medicines = _words(_("Medicines to go on with"), hint=_("With dose and how long. “None” where there is none."))
    immunisations = _words(_("Immunisations given"), rows=1)
    pending = _words(_("Results still pending"), rows=1)
    follow_up = _words(_("Follow-up: who, when, what for"))
    destination = _one_of(_("Where did the child go?"), Destination.choices)
    special_care = forms.TypedChoiceField(
        label=_("Did the child need what only a hospital has?"),
        help_text=_("Treatment, monitoring or an investigation that the sender could not give."),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    appropriateness = _one_of(_("The child came"), Appropriateness.choices, required=False)
    to_sender = _words(_("A word to the sender: what to learn from it"), required=False, hint=_("Not for the family."))
    for_family = _words(_("For the family, in plain words"), required=False, hint=_("Stands on the family's page."))
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def diagnosed(self) -> list[BoundField]:
        """The fields of the diagnoses after the main one."""
        return [self[f"diagnosis_{number}"] for number in range(2, MOST_DIAGNOSES + 1)]

    def ending(self) -> Ending:
        said = self.cleaned_data
        others = (said[bound.name] for bound in self.diagnosed())
        plain = {name: said[name] for name in Ending.__dataclass_fields__ if name != "diagnoses"}
        return Ending(diagnoses=(said["diagnoses"], *others), **plain)


class CorrectOutcomeForm(OutcomeForm):
    reason = forms.CharField(
        label=_("What was wrong?"),
        help_text=_("The sender reads this first, and acknowledges the outcome anew."),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, **LONG}),
    )
    field_order = ("reason",)


class BackForm(Acting):
    """A plan for a centre closer to home. `centres`: (service id, words) of the match, the best first."""

    plan = _words(_("What is to be done, and what must bring the child back"), rows=4)
    medicines = _words(_("Medicines"), hint=_("With dose and how long. “None” where there is none."))
    needs = forms.MultipleChoiceField(
        label=_("What must the centre have?"), choices=capability_groups, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=_("How soon must the centre take over?"), coerce=int,
        choices=[choice for choice in Priority.choices if choice[0] != Priority.STAT], initial=Priority.ROUTINE,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )  # fmt: skip
    service_id = forms.TypedChoiceField(label=_("Who follows the child?"), coerce=UUID, widget=forms.RadioSelect)
    guardian_agreed = forms.BooleanField(
        label=_("The guardian agrees that the child is followed up there"), required=False
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, centres: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["service_id"]
        choice.choices = centres

    def visits(self) -> list[list[BoundField]]:
        """The fields of each visit: day, task, what it needs."""
        return [[self[f"{name}_{number}"] for name in ("day", "task", "needs")] for number in range(1, MOST_VISITS + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for day, task, _needs in self.visits():
            if cleaned.get(task.name) and day.name in cleaned and not cleaned[day.name]:
                self.add_error(day.name, _("Say on which day, or empty what to do then."))
        return cleaned

    def made(self) -> Plan:
        said = self.cleaned_data
        asked = [[said.get(bound.name) for bound in fields] for fields in self.visits()]
        visits = tuple(PlannedVisit(day, task or "", (need,) if need else ()) for day, task, need in asked if day)
        return Plan(
            said["service_id"],
            said["plan"],
            said["medicines"],
            visits,
            said["guardian_agreed"],
            tuple(said["needs"]),
            said["priority"],
        )


def _asked_of_visits() -> dict[str, forms.Field]:
    """The fields of every visit that a plan may have: day_1, task_1, needs_1 and so on."""
    fields: dict[str, forms.Field] = {}
    for number in range(1, MOST_VISITS + 1):
        day = _day(format_lazy(_("Visit {number} on"), number=number), required=False)
        fields |= {f"day_{number}": day, f"task_{number}": _task(), f"needs_{number}": _need()}
    return fields


BackForm.base_fields |= _asked_of_visits()
