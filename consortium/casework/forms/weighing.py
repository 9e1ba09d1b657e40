"""A child's weight as people write it, and whether it can be believed at that age."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.operations.drafting import WEIGHT_GRAMS
from consortium.casework.states import Priority

#: How far from the estimate a weight is still believed without asking again.
PLAUSIBLE = (Decimal("0.4"), Decimal("2.2"))
MONTH = Decimal("30.4375")


def expected_kg(age_days: int) -> Decimal:
    """A rough weight for age: APLS formulas, 6th edition; below one month 3.5 kg."""
    months = age_days / MONTH
    if months < 1:
        return Decimal("3.5")
    if months < 12:
        return months / 2 + 4
    years = min(months / 12, Decimal(16))
    return 2 * years + 8 if years < 6 else 3 * years + 7


def plausible_kg(age_days: int) -> tuple[Decimal, Decimal]:
    """The weights in kg that need no second look at this age."""
    middle = expected_kg(age_days)
    low = Decimal("0.4") if age_days < MONTH else round(middle * PLAUSIBLE[0], 1)
    return low, round(middle * PLAUSIBLE[1], 1)


class WeightField(forms.CharField):
    """Kilograms as people write them ("6.8", "6,8", "6.8 kg"); cleaned to grams, None when empty."""

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip().lower().removesuffix("kg").strip().replace(",", ".")
        if not text:
            return super().clean(value) or None
        try:
            kilograms = Decimal(text)
        except InvalidOperation:
            raise forms.ValidationError(_("Write the weight in kilograms, such as 6.8.")) from None
        if not kilograms.is_finite():
            raise forms.ValidationError(_("Write the weight in kilograms, such as 6.8."))
        return self._grams(kilograms)

    def _grams(self, kilograms: Decimal) -> int:
        grams = int((kilograms * 1000).to_integral_value()) if abs(kilograms) < 10**6 else -1
        if grams in WEIGHT_GRAMS:
            return grams
        if 1000 <= kilograms <= WEIGHT_GRAMS.stop:
            raise forms.ValidationError(
                _("This looks like grams: write the weight in kilograms, %(kg)s.") % {"kg": kilograms / 1000}
            )
        raise forms.ValidationError(_("A child weighs between 0.3 and 200 kg."))


class WeighedForm(forms.Form):
    """What is sent about a child: its weight, believed at once or after a second look; stat waits for none."""

    weight = WeightField(
        label=gettext_lazy("Weight today"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    weight_sure = forms.BooleanField(label=gettext_lazy("The weight is right, I have checked it"), required=False)

    def __init__(self, *args: Any, age_days: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.age_days = age_days

    @property
    def is_stat(self) -> bool:
        value = self.data.get("priority") if self.is_bound else self.initial.get("priority")
        return str(value) == str(Priority.STAT.value)

    def full_clean(self) -> None:
        """Stat asks only for the child, its age or weight, and the problem: nothing else may stop it."""
        if self.is_stat:
            self.fields["weight"].required = False
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        grams = cleaned.get("weight")
        if grams and self.age_days is not None and not cleaned.get("weight_sure") and not self.is_stat:
            self._check_plausible(Decimal(grams) / 1000, self.age_days)
        return cleaned

    def _check_plausible(self, kilograms: Decimal, age_days: int) -> None:
        low, high = plausible_kg(age_days)
        if not low <= kilograms <= high:
            text = _(
                "%(kg)s kg is unusual at this age (expected %(low)s to %(high)s kg). Correct it, or confirm it below."
            )
            self.add_error("weight", text % {"kg": f"{kilograms:g}", "low": low, "high": high})

    @property
    def weight_doubted(self) -> bool:
        """Whether to offer the box that confirms an unusual weight."""
        doubted = "weight" in self.errors or bool(self.data.get("weight_sure"))
        return self.is_bound and bool(self.data.get("weight")) and doubted
