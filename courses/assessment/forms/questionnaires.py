"""What a trainer writes of a questionnaire and its questions, and what a learner answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Acting, Edited, Keyed
from courses.assessment.forms.exams import LONG
from courses.assessment.models import Questionnaire, SurveyQuestion
from courses.assessment.models.questionnaires import OPTION_LENGTH
from courses.assessment.operations.filling import MOST_LETTERS
from courses.assessment.operations.questionnaires import FIELDS, OF_QUESTION
from courses.assessment.states.questionnaires import Agreement, Asks


class QuestionnaireForm(Keyed, Edited):
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200, required=False)
    intro_en = forms.CharField(
        label=_("What learners should know, in English"), max_length=2000, required=False, widget=forms.Textarea(LONG)
    )
    intro_zh = forms.CharField(
        label=_("What learners should know, in Chinese"), max_length=2000, required=False, widget=forms.Textarea(LONG)
    )

    def said(self) -> dict[str, str]:
        """The questionnaire's fields."""
        return {name: self.cleaned_data[name].strip() for name in FIELDS}


def initial_of(row: Questionnaire) -> dict[str, Any]:
    """What stands, for the form."""
    return {name: getattr(row, name) for name in (*FIELDS, "version")}


def _lines(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=4000, widget=forms.Textarea(LONG))


class SurveyQuestionForm(Edited):
    """One question of a kind; its answers are asked for of a choice alone, one on each line."""

    text_en = forms.CharField(label=_("Question in English"), max_length=500, required=False)
    text_zh = forms.CharField(label=_("Question in Chinese"), max_length=500, required=False)
    options_en = _lines(_("Answers in English, one on each line"))
    options_zh = _lines(_("Answers in Chinese, one on each line"))
    needed = forms.BooleanField(label=_("Everybody has to answer it"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind != Asks.CHOICE:
            del self.fields["options_en"], self.fields["options_zh"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in {"options_en", "options_zh"} & said.keys():
            said[name] = [line.strip() for line in said[name].splitlines() if line.strip()]
            if any(len(line) > OPTION_LENGTH for line in said[name]):
                self.add_error(name, _("An answer has at most 200 characters."))
        return said

    def said(self) -> dict[str, Any]:
        """As `set_survey_questions` takes it."""
        return {name: self.cleaned_data[name] for name in OF_QUESTION if name in self.cleaned_data} | {
            "kind": self.kind
        }


def initial_of_question(one: dict[str, Any]) -> dict[str, Any]:
    """What stands of a question, for the form."""
    lines = {name: "\n".join(one.get(name, ())) for name in ("options_en", "options_zh")}
    return {**one, **lines}


class FillForm(Acting):
    """A field for each question, "q1" the first."""

    def __init__(self, *args: Any, questions: Sequence[SurveyQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for one in questions:
            self.fields[f"q{one.position}"] = _asked(one)

    def given(self) -> dict[UUID, Any]:
        """Question -> answer, as `answer_questionnaire` takes it."""
        return {one.pk: self.cleaned_data[f"q{one.position}"] for one in self.questions}


def _asked(one: SurveyQuestion) -> forms.Field:
    words: dict[str, Any] = {"label": one.text, "required": one.needed}
    if one.kind == Asks.TEXT:
        return forms.CharField(max_length=MOST_LETTERS, widget=forms.Textarea(LONG), **words)
    likert = one.kind == Asks.LIKERT
    choices: list[tuple[int, Any]] = list(Agreement.choices) if likert else list(enumerate(one.options))
    widget = forms.RadioSelect({"inline": likert})
    return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, widget=widget, **words)
