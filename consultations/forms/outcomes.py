"""What the asking clinic says on day 21, and what a rater says of an answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.people.forms.base import Acting
from consultations.models.outcomes import AdviceFit, Agreement, MissReason, Outcome


class OutcomeForm(Acting):
    outcome = forms.ChoiceField(label=_("How is the child now?"), choices=Outcome.choices, widget=forms.RadioSelect)
    diagnosis = forms.CharField(
        label=_("What did it turn out to be?"), max_length=200, required=False, widget=forms.TextInput(attrs=LONG)
    )
    agreement = forms.ChoiceField(
        label=_("Was it what the specialist thought?"),
        choices=Agreement.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    advice_fit = forms.ChoiceField(label=_("Did the advice fit?"), choices=AdviceFit.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What else should the specialist know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, **LONG}),
    )


class MissForm(Acting):
    reason = forms.ChoiceField(label=_("Why not?"), choices=MissReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )


SCALE = [(n, str(n)) for n in range(1, 6)]
ENDS = _("1 = very poor, 5 = very good.")


class RatingForm(Acting):
    """Five-point scales as the expert panel of Medecins Sans Frontieres used them (PMC4260224)."""

    information = forms.TypedChoiceField(
        label=_("What the asker sent: enough to judge by?"),
        help_text=ENDS,
        coerce=int,
        choices=SCALE,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    quality = forms.TypedChoiceField(
        label=_("The answer: right, clear, and possible there?"),
        help_text=ENDS,
        coerce=int,
        choices=SCALE,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    note = forms.CharField(
        label=_("What could be better, or was done well?"),
        help_text=_("Who answered reads this, without your name."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, **LONG}),
    )
    concern = forms.BooleanField(
        label=_("I fear that this answer may harm the child: tell the service lead now"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("concern") and not cleaned.get("note"):
            self.add_error("note", _("Say in words what you are afraid of."))
        return cleaned


class RaterForm(Acting):
    """Who rates instead."""

    rater_id = forms.UUIDField(label=_("Who rates it?"), widget=forms.Select)

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        select: Any = self.fields["rater_id"].widget
        select.choices = people


class ShareForm(Acting):
    """What share of the month's answers is rated."""

    percent = forms.IntegerField(label=_("Share of the answers that is rated"), min_value=0, max_value=100)
