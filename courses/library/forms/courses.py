"""What is entered about a course, its chapters and lessons."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.people.forms.base import Acting, Edited, Keyed
from consortium.people.states import Role, Tier
from courses.assessment.models import Exam, Questionnaire
from courses.library.models import CourseVersion, Lesson, Video
from courses.library.models.bases import TITLE_LENGTH
from courses.library.queries.building import manual_places, materials_of
from courses.library.states import FILMED, Language, LessonKind, MaterialKind, Reach, VideoRule


def _title(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=TITLE_LENGTH, required=False, widget=forms.TextInput(attrs=LONG))


def _prose(label: Any, rows: int, hint: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, **LONG})
    return forms.CharField(label=label, required=False, help_text=hint, widget=widget)


def _hours(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=200, decimal_places=2, required=False, help_text=hint, initial=0
    )


def _many(label: Any, choices: Any, coerce: Any = str) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label, choices=choices, coerce=coerce, required=False, widget=forms.CheckboxSelectMultiple
    )


def shows_patient() -> forms.BooleanField:
    """Whether viewers' names are written over the video."""
    return forms.BooleanField(label=_("Shows a patient: write the viewer's name over the picture"), required=False)


class Titles(Edited):
    """A title in one language at least."""

    title_en = _title(_("Title in English"))
    title_zh = _title(_("Title in Chinese"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("title_en", "").strip() or said.get("title_zh", "").strip()):
            self.add_error("title_en", _("Give a title in one of the two languages."))
        return said


class NewTitledForm(Keyed, Titles):
    """Something begins with its title."""


class NewCourseForm(NewTitledForm):
    """A course begins with its title; with a video and an exam it is whole already."""

    video_id = forms.TypedChoiceField(label=_("Video"), required=False, coerce=UUID, empty_value=None)
    exam_id = forms.TypedChoiceField(label=_("Exam"), required=False, coerce=UUID, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["video_id"].choices = _videos()  # type: ignore[attr-defined]
        self.fields["exam_id"].choices = _newest(Exam)  # type: ignore[attr-defined]


class FromFileForm(NewTitledForm):
    """A title and a file of questions make a course that waits for its video."""

    questions = forms.FileField(label=_("Questions: a spreadsheet (XLSX, CSV) or a GIFT file"))
    shows_patient = shows_patient()


def _videos() -> list[tuple[str, Any]]:
    return [("", _("None")), *((str(row.pk), row.title) for row in Video.objects.order_by("-made_at")[:200])]


def _newest(model: Any) -> list[tuple[str, Any]]:
    return [("", _("None")), *((str(row.pk), row.title) for row in model.objects.order_by("-created_at")[:200])]


class AboutForm(Titles):
    """What a version says of itself, and whom it is for."""

    summary_en = _prose(_("What it is about, in English"), 3)
    summary_zh = _prose(_("What it is about, in Chinese"), 3)
    aims_en = _prose(_("What one can do after it, in English"), 3, _("One aim a line, each after “- ”."))
    aims_zh = _prose(_("What one can do after it, in Chinese"), 3)
    hours = _hours(_("Hours of learning"))
    credit = _hours(_("Hours of credit"), _("What is granted is decided by the credit rules."))
    tiers = _many(_("For which tiers?"), Tier.choices, int)
    roles = _many(_("For which roles?"), Role.choices)
    reach = forms.ChoiceField(label=_("Who finds it?"), choices=Reach.choices)
    in_order = forms.BooleanField(label=_("Lessons open one after the other"), required=False)
    cover_id = forms.TypedChoiceField(label=_("Cover picture"), required=False, coerce=UUID, empty_value=None)

    def __init__(self, data: Any = None, *, draft: CourseVersion) -> None:
        super().__init__(data, initial=_about(draft))
        pictures = [(str(row.pk), row.name) for row in materials_of(draft.course, MaterialKind.PICTURE)]
        self.fields["cover_id"].choices = [("", _("None")), *pictures]  # type: ignore[attr-defined]

    def given(self) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        """(fields, texts) as `edit_version` takes them."""
        said = self.cleaned_data
        plain = ("title_en", "title_zh", "tiers", "roles", "reach", "in_order", "cover_id")
        fields = {name: said[name] for name in plain} | {name: said[name] or 0 for name in ("hours", "credit")}
        texts = {code: {"summary": said[f"summary_{code}"], "aims": said[f"aims_{code}"]} for code in Language.values}
        return fields, texts


def _about(draft: CourseVersion) -> dict[str, Any]:
    plain = ("title_en", "title_zh", "hours", "credit", "tiers", "roles", "in_order", "cover_id", "version")
    known = {name: getattr(draft, name) for name in plain} | {"reach": draft.course.reach}
    for text in draft.texts.all():
        known |= {f"summary_{text.language}": text.summary, f"aims_{text.language}": text.aims}
    return known


class ChapterForm(Titles):
    """A heading, and the exam by which it is tested out."""

    exam_id = forms.TypedChoiceField(
        label=_("Exam that stands for the chapter"), required=False, coerce=UUID, empty_value=None,
        help_text=_("Who passes it knows the chapter: its lessons are done, without hours of watching."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exam_id"].choices = _newest(Exam)  # type: ignore[attr-defined]


class LessonForm(Titles):
    """A lesson of one kind: only what that kind needs is asked for."""

    body_en = _prose(_("Text in English"), 10)
    body_zh = _prose(_("Text in Chinese"), 10)
    material_id = forms.TypedChoiceField(label=_("File"), required=False, coerce=UUID, empty_value=None)
    video_id = forms.TypedChoiceField(label=_("Video"), required=False, coerce=UUID, empty_value=None)
    video_rule = forms.ChoiceField(label=_("What completes it?"), choices=VideoRule.choices, required=False)
    watch_share = forms.IntegerField(label=_("Share to watch"), min_value=1, max_value=100, required=False)
    skippable = forms.BooleanField(label=_("The questions in the video may be skipped"), required=False)
    exam_id = forms.TypedChoiceField(label=_("Exam"), required=False, coerce=UUID, empty_value=None)
    questionnaire_id = forms.TypedChoiceField(label=_("Questionnaire"), required=False, coerce=UUID, empty_value=None)
    minutes = forms.IntegerField(label=_("Minutes it takes"), min_value=1, max_value=600, initial=5)
    required = forms.BooleanField(label=_("Needed to complete the course"), required=False, initial=True)
    pages = _many(_("Which pages of the manual does it teach?"), ())
    branches = forms.CharField(
        label=_("Only these branches"), required=False, widget=forms.TextInput(),
        help_text=_("As page:branch, with blanks between. When one of them changes, the lesson waits to be looked at."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, draft: CourseVersion, kind: str, lesson: Lesson | None = None) -> None:
        known = _lesson(lesson) if lesson else {}
        super().__init__(data, initial={**known, "version": draft.version})
        for name in _unneeded(kind):
            del self.fields[name]
        self._offer(draft)

    def _offer(self, draft: CourseVersion) -> None:
        none = ("", _("None"))
        offers: dict[str, Any] = {
            "material_id": lambda: [none, *((str(m.pk), m.name) for m in materials_of(draft.course, MaterialKind.PDF))],
            "video_id": _videos,
            "exam_id": lambda: _newest(Exam),
            "questionnaire_id": lambda: _newest(Questionnaire),
            "pages": manual_places,
        }
        for name, choices in offers.items():
            if name in self.fields:
                self.fields[name].choices = choices()  # type: ignore[attr-defined]

    def given(self) -> tuple[dict[str, Any], dict[str, str]]:
        """(fields, texts) as `edit_lesson` takes them."""
        said = dict(self.cleaned_data)
        texts = {code: said.pop(f"body_{code}") for code in Language.values if f"body_{code}" in said}
        pages, branches = said.pop("pages"), said.pop("branches")
        named = [(page, branch) for page, _colon, branch in (word.partition(":") for word in branches.split())]
        said["manual"] = [*((page, "") for page in pages if page not in dict(named)), *named]
        for name in ("version", "request_key"):
            said.pop(name, None)
        return {name: value for name, value in said.items() if value is not None or name.endswith("_id")}, texts


def _lesson(lesson: Lesson) -> dict[str, Any]:
    plain = (
        "title_en", "title_zh", "material_id", "video_id", "video_rule", "watch_share", "skippable", "exam_id",
        "questionnaire_id", "minutes", "required",
    )  # fmt: skip
    known = {name: getattr(lesson, name) for name in plain}
    known |= {f"body_{text.language}": text.body for text in lesson.texts.all()}
    links = list(lesson.manual_links.all())
    branches = " ".join(f"{link.pathway}:{link.branch}" for link in links if link.branch)
    return {**known, "pages": [link.pathway for link in links if not link.branch], "branches": branches}


def _unneeded(kind: str) -> list[str]:
    """The fields that a lesson of this kind does not have."""
    filmed = kind in FILMED
    needed = {
        "material_id": kind == LessonKind.FILE, "video_id": filmed, "video_rule": filmed, "watch_share": filmed,
        "skippable": filmed, "exam_id": kind == LessonKind.EXAM, "questionnaire_id": kind == LessonKind.QUESTIONNAIRE,
    }  # fmt: skip
    return [name for name, there in needed.items() if not there]


class ReasonForm(Edited):
    """Why a course is withdrawn."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, **LONG}))


class MaterialForm(Keyed):
    """A picture or a PDF."""

    file = forms.FileField(
        label=_("Picture or PDF"), widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"})
    )


class EnrolForm(Acting):
    """Whom to enrol, and whether they have to. `ongoing`: who comes later, too."""

    institution_id = forms.TypedChoiceField(label=_("Institution"), required=False, coerce=UUID, empty_value=None)
    roles = _many(_("Roles"), Role.choices)
    tiers = _many(_("Tiers"), Tier.choices, int)
    required = forms.BooleanField(label=_("Required of them"), required=False)
    days = forms.IntegerField(label=_("Days to complete it"), min_value=1, max_value=1000, required=False)
    ongoing = forms.BooleanField(label=_("Also whoever comes later"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], builder: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everywhere = [("", _("Every institution"))] if builder else []
        self.fields["institution_id"].choices = [*everywhere, *places]  # type: ignore[attr-defined]
        if not builder:
            del self.fields["ongoing"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("days") and not said.get("required"):
            self.add_error("days", _("Days go with a required course."))
        return said


class ProgrammeForm(Titles):
    """A programme and its courses, in the order of their numbers."""

    summary_en = _prose(_("What it is about, in English"), 3)
    summary_zh = _prose(_("What it is about, in Chinese"), 3)
    reach = forms.ChoiceField(label=_("Who finds it?"), choices=Reach.choices)
    shown = forms.BooleanField(label=_("Show it to others"), required=False)
    course_ids = forms.TypedMultipleChoiceField(
        label=_("Courses"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, courses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course_ids"].choices = courses  # type: ignore[attr-defined]
