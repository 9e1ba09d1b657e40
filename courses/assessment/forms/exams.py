"""What a trainer says of an exam, of its blueprint and of exceptions; what a marker gives an essay."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Acting, Keyed
from courses.assessment.models import Exam
from courses.assessment.operations.building import FIELDS
from courses.assessment.queries.forms import AXES
from courses.assessment.sitting.rubric import Criterion
from courses.assessment.states import Kind
from courses.assessment.states.exams import Drawing, Layout, Reveal

LONG = {"dir": "auto", "rows": 3}
_WHEN = {"type": "datetime-local"}


class ExamForm(Keyed):
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200, required=False)
    intro_en = forms.CharField(
        label=_("What learners should know, in English"), max_length=4000, required=False, widget=forms.Textarea(LONG)
    )
    intro_zh = forms.CharField(
        label=_("What learners should know, in Chinese"), max_length=4000, required=False, widget=forms.Textarea(LONG)
    )
    self_check = forms.BooleanField(
        label=_("A self-check: it gives no credit, and may ask questions that await their review"), required=False
    )
    drawing = forms.ChoiceField(label=_("Questions"), choices=Drawing.choices, widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label=_("Time"), min_value=1, max_value=600, required=False, help_text=_("Empty: no limit.")
    )
    attempts_allowed = forms.IntegerField(label=_("Attempts"), min_value=1, max_value=20)
    pass_percent = forms.IntegerField(label=_("Pass mark"), min_value=0, max_value=100)
    opens_at = forms.DateTimeField(
        label=_("Opens"), required=False, widget=forms.DateTimeInput(_WHEN, "%Y-%m-%dT%H:%M")
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"), required=False, widget=forms.DateTimeInput(_WHEN, "%Y-%m-%dT%H:%M")
    )
    layout = forms.ChoiceField(label=_("On the page"), choices=Layout.choices, widget=forms.RadioSelect)
    shuffled = forms.BooleanField(label=_("Each learner gets the questions in another order"), required=False)
    show_own = forms.ChoiceField(label=_("Learners see their own answers"), choices=Reveal.choices)
    show_key = forms.ChoiceField(label=_("Learners see the right answers"), choices=Reveal.choices)
    show_feedback = forms.ChoiceField(label=_("Learners see the explanations"), choices=Reveal.choices)
    dispute_percent = forms.IntegerField(
        label=_("A third marker decides when two are farther apart than"), min_value=0, max_value=100
    )
    # last: the name hides the module from what follows
    forms = forms.IntegerField(
        label=_("Parallel forms"), min_value=0, max_value=20, required=False,
        help_text=_("Of a blueprint. 0: each attempt draws its own."),
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """The exam's fields."""
        found = {name: self.cleaned_data[name] for name in FIELDS}
        return {**found, "forms": found["forms"] or 0}


def initial_of(exam: Exam) -> dict[str, Any]:
    """What stands, for the form."""
    return {name: getattr(exam, name) for name in FIELDS}


def _tags(axis: Any) -> list[tuple[str, Any]]:
    return [("", "\u2013"), *axis.choices]


class RowForm(Acting):
    """One more row of a blueprint."""

    age_band = forms.ChoiceField(label=_("Age"), choices=_tags(AXES["age_band"]), required=False)
    system = forms.ChoiceField(label=_("System"), choices=_tags(AXES["system"]), required=False)
    task = forms.ChoiceField(label=_("Task"), choices=_tags(AXES["task"]), required=False)
    danger = forms.ChoiceField(label=_("Danger"), choices=_tags(AXES["danger"]), required=False)
    kind = forms.ChoiceField(label=_("Kind of question"), choices=_tags(Kind), required=False)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=200, initial=5)
    points = forms.DecimalField(label=_("Points each"), min_value=Decimal("0.01"), max_value=1000, initial=1)

    def row(self) -> dict[str, Any]:
        """As `set_blueprint` takes it."""
        said = self.cleaned_data
        tags = [f"{axis}:{said[axis]}" for axis in AXES if said[axis]]
        kinds = [said["kind"]] if said["kind"] else []
        return {"tags": tags, "kinds": kinds, "count": said["count"], "points": said["points"]}


class AccommodationForm(Acting):
    username = forms.CharField(label=_("Who"), help_text=_("The name with which they sign in."), max_length=150)
    extra_minutes = forms.IntegerField(label=_("More minutes"), min_value=0, max_value=600, initial=0)
    extra_attempts = forms.IntegerField(label=_("More attempts"), min_value=0, max_value=20, initial=0)
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 2, "dir": "auto"}))


class MarkForm(Acting):
    """A number for each line of the rubric."""

    def __init__(self, *args: Any, rubric: tuple[Criterion, ...], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [one.id for one in rubric]
        for one in rubric:
            self.fields[one.id] = forms.DecimalField(
                label=one.text.said(language), min_value=0, max_value=one.points, decimal_places=2,
                help_text=_("0 to %(most)s points") % {"most": one.points.normalize()},
            )  # fmt: skip
        self.fields["comment"] = forms.CharField(
            label=_("A word to the learner"), required=False, max_length=2000, widget=forms.Textarea(LONG)
        )

    def criteria(self) -> dict[str, Decimal]:
        return {name: self.cleaned_data[name] for name in self.names}
