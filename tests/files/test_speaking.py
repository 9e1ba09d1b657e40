"""Listening to a voice note and writing down what it says: pages, bytes, API."""

from __future__ import annotations

from uuid import uuid4

import pytest

from consortium.casework.models import Case, Service
from consortium.files.models import Attachment
from consortium.journal.models import Entry
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.cast import client_for
from tests.consultations.cases import claimed
from tests.files.conftest import Attach, inspected
from tests.files.makers import jpeg
from tests.files.sounds import recording


@pytest.fixture
def case(asker: User, specialist: User, patient: Patient, service: Service) -> Case:
    found: Case = claimed(asker, specialist, patient, service).case
    return found


@pytest.fixture
def note(case: Case, attach: Attach) -> Attachment:
    return inspected(attach(case, recording(), name="Lin Xiaoyu.webm"))


def test_its_bytes_are_released_as_mp3(note: Attachment, specialist: User) -> None:
    reply = client_for(specialist).get(f"/files/{note.pk}/sound/")
    assert (reply.headers["Content-Type"], reply.headers["X-Accel-Redirect"].endswith("/sound.mp3")) == (
        "audio/mpeg", True,
    )  # fmt: skip


def test_listening_is_a_read(note: Attachment, specialist: User) -> None:
    for _ in range(2):
        client_for(specialist).get(f"/files/{note.pk}/sound/")
    assert Entry.unscoped.filter(actor=specialist, verb="read", facts__what="sound").count() == 1


def test_a_photo_is_not_heard(case: Case, attach: Attach, specialist: User) -> None:
    photo = inspected(attach(case, jpeg()))
    assert client_for(specialist).get(f"/files/{photo.pk}/sound/").status_code == 404


def test_its_page_has_a_player(note: Attachment, specialist: User) -> None:
    told = client_for(specialist).get(f"/files/{note.pk}/").content.decode()
    assert ("<audio" in told, "Save the original" in told) == (True, False)


def test_its_tile_has_one_too(note: Attachment, specialist: User) -> None:
    assert b"<audio" in client_for(specialist).get(f"/files/cases/{note.case_id}/tiles/").content


def test_the_bytes_as_they_came_are_gone(note: Attachment, specialist: User) -> None:
    assert client_for(specialist).get(f"/files/{note.pk}/original/").status_code == 404


def test_what_it_says_is_written_on_a_page(note: Attachment, specialist: User) -> None:
    client, address = client_for(specialist), f"/files/{note.pk}/transcript/"
    assert client.post(address, {"text": "It whistles."}).status_code == 302
    assert "It whistles." in client.get(address).content.decode()


def test_too_many_words_come_back(note: Attachment, specialist: User) -> None:
    reply = client_for(specialist).post(f"/files/{note.pk}/transcript/", {"text": "x" * 2001})
    assert (reply.status_code, Attachment.unscoped.get(pk=note.pk).transcript_sealed) == (422, None)


def test_the_api_tells_where_it_is_and_what_it_says(note: Attachment, specialist: User) -> None:
    client = client_for(specialist)
    body, kind = {"text": "It whistles."}, "application/json"
    told = client.put(f"/api/v1/attachments/{note.pk}/transcript/", body, content_type=kind).json()
    assert (told["sound"], told["transcript"]) == (f"/files/{note.pk}/sound/", "It whistles.")
    assert told["seconds"] == pytest.approx(1.0, abs=0.2)
    assert (told["original"], told["pictures"]) == ("", {})


def test_the_api_tells_nothing_of_the_sound_of_a_photo(case: Case, attach: Attach, asker: User) -> None:
    photo = inspected(attach(case, jpeg()))
    told = client_for(asker).get(f"/api/v1/attachments/{photo.pk}/").json()
    assert (told["sound"], told["seconds"], told["transcript"]) == ("", None, "")


def test_without_the_childs_key_the_words_are_gone(note: Attachment, specialist: User) -> None:
    Attachment.unscoped.filter(pk=note.pk).update(transcript_sealed=b"sealed with a key that is no more")
    assert client_for(specialist).get(f"/api/v1/attachments/{note.pk}/").json()["transcript"] == ""


def test_a_note_that_nobody_sent_is_not_there(specialist: User) -> None:
    assert client_for(specialist).get(f"/files/{uuid4()}/transcript/").status_code == 404
