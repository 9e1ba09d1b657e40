"""The same over the API: a course is built, published, taken and completed."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from consortium.people.models import Institution, User
from courses.library.models import Course, Enrolment, EnrolmentRule, StaleMark
from tests.cast import client_for
from tests.courses.library.making import as_, lessons_of, published


def send(client: Client, method: str, name: str, body: Any = None, *args: object, status: int = 200) -> Any:
    url = reverse(f"api:{name}", args=args)
    answer = client.generic(method, url, data=_json(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def _json(body: Any) -> str:
    import json

    return json.dumps(body) if body is not None else ""


def test_a_course_from_nothing_to_published(trainer: User, learner: User, hospital: Institution) -> None:
    client = client_for(trainer)
    made = send(client, "POST", "course-drafts", {"institution_id": str(hospital.pk), "title_en": "T"}, status=201)
    assert made["missing"] and made["available_actions"] == ["edit", "publish", "discard"]
    pk = made["id"]
    said = {"title_en": "Fever", "hours": "1.5", "en": {"summary": "About."}, "version": made["version"]}
    made = send(client, "PATCH", "course-version", said, pk)
    assert made["title"] == "Fever"
    chapter = send(client, "POST", "course-chapters", {"title_en": "C"}, pk, status=201)["id"]
    words = {"kind": "reading", "title_en": "L", "en": "Text", "manual": [{"pathway": "wheeze"}]}
    one, two = (send(client, "POST", "course-chapter", words, chapter, status=201)["id"] for _time in range(2))
    send(client, "PATCH", "course-lesson", {"title_en": "Last"}, two)
    version = send(client, "GET", "course-version", None, pk)["version"]
    order = {"order": [{"chapter_id": chapter, "lesson_ids": [two, one]}], "version": version}
    made = send(client, "PUT", "course-version-order", order, pk)
    assert [lesson["title"] for lesson in made["chapters"][0]["lessons"]] == ["Last", "L"]
    send(client, "DELETE", "course-lesson", None, one, status=204)
    version = send(client, "GET", "course-version", None, pk)["version"]
    made = send(client, "POST", "course-version-publish", {"version": version}, pk)
    assert (made["step"], made["available_actions"]) == ("published", ["withdraw"])
    (found,) = send(client_for(learner), "GET", "courses")["results"]
    assert (found["title"], found["summary"]) == ("Fever", "About.")
    made = send(client, "POST", "course-version-withdraw", {"reason": "Wrong"}, pk)
    assert made["step"] == "withdrawn"


def test_a_learner_takes_and_completes_a_course(learner: User, course: Course) -> None:
    client = client_for(learner)
    send(client, "POST", "course-enrolment", None, course.pk, status=201)
    first, second = lessons_of(course)
    assert send(client, "GET", "course", None, course.pk)["next_lesson_id"] == str(first.pk)
    assert send(client, "POST", "lesson-begin", None, first.pk)["state"] == "begun"
    told = send(client, "GET", "lesson", None, first.pk)
    assert told["stages"][0][0]["lines"] == ["One, in words."]
    for lesson in (first, second):
        assert send(client, "POST", "lesson-done", None, lesson.pk)["how"] == "read"
    found = send(client, "GET", "course", None, course.pk)
    assert found["enrolment"]["completed_at"] and found["next_lesson_id"] is None
    send(client, "DELETE", "course-enrolment", None, course.pk, status=422)


def test_a_stage_is_asked_for_by_number(learner: User, course: Course) -> None:
    assert send(client_for(learner), "POST", "lesson-stage", {"stage": 2}, lessons_of(course)[0].pk)["stage"] == 1


def test_people_are_enrolled(trainer: User, learner: User, course: Course) -> None:
    client = client_for(trainer)
    assert send(client, "POST", "course-people", {"roles": ["asker"]}, course.pk) == {"enrolled": 1}
    made = send(client, "POST", "course-rules", {"tiers": [1], "required": True, "days": 9}, course.pk, status=201)
    assert made["enrolled"] == 0
    send(client, "DELETE", "course-rule", None, made["id"], status=204)
    assert EnrolmentRule.unscoped.get().ended_at is not None
    assert Enrolment.unscoped.get().required


def test_a_course_is_kept_in_order(trainer: User, hospital: Institution, course: Course) -> None:
    client, other = client_for(trainer), published(trainer, hospital, title="Other")
    send(client, "POST", "course-needs", {"needs_id": str(other.pk)}, course.pk, status=204)
    send(client, "POST", "course-needs", {"needs_id": str(course.pk)}, other.pk, status=422)
    send(client, "DELETE", "course-needs", {"needs_id": str(other.pk)}, course.pk, status=204)
    send(client, "PUT", "course-archived", {"archived": True}, course.pk, status=204)
    draft = send(client, "POST", "course-draft", None, course.pk)
    assert draft["number"] == 2
    chapter = draft["chapters"][0]["id"]
    send(client, "DELETE", "course-chapter", None, chapter, status=204)
    send(client, "POST", "course-version-discard", None, draft["id"], status=204)


def test_a_stale_lesson_is_settled(trainer: User, course: Course) -> None:
    lesson = lessons_of(course)[0]
    with as_(trainer):
        StaleMark.unscoped.create(
            lesson=lesson, pathway="wheeze", manual_version_id=course.pk, marked_at=course.made_at
        )
    send(client_for(trainer), "POST", "course-lesson-settled", {"how": "confirmed"}, lesson.pk, status=204)
    assert StaleMark.unscoped.get().settled == "confirmed"


def test_programmes_are_listed(learner: User) -> None:
    assert send(client_for(learner), "GET", "programmes")["results"] == []
