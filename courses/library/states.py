"""The vocabulary of courses, and the way of a version from draft to published."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from courses.library import events
from courses.library.ladder.faults import VideoFault


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


#: the kinds that one can know without having done them; an exam is passed, and a questionnaire answered, by itself
KNOWABLE = (LessonKind.VIDEO, LessonKind.READING, LessonKind.CASE, LessonKind.FILE, LessonKind.RECORDING)
#: the kinds that show a video
FILMED = (LessonKind.VIDEO, LessonKind.RECORDING)


class VideoRule(TextChoices):
    """What completes a video lesson."""

    WATCHED = "watched", _("Watching it")
    TESTED_OUT = "tested_out", _("Passing the test of its chapter")
    EITHER = "either", _("Watching it, or passing the test of its chapter")


#: the rules by which watching completes a lesson
BY_WATCHING = (VideoRule.WATCHED, VideoRule.EITHER)


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


class ChapterTestState(TextChoices):
    """How a learner stands with the exam of a chapter."""

    OFFERED = "offered", _("May be taken")
    TRIED = "tried", _("Not passed yet")
    PASSED = "passed", _("Known by test")


class Settled(TextChoices):
    """What became of a lesson whose page of the manual had changed."""

    CONFIRMED = "confirmed", _("Still right")
    EDITED = "edited", _("Edited")
    REPLACED = "replaced", _("In a newer version of the course")


class MaterialKind(TextChoices):
    PICTURE = "picture", _("Picture")
    PDF = "pdf", _("PDF")


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


# -- videos -----------------------------------------------------------------------------------------------------------


class FilmStep(TextChoices):
    """How far one generation of a video is."""

    UPLOADING = "uploading", _("Being sent")
    UPLOADED = "uploaded", _("Has come, waits to be looked at")
    PROBING = "probing", _("Being looked at")
    TRANSCODING = "transcoding", _("Being prepared")
    PLAYABLE = "playable", _("Can be watched, better pictures follow")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Not usable")
    CANCELLED = "cancelled", _("Cancelled")


#: what a worker has to do with
FILM_GOING = (FilmStep.UPLOADED, FilmStep.PROBING, FilmStep.TRANSCODING, FilmStep.PLAYABLE)
#: what can be watched
FILM_PLAYS = (FilmStep.PLAYABLE, FilmStep.READY)

_BEFORE_PLAY = (FilmStep.UPLOADED, FilmStep.PROBING, FilmStep.TRANSCODING)

FILM = Machine(
    name="film",
    steps=FilmStep,
    initial=(FilmStep.UPLOADING,),
    policies="courses.library.policies",
    final=(FilmStep.READY,),
    transitions=(
        Transition("F1", "land", _("All of it has come"), (FilmStep.UPLOADING,), FilmStep.UPLOADED, "may_send_film"),
        Transition("F2", "probe", _("Look at it"), (FilmStep.UPLOADED,), FilmStep.PROBING, "may_make_film",
                   system=True),
        Transition("F3", "transcode", _("Prepare it"), (FilmStep.PROBING,), FilmStep.TRANSCODING, "may_make_film",
                   system=True),
        Transition("F4", "play", _("Let it be watched"), (FilmStep.TRANSCODING,), FilmStep.PLAYABLE, "may_make_film",
                   events.VideoPlayable, system=True),
        Transition("F5", "finish", _("Finish"), (FilmStep.PLAYABLE,), FilmStep.READY, "may_make_film",
                   events.VideoReady, system=True),
        Transition("F6", "fail", _("Refuse"), _BEFORE_PLAY, FilmStep.FAILED, "may_make_film", events.VideoFailed,
                   system=True),
        Transition("F7", "cancel", _("Cancel"), (FilmStep.UPLOADING, *_BEFORE_PLAY), FilmStep.CANCELLED,
                   "may_change_film", look="alarm"),
        Transition("F8", "retry", _("Try again"), (FilmStep.FAILED, FilmStep.CANCELLED), FilmStep.UPLOADED,
                   "may_retry_film", look="main"),
    ),
)  # fmt: skip

#: What the trainer is told: what is wrong, and what to do.
VIDEO_REASONS: dict[str, Any] = {
    VideoFault.EMPTY: _("This file is empty. Choose the file again."),
    VideoFault.NOT_VIDEO: _("This is not a video, whatever its name says. Send MP4, MOV, WebM, MKV or AVI."),
    VideoFault.NO_PICTURE: _("This file has sound and no picture. Send a video."),
    VideoFault.CODEC: _("This video is packed in a way that cannot be read here. Export it as MP4 (H.264, AAC)."),
    VideoFault.PICTURE_SIZE: _("The picture is too small or too large. Export it at 1920 x 1080 or less."),
    VideoFault.TOO_SHORT: _("This video is shorter than half a second."),
    VideoFault.TOO_LONG: _("This video is longer than six hours. Cut it into lessons."),
    VideoFault.FALSE_LENGTH: _(
        "The file says it is longer or shorter than it is: part of it may be missing. Export it again."
    ),
    VideoFault.BROKEN: _("This video is damaged and cannot be opened. Export it again from where it came from."),
    VideoFault.TOO_SLOW: _("Preparing this video took too long again and again. Export it smaller, or try again."),
    VideoFault.TOO_MUCH_MEMORY: _("This video becomes too large when it is opened. Export it smaller."),
    VideoFault.BYTES_GONE: _("The file is no longer kept. Send it again."),
}
