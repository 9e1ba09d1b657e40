"""The form for several measurements at once, and the one that takes a value back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.clinical.growth import lies
from consortium.clinical.units import KINDS, number
from consortium.kernel import clock
from consortium.patients.forms.records import OnceForm
from consortium.patients.models import Measurement, Patient
from consortium.patients.operations import Entry
from consortium.patients.queries.measuring import child_of
from consortium.patients.states import (
    GROWTH,
    NUMBERS,
    SIGNS,
    BodyPosition,
    MeasurementError,
    MeasurementKind,
    Site,
)

_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}
_WHOLE = {"inputmode": "numeric", "autocomplete": "off"}
_MINUTES = "%Y-%m-%dT%H:%M"


class NumberField(forms.CharField):
    """A number as people write it ("6.8", "6,8", "６．８"); cleaned to a Decimal, None when empty."""

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return super().clean(text) or None
        try:
            return number(text)
        except ValueError:
            raise forms.ValidationError(_("Write a number, such as 6.8.")) from None


def unit_choices(kind: str) -> list[tuple[str, str]]:
    return [(unit.code, unit.label) for unit in KINDS[kind].units]


def sign_choices(kind: str) -> list[tuple[str, Any]]:
    return list(SIGNS[kind].items())


@dataclass(frozen=True, slots=True)
class Pair:
    """A number and its unit as a page lays them side by side; `unit` is a word where there is only one."""

    value: BoundField
    units: BoundField | None
    unit: str


def _number_fields(kind: str) -> dict[str, forms.Field]:
    whole = all(unit.decimals == 0 for unit in KINDS[kind].units)
    widget = forms.TextInput(attrs=_WHOLE if whole else _DECIMAL)
    fields: dict[str, forms.Field] = {kind: NumberField(label=KINDS[kind].label, required=False, widget=widget)}
    if len(KINDS[kind].units) > 1:
        label = gettext_lazy("Unit")
        fields[f"{kind}_unit"] = forms.ChoiceField(label=label, choices=unit_choices(kind), required=False)
    return fields


class ValuesForm(forms.Form):
    """Numbers with their units, and the box that confirms unlikely ones."""

    kinds: tuple[str, ...] = ()
    sure = forms.BooleanField(label=gettext_lazy("I looked at the marked values again: they are right"), required=False)
    #: what the box confirms: exactly these values and no others
    doubted = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kinds: Iterable[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = tuple(kinds if kinds is not None else self.kinds)
        for kind in self.kinds:
            self.fields |= _number_fields(kind)

    def pairs(self, *kinds: str) -> list[Pair]:
        return [
            Pair(self[kind], self[f"{kind}_unit"] if f"{kind}_unit" in self.fields else None, KINDS[kind].base.label)
            for kind in kinds
        ]

    def unit_of(self, kind: str) -> str:
        return str(self.cleaned_data.get(f"{kind}_unit") or KINDS[kind].base.code)

    def numbers(self, **more: dict[str, Any]) -> Iterator[Entry]:
        """The numbers that were entered; `more` gives a kind further words."""
        for kind in self.kinds:
            value: Decimal | None = self.cleaned_data.get(kind)
            if value is not None:
                yield Entry(kind, value, self.unit_of(kind), **more.get(kind, {}))

    @property
    def confirmed(self) -> list[str]:
        """The tokens of the values that were looked at again."""
        given = self.cleaned_data
        return given["doubted"].split("\n") if given.get("sure") else []

    def ask_to_confirm(self, tokens: Iterable[str]) -> None:
        """Show the box for these values, unticked."""
        data = cast("QueryDict", self.data).copy()
        data["doubted"] = "\n".join(tokens)
        data.pop("sure", None)
        self.data, self.doubts = data, True

    doubts = False


class MeasureForm(OnceForm, ValuesForm):
    """Everything that may be measured at one time; all of it may stay empty but one."""

    kinds = NUMBERS
    taken_at = forms.DateTimeField(
        label=gettext_lazy("Measured at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES),
        input_formats=[_MINUTES, f"{_MINUTES}:%S"],
    )
    estimated = forms.BooleanField(label=gettext_lazy("The weight is estimated, not weighed"), required=False)
    position = forms.ChoiceField(
        label=gettext_lazy("Measured"),
        choices=BodyPosition.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    site = forms.ChoiceField(label=gettext_lazy("Temperature taken in"), choices=Site.choices, required=False)
    distress = forms.ChoiceField(
        label=gettext_lazy("Respiratory distress"),
        choices=sign_choices("distress"),
        required=False,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    avpu = forms.ChoiceField(
        label=gettext_lazy("Consciousness"),
        choices=sign_choices("avpu"),
        required=False,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    support = forms.ChoiceField(
        label=gettext_lazy("Breathing support"),
        choices=[("", gettext_lazy("None or plain oxygen")), *sign_choices("support")],
        required=False,
    )
    concern = forms.MultipleChoiceField(
        label=gettext_lazy("Concerns"),
        choices=sign_choices("concern"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken_at"].initial = timezone.localtime(clock.now()).replace(second=0, microsecond=0)
        lying = lies(child_of(patient).age_days(clock.today()))
        self.fields["position"].initial = BodyPosition.LYING if lying else BodyPosition.STANDING

    @property
    def growth_pairs(self) -> list[Pair]:
        return self.pairs(*GROWTH)

    @property
    def vital_pairs(self) -> list[Pair]:
        return self.pairs(*(kind for kind in NUMBERS if kind not in GROWTH))

    def entries(self) -> list[Entry]:
        given = self.cleaned_data
        numbers = self.numbers(
            weight={"estimated": given["estimated"]}, length={"position": given["position"]},
            temperature={"site": given["site"]},
        )  # fmt: skip
        words = [Entry(kind, code=given[kind]) for kind in ("distress", "avpu", "support") if given.get(kind)]
        return [*numbers, *words, *(Entry("concern", code=code) for code in given["concern"])]


class CorrectForm(ValuesForm):
    """Why a value is wrong, and what is right, when that is known."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"), choices=MeasurementError.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, row: Measurement, **kwargs: Any) -> None:
        self.row = row
        self.is_number = row.value is not None
        super().__init__(*args, kinds=[row.kind] if self.is_number else [], **kwargs)
        if not self.is_number:
            choices = [("", _("No other value")), *sign_choices(row.kind)]
            self.fields["code"] = forms.ChoiceField(label=_("Right value"), choices=choices, required=False)
        elif f"{row.kind}_unit" in self.fields:
            self.fields[f"{row.kind}_unit"].initial = row.unit

    @property
    def pair(self) -> Pair | None:
        return self.pairs(self.row.kind)[0] if self.is_number else None

    def replacement(self) -> Entry | None:
        """The value that replaces the wrong one, with what was said about it; None when there is none."""
        kept = {"position": self.row.position, "site": self.row.site, "estimated": self.row.estimated}
        if self.is_number:
            return next(self.numbers(**{self.row.kind: kept}), None)
        code = self.cleaned_data.get("code")
        return Entry(MeasurementKind(self.row.kind), code=code) if code else None
