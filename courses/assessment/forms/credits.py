"""What a manager says of a rule of credit, and why something is taken back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Acting, Keyed
from courses.assessment.models import CreditRule
from courses.assessment.operations.crediting import RULE_FIELDS
from courses.assessment.states.credits import Activity, Evidence

_DAY = {"type": "date"}


def _credits(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        help_text=hint or _("Empty: no limit."),
    )


class ReasonForm(Acting):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=_("It is shown to the person; of a certificate, to whoever checks it too."),
    )  # fmt: skip


class RuleForm(Keyed):
    scheme = forms.SlugField(label=_("Short name of the scheme"), max_length=40, help_text=_("As in “cn-cme”."))
    activity = forms.ChoiceField(label=_("For"), choices=Activity.choices)
    title_en = forms.CharField(label=_("Scheme in English"), max_length=200)
    title_zh = forms.CharField(label=_("Scheme in Chinese"), max_length=200, required=False)
    category_en = forms.CharField(label=_("Category in English"), max_length=120)
    category_zh = forms.CharField(label=_("Category in Chinese"), max_length=120, required=False)
    hours_per_credit = forms.DecimalField(label=_("Hours for one credit"), max_digits=5, decimal_places=2)
    goal = _credits(_("Credits asked for in a period"), _("Empty: none."))
    period_years = forms.IntegerField(label=_("Calendar years in a period"), min_value=1, max_value=10, initial=1)
    first_year = forms.IntegerField(label=_("A period begins with the year"), min_value=2000, max_value=2100)
    cap_day = _credits(_("At most in one day"))
    cap_category = _credits(_("At most in a period, of this category"))
    cap_scheme = _credits(_("At most in a period, of the whole scheme"))
    evidence = forms.MultipleChoiceField(
        label=_("Asked for beside completion"), choices=Evidence.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    pass_percent = forms.IntegerField(label=_("Pass mark"), min_value=0, max_value=100, required=False)
    counts_known = forms.BooleanField(
        label=_("Counts what was tested out"), required=False,
        help_text=_("Else credit is given for the hours of the lessons that were not tested out."),
    )  # fmt: skip
    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    valid_to = forms.DateField(
        label=_("Holds until"), widget=forms.DateInput(_DAY, "%Y-%m-%d"), required=False,
        help_text=_("Empty: until a newer one."),
    )  # fmt: skip
    source = forms.CharField(label=_("Where it is written"), max_length=300)
    verified = forms.BooleanField(label=_("I have checked it there"), required=False)

    def fields_said(self) -> dict[str, Any]:
        """The rule's fields."""
        return {name: self.cleaned_data[name] for name in RULE_FIELDS}


def initial_of(rule: CreditRule | None) -> dict[str, Any]:
    """A newer number of `rule` begins with what that says; who checked the old one has not checked the new one."""
    if rule is None:
        return {"first_year": 2024}
    left_out = ("valid_from", "valid_to", "verified")
    return {name: getattr(rule, name) for name in RULE_FIELDS if name not in left_out}
