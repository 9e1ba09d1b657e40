"""A lecture sent from a browser and seen in two others: over a socket, and by low-latency HLS; then its recording."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Any

from playwright.sync_api import Page, expect

from consortium.people.models import Institution
from consortium.people.states import Role
from courses.library.ladder import planning
from courses.library.models import FilmPiece
from courses.live.models import BroadcastRun, Lecture
from courses.live.operations.broadcasting import end_broadcast
from courses.live.operations.lectures import end_lecture
from courses.live.operations.recording import keep_recording
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.courses.library.films import as_, as_worker
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff


def plays(page: Page, beyond: float = 0.5) -> None:
    """Its picture has moved on by so many seconds from now."""
    page.wait_for_function(
        """async beyond => { const video = document.querySelector('video'), at = video.currentTime;
        await new Promise(done => setTimeout(done, 1000 * beyond));
        return video.videoWidth && video.currentTime > at; }""",
        arg=beyond,
    )


def kill_ffmpeg(lecture: Lecture) -> None:
    """Whatever packs this lecture's pictures, as a machine short of memory would."""
    found = subprocess.run(["pgrep", "-f", "movflags frag_keyframe.*frag_discont"], capture_output=True, text=True)
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)


def test_a_lecture_is_sent_and_seen(open_page: OpenPage, hospital: Institution, picture: Any) -> None:
    lecturer, near, far = (make_staff(name, hospital, Role.LECTURER) for name in ("lecturer", "near", "far"))
    lecture = given_by(lecture_at(hospital, hours=0, step="live"), lecturer)
    room = f"/lectures/{lecture.pk}/room/"

    studio = open_page(lecturer, DESK, f"/lectures/{lecture.pk}/studio/")
    studio.get_by_role("button", name="Open camera and microphone").click()
    studio.get_by_role("button", name="Go live").click()
    expect(studio.get_by_text("You are live.")).to_be_visible()

    quick = open_page(near, PHONE, room)
    expect(quick.locator("video")).to_have_attribute("data-way", "parts")
    plays(quick)
    expect(quick.locator("video")).to_have_attribute("data-way", "parts")
    steady = open_page(far, DESK, room)
    expect(steady.locator("[data-stage]")).to_have_attribute("data-ready", "on")
    steady.locator("[data-ways]").select_option("low")
    expect(steady.locator("video")).to_have_attribute("data-way", "hls.js")
    plays(steady)
    picture(steady, "lecture-room-1280")

    # ffmpeg dies: the studio begins another run by itself, and both go on with it
    kill_ffmpeg(lecture)
    for page in (quick, steady):
        expect(page.locator("video")).to_have_js_property("paused", False)
    expect(studio.locator("[data-studio]")).to_have_attribute("data-runs", "2")
    expect(studio.get_by_text("You are live.")).to_be_visible()
    plays(quick, 2)
    plays(steady, 2)
    assert BroadcastRun.unscoped.filter(lecture=lecture).count() == 2

    studio.get_by_role("button", name="Stop sending").click()
    expect(studio.get_by_text("Nothing is sent.")).to_be_visible()
    as_(lecturer, end_lecture, lecture_id=lecture.pk)
    as_worker(end_broadcast, lecture_id=lecture.pk)
    as_worker(keep_recording, lecture_id=lecture.pk)
    steady.get_by_role("button", name="From the start").click()
    plays(steady)
    assert recorded(lecture) == {planning.SOUND, "720"}


def recorded(lecture: Lecture) -> set[str]:
    """The rungs of the recording that a worker has made."""
    pieces = FilmPiece.unscoped.filter(film__current_of__lectures=lecture)
    return {rung for piece in pieces for rung in piece.made}
