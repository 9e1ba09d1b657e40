"""What is written down while a video plays."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.people.forms.base import Keyed
from courses.library.models.watching import NOTE_LENGTH


class NoteForm(Keyed):
    """A note; `at` is filled in by the player, in ms."""

    at = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Note at this moment"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )
