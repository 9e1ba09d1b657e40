"""The pages of figures, their spreadsheet and the API."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from consortium.journal.models import Entry
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Course
from courses.library.queries.funnel import courses_counted
from courses.library.views import figures
from tests.cast import client_for
from tests.courses.library.crowd import takes, watches
from tests.courses.library.films import playing, shown_in_course
from tests.courses.library.making import lessons_of, published
from tests.courses.library.test_pages import text, url
from tests.factories.people import make_staff


@pytest.fixture
def taken(trainer: User, community: Institution) -> Course:
    """Five of a community centre have watched its film, the first half of it."""
    course = shown_in_course(trainer, playing(trainer))
    video = lessons_of(course)[0].video
    assert video is not None
    for days in range(5):
        watches(takes(course, community, done=1, days=days), video, (0, 3000))
    return course


def test_the_page_tells_the_way_the_places_and_the_film(trainer: User, taken: Course, community: Institution) -> None:
    page = text(client_for(trainer), "figures", taken.pk)

    for said in ("All lessons done", community.name, "2.0 days", "most stop at 0:03", "0:05–0:06"):
        assert said in page


def test_few_viewers_are_not_drawn(trainer: User) -> None:
    course = shown_in_course(trainer, playing(trainer))
    takes(course, course.institution)
    page = text(client_for(trainer), "figures", course.pk)

    assert "as soon as five people have watched" in page
    assert "as soon as five people have completed" in page
    assert "insight-chart" not in page


def test_a_course_nobody_takes_says_so(trainer: User, course: Course) -> None:
    assert "Nobody takes it yet" in text(client_for(trainer), "figures", course.pk)


def test_a_learner_is_told_whom_figures_are_for(learner: User, course: Course) -> None:
    assert client_for(learner).get(url("figures", course.pk)).status_code == 403
    assert client_for(learner).get(url("courses_figures")).status_code == 403
    assert "/figures/" not in text(client_for(learner), "course", course.pk)


def test_another_trainer_is_told_the_same(other_trainer: User, course: Course) -> None:
    assert client_for(other_trainer).get(url("figures", course.pk)).status_code == 403


def test_a_trainer_finds_the_figures(trainer: User, course: Course) -> None:
    client = client_for(trainer)

    assert url("figures", course.pk) in text(client, "course", course.pk)
    assert url("courses_figures") in text(client, "courses")
    assert url("courses_figures") in text(client, "desk")


def test_the_list_tells_each_course(trainer: User, taken: Course) -> None:
    page = text(client_for(trainer), "courses_figures")

    assert url("figures", taken.pk) in page
    assert '<td class="r num" data-label="Enrolled">5</td>' in page


def test_the_list_of_a_region(trainer: User, taken: Course, unrelated: Institution, community: Institution) -> None:
    client = client_for(trainer)
    here = text(client, "courses_figures", query=f"?place={community.region_id}")
    there = text(client, "courses_figures", query=f"?place={unrelated.pk}")

    assert '<td class="r num" data-label="Enrolled">5</td>' in here
    assert "fewer than 5" in there


def test_a_place_that_would_tell_a_few_others_is_not_told(
    trainer: User, taken: Course, community: Institution, district: Institution
) -> None:
    takes(taken, district)
    page = text(client_for(trainer), "courses_figures", query=f"?place={community.pk}")

    assert "not told" in page and "by subtraction" in page
    assert 'data-label="Enrolled">5<' not in page


def test_there_is_no_other_place(trainer: User, course: Course) -> None:
    assert client_for(trainer).get(url("courses_figures") + "?place=nowhere").status_code == 422


def test_a_list_without_a_course(other_trainer: User) -> None:
    assert "as soon as a course is published" in text(client_for(other_trainer), "courses_figures")


def test_a_long_list_goes_on(trainer: User, hospital: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = published(trainer, hospital), published(trainer, hospital)
    monkeypatch.setattr(figures, "courses_counted", partial(courses_counted, size=1))
    page = text(client_for(trainer), "courses_figures")

    assert url("figures", second.pk) in page and url("figures", first.pk) not in page
    assert "?after=" in page


def sheets(user: User, course: Course) -> dict[str, list[tuple[Any, ...]]]:
    answer = client_for(user).post(url("figures_file", course.pk))
    assert answer.status_code == 200, answer.status_code
    return {sheet.title: list(sheet.values) for sheet in load_workbook(BytesIO(answer.content)).worksheets}


def test_the_spreadsheet_tells_the_same(trainer: User, taken: Course, community: Institution) -> None:
    found = sheets(trainer, taken)

    assert found["People"][1:] == [("All", 5, 5, 5, 5, 0, 2, 3.6), (community.name, 5, 5, 5, 5, 0, 2, 3.6)]
    assert len(found["Videos"]) == 21
    assert [row[3] for row in found["Videos"][10:12]] == [100, 0]


def test_the_spreadsheet_tells_nothing_of_few(trainer: User) -> None:
    course = shown_in_course(trainer, playing(trainer))
    video = lessons_of(course)[0].video
    assert video is not None
    watches(takes(course, course.institution, days=1), video, (0, 6000))
    found = sheets(trainer, course)

    assert len(found["Videos"]) == 1
    assert [row[-2:] for row in found["People"][1:]] == [(None, None)]


def test_who_took_the_spreadsheet_stands_in_the_journal(hospital: Institution, taken: Course) -> None:
    auditor = make_staff("auditor", hospital, Role.AUDITOR)
    sheets(auditor, taken)
    entry = Entry.unscoped.get(subject_id=str(taken.pk), verb="export")

    assert entry.actor_id == auditor.pk


def test_a_learner_takes_no_spreadsheet(learner: User, course: Course) -> None:
    assert client_for(learner).post(url("figures_file", course.pk)).status_code == 403


def api(user: User, course: Course) -> Any:
    return client_for(user).get(f"/api/v1/courses/{course.pk}/figures/")


def test_figures_over_the_api(trainer: User, taken: Course, community: Institution) -> None:
    told = api(trainer, taken).json()

    assert told["everybody"] | {"median_days": 2, "tenth_days": 3.6} == {
        "place": "", "enrolled": 5, "begun": 5, "half": 5, "learnt": 5, "passed": 5, "certified": 0, "completed": 5,
        "median_days": 2, "tenth_days": 3.6,
    }  # fmt: skip
    assert [place["place"] for place in told["places"]] == [community.name]
    assert told["videos"][0]["shares"] == [100] * 10 + [0] * 10


def test_the_api_tells_nothing_of_few(trainer: User) -> None:
    course = shown_in_course(trainer, playing(trainer))
    video = lessons_of(course)[0].video
    assert video is not None
    watches(takes(course, course.institution, days=1), video, (0, 6000))
    told = api(trainer, course).json()

    assert (told["places"], told["videos"][0]["shares"], told["everybody"]["median_days"]) == ([], [], None)
    assert (told["videos"][0]["viewers"], told["everybody"]["enrolled"]) == (None, 1)


def test_who_does_not_build_the_course_is_told_nothing_of_few(hospital: Institution, course: Course) -> None:
    """Neither on its pages nor in the spreadsheet nor over the API."""
    takes(course, hospital, done=1)
    auditor = make_staff("auditor", hospital, Role.AUDITOR)
    page, listed = text(client_for(auditor), "figures", course.pk), text(client_for(auditor), "courses_figures")
    everybody = api(auditor, course).json()["everybody"]

    assert "Fewer than five people take it" in page and "How far people come" not in page
    assert "fewer than 5" in listed and 'data-label="Enrolled">1<' not in listed
    assert {value for name, value in everybody.items() if name != "place"} == {None}
    assert [value for value in sheets(auditor, course)["People"][1] if value is not None] == ["All", "fewer than 5"]


def test_the_api_refuses_a_learner(learner: User, course: Course) -> None:
    assert api(learner, course).status_code == 403
