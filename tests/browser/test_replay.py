"""A recording: what happened in the room comes at its moment, and one votes before one sees what the room said."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from consortium.kernel import clock
from consortium.people.models import Institution
from consortium.people.states import Role
from courses.live.models import LateVote, Lecture, Vote
from courses.live.operations import polls, room
from courses.live.states.lectures import LectureStep
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.courses.library.films import clip, made, new_video, sent
from tests.courses.live.broadcast.streams import BEGAN
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.recorded import happened, left
from tests.courses.live.room.rooms import do, line, opened, question, vote
from tests.factories.people import make_staff

SECONDS = 5


def test_who_missed_it_votes_and_then_sees_what_the_room_said(
    open_page: OpenPage, hospital: Institution, community: Institution, accessible: Callable[[Page], None],
    picture: Callable[[Page, str], None],
) -> None:  # fmt: skip
    lecturer, trainer = make_staff("lecturer", hospital, Role.LECTURER), make_staff("t", hospital, Role.TRAINING_ADMIN)
    viewer, latecomer = (make_staff(name, community, Role.ASKER) for name in ("viewer", "latecomer"))
    lecture = given_by(lecture_at(hospital, hours=0, step="live"), lecturer)
    line(viewer, lecture, "Which day of fever?")
    poll = opened(lecturer, lecture)
    vote(poll, viewer, 1)
    do(lecturer, polls.close_poll, lecture_id=lecture.pk, poll_id=poll.pk)
    asked = question(viewer, lecture, "When do you give it?")
    do(lecturer, room.settle_question, lecture_id=lecture.pk, question_id=asked.pk, answered=True)
    happened(lecture, {1: 1, 2: 2, 3: 2.5, 4: 3, 5: 4})
    film = made(sent(trainer, new_video(trainer), clip(seconds=SECONDS)))
    Lecture.unscoped.filter(pk=lecture.pk).update(
        step=LectureStep.ENDED, ended_at=clock.now(), recording=film.video,
        recording_line=[[0, SECONDS * 1000, BEGAN]],
    )  # fmt: skip
    lesson = left(lecturer, lecture)

    phone = open_page(latecomer, PHONE, f"/courses/lessons/{lesson.pk}/watch/")
    expect(phone.locator("[data-replay]")).to_have_attribute("data-ready", "yes")
    expect(phone.locator("video")).to_have_attribute("data-way", "hls.js")
    replay = phone.locator("[data-replay]")
    ask, chat = replay.locator(f"#poll-{poll.pk}"), replay.get_by_text("Which day of fever?")

    # before its moment nothing of it is there, and it is told nowhere what the room said
    expect(ask).to_be_hidden()
    expect(chat).to_be_hidden()
    assert "in the room" not in ask.inner_html()
    accessible(phone)

    # the film stops at the poll; by keys alone: an answer, what the room said, and on
    phone.locator("#main").focus()
    phone.keyboard.press("Space")
    expect(ask).to_be_focused(timeout=30_000)
    assert phone.evaluate("document.querySelector('video').paused")
    expect(chat).to_be_visible()
    accessible(phone)
    picture(phone, "replay-poll-390")
    ask.get_by_label("Sepsis").press("Space")
    phone.keyboard.press("Enter")
    expect(ask).to_contain_text("1 vote in the room")
    expect(ask).to_contain_text("Yours is kept apart")
    expect(ask).to_be_focused()
    accessible(phone)
    picture(phone, "replay-voted-390")
    ask.get_by_role("button", name="Go on").press("Enter")
    phone.wait_for_function("() => document.querySelector('video').ended", timeout=30_000)
    expect(replay.get_by_text("When do you give it?").last).to_be_visible()
    assert [row.choice for row in LateVote.unscoped.all()] == [[0]]
    assert Vote.unscoped.count() == 1

    # back to a moment: what came later is gone again
    replay.get_by_role("button", name="Poll: What is it?").click()
    expect(replay.locator("[data-replay-said] li", has_text="When do you give it?")).to_be_hidden()
    expect(chat).to_be_visible()
    expect(ask).to_be_visible()
    replay.get_by_label("Show all of it").check()
    expect(replay.locator("[data-replay-said] li", has_text="When do you give it?")).to_be_visible()

    desk = open_page(viewer, DESK, f"/courses/lessons/{lesson.pk}/watch/", "zh")
    expect(desk.locator("[data-replay]")).to_have_attribute("data-ready", "yes")
    desk.locator("[data-replay-all] input").check()
    expect(desk.locator(f"#poll-{poll.pk}")).to_be_visible()
    accessible(desk)
    picture(desk, "replay-1280-zh")


def test_without_a_script_it_is_a_list_with_times(open_page: OpenPage, hospital: Institution) -> None:
    lecturer, trainer = make_staff("lecturer", hospital, Role.LECTURER), make_staff("t", hospital, Role.TRAINING_ADMIN)
    lecture = given_by(lecture_at(hospital, hours=0, step="live"), lecturer)
    line(lecturer, lecture, "Which day of fever?")
    poll = opened(lecturer, lecture)
    happened(lecture, {1: 1, 2: 2})
    film = made(sent(trainer, new_video(trainer), clip(seconds=SECONDS)))
    Lecture.unscoped.filter(pk=lecture.pk).update(
        step=LectureStep.ENDED, ended_at=clock.now(), recording=film.video,
        recording_line=[[0, SECONDS * 1000, BEGAN]],
    )  # fmt: skip
    lesson = left(lecturer, lecture)
    page = open_page(trainer, PHONE, f"/courses/lessons/{lesson.pk}/watch/", java_script_enabled=False)
    ask = page.locator(f"#poll-{poll.pk}")
    expect(page.locator("[data-replay-said]")).to_contain_text("0:01")
    ask.get_by_label("Kawasaki").check()
    ask.get_by_role("button", name="Vote").click()
    expect(page.locator(f"#poll-{poll.pk}")).to_contain_text("in the room")
    assert LateVote.unscoped.get().choice == [1]
