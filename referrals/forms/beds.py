"""What a service says of its free beds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.people.forms.base import Acting
from referrals.models.beds import BED_PLACES, MOST, NOTE_LENGTH


class BedsForm(Acting):
    """One kind of bed; `version` is of the row that the reader saw, empty for the first time."""

    place = forms.ChoiceField(choices=BED_PLACES, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    free = forms.IntegerField(
        label=_("Free beds for children of other places"), min_value=0, max_value=MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), required=False, max_length=NOTE_LENGTH, widget=forms.TextInput(attrs=LONG)
    )  # fmt: skip
