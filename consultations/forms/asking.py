"""From a child to a question: whom to ask, how soon, and the whole question with what the manual said."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import LONG
from consortium.casework.forms.weighing import WeighedForm
from consortium.casework.models import Service
from consortium.casework.states import Priority
from consultations.forms.intake import NeedsForm
from consultations.queries.citing import branches_of, pages_for
from consultations.states import FellShort

PRIORITY_CHOICES = (
    (Priority.STAT.value, gettext_lazy("Stat: a life may be at risk. Called back in 15 minutes")),
    (Priority.URGENT.value, gettext_lazy("Urgent: answered within 2 hours")),
    (Priority.ROUTINE.value, gettext_lazy("Routine: answered within 12 hours")),
)


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


class AskForm(WeighedForm, BeginForm):
    """The whole question. Everything may be missing in a draft; sending asks for what must be there."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: what the symptom needs, a form of its own beside this one
        self.needs: NeedsForm | None = None
        for name in MANUAL_FIELDS[:5]:  # the page has a form of its own for the manual
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.is_stat and not cleaned.get("consent_given"):
            self.add_error("consent_given", _("Ask the guardian whether the record may be shared, and tick the box."))
        return cleaned

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
