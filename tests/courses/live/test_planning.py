"""A lecture is planned, announced, moved, cancelled, given and ended; who gives it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Crew, Lecture, Seat, Series
from courses.live.operations.crew import drop_from_crew, put_in_crew
from courses.live.operations.lectures import (
    announce_lecture,
    cancel_lecture,
    edit_lecture,
    end_lecture,
    make_lecture,
    make_series,
    open_lecture,
    reopen_lecture,
)
from courses.live.policies.lectures import may_conduct, may_moderate, may_type_captions, may_watch
from courses.live.states.lectures import LECTURE, LectureStep, Part
from tests.cast import actor_for
from tests.courses.library.making import as_
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


def said(**more: Any) -> dict[str, Any]:
    return {"title_en": "Fever with a rash", "starts_at": clock.now() + timedelta(days=2), **more}


def planned(user: User, place: Institution, **more: Any) -> Lecture:
    with as_(user) as actor:
        return make_lecture(actor=actor, institution_id=place.pk, fields=said(**more))[0]


def fields_refused(user: User, lecture: Lecture, **fields: Any) -> list[str]:
    with as_(user) as actor, pytest.raises(InvalidInput) as refused:
        edit_lecture(actor=actor, lecture_id=lecture.pk, fields=fields)
    return list(refused.value.fields)


def events() -> list[str]:
    return [name for name in Entry.unscoped.order_by("id").values_list("event", flat=True) if name]


def test_who_plans_as_a_lecturer_gives_it(lecturer: User, hospital: Institution) -> None:
    lecture = planned(lecturer, hospital)
    assert lecture.step == LectureStep.DRAFT
    assert Crew.unscoped.get().user == lecturer


def test_a_training_admin_plans_for_others(hospital: Institution) -> None:
    planned(make_staff("planner", hospital, Role.TRAINING_ADMIN), hospital)
    assert Crew.unscoped.count() == 0


def test_who_does_not_teach_there_plans_nothing(listener: User, hospital: Institution) -> None:
    with as_(listener) as actor, pytest.raises(NotPermitted):
        make_lecture(actor=actor, institution_id=hospital.pk, fields=said())


def test_there_is_such_an_institution(lecturer: User) -> None:
    with as_(lecturer) as actor, pytest.raises(NotVisible):
        make_series(actor=actor, institution_id=uuid4(), title_en="A")


def test_a_double_click_plans_one(lecturer: User, hospital: Institution) -> None:
    key = uuid4()
    with as_(lecturer) as actor:
        again = [make_lecture(actor=actor, institution_id=hospital.pk, fields=said(), key=key)[1] for _time in range(2)]
    assert again == [True, False]


def test_a_series_is_begun_once(lecturer: User, hospital: Institution) -> None:
    key = uuid4()
    with as_(lecturer) as actor:
        for _time in range(2):
            make_series(actor=actor, institution_id=hospital.pk, title_zh="疑难病例", key=key)
    assert Series.unscoped.get().title_zh == "疑难病例"


def test_a_series_is_for_somebody(lecturer: User, hospital: Institution) -> None:
    with as_(lecturer) as actor, pytest.raises(InvalidInput):
        make_series(actor=actor, institution_id=hospital.pk, title_en="A", reach="moon")


def test_who_reads_all_sees_every_series(lecturer: User, manager: User, listener: User, hospital: Institution) -> None:
    with as_(lecturer) as actor:
        make_series(actor=actor, institution_id=hospital.pk, title_en="A", reach="institution")
    seen = []
    for user in (lecturer, manager, listener, User.objects.create_user(username="visitor", password="x")):
        with as_(user):
            seen.append(Series.objects.count())
    assert seen == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"title_en": " "}, "title_en"),
        ({"reach": "moon"}, "reach"),
        ({"language": "la"}, "language"),
        ({"starts_at": None}, "starts_at"),
        ({"series_id": uuid4()}, "series_id"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(lecturer: User, lecture: Lecture, fields: Any, at: str) -> None:
    assert fields_refused(lecturer, lecture, **fields) == [at]


def test_a_lecture_joins_a_series_of_its_house(lecturer: User, lecture: Lecture, hospital: Institution) -> None:
    with as_(lecturer) as actor:
        series, _fresh = make_series(actor=actor, institution_id=hospital.pk, title_en="A")
        assert edit_lecture(actor=actor, lecture_id=lecture.pk, fields={"series_id": series.pk}).series == series


def test_an_announced_lecture_is_not_moved_into_the_past(lecturer: User, lecture: Lecture) -> None:
    assert fields_refused(lecturer, lecture, starts_at=clock.now()) == ["starts_at"]


def test_a_moved_lecture_is_told_of_and_reminded_of_again(lecturer: User, lecture: Lecture) -> None:
    Lecture.unscoped.update(day_told_at=clock.now(), soon_told_at=clock.now())
    with as_(lecturer) as actor:
        moved = edit_lecture(actor=actor, lecture_id=lecture.pk, fields=said())
    assert (moved.day_told_at, moved.soon_told_at, events()) == (None, None, ["live.LectureMoved"])


def test_another_title_is_no_news(lecturer: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        edit_lecture(actor=actor, lecture_id=lecture.pk, fields={"title_zh": "皮疹发热"})
    assert events() == []


def test_seats_that_are_taken_stay(lecturer: User, listener: User, asker: User, lecture: Lecture) -> None:
    for user in (listener, asker):
        Seat.unscoped.create(lecture=lecture, user=user, taken_at=clock.now())
    assert fields_refused(lecturer, lecture, capacity=1) == ["capacity"]


def test_what_somebody_else_changed_is_not_overwritten(lecturer: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        edit_lecture(actor=actor, lecture_id=lecture.pk, fields={"title_zh": "皮疹发热"}, version=1)
        with pytest.raises(StaleVersion):
            edit_lecture(actor=actor, lecture_id=lecture.pk, fields={}, version=1)


def test_the_database_s_numbers_are_told(lecturer: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor, pytest.raises(DomainError, match="between five minutes and eight hours"):
        edit_lecture(actor=actor, lecture_id=lecture.pk, fields={"minutes": 2})


def test_a_lecture_is_announced_given_ended_and_gone_on_with(lecturer: User, hospital: Institution) -> None:
    lecture = planned(lecturer, hospital)
    with as_(lecturer) as actor:
        for act in (announce_lecture, open_lecture, end_lecture, reopen_lecture):
            lecture = act(actor=actor, lecture_id=lecture.pk, version=lecture.version)
    assert (lecture.step, lecture.ended_at) == (LectureStep.LIVE, None)
    heard = ["live.LectureAnnounced", "live.LectureOpened", "live.LectureEnded", "live.LectureOpened"]
    assert events() == heard


def test_nobody_goes_on_after_half_an_hour(lecturer: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        open_lecture(actor=actor, lecture_id=lecture.pk)
        end_lecture(actor=actor, lecture_id=lecture.pk)
        with clock.moved(timedelta(minutes=31)), pytest.raises(NotPermitted, match="half an hour"):
            reopen_lecture(actor=actor, lecture_id=lecture.pk)


def test_nothing_is_announced_without_a_lecturer(hospital: Institution) -> None:
    planner = make_staff("planner", hospital, Role.TRAINING_ADMIN)
    lecture = planned(planner, hospital)
    with as_(planner) as actor, pytest.raises(InvalidInput, match="who gives the lecture"):
        announce_lecture(actor=actor, lecture_id=lecture.pk)


def test_nothing_is_announced_for_the_past(lecturer: User, hospital: Institution) -> None:
    lecture = planned(lecturer, hospital, starts_at=clock.now())
    with as_(lecturer) as actor, pytest.raises(InvalidInput) as refused:
        announce_lecture(actor=actor, lecture_id=lecture.pk)
    assert list(refused.value.fields) == ["starts_at"]


def test_a_lecture_is_cancelled_with_a_reason(lecturer: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        with pytest.raises(InvalidInput, match="why"):
            cancel_lecture(actor=actor, lecture_id=lecture.pk, reason="  ")
        assert cancel_lecture(actor=actor, lecture_id=lecture.pk, reason="Ill").step == LectureStep.CANCELLED


def test_a_hidden_draft_is_not_there(listener: User, hospital: Institution, lecturer: User) -> None:
    lecture = planned(lecturer, hospital)
    with as_(listener) as actor, pytest.raises(NotVisible):
        announce_lecture(actor=actor, lecture_id=lecture.pk)


# -- who gives it -----------------------------------------------------------------------------------------------------


def test_somebody_gets_a_part_and_another(lecturer: User, listener: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        for part in (Part.TYPIST, Part.MODERATOR):
            put_in_crew(actor=actor, lecture_id=lecture.pk, username="listener", part=part)
    assert Crew.unscoped.get(user=listener).part == Part.MODERATOR
    assert events() == ["live.CrewAsked", "live.CrewAsked"]


def test_who_takes_a_part_themselves_is_not_told(lecturer: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        put_in_crew(actor=actor, lecture_id=lecture.pk, username="lecturer", part=Part.LECTURER)
    assert events() == []


@pytest.mark.parametrize(("who", "part", "at"), [("nobody", Part.TYPIST, "username"), ("listener", "x", "part")])
def test_crew_are_people_with_a_part(
    lecturer: User, listener: User, lecture: Lecture, who: str, part: str, at: str
) -> None:
    with as_(lecturer) as actor, pytest.raises(InvalidInput) as refused:
        put_in_crew(actor=actor, lecture_id=lecture.pk, username=who, part=part)
    assert list(refused.value.fields) == [at]


def test_the_last_lecturer_stays(lecturer: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        with pytest.raises(InvalidInput, match="another lecturer"):
            drop_from_crew(actor=actor, lecture_id=lecture.pk, user_id=lecturer.pk)
        with pytest.raises(InvalidInput, match="another lecturer"):
            put_in_crew(actor=actor, lecture_id=lecture.pk, username="lecturer", part=Part.TYPIST)


def test_a_lecturer_hands_over(lecturer: User, listener: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor:
        put_in_crew(actor=actor, lecture_id=lecture.pk, username="listener", part=Part.LECTURER)
        drop_from_crew(actor=actor, lecture_id=lecture.pk, user_id=lecturer.pk)
    assert Crew.unscoped.get().user == listener


def test_who_has_no_part_is_not_taken_out(lecturer: User, listener: User, lecture: Lecture) -> None:
    with as_(lecturer) as actor, pytest.raises(NotVisible):
        drop_from_crew(actor=actor, lecture_id=lecture.pk, user_id=listener.pk)


def test_the_crew_of_what_is_over_stays(lecturer: User, hospital: Institution) -> None:
    over = given_by(lecture_at(hospital, step=LectureStep.ENDED), lecturer)
    with as_(lecturer) as actor, pytest.raises(WrongStep):
        put_in_crew(actor=actor, lecture_id=over.pk, username="lecturer", part=Part.LECTURER)


# -- every step x every verb x who ------------------------------------------------------------------------------------

_PLANS = {"lecturer", "cohost", "planner"}
_GIVES = {"lecturer", "cohost"}
MAY = {
    ("edit", "draft"): {*_PLANS, "system"}, ("edit", "announced"): {*_PLANS, "system"},
    ("announce", "draft"): {*_PLANS, "system"}, ("cancel", "draft"): {*_PLANS, "system"},
    ("cancel", "announced"): {*_PLANS, "system"}, ("open", "announced"): _GIVES,
    ("end", "live"): {*_GIVES, "system"}, ("reopen", "ended"): _GIVES,
}  # fmt: skip


@pytest.fixture
def everybody(lecture: Lecture, lecturer: User, listener: User, hospital: Institution, manager: User) -> dict[str, Any]:
    people = {"lecturer": lecturer, "listener": listener, "manager": manager}
    people["planner"] = make_staff("planner", hospital, Role.TRAINING_ADMIN)
    for part in (Part.COHOST, Part.MODERATOR, Part.TYPIST):
        people[part] = make_staff(part, hospital, Role.NURSE)
        given_by(lecture, people[part], part)
    return {name: actor_for(user) for name, user in people.items()} | {"system": system("a test")}


def test_every_step_every_verb_everybody(lecture: Lecture, everybody: dict[str, Any]) -> None:
    wrong = []
    for step in LectureStep.values:
        lecture.step = step
        lecture.ended_at = clock.now() if step == LectureStep.ENDED else None
        for name, actor in everybody.items():
            with as_actor(actor):
                can = {transition.verb for transition in LECTURE.available(actor, lecture)}
            should = {verb for (verb, at), who in MAY.items() if at == step and name in who}
            if can != should:
                wrong.append((step, name, can, should))
    assert wrong == []


def as_actor(actor: Any) -> Any:
    from consortium.kernel.actors import acting_as

    return acting_as(actor)


def test_who_conducts_moderates_and_types(lecture: Lecture, everybody: dict[str, Any]) -> None:
    allowed: dict[str, set[str]] = {}
    for name, actor in everybody.items():
        with as_actor(actor):
            for may in (may_conduct, may_moderate, may_type_captions):
                if may(actor, lecture):
                    allowed.setdefault(may.__name__, set()).add(name)
    assert allowed == {
        "may_conduct": {"lecturer", "cohost"}, "may_moderate": {"lecturer", "cohost", "moderator"},
        "may_type_captions": {"lecturer", "cohost", "typist"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("step", "hours", "listener_may", "crew_may"),
    [
        ("announced", 1.0, False, True), ("announced", 0.2, True, True), ("announced", -0.5, True, True),
        ("announced", -2.0, False, True), ("live", 1.0, True, True), ("ended", -3.0, True, True),
        ("draft", 0.1, False, False),
    ],
)  # fmt: skip
def test_when_the_room_is_open(
    hospital: Institution, lecturer: User, listener: User, step: str, hours: float, listener_may: bool, crew_may: bool
) -> None:
    lecture = given_by(lecture_at(hospital, step=step, hours=hours), lecturer)
    watch = []
    for user in (listener, lecturer):
        with as_(user) as actor:
            watch.append(may_watch(actor, lecture).allowed)
    assert watch == [listener_may, crew_may]


def test_a_time_without_its_seconds_is_no_move(lecturer: User, lecture: Lecture) -> None:
    kept = lecture.starts_at.replace(second=7, microsecond=5)
    Lecture.unscoped.filter(pk=lecture.pk).update(starts_at=kept)
    same = kept.replace(second=0, microsecond=0)
    with as_(lecturer) as actor:
        edit_lecture(actor=actor, lecture_id=lecture.pk, fields={"starts_at": same})
    assert Lecture.unscoped.get(pk=lecture.pk).starts_at == kept
