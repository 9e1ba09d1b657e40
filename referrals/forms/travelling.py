"""What the acts around the way, the alarm and an unannounced child ask for."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.casework.states import Priority
from referrals.states import AlarmProblem, IncidentKind, LifeThreat, Mode

_MINUTES = "%Y-%m-%dT%H:%M"
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
    asker_id = forms.TypedChoiceField(label=_("Who calls?"), coerce=UUID)
    record_number = forms.CharField(label=_("Record number of the child there"), max_length=60)
    birth_date = forms.DateField(label=_("Born on"), widget=forms.DateInput(attrs={"type": "date"}))
    problem = forms.ChoiceField(label=_("Problem"), choices=AlarmProblem.choices, widget=forms.RadioSelect)
    words = _line(_("A word about it"), 500)


class UnannouncedForm(OnceForm):
    service_id = forms.TypedChoiceField(label=_("Which service has the child?"), coerce=UUID)
    problem = _text(_("What is the problem?"), required=True)
    priority = forms.TypedChoiceField(
        label=_("How urgent?"), coerce=int, choices=Priority.choices, initial=Priority.URGENT,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )  # fmt: skip
