"""What players fetch: playlists of one's own session, segments beside the pages, and the record of what was fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from consortium.files.delivery.endpoint import PREFIX, ProtectedDelivery
from consortium.people.models import User
from courses.library.ladder import signing
from courses.library.ladder.captions import Cue
from courses.library.models import Course, Film, Lesson, SegmentServed
from courses.library.models.video import films_root
from courses.library.operations.video_changing import set_captions
from courses.library.operations.video_fetching import record_fetches
from courses.library.queries.playing import media_key
from courses.library.states import Reach
from courses.library.streaming.endpoint import PATTERN, Served, Sessions, Streaming
from courses.library.streaming.ledger import Ledger
from tests.cast import client_for
from tests.courses.library.films import as_, as_worker, playing, shown_in_course
from tests.files.asgi import Reply, call


@pytest.fixture
def film(trainer: User) -> Film:
    return playing(trainer)


@pytest.fixture
def viewer(film: Film, trainer: User, learner: User) -> Client:
    """A learner whose course shows the film."""
    shown_in_course(trainer, film)
    return client_for(learner)


def at(film: Film, rest: str) -> str:
    return f"/courses/videos/{film.video_id}/{rest}"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def segment(client: Client, film: Film, rung: str = "240") -> str:
    """The address of a rung's first segment, as this session's playlist has it."""
    lines = text_of(client, at(film, f"1/{rung}.m3u8")).splitlines()
    return next(line for line in lines if line.endswith(".m4s"))


# -- playlists --------------------------------------------------------------------------------------------------------


def test_the_master_leads_to_rungs_and_these_to_segments(viewer: Client, film: Film) -> None:
    master = text_of(viewer, at(film, "master.m3u8"))

    assert at(film, "1/240.m3u8") in master
    assert at(film, "1/sound.m3u8") in master
    assert segment(viewer, film).endswith(f"/{film.pk}/all-0/240/0-4000.m4s")


def test_captions_are_offered_and_come_as_webvtt(viewer: Client, trainer: User, film: Film) -> None:
    as_(trainer, set_captions, video_id=film.video_id, language="zh", cues=[Cue(0, 1, "看")])

    assert 'LANGUAGE="zh-Hans"' in text_of(viewer, at(film, "master.m3u8"))
    assert at(film, "captions/zh.vtt") in text_of(viewer, at(film, "1/words/zh.m3u8"))
    assert "看" in text_of(viewer, at(film, "captions/zh.vtt"))


def test_stills_and_their_index(viewer: Client, film: Film) -> None:
    assert at(film, "1/stills/board-001.jpg") in text_of(viewer, at(film, "1/storyboard.vtt"))
    assert viewer.get(at(film, "1/stills/poster.jpg"))["X-Accel-Redirect"].endswith("/stills-0/poster.jpg")


@pytest.mark.parametrize(
    "rest", ["1/720.m3u8", "2/240.m3u8", "captions/en.vtt", "1/words/en.m3u8", "1/stills/board-002.jpg"]
)
def test_what_is_not_there_is_not_found(viewer: Client, film: Film, rest: str) -> None:
    assert viewer.get(at(film, rest)).status_code == 404


def test_a_learner_without_a_course_that_shows_it_finds_nothing(film: Film, learner: User) -> None:
    assert client_for(learner).get(at(film, "master.m3u8")).status_code == 404


def test_a_video_without_a_film_does_not_play(trainer: User) -> None:
    from tests.courses.library.films import new_video

    assert client_for(trainer).get(f"/courses/videos/{new_video(trainer).pk}/master.m3u8").status_code == 404


def test_a_playlist_takes_the_same_queries_for_one_piece_and_many(
    viewer: Client, film: Film, django_assert_num_queries: Any
) -> None:
    from courses.library.models import FilmPiece

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            viewer.get(at(film, "1/240.m3u8"))
        return len(found)

    one = queries()
    piece = FilmPiece.unscoped.get(film=film, profile="all")
    for number in (1, 2):
        FilmPiece.unscoped.create(film=film, place=9, profile="all", number=number, begin=6, end=7, rungs=["240"],
                                  weight=1, made=piece.made, done_at=piece.done_at)  # fmt: skip
    assert queries() == one


# -- segments ---------------------------------------------------------------------------------------------------------


class Media:
    """The endpoint with these sessions; what was fetched through it."""

    def __init__(self, sessions: dict[str, UUID]) -> None:
        self.sessions, self.asked = sessions, 0
        self.fetched: list[Served] = []

        async def whose(session: str) -> UUID:
            self.asked += 1
            return self.sessions.get(session, UUID(int=0))

        def released(path: Path) -> str:
            return f"{PREFIX}{path.relative_to(films_root()).as_posix()}"

        self.bare = Streaming(
            media_key, films_root, released, lambda cookies: cookies.removeprefix("session="), Sessions(whose, 60),
            self.fetched.append,
        )  # fmt: skip
        self.app = ProtectedDelivery(self.bare, films_root, PREFIX)

    def get(self, path: str, session: str, method: str = "GET", **headers: str) -> Reply:
        reply = call(self.app, method, path, headers={"cookie": f"session={session}", **headers})
        assert reply is not None
        return reply


@pytest.fixture
def address(film: Film, trainer: User) -> str:
    """A segment's, for the trainer's session "mine"."""
    token = signing.token(media_key(), signing.Grant(film.pk, trainer.pk, 4_000_000_000), "mine")
    return f"/courses/media/{token}/{film.pk}/all-0/240/0-4000.m4s"


@pytest.fixture
def media(trainer: User) -> Media:
    return Media({"mine": trainer.pk, "other": trainer.pk})


def test_a_segment_comes_whole_and_is_noted(media: Media, address: str, film: Film) -> None:
    reply = media.get(address, "mine")

    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b"240 0-4000.m4s", "video/mp4")
    assert [(each.film, each.rung, each.begin, each.end) for each in media.fetched] == [(film.pk, "240", 0, 4000)]
    assert media.fetched[0].session == signing.binding("mine")


def test_its_address_is_useless_in_another_session(media: Media, address: str) -> None:
    """The same person, signed in on another device."""
    assert (media.get(address, "other").status, media.fetched) == (403, [])


def test_and_without_a_session(media: Media, address: str) -> None:
    assert media.get(address, "").status == 403


def test_and_when_the_session_has_ended(address: str) -> None:
    assert Media({}).get(address, "mine").status == 403


def test_and_when_it_is_another_person_s_by_now(address: str) -> None:
    assert Media({"mine": uuid4()}).get(address, "mine").status == 403


@pytest.mark.parametrize("change", [("all-0", "sound-0"), ("0-4000", "0-5000"), ("/240/", "/480/")])
def test_what_has_no_file_is_neither_there_nor_noted(media: Media, address: str, change: tuple[str, str]) -> None:
    assert (media.get(address.replace(*change), "mine").status, media.fetched) == (404, [])


@pytest.mark.parametrize("rest", ["../../../secret", "made.json", "0-4000.mp4", "", "%2e%2e"])
def test_nothing_else_is_served(media: Media, address: str, rest: str) -> None:
    assert media.get(address.rpartition("/")[0] + "/" + rest, "mine").status == 403


def test_a_part_of_a_segment(media: Media, address: str) -> None:
    reply = media.get(address, "mine", range="bytes=0-2")

    assert (reply.status, reply.body) == (206, b"240")


def test_looking_whether_it_is_there_is_not_fetching(media: Media, address: str) -> None:
    assert (media.get(address, "mine", "HEAD").status, media.fetched) == (200, [])


def test_the_head_of_a_rung_holds_no_film(media: Media, address: str) -> None:
    assert (media.get(address.replace("0-4000.m4s", "init.mp4"), "mine").status, media.fetched) == (200, [])


def test_nothing_is_sent_to_it(media: Media, address: str) -> None:
    assert media.get(address, "mine", "POST").headers["allow"] == "GET, HEAD"


def test_a_session_is_not_looked_at_for_every_segment(media: Media, address: str) -> None:
    for _each in range(3):
        media.get(address, "mine")

    assert media.asked == 1


def test_the_real_session_s_address_fits_the_endpoint(viewer: Client, film: Film, learner: User) -> None:
    session = viewer.session.session_key or ""

    assert Media({session: learner.pk}).get(segment(viewer, film), session).status == 200


def test_the_pattern_is_the_one_that_is_routed() -> None:
    from courses.library.routing import http_routes

    assert [pattern for pattern, _app in http_routes] == [PATTERN]


# -- addresses of one session in another -------------------------------------------------------------------------------


def addresses(client: Client, film: Film) -> dict[str, str]:
    """All that a player of this session is given: by what it is."""
    master = text_of(client, at(film, "master.m3u8"))
    assert all(at(film, f"1/{name}.m3u8") in master for name in ("240", "sound", "words/zh"))
    sheet = next(line for line in text_of(client, at(film, "1/storyboard.vtt")).splitlines() if "#xywh" in line)
    lesson = Lesson.unscoped.get(video=film.video_id)
    rests = {
        "master": "master.m3u8", "rung": "1/240.m3u8", "sound": "1/sound.m3u8", "words": "1/words/zh.m3u8",
        "captions": "captions/zh.vtt", "storyboard": "1/storyboard.vtt", "poster": "1/stills/poster.jpg",
    }  # fmt: skip
    own = {what: at(film, rest) for what, rest in rests.items()}
    return {"page": f"/courses/lessons/{lesson.pk}/", "sheet": sheet.partition("#")[0], **own}


@pytest.fixture
def given(viewer: Client, trainer: User, film: Film) -> dict[str, str]:
    """What the learner's session was given."""
    as_(trainer, set_captions, video_id=film.video_id, language="zh", cues=[Cue(0, 1, "看")])
    return addresses(viewer, film)


