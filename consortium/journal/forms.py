"""What the auditor narrows the journal to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.journal.models import Entry
from consortium.journal.queries import Narrow
from consortium.journal.templatetags.journal_words import WORDS


class NarrowForm(forms.Form):
    person = forms.CharField(label=_("Person"), max_length=80, required=False)
    verb = forms.ChoiceField(label=_("What"), required=False)
    institution: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Institution"), required=False
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verbs = sorted(((verb, str(words)) for verb, words in WORDS.items()), key=lambda pair: pair[1])
        self.fields["verb"].choices = [("", _("Everything")), *verbs]  # type: ignore[attr-defined]
        places: Any = Entry._meta.get_field("institution").related_model
        self.fields["institution"].queryset = places.objects.order_by("name_en")  # type: ignore[attr-defined]

    def narrow(self) -> Narrow:
        """What was asked for; an unreadable field narrows nothing."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        place = given.get("institution")
        return Narrow(
            person=given.get("person") or "", verb=given.get("verb") or "",
            institution_id=place.pk if place else None, since=given.get("since"), until=given.get("until"),
        )  # fmt: skip
