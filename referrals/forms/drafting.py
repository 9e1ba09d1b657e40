"""From a child to a referral: how urgent and what about, then where to and why."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from consortium.casework.forms.acting import LONG
from consortium.casework.forms.weighing import WeighedForm
from consortium.casework.states import Priority, Symptom
from consortium.clinical.diagnoses import diagnoses, read
from consortium.people.states import capability_groups
from referrals.models import Referral
from referrals.queries.routing import Place
from referrals.states import Reason

PRIORITY_CHOICES = (
    (Priority.STAT.value, gettext_lazy("Stat: a life may be at risk. Seen in 5 minutes")),
    (Priority.URGENT.value, gettext_lazy("Urgent: seen in 30 minutes, there within a day")),
    (Priority.ROUTINE.value, gettext_lazy("Routine: a visit within a week where possible")),
)
#: the texts, under the names of the operations
TEXTS = ("question", "situation", "background", "assessment", "recommendation", "whereabouts")
#: what of the manual's indication is carried from page to page
INDICATION = ("pathway", "version", "id", "urgency")
#: indications of one run that are offered
MOST_INDICATIONS = 12
#: how the operations name a field where the form has another name for it
FIELD_NAMES = {"weight_grams": "weight", "diagnosis_code": "diagnosis", "working_diagnosis": "diagnosis"}
#: what a referral that is not stat needs to be sent
NEEDED = ("service_id", "reason", "question", "situation", "assessment", "weight", "consent_given")
#: how many places stand above the longer list
SUGGESTED = 4
#: how soon a child is to go by the urgency word of the manual's indication
URGENCY_OF_INDICATION = {"E0": Priority.STAT, "E1": Priority.STAT, "U1": Priority.URGENT, "U2": Priority.URGENT}


class _Text(forms.CharField):
    """Some lines, in whatever script."""

    def __init__(self, rows: int = 2, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, **LONG}), **more)


def _label(place: Place) -> str:
    """The place, and beneath it why it stands there."""
    reasons = " · ".join(place.reasons)
    return format_html('<strong>{}</strong><br><span class="small soft">{}</span>', place.name, reasons)


class PlaceField(forms.TypedChoiceField):
    """A service: what is offered hangs on what else was said, so the operation alone says what cannot be."""

    def __init__(self, **more: Any) -> None:
        super().__init__(coerce=UUID, empty_value=None, required=False, **more)

    def valid_value(self, value: Any) -> bool:
        return True


class BeginForm(forms.Form):
    """How urgent, and what about: the first page of a referral."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("How soon must the child go?"),
        help_text=gettext_lazy("Not sure? Take the more urgent one."),
        coerce=int,
        choices=PRIORITY_CHOICES,
        widget=forms.RadioSelect,
    )
    symptom = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("It decides which hospitals are suggested."),
        choices=[("", gettext_lazy("Choose what it is about")), *Symptom.choices],
        required=False,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    #: the manual came to more than one: the doctor says on which the referral rests
    indication = forms.ChoiceField(
        label=gettext_lazy("On which indication of the manual does it rest?"), required=False, widget=forms.RadioSelect
    )
    #: what another page has worked out already
    situation = forms.CharField(widget=forms.HiddenInput, required=False)
    indication_pathway = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=80)
    indication_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    indication_id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    indication_urgency = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2)

    def __init__(self, *args: Any, offered: Sequence[str] = (), **kwargs: Any) -> None:
        """`offered`: every indication that holds, the weightiest first, "page|version|id|urgency|title"."""
        super().__init__(*args, **kwargs)
        whole = [each for each in dict.fromkeys(offered) if each.count("|") >= len(INDICATION)]
        self.offered = whole[:MOST_INDICATIONS]
        if len(self.offered) < 2:
            del self.fields["indication"]
            return
        choice: Any = self.fields["indication"]
        rows = [each.split("|", len(INDICATION)) for each in self.offered]
        choice.choices = [("|".join(row[:-1]), f"{row[-2]} · {row[-1]}") for row in rows] + [("", _("None of these"))]
        choice.initial = choice.choices[0][0]

    def carried(self) -> list[forms.BoundField]:
        """What is carried on, hidden."""
        return [self[name] for name in ("request_key", "situation", *(f"indication_{part}" for part in INDICATION))]

    def draft_fields(self) -> dict[str, Any]:
        """As `save_draft` takes it."""
        said = self.cleaned_data
        indication = {part: said[f"indication_{part}"] for part in INDICATION}
        if self.offered and "indication" in said:
            indication = {"id": "", **dict(zip(INDICATION, said["indication"].split("|"), strict=False))}
        kept = {name: said[name] for name in ("priority", "symptom", "situation") if said[name]}
        return {**kept, **({"indication": indication} if indication["id"] else {})}


