"""Programmes, courses and their versions, lessons, and who takes them."""

from courses.library.models.courses import Course, Prerequisite, Programme, ProgrammeCourse, ProgrammeText
from courses.library.models.enrolments import Enrolment, EnrolmentRule, LessonProgress
from courses.library.models.lessons import Chapter, Lesson, LessonText, ManualLink, StaleMark
from courses.library.models.materials import Material
from courses.library.models.versions import CourseVersion, SearchText, VersionText

__all__ = [
    "Chapter",
    "Course",
    "CourseVersion",
    "Enrolment",
    "EnrolmentRule",
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
    "StaleMark",
    "VersionText",
]
