"""What booking a visit, and waiting for one, asks for."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.people.forms.base import Acting, Keyed

NOTICE = ((4, _("within 4 hours")), (24, _("with a day's notice")), (72, _("with three days' notice")))


class VisitForm(Keyed):
    """Which slot, and what the family is to bring; the slot comes from the button."""

    slot_id = forms.UUIDField(widget=forms.HiddenInput)
    instructions = forms.CharField(
        label=_("What should the family bring?"), required=False, max_length=1000,
        help_text=_("In plain words: it stands on the family's page."),
        widget=forms.Textarea(attrs={"rows": 2, **LONG}),
    )  # fmt: skip


class WaitForm(Acting):
    calendar_id = forms.TypedChoiceField(label=_("For which clinic?"), coerce=UUID)
    notice_hours = forms.TypedChoiceField(
        label=_("How soon can the family come?"), coerce=int, choices=NOTICE, initial=24, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, calendars: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["calendar_id"]
        field.choices = calendars


class CancelVisitForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), max_length=200, widget=forms.TextInput(attrs=LONG))
