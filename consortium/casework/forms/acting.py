"""What acts on any case ask for."""

from django import forms
from django.utils.translation import gettext_lazy

#: a text of the user's own, in whatever script
LONG = {"dir": "auto"}
#: a list whose lines are longer than a phone is wide: the chosen one stands beneath it in full
TOLD = {"data-told": ""}


class TextForm(forms.Form):
    """One text to the other side."""

    text = forms.CharField(label=gettext_lazy("Your text"), widget=forms.Textarea(attrs={"rows": 4, **LONG}))
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class NoteForm(forms.Form):
    """A word beside a coded reason; the field stands last."""

    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG}))
    field_order = ("reason", "note")


class UrgencyForm(forms.Form):
    priority = forms.TypedChoiceField(label=gettext_lazy("New urgency"), coerce=int, widget=forms.RadioSelect)


class LowerUrgencyForm(UrgencyForm):
    reason = forms.CharField(
        label=gettext_lazy("Why is it less urgent?"), widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )
