"""Programmes, courses and their versions, lessons, and who takes them."""

from courses.library.models.courses import Course, Prerequisite, Programme, ProgrammeCourse, ProgrammeText
from courses.library.models.enrolments import Enrolment, EnrolmentRule, LessonProgress
from courses.library.models.lessons import Chapter, Lesson, LessonText, ManualLink, StaleMark
from courses.library.models.materials import Material
from courses.library.models.stops import Stop
from courses.library.models.testing import CourseTests, LaterTest
from courses.library.models.versions import CourseVersion, SearchText, VersionText
from courses.library.models.video import Caption, Film, FilmPiece, SegmentServed, Video
from courses.library.models.watching import Watched, WatchNote, WatchSession

__all__ = [
    "Caption",
    "Chapter",
    "Course",
    "CourseTests",
    "CourseVersion",
    "Enrolment",
    "EnrolmentRule",
    "Film",
    "FilmPiece",
    "LaterTest",
    "Lesson",
    "LessonProgress",
    "LessonText",
    "ManualLink",
    "Material",
    "Prerequisite",
    "Programme",
    "ProgrammeCourse",
    "ProgrammeText",
    "SearchText",
    "SegmentServed",
    "StaleMark",
    "Stop",
    "VersionText",
    "Video",
    "WatchNote",
    "WatchSession",
    "Watched",
]
