"""What people type about a child. Forms parse; the operations decide."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.patients.models import READING_ROLES, Guardian, Patient
from consortium.patients.operations import Decision, Details, Link, Person
from consortium.patients.states import ConsentKind, ConsentStatus, GrantReason, GrantVerdict, Relation, Sex
from consortium.people.models import Institution

_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
_QUIET = {"autocomplete": "off", "spellcheck": "false"}
HOW = [
    ("spoken", _("Spoken, in person")),
    ("telephone", _("Spoken, by telephone")),
    ("paper", _("On paper, signed")),
]


def show_error(form: forms.Form, error: DomainError) -> None:
    """Put what an operation refused where it belongs: at its field, or on top."""
    wrong = error.fields if isinstance(error, InvalidInput) else {}
    for name, message in wrong.items():
        form.add_error(name if name in form.fields else None, message)
    if not wrong:
        form.add_error(None, error.message)


class OnceForm(forms.Form):
    """Carries the key that makes a double click one row."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_key"].initial = uuid4

    @property
    def key(self) -> UUID | None:
        key: UUID | None = self.cleaned_data.get("request_key")
        return key


class PlaceMixin(forms.Form):
    """For which of the actor's institutions; asked only when there are several."""

    institution = forms.ModelChoiceField(queryset=Institution.objects.none(), label=_("For which institution"))

    def offer_places(self, actor: Actor) -> None:
        places = Institution.objects.filter(pk__in=actor.institution_ids(*READING_ROLES)).order_by("name_en")
        field = self.fields["institution"]
        field.queryset = places  # type: ignore[attr-defined]
        if len(actor.institution_ids(*READING_ROLES)) == 1:
            field.widget, field.initial = forms.HiddenInput(), next(iter(actor.institution_ids(*READING_ROLES)))


class SearchForm(forms.Form):
    """Sent by POST: what is searched for must stand in no address and no log."""

    text = forms.CharField(
        label=_("Name, pinyin or number"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={**_QUIET, "type": "search"}),
    )
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class DetailsForm(OnceForm):
    """What is written down about a child."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs=_QUIET))
    baby_of = forms.CharField(
        label=_("Baby of (mother's name)"),
        max_length=120,
        required=False,
        help_text=_("For a newborn without a name of its own."),
        widget=forms.TextInput(attrs=_QUIET),
    )
    birth_order = forms.IntegerField(
        label=_("Birth order of twins"), min_value=1, max_value=9, required=False, widget=forms.TextInput(attrs=_NUMBER)
    )
    birth_date = forms.DateField(label=_("Date of birth"), widget=forms.DateInput(attrs={"type": "date"}))
    birth_time = forms.TimeField(
        label=_("Time of birth"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=forms.RadioSelect(attrs={"inline": True}))
    gestation_weeks = forms.IntegerField(
        label=_("Gestation at birth"),
        min_value=20,
        max_value=45,
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    allergies = forms.CharField(
        label=_("Allergies"), max_length=300, required=False, help_text=_("Drug or food, and what happened.")
    )
    record_number = forms.CharField(
        label=_("Record number here"), max_length=60, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    identity_number = forms.CharField(
        label=_("Identity number"),
        max_length=40,
        required=False,
        help_text=_("Kept encrypted. Leave empty when there is none yet."),
        widget=forms.TextInput(attrs=_QUIET),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].widget.attrs["max"] = clock.today().isoformat()

    def details(self) -> Details:
        return Details.given(self.cleaned_data)


class RegisterForm(PlaceMixin, DetailsForm):
    """`anyway`: the clinician has looked at similar children, and it is none of them."""

    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_places(actor)


class EditForm(DetailsForm):
    """The identity number on file is not shown: empty leaves it, a box takes it away."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    remove_identity = forms.BooleanField(label=_("Remove the identity number on file"), required=False)

    @classmethod
    def of(cls, patient: Patient, number: str) -> "EditForm":
        kept = ("name", "baby_of", "birth_order", "birth_date", "birth_time", "sex", "gestation_weeks", "allergies")
        initial = {name: getattr(patient, name) for name in kept}
        return cls(initial={**initial, "record_number": number, "version": patient.version})

    def identity(self) -> str | None:
        """The operation's `identity_number`: None leaves it."""
        return "" if self.cleaned_data["remove_identity"] else self.cleaned_data["identity_number"] or None


