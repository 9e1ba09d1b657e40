"""What the question is about, and what a specialist needs to know of it."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from consortium.casework.states import Datum, Symptom, datum_label, told_for
from consultations.models import Consultation
from consultations.operations.drafting import TOLD_LENGTH
from consultations.queries.citing import pages_about
from consultations.queries.intake import missing_data

_TOLD = "told_"


class NeedsForm(forms.Form):
    """The symptom, and a line for each thing that is told of it. What is measured stands in the child's record."""

    symptom = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("Then you see what the specialist needs to know to answer at once."),
        required=False,
        choices=[("", gettext_lazy("Not chosen yet")), *Symptom.choices],
    )
    data_unavailable = forms.BooleanField(
        label=gettext_lazy("What is missing here cannot be had"),
        help_text=gettext_lazy("The specialist sees what is missing, and answers without it or asks."),
        required=False,
    )

    def __init__(self, data: QueryDict | None, consultation: Consultation) -> None:
        self.consultation = consultation
        super().__init__(data, initial=_initial(consultation))
        self.chosen = str(self["symptom"].value() or "")
        for code in told_for(self.chosen):
            self.fields[_TOLD + code] = forms.CharField(
                label=Datum(code).label, required=False, max_length=TOLD_LENGTH, widget=forms.TextInput({"dir": "auto"})
            )

    @property
    def told_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(_TOLD)]

    @property
    def pages(self) -> list[tuple[str, str]]:
        """(title, address) of what the manual has about it: to be looked at before one asks."""
        return pages_about(self.chosen, self.consultation.case.age_days)

    @property
    def to_measure(self) -> list[str]:
        """What is still to be measured, in words."""
        self.consultation.case.symptom = self.chosen if self.chosen in Symptom.values else ""
        return [datum_label(code) for code in missing_data(self.consultation) if code not in Datum.values]

    def draft_fields(self) -> dict[str, Any]:
        """What can be kept of it, as the operations take it."""
        self.is_valid()
        told = {name.removeprefix(_TOLD): text for name, text in self.cleaned_data.items() if name.startswith(_TOLD)}
        named = {"symptom": self.cleaned_data["symptom"]} if "symptom" in self.cleaned_data else {}
        return {**named, "told": told, "data_unavailable": bool(self.cleaned_data.get("data_unavailable"))}


def _initial(consultation: Consultation) -> dict[str, Any]:
    told = {_TOLD + code: text for code, text in consultation.told.items()}
    return {"symptom": consultation.case.symptom, "data_unavailable": consultation.data_unavailable, **told}
