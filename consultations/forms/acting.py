"""What an act on a consultation asks for."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import LONG, NoteForm
from consultations.states import WITHDRAW_CHOICES, Change, DeclineReason, ErrorReason


class AllocateForm(forms.Form):
    """To whom; those on duty with least in hand come first."""

    responder = forms.TypedChoiceField(label=gettext_lazy("Who answers?"), coerce=UUID, widget=forms.RadioSelect)
    #: who had the case when this form was opened
    instead_of = forms.UUIDField(widget=forms.HiddenInput, required=False)


class TakeBackForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("A word to the asker"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=DeclineReason.choices, widget=forms.RadioSelect)
    service_id = forms.TypedChoiceField(label=gettext_lazy("Which service should answer?"), coerce=UUID)
    note = forms.CharField(
        label=gettext_lazy("A word to the asker"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )


class CloseOutForm(forms.Form):
    change = forms.ChoiceField(
        label=gettext_lazy("What did the answer change?"), choices=Change.choices, widget=forms.RadioSelect
    )
    referral_avoided = forms.TypedChoiceField(
        label=gettext_lazy("Was a referral avoided?"),
        coerce=lambda value: value == "yes",
        choices=[("yes", gettext_lazy("Yes, the child stays here")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    usefulness = forms.TypedChoiceField(
        label=gettext_lazy("How useful was the answer?"),
        help_text=gettext_lazy("1 = not at all, 5 = very. The specialist learns from it."),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[(n, str(n)) for n in range(1, 6)],
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG}))


class WithdrawForm(NoteForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=WITHDRAW_CHOICES, widget=forms.RadioSelect)


class ErrorForm(NoteForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("What went wrong?"), choices=ErrorReason.choices, widget=forms.RadioSelect
    )
