"""The answer that a specialist signs, and its correction."""

from django import forms
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import LONG
from consultations.operations.answering import Advice


class AdviceForm(forms.Form):
    """The answer that a specialist signs."""

    impression = forms.CharField(label=gettext_lazy("Impression"), widget=forms.Textarea(attrs={"rows": 3, **LONG}))
    do_now = forms.CharField(label=gettext_lazy("Do now"), widget=forms.Textarea(attrs={"rows": 4, **LONG}))
    red_flags = forms.CharField(
        label=gettext_lazy("Red flags"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )
    when_to_refer = forms.CharField(
        label=gettext_lazy("When to refer"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )
    follow_up = forms.CharField(
        label=gettext_lazy("Follow-up"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )
    follow_up_on = forms.DateField(
        label=gettext_lazy("Follow-up on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def advice(self) -> Advice:
        return Advice(**{name: self.cleaned_data[name] for name in Advice.__dataclass_fields__})


class CorrectionForm(AdviceForm):
    reason = forms.CharField(
        label=gettext_lazy("What was wrong?"),
        help_text=gettext_lazy("The asker reads this first, and must acknowledge the correction."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, **LONG}),
    )
    field_order = ("reason",)
