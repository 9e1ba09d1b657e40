"""The pages of lectures, as a listener and a lecturer walk through them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from consortium.kernel import clock
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import CheckIn, Crew, Lecture, Seat, Series
from courses.live.queries.classrooms import code_at
from courses.live.states.lectures import LectureStep, SeatKind
from tests.cast import client_for
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"lectures:{name}", args=args)


def text(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(url(name, *args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def said(**more: Any) -> dict[str, Any]:
    begins = localtime(clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    return {
        "title_en": "Seizures", "starts_at": begins, "minutes": "45", "language": "en", "reach": "consortium",
        "request_key": "1d9e9a2c-7a9e-4a41-9c0f-5b8f3f5f6d11", **more,
    }  # fmt: skip


@pytest.mark.parametrize("shelf", ["coming", "mine", "past"])
def test_every_shelf_opens(listener: User, shelf: str) -> None:
    assert text(client_for(listener), "lectures", query=f"?shelf={shelf}")


@pytest.mark.parametrize("shelf", ["nowhere", "planned"])
def test_there_is_no_other_shelf(listener: User, shelf: str) -> None:
    assert client_for(listener).get(url("lectures") + f"?shelf={shelf}").status_code == 422


def test_each_shelf_holds_its_own(listener: User, lecturer: User, hospital: Institution) -> None:
    for title, step in (("Planned one", "draft"), ("Coming one", "announced"), ("Past one", "ended")):
        row = lecture_at(hospital, step=step)
        Lecture.unscoped.filter(pk=row.pk).update(title_en=title)
    client = client_for(lecturer)
    found = {
        shelf: {word for word in ("Planned one", "Coming one", "Past one") if word in page}
        for shelf in ("coming", "mine", "past", "planned")
        for page in [text(client, "lectures", query=f"?shelf={shelf}")]
    }
    assert found == {
        "coming": {"Coming one"}, "mine": set(), "past": {"Past one"},
        "planned": {"Planned one", "Coming one", "Past one"},
    }  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(
    hospital: Institution, lecturer: User, listener: User, rows: int, django_assert_num_queries: Any
) -> None:
    client = client_for(listener)
    for _number in range(rows):
        given_by(lecture_at(hospital), lecturer)
    text(client, "lectures")
    with django_assert_num_queries(LIST_QUERIES):
        text(client, "lectures")


LIST_QUERIES = 7


def test_a_listener_registers_and_gives_it_up(listener: User, lecture: Lecture) -> None:
    client = client_for(listener)
    assert "Register for it" in text(client, "lecture", lecture.pk)
    client.post(url("register", lecture.pk))
    assert "You are registered" in text(client, "lecture", lecture.pk)
    assert "Fever with a rash" in text(client, "lectures", query="?shelf=mine")
    client.post(url("give_up", Seat.unscoped.get().pk))
    assert "Fever with a rash" not in text(client, "lectures", query="?shelf=mine")


def test_a_full_lecture_says_so(listener: User, asker: User, lecture: Lecture) -> None:
    Lecture.unscoped.update(capacity=1)
    client_for(asker).post(url("register", lecture.pk))
    client = client_for(listener)
    page = text(client, "lecture", lecture.pk)
    assert "1 of 1 taken" in page
    assert "All seats are taken" in page
    assert "All seats are taken" in client.post(url("register", lecture.pk), follow=True).content.decode()


def test_one_does_not_register_for_what_is_not_there(listener: User, hospital: Institution) -> None:
    hidden = lecture_at(hospital, step="draft")
    assert client_for(listener).post(url("register", hidden.pk)).status_code == 404
    assert client_for(listener).get(url("lecture", hidden.pk)).status_code == 404


def test_the_room_opens_a_quarter_of_an_hour_before(listener: User, lecturer: User, hospital: Institution) -> None:
    early, near = (given_by(lecture_at(hospital, hours=hours), lecturer) for hours in (1, 0.2))
    client = client_for(listener)
    assert "Enter the room" not in text(client, "lecture", early.pk)
    assert "Enter the room" in text(client, "lecture", near.pk)
    assert "Open the studio" in text(client_for(lecturer), "lecture", near.pk)


def test_what_is_over_is_looked_back_on(listener: User, hospital: Institution) -> None:
    assert "Look back" in text(client_for(listener), "lecture", lecture_at(hospital, step="ended").pk)


def test_a_lecture_goes_into_a_calendar_program(listener: User, lecture: Lecture) -> None:
    answer = client_for(listener).get(url("ics", lecture.pk))
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"SUMMARY:Fever with a rash" in answer.content


# -- planning ---------------------------------------------------------------------------------------------------------


def test_a_lecturer_plans_changes_and_announces(lecturer: User) -> None:
    client = client_for(lecturer)
    where = client.post(url("new"), said())["Location"]
    lecture = Lecture.unscoped.get()
    assert where == url("lecture", lecture.pk)
    assert 'value="Seizures"' in text(client, "edit", lecture.pk)
    assert client.post(url("edit", lecture.pk), said(title_en="Febrile seizures", version="1")).status_code == 302
    assert client.post(url("act", lecture.pk, "announce"), {"version": "2"}).status_code == 302
    lecture.refresh_from_db()
    assert (lecture.title_en, lecture.step, lecture.minutes) == ("Febrile seizures", LectureStep.ANNOUNCED, 45)


def test_what_is_wrong_stands_at_its_field(lecturer: User, lecture: Lecture) -> None:
    client = client_for(lecturer)
    assert client.post(url("new"), said(minutes="1")).status_code == 422
    past = localtime(clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = client.post(url("edit", lecture.pk), said(starts_at=past))
    assert (answer.status_code, "Choose a time to come" in answer.content.decode()) == (422, True)


def test_a_series_holds_its_lectures(lecturer: User) -> None:
    client = client_for(lecturer)
    client.post(url("series_new"), said(title_en="Hard cases"))
    series = Series.unscoped.get()
    assert f'value="{series.pk}" selected' in text(client, "new", query=f"?series={series.pk}")
    client.post(url("new"), said(series_id=str(series.pk)))
    assert "Seizures" in text(client, "series", series.pk, query="?shelf=planned")
    assert client.post(url("series_new"), {"title_en": ""}).status_code == 422


def test_planning_is_for_planners(listener: User, lecture: Lecture) -> None:
    client = client_for(listener)
    names = [url("new"), url("series_new"), url("edit", lecture.pk), url("crew", lecture.pk)]
    assert [client.get(name).status_code for name in names] == [403] * 4
    assert client.post(url("act", lecture.pk, "open")).status_code == 403


def test_a_lecture_is_cancelled_and_says_why(lecturer: User, listener: User, lecture: Lecture) -> None:
    client = client_for(lecturer)
    assert "Cancel the lecture" in text(client, "act", lecture.pk, "cancel")
    assert client.post(url("act", lecture.pk, "cancel"), {"reason": ""}).status_code == 422
    assert client.post(url("act", lecture.pk, "cancel"), {"reason": "The lecturer is ill"}).status_code == 302
    assert "The lecturer is ill" in text(client_for(listener), "lecture", lecture.pk)


def test_other_acts_are_posted(lecturer: User, lecture: Lecture) -> None:
    client = client_for(lecturer)
    assert client.get(url("act", lecture.pk, "edit"))["Location"] == url("edit", lecture.pk)
    assert client.get(url("act", lecture.pk, "open")).status_code == 404
    assert client.post(url("act", lecture.pk, "sing")).status_code == 404


def test_what_cannot_be_done_now_is_told(lecturer: User, lecture: Lecture) -> None:
    client = client_for(lecturer)
    for verb, expected in (("open", "live"), ("end", "ended"), ("reopen", "live"), ("announce", "live")):
        client.post(url("act", lecture.pk, verb))
        lecture.refresh_from_db()
        assert lecture.step == expected


def test_the_crew_changes(lecturer: User, listener: User, lecture: Lecture) -> None:
    client = client_for(lecturer)
    assert "lecturer" in text(client, "crew", lecture.pk).casefold()
    assert client.post(url("crew", lecture.pk), {"username": "nobody", "part": "typist"}).status_code == 422
    client.post(url("crew", lecture.pk), {"username": "listener", "part": "typist"})
    assert Crew.unscoped.count() == 2
    client.post(url("crew_drop", lecture.pk, listener.pk))
    assert Crew.unscoped.count() == 1
    answer = client.post(url("crew_drop", lecture.pk, lecturer.pk), follow=True)
    assert "name another lecturer first" in answer.content.decode()
    assert client.post(url("crew_drop", lecture.pk, listener.pk)).status_code == 404


# -- a room with one screen -------------------------------------------------------------------------------------------


def test_a_room_is_registered_and_people_check_in(listener: User, nurse: User, hospital: Institution) -> None:
    lecture = lecture_at(hospital, hours=0.1)
    client = client_for(listener)
    assert client.post(url("classroom_new", lecture.pk), {"place": ""}).status_code == 422
    assert "Which room?" in text(client, "classroom_new", lecture.pk)
    key = "1d9e9a2c-7a9e-4a41-9c0f-5b8f3f5f6d11"
    client.post(url("classroom_new", lecture.pk), {"place": "Room 2", "request_key": key})
    seat = Seat.unscoped.get(kind=SeatKind.CLASSROOM)
    assert "0 people are here" in text(client, "classroom", seat.pk)
    assert "Room 2" in text(client, "lecture", lecture.pk)
    way_in = url("check_in", seat.pk, code_at(seat.pk, clock.now()))
    guest = client_for(nurse)
    assert "I am here" in guest.get(way_in).content.decode()
    assert guest.post(way_in)["Location"] == url("lecture", lecture.pk)
    assert CheckIn.unscoped.get().user == nurse
    assert "1 person is here" in text(client, "classroom", seat.pk)


def test_the_code_of_a_room_is_its_owner_s(listener: User, nurse: User, lecturer: User, lecture: Lecture) -> None:
    seat = Seat.unscoped.create(
        lecture=lecture, user=listener, kind=SeatKind.CLASSROOM, place="Room 2", taken_at=clock.now(),
        institution=lecture.institution,
    )  # fmt: skip
    codes = [client_for(user).get(url("classroom", seat.pk)).status_code for user in (listener, nurse, lecturer)]
    assert codes == [200, 404, 403]


# -- where one finds them ---------------------------------------------------------------------------------------------


def test_the_first_screen_shows_what_comes_within_a_week(listener: User, hospital: Institution) -> None:
    lecture_at(hospital, hours=24 * 8)
    client = client_for(listener)
    assert "lectures-coming" not in client.get("/").content.decode()
    lecture_at(hospital, hours=24)
    assert "lectures-coming" in client.get("/").content.decode()


def test_lectures_are_linked_from_the_menu_or_the_bar(listener: User, lecturer: User) -> None:
    pages = [client_for(user).get(reverse("library:courses")).content.decode() for user in (listener, lecturer)]
    assert all(f'href="{url("lectures")}"' in page for page in pages)


def test_a_planner_of_another_house_changes_nothing(lecture: Lecture, unrelated: Institution) -> None:
    other = make_staff("other-planner", unrelated, Role.TRAINING_ADMIN)
    assert client_for(other).get(url("edit", lecture.pk)).status_code == 403
