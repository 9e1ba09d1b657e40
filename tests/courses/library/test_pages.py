"""The pages, as a learner and a builder walk through them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from consortium.people.models import Institution, User
from courses.library.models import (
    Chapter,
    Course,
    CourseVersion,
    Enrolment,
    EnrolmentRule,
    Lesson,
    LessonProgress,
    Prerequisite,
)  # fmt: skip
from courses.library.operations import draft_again, edit_version
from tests.cast import client_for
from tests.courses.library.making import as_, chapter, lessons_of, published, reading


def url(name: str, *args: object) -> str:
    return reverse(f"library:{name}", args=args)


def text(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(url(name, *args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# -- learning


def test_the_catalogue_shows_a_published_course(learner: User, course: Course) -> None:
    assert "Fever in young infants" in text(client_for(learner), "courses")


def test_the_catalogue_shows_no_draft(learner: User, begun: CourseVersion) -> None:
    assert "Fever in young infants" not in text(client_for(learner), "courses")


@pytest.mark.parametrize("shelf", ["for_me", "required", "taking", "finished"])
def test_every_shelf_opens(learner: User, shelf: str) -> None:
    assert text(client_for(learner), "courses", query=f"?shelf={shelf}")


def test_there_is_no_other_shelf(learner: User) -> None:
    assert client_for(learner).get(url("courses") + "?shelf=nowhere").status_code == 422


def test_a_learner_goes_from_the_course_to_its_end(learner: User, course: Course) -> None:
    client = client_for(learner)
    assert "Take the course and begin" in text(client, "course", course.pk)
    first, second = lessons_of(course)
    assert client.post(url("open_lesson", first.pk)).status_code == 302
    assert "One, in words." in text(client, "lesson", first.pk)
    assert client.post(url("confirm_lesson", first.pk))["Location"] == url("lesson", second.pk)
    assert "1 of 2 lessons done" in text(client, "course", course.pk)
    assert client.post(url("confirm_lesson", second.pk))["Location"] == url("course", course.pk)
    assert "Completed" in text(client, "course", course.pk)


def test_a_course_is_taken_and_left(learner: User, course: Course) -> None:
    client = client_for(learner)
    client.post(url("enrol", course.pk))
    assert "Leave the course" in text(client, "course", course.pk)
    client.post(url("leave", course.pk))
    assert Enrolment.unscoped.get().withdrawn_at is not None


def test_a_case_shows_one_stage_after_the_other(learner: User, trainer: User, hospital: Institution) -> None:
    course = published(trainer, hospital, "Only")
    with as_(trainer) as actor:
        again = draft_again(actor=actor, course_id=course.pk)
    place = Chapter.unscoped.get(version=again)
    client = client_for(trainer)
    body = "# History\nA child of two.\n---\n- Fever\n- Cough\n---\n> What it was"
    added = {"title_en": "A case", "body_en": body, "minutes": 5, "required": "on", "version": ""}
    assert client.post(url("lesson_new", place.pk, "case"), added).status_code == 302
    assert client.post(url("publish", again.pk)).status_code == 302
    case = lessons_of(course)[1]
    seen = client_for(learner)
    page = text(seen, "lesson", case.pk)
    assert "A child of two." in page and "Cough" not in page
    assert seen.post(url("next_stage", case.pk), {"stage": "2"})["Location"].endswith("#stage-2")
    page = text(seen, "lesson", case.pk)
    assert "Cough" in page and "What it was" not in page


def test_a_stage_is_a_number(learner: User, course: Course) -> None:
    assert client_for(learner).post(url("next_stage", lessons_of(course)[0].pk), {"stage": "x"}).status_code == 422


def test_a_lesson_that_is_not_open_says_why(learner: User, trainer: User, begun: CourseVersion) -> None:
    where = chapter(trainer, begun)
    for name in ("First", "Second"):
        reading(trainer, where, name)
    with as_(trainer) as actor:
        edit_version(actor=actor, version_id=begun.pk, fields={"in_order": True})
    builder = client_for(trainer)
    builder.post(url("publish", begun.pk))
    second = lessons_of(begun.course)[1]
    client = client_for(learner)
    assert "First complete the lesson" in text(client, "lesson", second.pk)
    client.post(url("open_lesson", second.pk))
    assert not LessonProgress.unscoped.exists()


def test_an_unpublished_course_leads_its_builder_to_the_draft(trainer: User, begun: CourseVersion) -> None:
    answer = client_for(trainer).get(url("course", begun.course_id), follow=True)
    assert answer.redirect_chain[-1][0] == url("build", begun.pk)


def test_an_unpublished_course_is_hidden_from_others(learner: User, begun: CourseVersion) -> None:
    assert client_for(learner).get(url("course", begun.course_id)).status_code == 404


# -- building


def test_a_first_course_is_built_and_published(trainer: User, learner: User) -> None:
    client = client_for(trainer)
    assert "No course yet" in text(client, "desk")
    assert "New course" in text(client, "build_new")
    key = "8b6ff3f0-23b6-4f06-9a19-5a1b9a8f2f01"
    client.post(url("build_new"), {"title_en": "Dehydration", "title_zh": "脱水", "request_key": key})
    version = CourseVersion.unscoped.get()
    assert "Add a lesson: a course has at least one." in text(client, "build", version.pk)
    assert text(client, "chapter_new", version.pk)
    client.post(url("chapter_new", version.pk), {"title_en": "Signs"})
    place = Chapter.unscoped.get()
    for kind in ("video", "reading", "case", "file", "recording", "exam", "questionnaire"):
        assert text(client, "lesson_new", place.pk, kind)
    client.post(url("lesson_new", place.pk, "reading"), {"title_en": "Look", "body_en": "Eyes.", "minutes": "5"})
    lesson = Lesson.unscoped.get()
    assert "Eyes." in text(client, "lesson_edit", lesson.pk)
    assert "Eyes." in text(client, "lesson", lesson.pk)
    assert "Look" in text(client, "preview", version.pk)
    client.post(url("publish", version.pk))
    assert "Dehydration" in text(client_for(learner), "courses")
    assert "Version 1 published" in text(client, "desk")


def test_what_is_missing_is_told_where_publishing_fails(trainer: User, begun: CourseVersion) -> None:
    answer = client_for(trainer).post(url("publish", begun.pk), follow=True)
    assert "Add a lesson" in answer.content.decode()


def test_about_is_kept(trainer: User, begun: CourseVersion) -> None:
    client = client_for(trainer)
    assert text(client, "build_about", begun.pk)
    said = {
        "title_en": "Fever", "summary_en": "About fever.", "aims_en": "- See danger", "hours": "1.5", "credit": "1",
        "tiers": ["1"], "roles": ["asker", "nurse"], "reach": "region", "in_order": "on", "version": begun.version,
    }  # fmt: skip
    assert client.post(url("build_about", begun.pk), said).status_code == 302
    begun.refresh_from_db()
    assert (begun.title_en, begun.tiers, begun.roles, begun.in_order) == ("Fever", [1], ["asker", "nurse"], True)
    assert "About fever." in text(client, "build_about", begun.pk)


def test_a_stale_form_is_refused(trainer: User, begun: CourseVersion) -> None:
    said = {"title_en": "Other", "reach": "region", "version": begun.version + 5}
    answer = client_for(trainer).post(url("build_about", begun.pk), said)
    assert answer.status_code == 409


def test_a_title_is_asked_for(trainer: User) -> None:
    assert client_for(trainer).post(url("build_new"), {"title_en": " "}).status_code == 422


def test_rows_move_without_a_script(trainer: User, begun: CourseVersion) -> None:
    where = chapter(trainer, begun)
    first, second = reading(trainer, where, "First"), reading(trainer, where, "Second")
    client_for(trainer).post(url("move", begun.pk), {"up": str(second.pk)})
    assert list(Lesson.unscoped.order_by("position").values_list("pk", flat=True)) == [second.pk, first.pk]


def test_the_order_is_saved_whole(trainer: User, begun: CourseVersion) -> None:
    where = chapter(trainer, begun)
    first, second = reading(trainer, where, "First"), reading(trainer, where, "Second")
    client = client_for(trainer)
    begun.refresh_from_db()
    body = {"order": [[str(where.pk), [str(second.pk), str(first.pk)]]], "version": begun.version}
    answer = client.post(url("order", begun.pk), body, content_type="application/json")
    assert answer.json() == {"version": begun.version + 1}
    assert client.post(url("order", begun.pk), body, content_type="application/json").status_code == 409
    assert client.post(url("order", begun.pk), "[]", content_type="application/json").status_code == 422


def test_chapters_and_lessons_are_taken_out(trainer: User, begun: CourseVersion) -> None:
    where, other = chapter(trainer, begun, "One"), chapter(trainer, begun, "Two")
    lesson = reading(trainer, where)
    client = client_for(trainer)
    assert "One" in text(client, "chapter_edit", where.pk)
    client.post(url("chapter_edit", where.pk), {"title_en": "Another"})
    client.post(url("lesson_drop", lesson.pk))
    client.post(url("chapter_drop", where.pk))
    assert list(Chapter.unscoped.values_list("pk", "position")) == [(other.pk, 1)]


def test_a_course_is_withdrawn_with_a_reason(trainer: User, course: Course) -> None:
    version = CourseVersion.unscoped.get()
    client = client_for(trainer)
    assert "Withdraw the course" in text(client, "withdraw", version.pk)
    assert client.post(url("withdraw", version.pk), {"reason": ""}).status_code == 422
    client.post(url("withdraw", version.pk), {"reason": "It was wrong."})
    version.refresh_from_db()
    assert (version.step, version.reason) == ("withdrawn", "It was wrong.")


def test_a_course_is_archived_and_restored(trainer: User, learner: User, course: Course) -> None:
    client = client_for(trainer)
    client.post(url("archive", course.pk))
    assert "Fever in young infants" not in text(client_for(learner), "courses")
    client.post(url("archive", course.pk), {"restore": "1"})
    assert "Fever in young infants" in text(client_for(learner), "courses")


def test_a_course_is_copied(trainer: User, course: Course) -> None:
    client_for(trainer).post(url("copy", course.pk))
    assert Lesson.unscoped.values("key").distinct().count() == 4


def test_the_next_version_is_written(trainer: User, course: Course) -> None:
    answer = client_for(trainer).post(url("build_again", course.pk), follow=True)
    assert "Version 2, Draft" in answer.content.decode()


def test_a_draft_is_thrown_away(trainer: User, begun: CourseVersion) -> None:
    client_for(trainer).post(url("discard", begun.pk))
    begun.refresh_from_db()
    assert begun.step == "withdrawn"


def test_another_course_is_asked_for_first(trainer: User, hospital: Institution, course: Course) -> None:
    basics = published(trainer, hospital, title="Basics")
    client = client_for(trainer)
    back = url("build_about", CourseVersion.unscoped.get(course=course).pk)
    client.post(url("needs", course.pk), {"needs_id": str(basics.pk)})
    answer = client.post(url("needs", basics.pk), {"needs_id": str(course.pk), "next": back}, follow=True)
    assert "neither could ever begin" in answer.content.decode()
    assert "Basics" in text(client, "course", course.pk)
    client.post(url("needs", course.pk), {"drop": str(basics.pk), "next": "//elsewhere"})
    assert not Prerequisite.unscoped.exists()


# -- people


def test_people_are_enrolled_by_an_institution(trainer: User, learner: User, course: Course) -> None:
    client = client_for(trainer)
    assert "Nobody takes it yet" in text(client, "people", course.pk)
    said = {"institution_id": "", "roles": ["asker"], "required": "on", "days": "30"}
    client.post(url("people", course.pk), said)
    assert Enrolment.unscoped.get().required
    assert learner.full_name in text(client, "people", course.pk)
    assert "due by" in text(client_for(learner), "courses", query="?shelf=required")


def test_a_rule_is_made_and_ended(trainer: User, learner: User, course: Course) -> None:
    client = client_for(trainer)
    client.post(url("people", course.pk), {"roles": ["asker"], "tiers": ["1"], "ongoing": "on"})
    assert "Community or district clinician; Community health centre" in text(client, "people", course.pk)
    client.post(url("rule_end", EnrolmentRule.unscoped.get().pk))
    assert EnrolmentRule.unscoped.get().ended_at is not None


def test_somebody_is_taken_out(trainer: User, learner: User, course: Course) -> None:
    client = client_for(trainer)
    client.post(url("people", course.pk), {"roles": ["asker"]})
    client.post(url("take_out", course.pk), {"user": str(learner.pk)})
    assert Enrolment.unscoped.get().withdrawn_at is not None
    assert client.post(url("take_out", course.pk), {"user": "nobody"}).status_code == 422


def test_days_go_with_a_required_course(trainer: User, course: Course) -> None:
    assert client_for(trainer).post(url("people", course.pk), {"days": "3"}).status_code == 422


def test_a_learner_does_not_see_who_takes_it(learner: User, course: Course) -> None:
    assert client_for(learner).get(url("people", course.pk)).status_code == 403


# -- programmes


def test_a_programme_is_made_and_shown(trainer: User, learner: User, course: Course) -> None:
    client = client_for(trainer)
    key = "8b6ff3f0-23b6-4f06-9a19-5a1b9a8f2f02"
    made = client.post(url("programme_new"), {"title_en": "First steps", "request_key": key})
    edit = made["Location"]
    assert "Fever in young infants" in client.get(edit).content.decode()
    said = {"title_en": "First steps", "summary_en": "To begin with.", "reach": "consortium"}
    client.post(edit, {**said, "shown": "on", "course_ids": [str(course.pk)]})
    page = text(client_for(learner), "courses")
    assert "First steps" in page and "To begin with." in page
    pk = edit.rstrip("/").rpartition("/")[2]
    assert "Fever in young infants" in text(client_for(learner), "programme", pk)
    client.post(edit, said)
    assert client_for(learner).get(url("programme", pk)).status_code == 404
