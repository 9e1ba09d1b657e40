"""From a new video to the last byte of its film: over the API as tus clients speak it, and what is refused."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consortium.files.operations.uploading import UploadGone
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, NotPermitted, NotVisible, StorageFull, TooLarge
from consortium.people.models import Institution, User
from courses.library.models import Film, Video
from courses.library.operations.video_beats import staging
from courses.library.operations.video_changing import cancel_film
from courses.library.operations.video_uploading import begin_film, check_film_bytes, land_film, make_video
from courses.library.states import FilmStep
from tests.cast import actor_for, client_for
from tests.courses.library.films import as_, fresh, new_video, sent

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def video(trainer: User) -> Video:
    return new_video(trainer)


@pytest.fixture
def browser(trainer: User) -> Client:
    return client_for(trainer)


def begun(trainer: User, video: Video, size: int = 4, **words: Any) -> Film:
    film: Film = as_(trainer, begin_film, video_id=video.pk, size=size, **words)
    return film


# -- a new video ------------------------------------------------------------------------------------------------------


def test_a_double_click_makes_one_video(trainer: User, hospital: Institution) -> None:
    key = uuid4()
    first, second = (
        as_(trainer, make_video, institution_id=hospital.pk, title_en="Fever", key=key) for _ in range(2)
    )  # fmt: skip

    assert first.pk == second.pk


def test_a_video_has_a_title(trainer: User, hospital: Institution) -> None:
    with pytest.raises(DomainError, match="title"):
        as_(trainer, make_video, institution_id=hospital.pk)


def test_a_video_is_made_for_one_s_own_institution(trainer: User, unrelated: Institution) -> None:
    with pytest.raises(NotPermitted):
        as_(trainer, make_video, institution_id=unrelated.pk, title_en="Fever")


# -- beginning --------------------------------------------------------------------------------------------------------


def test_a_film_may_not_be_larger_than_said(trainer: User, video: Video, settings: Any) -> None:
    settings.VIDEO_MAX_BYTES = 3

    with pytest.raises(TooLarge):
        begun(trainer, video)


def test_a_disk_without_room_says_so_and_keeps_no_row(trainer: User, video: Video, settings: Any) -> None:
    settings.VIDEO_MAX_BYTES = 1 << 62

    with pytest.raises(StorageFull):
        begun(trainer, video, 1 << 61)
    assert not Film.unscoped.filter(video=video).exists()


def test_one_film_of_a_video_is_on_its_way(trainer: User, video: Video) -> None:
    begun(trainer, video)

    with pytest.raises(DomainError, match="on its way"):
        begun(trainer, video)


def test_a_double_click_begins_one_film(trainer: User, video: Video) -> None:
    key = uuid4()

    assert begun(trainer, video, key=key).pk == begun(trainer, video, key=key).pk


def test_an_empty_file_has_come_at_once(trainer: User, video: Video) -> None:
    assert fresh(begun(trainer, video, 0)).step == FilmStep.UPLOADED


def test_strangers_find_no_video(other_trainer: User, video: Video) -> None:
    with pytest.raises(NotVisible):
        begun(other_trainer, video)


# -- bytes ------------------------------------------------------------------------------------------------------------


def checked(trainer: User, film: Film, body: int | None) -> None:
    with acting_as(actor_for(trainer)) as actor:
        check_film_bytes(actor=actor, film=fresh(film), body=body)


def test_bytes_may_come(trainer: User, video: Video) -> None:
    checked(trainer, begun(trainer, video), 4)


def test_more_than_announced_may_not(trainer: User, video: Video) -> None:
    with pytest.raises(TooLarge):
        checked(trainer, begun(trainer, video), 5)


def test_none_come_after_the_last(trainer: User, video: Video) -> None:
    film = sent(trainer, video, b"film")

    with pytest.raises(TooLarge):
        checked(trainer, film, 1)
    checked(trainer, film, 0)


def test_none_come_to_what_was_cancelled(trainer: User, video: Video) -> None:
    film = begun(trainer, video)
    as_(trainer, cancel_film, film_id=film.pk)

    with pytest.raises(UploadGone):
        checked(trainer, film, 4)


def test_an_upload_waits_a_week(trainer: User, video: Video) -> None:
    film = begun(trainer, video)

    with clock.moved(timedelta(days=6)):
        checked(trainer, film, 4)
    with clock.moved(timedelta(days=8)), pytest.raises(UploadGone):
        checked(trainer, film, 4)


def test_each_piece_that_comes_lets_it_wait_on(trainer: User, video: Video) -> None:
    film = begun(trainer, video)
    staging().path(str(film.pk)).write_bytes(b"fi")

    with clock.moved(timedelta(days=6)):
        assert as_(trainer, land_film, film=fresh(film)) == 2
    with clock.moved(timedelta(days=12)):
        checked(trainer, film, 2)


def test_the_last_byte_lands_it_once(trainer: User, video: Video) -> None:
    film = sent(trainer, video, b"film")
    received = film.received_at

    assert as_(trainer, land_film, film=film) == 4
    assert fresh(film).received_at == received


def test_bytes_that_are_gone_are_told(trainer: User, video: Video) -> None:
    film = begun(trainer, video)
    staging().remove(str(film.pk))

    with pytest.raises(UploadGone):
        as_(trainer, land_film, film=film)


# -- as a tus client speaks -------------------------------------------------------------------------------------------


def metadata(video: Video) -> str:
    return f"video {b64encode(str(video.pk).encode()).decode()}"


def test_tus_from_creation_to_termination(browser: Client, video: Video) -> None:
    head = {**TUS, "Upload-Length": "4", "Upload-Metadata": metadata(video)}
    place = browser.post("/api/v1/video-uploads/", headers=head)["Location"]

    assert browser.head(place, headers=TUS)["Upload-Offset"] == "0"
    told = {**TUS, "Upload-Offset": "0", "Upload-Phase": "before", "Upload-Body-Length": "4"}
    assert browser.patch(place, headers=told)["Upload-Length"] == "4"
    assert browser.patch(place, headers={**TUS, "Upload-Phase": "after"})["Upload-Offset"] == "0"
    assert browser.patch(place, headers={**TUS, "Upload-Offset": "0"}).status_code == 400
    assert browser.delete(place, headers=TUS).status_code == 204
    assert Film.unscoped.get(video=video).step == FilmStep.CANCELLED


def test_a_film_belongs_to_a_video(browser: Client, db: None) -> None:
    head = {**TUS, "Upload-Length": "4", "Upload-Metadata": "video bm9uZQ=="}

    assert browser.post("/api/v1/video-uploads/", headers=head).json()["fields"].keys() == {"video"}


def test_only_who_began_goes_on(trainer: User, hospital: Institution, video: Video) -> None:
    from consortium.people.states import Role
    from tests.factories.people import make_staff

    film = begun(trainer, video)
    colleague = client_for(make_staff("second-trainer", hospital, Role.TRAINING_ADMIN))

    assert colleague.head(f"/api/v1/video-uploads/{film.pk}/", headers=TUS).status_code == 404
