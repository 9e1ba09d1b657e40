"""What is voted on at a step of a case."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Keyed
from courses.live.models.cases import CasePicture
from courses.live.models.staging import HAPPENED_LENGTH
from courses.live.operations.staging import Planned
from courses.live.queries.staging import manual_places
from courses.live.states.staging import Asks


class VoteForm(Keyed):
    """One answer to choose from a line; `stages`: (number, name) of those that are written."""

    stage = forms.TypedChoiceField(label=_("Asked after"), coerce=int)
    asks = forms.ChoiceField(label=_("What does it ask about?"))
    text = forms.CharField(label=_("What do you ask?"), max_length=200)
    options = forms.CharField(
        label=_("Answers, one in each line"), max_length=1200, help_text=_("Two to eight."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    right = forms.IntegerField(
        label=_("Which of them is right?"), min_value=1, max_value=8, help_text=_("The number of its line.")
    )
    happened = forms.CharField(
        label=_("What really happened"), max_length=HAPPENED_LENGTH, required=False,
        help_text=_("Shown at the end, beside what the room thought."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    manual = forms.ChoiceField(label=_("What the manual recommends"), required=False)

    def __init__(self, *args: Any, stages: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("stage", stages), ("asks", self.asked()), ("manual", [("", "—"), *manual_places()])):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def asked(self) -> list[tuple[str, Any]]:
        return [(one.value, one.label) for one in Asks if one != Asks.FINDING]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        right, lines = said.get("right"), said.get("options", "").splitlines()
        if right and lines and not any(line.strip() for line in lines[right - 1 : right]):
            self.add_error("right", _("There is no answer in this line."))
        return said

    def planned(self) -> Planned:
        """Empty lines are no answers, but count where the right one's line is told."""
        said = self.cleaned_data
        lines = said["options"].splitlines()
        return Planned(
            stage=said["stage"], asks=said["asks"], text=said["text"], options=[line for line in lines if line.strip()],
            right=sum(bool(line.strip()) for line in lines[: said["right"] - 1]),
            happened=said["happened"], manual=said["manual"],
        )  # fmt: skip


class SpotForm(VoteForm):
    """A place on a picture, in per cent of its width and height."""

    options = None  # type: ignore[assignment]
    right = None  # type: ignore[assignment]
    across = forms.IntegerField(label=_("From the left, in per cent"), min_value=0, max_value=100)
    down = forms.IntegerField(label=_("From the top, in per cent"), min_value=0, max_value=100)

    field_order = ("stage", "text", "across", "down", "happened", "manual")

    def __init__(self, *args: Any, picture: CasePicture, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picture_id: UUID = picture.pk
        self.fields["asks"].initial = Asks.FINDING
        self.fields["asks"].widget = forms.HiddenInput()

    def asked(self) -> list[tuple[str, Any]]:
        return [(Asks.FINDING.value, Asks.FINDING.label)]

    def planned(self) -> Planned:
        said = self.cleaned_data
        return Planned(
            stage=said["stage"], asks=said["asks"], text=said["text"], happened=said["happened"],
            right=[said["across"] / 100, said["down"] / 100], manual=said["manual"], picture_id=self.picture_id,
        )  # fmt: skip
