"""What a poll asks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Keyed
from courses.live.states.room import PollKind

#: a place is asked for on a picture of the case, which is prepared with the case
_KINDS = [(kind.value, kind.label) for kind in PollKind if kind != PollKind.HOT_SPOT]


class PollForm(Keyed):
    """One answer to choose from a line."""

    text = forms.CharField(label=_("What do you ask?"), max_length=200)
    kind = forms.ChoiceField(label=_("How is it answered?"), choices=_KINDS, widget=forms.RadioSelect,
                             initial=PollKind.SINGLE)  # fmt: skip
    options = forms.CharField(
        label=_("Answers, one in each line"), max_length=1200, required=False,
        help_text=_("Two to eight; none for a word."), widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    shown = forms.BooleanField(label=_("Everybody sees the numbers while it is open"), required=False)

    def clean_options(self) -> list[str]:
        return str(self.cleaned_data["options"]).splitlines()