def test_they_lead_a_browser_that_is_not_signed_in_to_the_sign_in_page(given: dict[str, str]) -> None:
    stranger = Client()
    answers = {what: stranger.get(address) for what, address in given.items()}

    assert {what: (answer.status_code, answer.content) for what, answer in answers.items()} == dict.fromkeys(
        given, (302, b"")
    )
    assert all("/accounts/login/" in answer["Location"] for answer in answers.values())


def test_they_are_worth_nothing_without_the_right_that_they_came_with(
    viewer: Client, given: dict[str, str], other_trainer: User
) -> None:
    """The course is for its own hospital from now on: who copied an address has nothing by it, nor has who got it."""
    Course.unscoped.update(reach=Reach.INSTITUTION)
    for client in (viewer, client_for(other_trainer)):
        answers = {what: client.get(address).status_code for what, address in given.items()}
        assert answers == dict.fromkeys(given, 404)


def test_a_segment_of_a_playlist_is_closed_to_every_other_session(
    viewer: Client, film: Film, learner: User, trainer: User, other_trainer: User
) -> None:
    """Also to who may watch the same film: each session has addresses of its own."""
    mine, foreign = (
        viewer.session.session_key or "",
        {"again": learner.pk, "trainer": trainer.pk, "x": other_trainer.pk},
    )
    media = Media({mine: learner.pk, **foreign})
    for rung in ("240", "sound"):
        address = segment(viewer, film, rung)
        for wanted in (address, address.replace("0-4000.m4s", "init.mp4")):
            assert {session: media.get(wanted, session).status for session in foreign} == dict.fromkeys(foreign, 403)
            assert (media.get(wanted, "").status, media.get(wanted, mine).status) == (403, 200)
    assert {each.session for each in media.fetched} == {signing.binding(mine)}


