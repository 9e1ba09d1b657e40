"""Whose figures are looked at."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.models import Institution


class PlaceForm(forms.Form):
    """The people of a region or of an institution; all, where nothing is chosen. One query."""

    place = forms.ChoiceField(label=_("People of"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        rows = list(Institution.objects.select_related("region").order_by("region__name_en", "name_en"))
        regions = {str(row.region_id): row.region.name for row in rows}
        field: Any = self.fields["place"]
        field.choices = [
            ("", _("everywhere")), (_("Regions"), list(regions.items())),
            (_("Institutions"), [(str(row.pk), row.name) for row in rows]),
        ]  # fmt: skip

    def chosen(self) -> UUID | None:
        """The region's or institution's id; None: all. Of a form that is valid."""
        place = self.cleaned_data["place"]
        return UUID(place) if place else None
