"""What the acts of answering, redirecting and cancelling ask for."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG, TOLD, NoteForm
from referrals.states import CANCEL_CHOICES, DeclineReason, EndReason, ErrorReason


def _word(label: Any, *, required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(label=label, required=required, widget=forms.Textarea(attrs={"rows": rows, **LONG}))


class AcceptForm(forms.Form):
    """`bed_id`: a free bed of the service's board; the words stand beside it."""

    bed_id = forms.TypedChoiceField(
        label=_("Which bed do you keep?"), coerce=UUID, required=False, empty_value=None, widget=forms.RadioSelect
    )
    promise = forms.CharField(
        label=_("What do you promise?"), max_length=200, required=False,
        help_text=_("A bed, a place, a time. The sender and the family's page show it."),
        widget=forms.TextInput(attrs=LONG),
    )  # fmt: skip


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=DeclineReason.choices, widget=forms.RadioSelect)
    service_id = forms.TypedChoiceField(
        label=_("Who should be asked instead?"), coerce=UUID, required=False, empty_value=None,
        help_text=_("Without one the coordinator finds a place."), widget=forms.Select(attrs=TOLD),
    )  # fmt: skip
    note = _word(_("A word to the sender"))


class RedirectForm(forms.Form):
    service_id = forms.TypedChoiceField(
        label=_("Which service should be asked?"), coerce=UUID, widget=forms.Select(attrs=TOLD)
    )
    note = _word(_("A word to both sides"))


class AlsoAskForm(forms.Form):
    service_id = forms.TypedChoiceField(
        label=_("Which service should be asked too?"), coerce=UUID, widget=forms.Select(attrs=TOLD)
    )


class DisputeForm(forms.Form):
    reason = _word(_("Why should it be looked at again?"), required=True, rows=3)


class CancelForm(NoteForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=CANCEL_CHOICES, widget=forms.RadioSelect)


class KeepForm(forms.Form):
    reason = _word(_("Why do you keep it?"), required=True, rows=3)


class EndForm(NoteForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=EndReason.choices, widget=forms.RadioSelect)


class ErrorForm(NoteForm):
    reason = forms.ChoiceField(label=_("What went wrong?"), choices=ErrorReason.choices, widget=forms.RadioSelect)