class ReferForm(WeighedForm):
    """The whole referral. Everything may be missing in a draft; sending asks for what must be there."""

    use_required_attribute = False
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How soon must the child go?"),
        coerce=int,
        choices=PRIORITY_CHOICES,
        widget=forms.RadioSelect,
    )
    symptom = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[("", gettext_lazy("Choose what it is about")), *Symptom.choices],
        required=False,
    )
    service_id = PlaceField(label=gettext_lazy("Where to?"), widget=forms.RadioSelect)
    other_service = PlaceField(label=gettext_lazy("Another place"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why is the child sent?"),
        choices=[("", gettext_lazy("Choose a reason")), *Reason.choices],
        required=False,
    )
    question = _Text(
        rows=3,
        label=gettext_lazy("What should be done for the child?"),
        help_text=gettext_lazy("One thing that the hospital can settle."),
        required=False,
    )
    situation = _Text(label=gettext_lazy("Situation: what is happening now"), required=False)
    background = _Text(label=gettext_lazy("Background: history, medicines, allergies"), required=False)
    assessment = _Text(label=gettext_lazy("Assessment: findings, measurements, what you think"), required=False)
    recommendation = _Text(label=gettext_lazy("What you would do"), required=False)
    diagnosis = forms.CharField(
        label=gettext_lazy("Working diagnosis"),
        help_text=gettext_lazy("Type a word or a code of ICD-10, and pick from the list; your own words are kept too."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "diagnoses", "autocomplete": "off", **LONG}),
    )
    whereabouts = forms.CharField(
        label=gettext_lazy("Where the child is now, and who is with it"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=LONG),
    )
    needs_capabilities = forms.MultipleChoiceField(
        label=gettext_lazy("What must the hospital have?"),
        choices=capability_groups,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    consent_given = forms.BooleanField(
        label=gettext_lazy("The guardian agrees that this record is shared with the hospital"), required=False
    )
    may_be_redirected = forms.BooleanField(
        label=gettext_lazy("The hospital may pass the child on to another one"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, places: Sequence[Place] = (), chosen_id: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weight"].required = False
        self._offer(places, chosen_id)

    def _offer(self, places: Sequence[Place], chosen_id: UUID | None) -> None:
        """The fittest places with their reasons to choose from, and the one that is chosen; all in a longer list."""
        shown = [place for place in places if not place.refusal][:SUGGESTED]
        shown += [place for place in places if place.service.pk == chosen_id and place not in shown]
        fields = cast(Any, self.fields)
        fields["service_id"].choices = [(str(place.service.pk), _label(place)) for place in shown]
        named = [(str(place.service.pk), place.name) for place in places if not place.refusal]
        fields["other_service"].choices = [("", _("None: one of the above")), *named]

    def show_needed(self) -> None:
        """Let the labels say what sending asks for; the operation, which knows what else counts, is the judge."""
        for name in () if self.is_stat else NEEDED:
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """Another place that was picked from the whole list wins over the suggestions."""
        cleaned = super().clean()
        cleaned["service_id"] = cleaned.get("other_service") or cleaned.get("service_id")
        return cleaned

    def draft_fields(self) -> dict[str, Any]:
        """What can be kept of a draft, whatever else is still wrong with the form."""
        self.is_valid()
        typed = self.cleaned_data
        texts = {name: self.data.get(name, "") for name in TEXTS if name in self.data}
        named = ("priority", "symptom", "reason", "service_id", "needs_capabilities")
        known = {name: typed[name] for name in named if name in typed}
        weight = {"weight_grams": typed["weight"]} if "weight" in typed else {}
        ticks = {name: bool(self.data.get(name)) for name in ("consent_given", "may_be_redirected")}
        return {**texts, **known, **weight, **ticks, **self._diagnosis()}

    def _diagnosis(self) -> dict[str, str]:
        if "diagnosis" not in self.cleaned_data:
            return {}
        code, words = read(self.cleaned_data["diagnosis"])
        return {"diagnosis_code": code, "working_diagnosis": words}

    @staticmethod
    def diagnoses() -> list[str]:
        """ "J21.9 Acute bronchiolitis": what may be picked."""
        return [f"{each.code} {each.said(get_language() or '')}" for each in diagnoses().values()]


def initial_of(referral: Referral) -> dict[str, Any]:
    """The form's first values, from a draft."""
    case = referral.case
    return {
        **{name: getattr(referral, name) for name in (*TEXTS, "reason", "consent_given", "may_be_redirected")},
        "priority": str(case.priority),
        "symptom": case.symptom,
        "service_id": str(case.service_id or ""),
        "needs_capabilities": referral.needs_capabilities,
        "diagnosis": f"{referral.diagnosis_code} {referral.working_diagnosis}".strip(),
        "version": case.version,
    }
