"""Courses: everybody with a seat learns; building is a training admin's, who has no column here (tests/courses)."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYBODY, Row


def _row(**names: str) -> Any:
    return lambda world: {name: getattr(world, what).pk for name, what in names.items()}


def _said(**words: Any) -> Any:
    return lambda world: words


_BUILDS = "a training admin's"
_COURSE = _row(course_id="course")
_LESSON = _row(lesson_id="course_lesson")
_WRITTEN = _row(lesson_id="written_lesson")
_CHAPTER = _row(chapter_id="course_chapter")
_DRAFT = _row(version_id="course_version")
_NOT_TAKING = {name: "404" for name in EVERYBODY.split() if name not in ("asker", "lead")}
_READERS = "admin community_admin"


def _hidden(route: str, *methods: str, args: Any = _DRAFT, **more: Any) -> list[Row]:
    """A draft is there for who writes it, and for nobody else."""
    return [Row(route, method, "", args=args, note=_BUILDS, **more) for method in methods]


def _forbidden(route: str, method: str, args: Any = _COURSE, **more: Any) -> Row:
    return Row(route, method, "", EVERYBODY, args=args, note=_BUILDS, **more)


ROWS = [
    Row("library:courses", "GET", EVERYBODY),
    Row("library:programme", "GET", EVERYBODY, args=_row(programme_id="programme")),
    Row("library:course", "GET", EVERYBODY, args=_COURSE),
    Row("library:enrol", "POST", EVERYBODY, args=_COURSE),
    Row("library:leave", "POST", "asker lead", args=_COURSE, else_=_NOT_TAKING, note="who takes it"),
    Row("library:lesson", "GET", EVERYBODY, args=_LESSON),
    Row("library:open_lesson", "POST", EVERYBODY, args=_LESSON),
    Row("library:next_stage", "POST", EVERYBODY, args=_LESSON, body=_said(stage="2")),
    Row("library:confirm_lesson", "POST", EVERYBODY, args=_LESSON),
    Row("library:file", "GET", EVERYBODY, args=_row(material_id="course_file")),
    Row(
        "library:picture",
        "GET",
        "",
        args=lambda w: {"material_id": w.course_file.pk, "size": "full"},
        note="no picture",
    ),
    _forbidden("library:desk", "GET", _said()),
    _forbidden("library:build_new", "GET", _said()),
    _forbidden("library:build_from_file", "GET", _said()),
    _forbidden("library:programme_new", "GET", _said()),
    _forbidden("library:programme_edit", "GET", _row(programme_id="programme")),
    _forbidden("library:build_again", "POST"),
    _forbidden("library:copy", "POST"),
    _forbidden("library:archive", "POST"),
    _forbidden("library:needs", "POST", body=_row(needs_id="course")),
    *(
        Row(
            "library:people",
            method,
            _READERS,
            " ".join(n for n in EVERYBODY.split() if n not in _READERS.split()),
            args=_COURSE,
        )
        for method in ("GET", "POST")
    ),
    Row(
        "library:take_out",
        "POST",
        "",
        args=_COURSE,
        body=_said(user="00000000-0000-0000-0000-000000000001"),
        note="nobody",
    ),
    Row("library:rule_end", "POST", "", "manager auditor", args=_row(rule_id="course_rule"), note=_BUILDS),
    *_hidden("library:build", "GET"),
    *_hidden("library:build_about", "GET", "POST"),
    *_hidden("library:preview", "GET"),
    *_hidden("library:publish", "POST"),
    *_hidden("library:withdraw", "GET"),
    *_hidden("library:discard", "POST"),
    *_hidden("library:materials", "GET"),
    *_hidden("library:chapter_new", "GET"),
    *_hidden("library:move", "POST", body=_row(up="course_chapter")),
    *_hidden("library:chapter_edit", "GET", args=_CHAPTER),
    *_hidden("library:chapter_drop", "POST", args=_CHAPTER),
    *_hidden("library:lesson_new", "GET", args=lambda w: {"chapter_id": w.course_chapter.pk, "kind": "reading"}),
    *_hidden("library:lesson_edit", "GET", args=_WRITTEN),
    *_hidden("library:lesson_drop", "POST", args=_WRITTEN),
    *_hidden("library:settle", "POST", args=_WRITTEN, body=_said(how="confirmed")),
    _forbidden("library:tests", "GET"),
    _forbidden("library:tests", "POST"),
    _forbidden("library:tests_end", "POST"),
    _forbidden("library:gains", "GET"),
    _forbidden("library:gains_file", "POST", lambda w: {"course_id": w.course.pk, "form": "csv"}),
    Row("library:order", "POST", "", args=_DRAFT, else_=dict.fromkeys(EVERYBODY.split(), "422"), note="unreadable"),
    Row("api:courses", "GET", EVERYBODY),
    Row("api:programmes", "GET", EVERYBODY),
    Row("api:course", "GET", EVERYBODY, args=_COURSE),
    Row("api:course-enrolment", "POST", EVERYBODY, args=_COURSE),
    Row("api:course-enrolment", "DELETE", "asker lead", args=_COURSE, else_=_NOT_TAKING, note="who takes it"),
    Row("api:lesson", "GET", EVERYBODY, args=_LESSON),
    Row("api:lesson-begin", "POST", EVERYBODY, args=_LESSON),
    Row("api:lesson-stage", "POST", EVERYBODY, args=_LESSON, body=_said(stage=2)),
    Row("api:lesson-done", "POST", EVERYBODY, args=_LESSON),
    _forbidden(
        "api:course-drafts", "POST", _said(), body=lambda w: {"institution_id": str(w.hospital.pk), "title_en": "T"}
    ),
    _forbidden("api:course-draft", "POST"),
    _forbidden("api:course-archived", "PUT", body=_said(archived=True)),
    _forbidden("api:course-needs", "POST", body=lambda w: {"needs_id": str(w.course.pk)}),
    _forbidden("api:course-people", "POST", body=_said()),
    _forbidden("api:course-rules", "POST", body=_said()),
    Row("api:course-rule", "DELETE", "", "manager auditor", args=_row(rule_id="course_rule"), note=_BUILDS),
    *_hidden("api:course-version", "GET"),
    *_hidden("api:course-version-order", "PUT", body=_said(order=[], version=1)),
    *_hidden("api:course-version-publish", "POST", body=_said(version=1)),
    *_hidden("api:course-version-withdraw", "POST", body=_said(reason="Wrong")),
    *_hidden("api:course-version-discard", "POST"),
    *_hidden("api:course-chapters", "POST", body=_said(title_en="T")),
    *_hidden("api:course-chapter", "POST", args=_CHAPTER, body=_said(kind="reading", title_en="T")),
    *_hidden("api:course-lesson", "PATCH", args=_WRITTEN, body=_said(title_en="T")),
    *_hidden("api:course-lesson-settled", "POST", args=_WRITTEN, body=_said(how="confirmed")),
]
