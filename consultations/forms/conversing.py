"""What is asked of a second specialist, of the service lead after a decline, and of a referral."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import LONG, TOLD
from consortium.casework.states import Priority
from consultations.states import OPINION_DECLINE_CHOICES, ReferReason


def _ids(value: str) -> tuple[UUID, UUID]:
    """ "service:person" as it stands in the list of colleagues."""
    service, _colon, person = value.partition(":")
    return UUID(service), UUID(person)


class DisputeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why should it be looked at again?"), widget=forms.Textarea(attrs={"rows": 3, **LONG})
    )


class AskSecondForm(forms.Form):
    """`colleague` is cleaned to (service, person)."""

    colleague = forms.TypedChoiceField(label=gettext_lazy("Whom do you ask?"), coerce=_ids)
    question = forms.CharField(
        label=gettext_lazy("What do you want to know?"), widget=forms.Textarea(attrs={"rows": 3, **LONG})
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class OpinionForm(forms.Form):
    agrees = forms.TypedChoiceField(
        label=gettext_lazy("Do you agree with what the lead answers or proposes?"),
        coerce=lambda value: value == "yes",
        choices=[("yes", gettext_lazy("I agree")), ("no", gettext_lazy("I see it differently"))],
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    text = forms.CharField(
        label=gettext_lazy("What do you think, and why?"), widget=forms.Textarea(attrs={"rows": 5, **LONG})
    )


class DeclineOpinionForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=OPINION_DECLINE_CHOICES, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("A word to the lead"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )


class ConvertForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why is the child sent on?"), choices=ReferReason.choices, widget=forms.RadioSelect
    )
    question = forms.CharField(
        label=gettext_lazy("What should the referral settle?"), widget=forms.Textarea(attrs={"rows": 3, **LONG})
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How urgent is it?"), coerce=int, choices=Priority.choices, widget=forms.RadioSelect
    )
    #: the fittest first, so that it is chosen already; none: to the service that was asked
    service_id = forms.TypedChoiceField(
        label=gettext_lazy("Where to?"),
        help_text=gettext_lazy("The fittest place stands first, with the reasons."),
        coerce=UUID,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs=TOLD),
    )
    consent_given = forms.BooleanField(
        label=gettext_lazy("The guardian agrees that the record is shared with that hospital"),
        help_text=gettext_lazy("Needed once, unless the child is stat; it may stand in the record already."),
        required=False,
    )


class TemplateForm(forms.Form):
    """A text to start from, in one language or in both: what is empty in a language is not offered in it."""

    specialty_id = forms.TypedChoiceField(label=gettext_lazy("Specialty"), coerce=UUID)
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, specialties: list[tuple[str, str]], languages: dict[str, str], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field: Any = self.fields["specialty_id"]
        field.choices = specialties
        self.languages = languages
        for code in languages:
            for name, label, rows in TEMPLATE_PARTS:
                kind = forms.Textarea(attrs={"rows": rows, "lang": code}) if rows else forms.TextInput(attrs=LONG)
                most = 2000 if rows else 120
                self.fields[f"{name}.{code}"] = forms.CharField(
                    label=label, required=False, max_length=most, widget=kind
                )

    def halves(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(code, name of the language, its fields), as the page sets them side by side."""
        return [
            (code, name, [self[f"{part}.{code}"] for part, _label, _rows in TEMPLATE_PARTS])
            for code, name in self.languages.items()
        ]

    def texts(self) -> dict[str, dict[str, str]]:
        """language -> {title, red_flags, when_to_refer, follow_up}, of those that have a title or a text."""
        said = {
            code: {part: self.cleaned_data.get(f"{part}.{code}", "").strip() for part, _label, _rows in TEMPLATE_PARTS}
            for code in self.languages
        }
        return {code: parts for code, parts in said.items() if any(parts.values())}


TEMPLATE_PARTS = (
    ("title", gettext_lazy("Title"), 0),
    ("red_flags", gettext_lazy("Red flags"), 3),
    ("when_to_refer", gettext_lazy("When to refer"), 3),
    ("follow_up", gettext_lazy("Follow-up"), 3),
)