def test_two_sessions_of_one_person_are_given_different_addresses(viewer: Client, film: Film, learner: User) -> None:
    assert segment(viewer, film) != segment(client_for(learner), film)


def test_a_token_opens_no_other_film(viewer: Client, film: Film, trainer: User, learner: User) -> None:
    other = playing(trainer)
    mine = viewer.session.session_key or ""
    address = segment(viewer, film).replace(str(film.pk), str(other.pk))

    assert Media({mine: learner.pk}).get(address, mine).status == 403


# -- the record -------------------------------------------------------------------------------------------------------


def served(film: Film, user: User, begin: int, end: int, session: str = "mine", rung: str = "240") -> Served:
    return Served(film.pk, user.pk, signing.binding(session), rung, begin, end, 1_700_000_000.0)


def test_what_a_session_fetched_is_its_own(film: Film, trainer: User) -> None:
    spans = [(0, 4000), (12_000, 16_000)]
    as_worker(record_fetches, fetched=[served(film, trainer, *span) for span in spans])
    as_worker(record_fetches, fetched=[served(film, trainer, 20_000, 24_000, session="other")])

    mine = SegmentServed.unscoped.filter(session=signing.binding("mine"), film=film)
    assert list(mine.order_by("begin").values_list("begin", "end")) == spans


def test_a_batch_is_one_statement_whatever_its_size(film: Film, trainer: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        as_worker(record_fetches, fetched=[served(film, trainer, at * 4000, at * 4000 + 4000) for at in range(50)])


def test_what_belongs_to_a_film_that_is_gone_is_passed_over(film: Film, trainer: User) -> None:
    gone = Served(uuid4(), trainer.pk, "x" * 32, "240", 0, 4000, 1.0)

    assert as_worker(record_fetches, fetched=[gone, served(film, trainer, 0, 4000)]) == 1
    assert SegmentServed.unscoped.count() == 1


def _one() -> Served:
    return Served(uuid4(), uuid4(), "x", "240", 0, 4000, 1.0)


def test_the_ledger_writes_together_what_came_apart() -> None:
    batches: list[int] = []

    async def write(batch: Sequence[Served]) -> None:
        batches.append(len(batch))

    async def go() -> None:
        ledger = Ledger(write)
        for _each in range(3):
            ledger.add(_one())
        await ledger.flush()
        await ledger.flush()

    asyncio.run(go())
    assert batches == [3]


def test_the_ledger_keeps_what_it_could_not_write() -> None:
    batches: list[int] = []

    async def write(batch: Sequence[Served]) -> None:
        batches.append(len(batch))
        if len(batches) == 1:
            raise OSError("away")

    async def go() -> None:
        ledger = Ledger(write)
        ledger.add(_one())
        await ledger.flush()
        ledger.add(_one())
        await ledger.stop()

    asyncio.run(go())
    assert batches == [1, 2]


def test_the_ledger_writes_by_itself_while_it_lives() -> None:
    async def go() -> int:
        written: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def write(batch: Sequence[Served]) -> None:
            written.set_result(len(batch))

        ledger = Ledger(write, every=0.0)
        ledger.add(_one())
        await ledger.start()
        found = await asyncio.wait_for(written, 10)
        await ledger.stop()
        return found

    assert asyncio.run(go()) == 1
