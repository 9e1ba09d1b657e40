"""From a child to a question: whom to ask, how soon, and the whole question with what the manual said."""

from decimal import Decimal, InvalidOperation
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import LONG
from consortium.casework.models import Service
from consortium.casework.operations.drafting import WEIGHT_GRAMS
from consortium.casework.states import Priority
from consultations.forms.intake import NeedsForm
from consultations.queries.citing import branches_of, pages_for
from consultations.states import FellShort

PRIORITY_CHOICES = (
    (Priority.STAT.value, gettext_lazy("Stat: a life may be at risk. Called back in 15 minutes")),
    (Priority.URGENT.value, gettext_lazy("Urgent: answered within 2 hours")),
    (Priority.ROUTINE.value, gettext_lazy("Routine: answered within 12 hours")),
)
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


class BeginForm(forms.Form):
    """Whom to ask, and how soon: the first page of a question."""

    service_id = forms.TypedChoiceField(label=gettext_lazy("Whom do you ask?"), coerce=UUID)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How soon is an answer needed?"),
        help_text=gettext_lazy("Not sure? Take the more urgent one."),
        coerce=int,
        choices=PRIORITY_CHOICES,
        widget=forms.RadioSelect,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    #: what another page has worked out already, for the first text of the question
    situation = forms.CharField(widget=forms.HiddenInput, required=False)
    #: the place in the manual that the question comes from
    manual_pathway = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=80)
    manual_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    manual_node = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)
    manual_indication = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    manual_run = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["service_id"]).choices = service_choices()

    def manual_fields(self) -> list[forms.BoundField]:
        """What is carried on of the manual, hidden."""
        return [self[name] for name in MANUAL_FIELDS[:5]]


def manual_of(said: dict[str, Any]) -> dict[str, Any] | None:
    """What a form says of the manual, as the operations take it; None where it names no page."""
    names = {"manual_run": "run_id"}
    use = {names.get(key, key.removeprefix("manual_")): value for key, value in said.items() if key in MANUAL_FIELDS}
    return use if use.get("pathway") else None


MANUAL_FIELDS = (
    "manual_pathway", "manual_version", "manual_node", "manual_indication", "manual_run", "manual_why", "manual_note",
)  # fmt: skip


def service_choices(*, but: UUID | None = None) -> list[tuple[str, str]]:
    """The services that take questions, by hospital."""
    known = Service.objects.answering().select_related("institution")
    rows = [
        (str(s.pk), f"{s.name}, {s.institution.name}")
        for s in known.order_by("institution__name_en", "name_en")
        if s.pk != but
    ]
    return [("", _("Choose a service")), *rows]


class ManualForm(forms.Form):
    """Which page of the manual was looked at before the question, which branch, and why it did not suffice."""

    manual_pathway = forms.ChoiceField(
        label=gettext_lazy("Which page of the manual did you look at?"),
        help_text=gettext_lazy("The specialist sees which branch you came to, and begins there."),
        required=False,
    )
    manual_node = forms.ChoiceField(label=gettext_lazy("Which branch did you come to?"), required=False)
    manual_why = forms.ChoiceField(
        label=gettext_lazy("Why did it not suffice?"),
        required=False,
        choices=[("", gettext_lazy("Choose a reason")), *FellShort.choices],
    )
    manual_note = forms.CharField(
        label=gettext_lazy("What was missing?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, **LONG}),
    )
    manual_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    manual_indication = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    manual_run = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, age_days: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pathway = str(self["manual_pathway"].value() or "")
        pages, branches = pages_for(age_days), branches_of(self.pathway)
        self.offered = bool(pages)
        if self.pathway not in dict(pages) and branches:
            pages = [*pages, (self.pathway, self.pathway)]
        cast(Any, self.fields["manual_pathway"]).choices = [("", _("None")), *pages]
        cast(Any, self.fields["manual_node"]).choices = [("", _("None of them")), *branches]

    def use(self) -> dict[str, Any] | None:
        """What can be kept of it, whatever else is wrong."""
        self.is_valid()
        return manual_of(self.cleaned_data)


class AskForm(BeginForm):
    """The whole question. Everything may be missing in a draft; sending asks for what must be there."""

    weight = WeightField(
        label=gettext_lazy("Weight today"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    weight_sure = forms.BooleanField(label=gettext_lazy("The weight is right, I have checked it"), required=False)
    question = forms.CharField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy("One question that the specialist can answer. What would change what you do?"),
        widget=forms.Textarea(attrs={"rows": 3, **LONG}),
    )
    situation = forms.CharField(
        label=gettext_lazy("Situation: what is happening now"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, **LONG}),
    )
    background = forms.CharField(
        label=gettext_lazy("Background: history, medicines, allergies"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, **LONG}),
    )
    assessment = forms.CharField(
        label=gettext_lazy("Assessment: findings, measurements, what you think"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, **LONG}),
    )
    recommendation = forms.CharField(
        label=gettext_lazy("What you would do"), required=False, widget=forms.Textarea(attrs={"rows": 2, **LONG})
    )
    working_diagnosis = forms.CharField(
        label=gettext_lazy("Working diagnosis"), required=False, max_length=200, widget=forms.TextInput(attrs=LONG)
    )
    consent_given = forms.BooleanField(
        label=gettext_lazy("The guardian agrees that this record is shared with the specialist"), required=False
    )
    may_be_converted = forms.BooleanField(
        label=gettext_lazy("The specialist may refer the child directly"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, age_days: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.age_days = age_days
        #: what the symptom needs, a form of its own beside this one
        self.needs: NeedsForm | None = None
        for name in MANUAL_FIELDS[:5]:  # the page has a form of its own for the manual
            del self.fields[name]

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
            self._check_plausible(Decimal(grams) / 1000)
        if not self.is_stat and not cleaned.get("consent_given"):
            self.add_error("consent_given", _("Ask the guardian whether the record may be shared, and tick the box."))
        return cleaned

    def _check_plausible(self, kilograms: Decimal) -> None:
        low, high = plausible_kg(cast(int, self.age_days))
        if not low <= kilograms <= high:
            text = _(
                "%(kg)s kg is unusual at this age (expected %(low)s to %(high)s kg). Correct it, or confirm it below."
            )
            self.add_error("weight", text % {"kg": f"{kilograms:g}", "low": low, "high": high})

    @property
    def weight_doubted(self) -> bool:
        """Whether to offer the box that confirms an unusual weight."""
        return self.is_bound and ("weight" in self.errors or bool(self.data.get("weight_sure")))

    def draft_fields(self) -> dict[str, Any]:
        """What can be kept of a draft, whatever else is still wrong with the form."""
        self.is_valid()
        kept = {name: self.data.get(name, "") for name in TEXTS if name in self.data}
        typed = {name: self.cleaned_data[name] for name in ("service_id", "priority") if self.cleaned_data.get(name)}
        weight = {"weight_grams": self.cleaned_data["weight"]} if "weight" in self.cleaned_data else {}
        ticks = {name: bool(self.data.get(name)) for name in ("consent_given", "may_be_converted")}
        needs = self.needs.draft_fields() if self.needs is not None and self.needs.is_bound else {}
        return {**kept, **typed, **weight, **ticks, **needs}


TEXTS = ("question", "situation", "background", "assessment", "recommendation", "working_diagnosis")
#: how the operations name a field where the form has another name for it
FIELD_NAMES = {"weight_grams": "weight", "responder_id": "responder", "colleague_id": "colleague"}
