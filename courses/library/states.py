"""The vocabulary of courses, and the way of a version from draft to published."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from courses.library import events


class Language(TextChoices):
    """Content has one row for each."""

    ENGLISH = "en", _("English")
    CHINESE = "zh", _("Chinese")


class Step(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Replaced by a newer version")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Reach(TextChoices):
    """Whose people find a course in the catalogue."""

    INSTITUTION = "institution", _("This institution")
    REGION = "region", _("Institutions of this region")
    CONSORTIUM = "consortium", _("The whole consortium")


class LessonKind(TextChoices):
    VIDEO = "video", _("Video")
    READING = "reading", _("Reading")
    CASE = "case", _("Interactive case")
    FILE = "file", _("File")
    RECORDING = "recording", _("Lecture recording")
    EXAM = "exam", _("Exam")
    QUESTIONNAIRE = "questionnaire", _("Questionnaire")


class VideoRule(TextChoices):
    """What completes a video lesson."""

    WATCHED = "watched", _("Watching it")
    TESTED_OUT = "tested_out", _("Passing its questions")
    EITHER = "either", _("Watching it, or passing its questions")


class EnrolledBy(TextChoices):
    SELF = "self", _("Enrolled by themselves")
    INSTITUTION = "institution", _("Enrolled by an institution")
    RULE = "rule", _("Enrolled by a rule")


class Progress(TextChoices):
    """How far somebody is with a lesson; without a row it has not begun."""

    BEGUN = "begun", _("Begun")
    COMPLETED = "completed", _("Completed")


class DoneBy(TextChoices):
    """How a lesson was completed; hours are recorded truthfully."""

    WATCHED = "watched", _("Watched")
    TESTED_OUT = "tested_out", _("Tested out")
    READ = "read", _("Read")
    CONFIRMED = "confirmed", _("Confirmed")
    PASSED = "passed", _("Passed")
    ANSWERED = "answered", _("Answered")


class Settled(TextChoices):
    """What became of a lesson whose page of the manual had changed."""

    CONFIRMED = "confirmed", _("Still right")
    EDITED = "edited", _("Edited")
    REPLACED = "replaced", _("In a newer version of the course")


class MaterialKind(TextChoices):
    PICTURE = "picture", _("Picture")
    PDF = "pdf", _("PDF")


#: what counts as content: a version that is not a draft keeps it as it was published
LIVE = (Step.PUBLISHED,)

MACHINE = Machine(
    name="course_version",
    steps=Step,
    initial=(Step.DRAFT,),
    policies="courses.library.policies",
    final=(Step.SUPERSEDED, Step.WITHDRAWN),
    transitions=(
        Transition("L1", "edit", _("Edit"), (Step.DRAFT,), None, "may_build"),
        Transition(
            "L2", "publish", _("Publish"), (Step.DRAFT,), Step.PUBLISHED, "may_build", events.CoursePublished,
            look="main",
        ),
        Transition("L3", "supersede", _("Replace"), (Step.PUBLISHED,), Step.SUPERSEDED, "may_supersede", system=True),
        Transition(
            "L4", "withdraw", _("Withdraw"), (Step.PUBLISHED,), Step.WITHDRAWN, "may_build", events.CourseWithdrawn,
            ("reason",), look="alarm",
        ),
        Transition("L5", "discard", _("Throw the draft away"), (Step.DRAFT,), Step.WITHDRAWN, "may_build",
                   look="alarm"),
    ),
)  # fmt: skip
