"""How somebody answers a poll of a recording."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Acting
from courses.live.models import Poll
from courses.live.room.saying import MOST_WORD
from courses.live.states.room import PollKind


class LateVoteForm(Acting):
    """`choice` as `Poll.takes` reads it."""

    def __init__(self, data: Any = None, *, poll: Poll) -> None:
        super().__init__(data, auto_id=f"poll-{poll.pk}-%s")
        options = [(str(number), text) for number, text in enumerate(poll.options)]
        if poll.kind == PollKind.WORD:
            self.fields["choice"] = forms.CharField(label=_("Your word"), max_length=MOST_WORD)
        elif poll.kind == PollKind.MULTIPLE:
            self.fields["choice"] = forms.MultipleChoiceField(
                label=_("Your choices"), choices=options, widget=forms.CheckboxSelectMultiple
            )
        else:
            self.fields["choice"] = forms.ChoiceField(
                label=_("Your choice"), choices=options, widget=forms.RadioSelect
            )  # fmt: skip
        self.poll = poll

    def clean_choice(self) -> list[Any]:
        said = self.cleaned_data["choice"]
        if self.poll.kind == PollKind.WORD:
            return [" ".join(str(said).split()).casefold()]
        return sorted(int(one) for one in (said if isinstance(said, list) else [said]))