class GuardianForm(OnceForm):
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs=_QUIET))
    relation = forms.ChoiceField(label=_("Relation to the child"), choices=Relation.choices)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel", **_QUIET})
    )
    language = forms.CharField(
        label=_("Language"), max_length=10, required=False, help_text=_("If an interpreter is needed.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, guardian: Guardian) -> "GuardianForm":
        return cls(initial={n: getattr(guardian, n) for n in ("name", "relation", "phone", "language", "version")})

    def person(self) -> Person:
        return Person(**{n: self.cleaned_data[n].strip() for n in ("name", "relation", "phone", "language")})


class LinkForm(PlaceMixin, OnceForm):
    """Joins a record that another institution keeps, on the guardian's word."""

    identity_number = forms.CharField(max_length=120, widget=forms.HiddenInput)
    record_number = forms.CharField(
        label=_("Record number here"), max_length=60, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    name = forms.CharField(label=_("Guardian's name"), max_length=120, widget=forms.TextInput(attrs=_QUIET))
    relation = forms.ChoiceField(label=_("Relation to the child"), choices=Relation.choices)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel", **_QUIET})
    )
    how = forms.ChoiceField(label=_("How was it agreed?"), choices=HOW, widget=forms.RadioSelect)
    agreed = forms.BooleanField(
        label=_("The guardian agrees that this child's record is shared with our institution."),
        error_messages={"required": _("Without the guardian's consent the record can't be linked.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_places(actor)

    def link(self) -> Link:
        given = self.cleaned_data
        return Link(given["institution"].pk, given["identity_number"], given["record_number"], given["how"])

    def guardian(self) -> Person:
        given = self.cleaned_data
        return Person(given["name"].strip(), given["relation"], given["phone"].strip())


class ConsentForm(OnceForm):
    kind = forms.ChoiceField(choices=ConsentKind.choices, widget=forms.HiddenInput)
    status = forms.ChoiceField(label=_("The guardian"), choices=ConsentStatus.choices, widget=forms.RadioSelect)
    guardian: forms.ModelChoiceField[Guardian] = forms.ModelChoiceField(
        queryset=None, label=_("Who decided?"), required=False
    )
    how = forms.ChoiceField(label=_("How was it said?"), choices=HOW, widget=forms.RadioSelect)

    def __init__(self, *args: Any, patient: Patient, given: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guardian"].queryset = Guardian.objects.filter(patient=patient).order_by("id")  # type: ignore[attr-defined]
        self.fields["guardian"].label_from_instance = _person_words  # type: ignore[attr-defined]
        choices = [(ConsentStatus.ACTIVE, _("agrees")), (ConsentStatus.REJECTED, _("refuses"))]
        withdraw = [(ConsentStatus.INACTIVE, _("withdraws the consent")), (ConsentStatus.ACTIVE, _("agrees again"))]
        self.fields["status"].choices = withdraw if given else choices  # type: ignore[attr-defined]

    def decision(self) -> Decision:
        given = self.cleaned_data
        who = given["guardian"]
        return Decision(given["kind"], given["status"], who.pk if who else None, given["how"])


def _person_words(guardian: Guardian) -> str:
    return f"{guardian.name} ({guardian.get_relation_display()})"


class GlassForm(PlaceMixin, OnceForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=GrantReason.choices, widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=_("Explanation"),
        max_length=1000,
        help_text=_("In a sentence: why you need this record now. The privacy officer reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_places(actor)


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Your finding"), choices=GrantVerdict.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class EraseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is the record erased?"),
        max_length=300,
        help_text=_("Stays in the journal for good: do not name the child or the family."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sure = forms.BooleanField(label=_("I know that this cannot be undone by anybody."))
