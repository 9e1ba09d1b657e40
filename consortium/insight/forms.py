"""What a reader narrows the measures to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.insight.measures import CONSULTATIONS, SUBJECTS, Subject
from consortium.insight.queries import Asked, Lens, Period, asked_of, lenses
from consortium.insight.states import ExportKind
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.people.models import Institution, Region

NARROWED = ("lens", "period", "service", "priority", "place")


class AskForm(forms.Form):
    """Whose questions or referrals, when, and which; an unreadable field is an address nobody was given: 404."""

    lens = forms.ChoiceField(label=_("Which questions"), required=False)
    period = forms.ChoiceField(label=_("When"), choices=Period.choices, required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    priority = forms.TypedChoiceField(
        label=_("Urgency"), choices=[("", _("All")), *Priority.choices], coerce=int, empty_value=None, required=False
    )
    place = forms.ChoiceField(label=_("Asking institution or region"), required=False)

    def __init__(self, actor: Actor, given: Mapping[str, Any], subject: Subject | None = None) -> None:
        self.subject = subject or _subject(given)
        self.actor, self.mine = actor, lenses(actor, self.subject)
        if not self.mine:
            raise NotVisible
        chosen = next((lens for lens in self.mine if lens.key == given.get("lens")), self.mine[0])
        shown = {name: given.get(name, "") for name in NARROWED}
        super().__init__({**shown, "lens": shown["lens"] or chosen.key, "period": shown["period"] or Period.YEAR})
        self.fields["lens"].label, self.fields["place"].label = self.subject.which, self.subject.place
        self._choose("lens", [(lens.key, lens.label) for lens in self.mine])
        self._choose("service", [("", _("All")), *_services(chosen)])
        self._choose("place", [("", _("All")), *([] if chosen.asks else _places())])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        if not self.is_valid():
            raise NotVisible
        given = self.cleaned_data
        kind, _colon, pk = given["place"].partition(":")
        place = {kind: UUID(pk)} if pk else {}
        service = UUID(given["service"]) if given["service"] else None
        return asked_of(self.actor, {**given, **place, "service": service, "subject": self.subject.key})

    @property
    def kept(self) -> dict[str, str]:
        """What stands in the address of every page that looks at the same questions."""
        about = {} if self.subject is CONSULTATIONS else {"subject": self.subject.key}
        return {**about, **{name: str(self.data[name]) for name in NARROWED if self.data[name]}}


def _subject(given: Mapping[str, Any]) -> Subject:
    found = SUBJECTS.get(given.get("subject") or CONSULTATIONS.key)
    if found is None:
        raise NotVisible
    return found


def _services(lens: Lens) -> list[tuple[str, str]]:
    rows = Service.objects.order_by("name_en")
    if lens.services is not None:
        rows = rows.filter(pk__in=lens.services)
    return [(str(row.pk), row.name) for row in rows]


def _places() -> list[tuple[str, Any]]:
    regions = [(f"region:{row.pk}", row.name) for row in Region.objects.order_by("name_en")]
    places = [(f"institution:{row.pk}", row.name) for row in Institution.objects.order_by("tier", "name_en")]
    return [(_("Regions"), regions), (_("Institutions"), places)]  # type: ignore[list-item]


class ExportForm(forms.Form):
    """A file of the rows behind the numbers."""

    kind = forms.ChoiceField(
        label=_("Kind of file"), choices=ExportKind.choices, initial=ExportKind.CSV, widget=forms.RadioSelect
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class ReviseForm(forms.Form):
    """Why a month is counted once more."""

    reason = forms.CharField(
        label=_("What was corrected"), max_length=500, strip=True, widget=forms.Textarea(attrs={"rows": 2})
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
