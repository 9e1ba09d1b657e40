"""What a crew recommends, and what the doctor answers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.kernel import clock
from consortium.people.forms.base import Edited, Keyed
from courses.live.models.afterwards import RECOMMENDED_LENGTH
from courses.live.states.recommending import DAYS_GIVEN, DeclineReason


def _text(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, **LONG})
    return forms.CharField(label=label, required=False, max_length=RECOMMENDED_LENGTH, widget=widget)


class RecommendForm(Keyed, Edited):
    """Words in one language or both, and a day."""

    text_en = _text(_("What you recommend, in English"))
    text_zh = _text(_("What you recommend, in Chinese"))
    due_on = forms.DateField(label=_("To be answered by"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = lambda: clock.today() + timedelta(days=DAYS_GIVEN)


class DeclineForm(Edited):
    """Why it is not followed."""

    reason = forms.ChoiceField(label=_("Why is it not followed?"), choices=DeclineReason.choices,
                               widget=forms.RadioSelect, help_text=_("The lecturers read this."))  # fmt: skip
