"""What the acts around the way, the alarm and an unannounced child ask for."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.casework.forms.weighing import WeightField
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.patients.operations import Details
from consortium.patients.states import Sex
from referrals.states import AlarmProblem, IncidentKind, LifeThreat, Mode

_MINUTES = "%Y-%m-%dT%H:%M"
#: days of one, as an age is told by telephone
AGE_UNITS = ((365.25, _("years")), (30.4375, _("months")), (7, _("weeks")), (1, _("days")))
_NONE: list[tuple[str, Any]] = [("", "—")]


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)
    return forms.DateTimeField(
        label=label, help_text=help_text, required=False, widget=widget, input_formats=[_MINUTES, f"{_MINUTES}:%S"]
    )


def _text(label: Any, help_text: Any = "", *, rows: int = 2, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, **LONG})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


def _line(label: Any, most: int, help_text: Any = "", **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={**LONG, **attrs})
    return forms.CharField(label=label, help_text=help_text, max_length=most, required=False, widget=widget)


def _phone(label: Any) -> forms.CharField:
    return _line(label, 40, inputmode="tel", autocomplete="off")


class OnceForm(forms.Form):
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class TransportForm(OnceForm):
    mode = forms.ChoiceField(label=_("How does the child travel?"), choices=Mode.choices, widget=forms.RadioSelect)
    vehicle_id = forms.TypedChoiceField(
        label=_("Vehicle"), coerce=UUID, required=False, empty_value=None,
        help_text=_("It is booked until the arrival, so that nobody else plans with it."),
    )  # fmt: skip
    crew = _line(_("Crew"), 200)
    phone = _phone(_("Telephone on the way"))
    expected_at = _moment(_("Expected arrival"))


class DepartForm(forms.Form):
    life_threat = forms.ChoiceField(
        label=_("What threatens the child's life?"), required=False, choices=[*_NONE, *LifeThreat.choices],
        help_text=_("Needed before anybody has accepted: the duty officer is paged with it."),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=_("How does the child travel?"), required=False, choices=[*_NONE, *Mode.choices],
        help_text=_("Needed where no transport was arranged."),
    )  # fmt: skip
    phone = _phone(_("Telephone on the way"))


class HandoverForm(forms.Form):
    """I-PASS: illness severity, patient summary, action list, situation awareness; the synthesis is the read-back."""

    severity = _line(_("How ill is the child?"), 200)
    summary = _text(_("What about the child matters now?"), required=True, rows=3)
    actions = _text(_("What is to be done on the way?"))
    awareness = _text(_("What may go wrong, and what then?"))
    mode = forms.ChoiceField(
        label=_("How does the child travel?"), required=False, choices=[*_NONE, *Mode.choices],
        help_text=_("Needed where no transport was arranged."),
    )  # fmt: skip


class IncidentForm(OnceForm):
    kind = forms.ChoiceField(label=_("What happened?"), choices=IncidentKind.choices, widget=forms.RadioSelect)
    note = _text(_("What was done?"))
    happened_at = _moment(_("When?"), _("Empty: now."))


class ArriveForm(forms.Form):
    read_back = _text(
        _("The hand-over in your own words"), _("May follow. Where you differ from the sender, it is seen at once.")
    )


class ReadBackForm(forms.Form):
    text = _text(_("The hand-over in your own words"), required=True, rows=3)


class LinkSenderForm(forms.Form):
    institution_id = forms.TypedChoiceField(label=_("Which clinic sent the child?"), coerce=UUID)


# --- pages of their own -----------------------------------------------------------------------------------------------


class AlarmForm(OnceForm):
    """`problem` comes with the button that is pressed."""

    institution_id = forms.TypedChoiceField(label=_("From which clinic?"), coerce=UUID, required=False)
    problem = forms.ChoiceField(choices=AlarmProblem.choices)
    words = _line(_("A word about it"), 500)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["institution_id"]
        field.choices, field.initial = places, places[0][0] if places else ""

    @property
    def one_place(self) -> bool:
        field: Any = self.fields["institution_id"]
        return len(field.choices) < 2


class CallForm(OnceForm):
    """An alarm by telephone, as the coordinator writes it down."""

    institution_id = forms.TypedChoiceField(label=_("Which clinic calls?"), coerce=UUID)
    asker_id = forms.TypedChoiceField(
        label=_("Who calls?"), coerce=UUID,
        help_text=_("Without an account it stands in your own name, and every doctor of the clinic sees it."),
    )  # fmt: skip
    record_number = _line(
        _("Record number of the child there"), 60, autocomplete="off",
        help_text=_("Empty where the clinic has none: the child is registered there now."),
    )  # fmt: skip
    name = _line(
        _("Name of the child"), 120, _("A newborn without a name: “Baby of” and the mother's name."), autocomplete="off"
    )
    sex = forms.ChoiceField(
        label=_("Sex"), choices=Sex.choices, required=False, initial=Sex.UNKNOWN,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )  # fmt: skip
    birth_date = forms.DateField(
        label=_("Born on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    age = forms.IntegerField(
        label=_("Or the age"), required=False, min_value=0, max_value=999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    age_unit = forms.TypedChoiceField(
        label=_("Years, months, weeks or days"), coerce=float, choices=AGE_UNITS, initial=30.4375, required=False
    )
    weight = WeightField(
        label=_("Weight"), required=False, help_text=_("As the caller knows it. Without one there are no doses."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    problem = forms.ChoiceField(label=_("Problem"), choices=AlarmProblem.choices, widget=forms.RadioSelect)
    words = _line(_("A word about it"), 500)

    def clean(self) -> dict[str, Any]:
        """The child is known there, by number and birth date, or told: name, sex, birth date or age."""
        said = super().clean() or {}
        if not self._born(said) and "birth_date" in said and "age" in said:
            self.add_error("birth_date", _("Give the birth date, or for a new child the age."))
        if not said.get("record_number") and "name" in said and not said["name"]:
            self.add_error("record_number", _("Give the record number, or for a new child the name."))
        return said

    @staticmethod
    def _born(said: dict[str, Any]) -> date | None:
        """The birth date, for a new child reckoned from the age where only that is known."""
        born: date | None = said.get("birth_date")
        if born or said.get("record_number") or said.get("age") is None:
            return born
        return clock.today() - timedelta(days=round(said["age"] * (said.get("age_unit") or 1)))

    def told(self) -> dict[str, Any]:
        """As `record_alarm_call` takes it. An age that was told in place of a birth date is said in words too."""
        said = self.cleaned_data
        plain = {name: said[name] for name in ("institution_id", "asker_id", "problem", "words")}
        plain |= {"key": said["request_key"], "weight_grams": said["weight"]}
        if said["record_number"]:
            return {**plain, "record_number": said["record_number"], "birth_date": said["birth_date"]}
        if not said["birth_date"]:
            unit = dict(AGE_UNITS)[said["age_unit"] or 1]
            told = _("Age as told: %(age)d %(unit)s.") % {"age": said["age"], "unit": unit}
            plain["words"] = f"{said['words']} {told}".strip()[:500]
        child = Details(birth_date=self._born(said) or clock.today(), sex=said["sex"] or Sex.UNKNOWN, name=said["name"])
        return {**plain, "new_child": child}


class UnannouncedForm(OnceForm):
    service_id = forms.TypedChoiceField(label=_("Which service has the child?"), coerce=UUID)
    problem = _text(_("What is the problem?"), required=True)
    priority = forms.TypedChoiceField(
        label=_("How urgent?"), coerce=int, choices=Priority.choices, initial=Priority.URGENT,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )  # fmt: skip
