"""What agreeing on a video call asks for."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import LONG
from consultations.models.meetings import MOST_TIMES
from consultations.operations.meeting import Offer
from consultations.states import CANCEL_CHOICES

LASTS = [(n, format_lazy("{} {}", n, gettext_lazy("minutes"))) for n in (10, 15, 20, 30, 45, 60)]


def _when(**more: Any) -> Any:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **more)


class WithChoices(forms.Form):
    """Without those of its fields that have nothing to choose from."""

    def __iter__(self) -> Iterator[Any]:
        return iter([self[name] for name in self.fields if not self._is_idle(name)])

    def _is_idle(self, name: str) -> bool:
        return name in ("slots", "choice") and not list(self.fields[name].choices)  # type: ignore[attr-defined]


class ProposeVideoForm(WithChoices):
    """Up to three times: of the specialist's free slots, of one's own, or in words."""

    slots = forms.MultipleChoiceField(
        label=gettext_lazy("Free times of the specialist"),
        help_text=gettext_lazy("Choose up to three; the other side picks one."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first = _when(label=gettext_lazy("Another time"), required=False)
    second = _when(label=gettext_lazy("Or then"), required=False)
    wish = forms.CharField(
        label=gettext_lazy("Or in words"),
        help_text=gettext_lazy("Such as: any afternoon after three."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=LONG),
    )
    minutes = forms.TypedChoiceField(label=gettext_lazy("How long"), coerce=int, choices=LASTS, initial=15)
    with_guardian = forms.BooleanField(
        label=gettext_lazy("The guardian joins from a place of their own"),
        help_text=gettext_lazy("You get a link for them. Not needed when they sit beside you."),
        required=False,
    )
    guardian_agrees = forms.BooleanField(
        label=gettext_lazy("The guardian agrees to a video call"),
        help_text=gettext_lazy("Not asked yet? Leave it empty and ask at the beginning of the call."),
        required=False,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if len(self._times()) > MOST_TIMES:
            self.add_error("slots", _("Propose three times at most."))
        offer = Offer(self._times(), cleaned["wish"], cleaned["minutes"], cleaned["with_guardian"])
        return cleaned | {"offer": offer}

    def _times(self) -> tuple[datetime, ...]:
        own = (self.cleaned_data.get("first"), self.cleaned_data.get("second"))
        picked = (parse_datetime(text) for text in self.cleaned_data.get("slots", ()))
        return tuple(dict.fromkeys(each for each in (*picked, *own) if each is not None))


class BookVideoForm(WithChoices):
    """One of the times that were proposed, or another where that is open."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Which time suits?"), required=False, choices=(), widget=forms.RadioSelect
    )
    starts_at = _when(label=gettext_lazy("Another time"), required=False)
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("How long"), coerce=int, choices=[("", gettext_lazy("As proposed")), *LASTS],
        required=False, empty_value=None,
    )  # fmt: skip
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        chosen = cleaned["starts_at"] or parse_datetime(cleaned["choice"] or "")
        if chosen is None:
            self.add_error("starts_at", _("Choose a time."))
        return cleaned | {"starts_at": chosen}


class CancelVideoForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=CANCEL_CHOICES, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("A word to the other side"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )


class CallNowForm(forms.Form):
    with_guardian = forms.BooleanField(
        label=gettext_lazy("The guardian joins from a place of their own"),
        help_text=gettext_lazy("You get a link for them. Not needed when they sit beside you."),
        required=False,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class NoteForm(forms.Form):
    """What was typed beside the picture."""

    text = forms.CharField(
        label=gettext_lazy("Notes"), max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5, **LONG}),
    )  # fmt: skip
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class StillForm(forms.Form):
    still = forms.FileField()
    agreed = forms.BooleanField(required=False)
