"""The tus protocol as the web process speaks it (through the ASGI router), and files over the API."""

import hashlib
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consortium.casework.models import Case
from consortium.files.models import Attachment
from consortium.files.operations.uploading import staging
from consortium.files.states import Step
from consortium.kernel import clock
from consortium.people.models import User
from tests.cast import client_for

from . import makers
from .conftest import Attach, fresh, inspected

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def metadata(case_id: object, name: str = "Lin Xiaoyu.jpg") -> str:
    pairs = {"case": str(case_id), "filename": name}
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items())


def create(client: Client, case: Case, size: object = 10, **headers: str) -> Any:
    given = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(case.pk), **headers}
    return client.post("/api/v1/uploads/", headers=given)


def patch(client: Client, url: str, offset: object = 0, phase: str = "before", **headers: str) -> Any:
    given = {**TUS, "Upload-Offset": str(offset), "Upload-Phase": phase, **headers}
    # Not empty, for the test client leaves out the type of an empty body.
    return client.patch(url, b"x", content_type=headers.get("Content-Type", BYTES), headers=given)


@pytest.fixture
def client(asker: User) -> Client:
    return client_for(asker)


# -- the protocol -----------------------------------------------------------------------------------------------------


def test_options_tells_what_there_is(client: Client) -> None:
    reply = client.options("/api/v1/uploads/")
    assert reply.status_code == 204
    assert reply["Tus-Version"] == "1.0.0"
    assert reply["Tus-Extension"] == "creation,termination,checksum,expiration"
    assert reply["Tus-Max-Size"] == str(512 << 20)
    assert reply["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_creation(client: Client, draft_case: Case) -> None:
    reply = create(client, draft_case)
    assert reply.status_code == 201
    row = Attachment.unscoped.get()
    assert reply["Location"] == f"http://testserver/api/v1/uploads/{row.pk}/"
    assert reply["Tus-Resumable"] == "1.0.0"
    assert reply["Upload-Expires"].endswith("GMT")
    assert row.size == 10


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "many"}, 400),
        ({"Upload-Length": str(2 << 30)}, 413),
        ({"Upload-Metadata": "case !!!"}, 400),
        ({"Upload-Metadata": ""}, 422),
        ({"Upload-Metadata": metadata("not-an-id")}, 422),
        ({"Upload-Metadata": metadata(uuid4())}, 404),
        ({"Idempotency-Key": "x"}, 422),
    ],
)
def test_creation_refused(client: Client, draft_case: Case, headers: dict[str, str], status: int) -> None:
    reply = create(client, draft_case, **headers)
    assert reply.status_code == status
    assert reply["Content-Type"] == "application/problem+json"
    assert not Attachment.unscoped.exists()


def test_creation_on_a_full_disk_is_507(client: Client, draft_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    full = type("Usage", (), {"free": 5})
    monkeypatch.setattr("consortium.files.tus.staging.shutil.disk_usage", lambda path: full)
    reply = create(client, draft_case)
    assert (reply.status_code, reply.json()["code"]) == (507, "storage-full")
    assert not Attachment.unscoped.exists()


def test_a_retried_creation_is_one_upload(client: Client, draft_case: Case) -> None:
    key = str(uuid4())
    first, second = (create(client, draft_case, **{"Idempotency-Key": key}) for _ in range(2))
    assert first["Location"] == second["Location"]


def test_a_browser_needs_the_csrf_token(draft_case: Case, asker: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_for(asker).cookies
    assert create(strict, draft_case).status_code == 403


def test_uploads_are_counted(client: Client, draft_case: Case, settings: Any, valkey: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "upload": (2, 60)}
    assert [create(client, draft_case).status_code for _ in range(3)] == [201, 201, 429]


def test_head_tells_where_it_stands(client: Client, draft_case: Case) -> None:
    url = create(client, draft_case)["Location"]
    row = Attachment.unscoped.get()
    held = staging().patch(str(row.pk), offset=0, length=10)
    held.write(b"abc")
    held.release()
    reply = client.head(url, headers=TUS)
    assert (reply.status_code, reply["Upload-Offset"], reply["Upload-Length"]) == (200, "3", "10")
    assert reply["Cache-Control"] == "no-store"


def test_head_of_the_last_byte_attaches_the_file(client: Client, draft_case: Case) -> None:
    """The process was killed between the last byte and its reply."""
    url = create(client, draft_case, size=3)["Location"]
    row = Attachment.unscoped.get()
    staging().path(str(row.pk)).write_bytes(b"abc")
    assert client.head(url, headers=TUS)["Upload-Offset"] == "3"
    assert fresh(row).received_at is not None


@pytest.mark.parametrize(
    ("offset", "headers", "status"),
    [
        (0, {}, 204),
        ("x", {}, 400),
        (0, {"Content-Type": "image/jpeg"}, 415),
        (0, {"Upload-Checksum": "md5 AAAA"}, 400),
        (0, {"Upload-Body-Length": "11"}, 413),
        (0, {"Tus-Resumable": "2"}, 412),
    ],
)
def test_before_the_bytes(
    client: Client, draft_case: Case, offset: object, headers: dict[str, str], status: int
) -> None:
    url = create(client, draft_case)["Location"]
    assert patch(client, url, offset, **headers).status_code == status


def test_a_bare_django_takes_no_bytes(client: Client, draft_case: Case) -> None:
    assert patch(client, create(client, draft_case)["Location"], phase="").status_code == 400


def test_an_expired_upload_is_410(client: Client, draft_case: Case) -> None:
    url = create(client, draft_case)["Location"]
    with clock.moved(timedelta(days=8)):
        assert patch(client, url).status_code == 410
    staging().remove(str(Attachment.unscoped.get().pk))
    assert client.head(url, headers=TUS).status_code == 410


def test_termination(client: Client, draft_case: Case, media: Path) -> None:
    url = create(client, draft_case)["Location"]
    assert client.delete(url, headers=TUS).status_code == 204
    assert client.head(url, headers=TUS).status_code == 404
    assert not list(media.rglob("*.part"))


def test_termination_of_a_complete_file_withdraws_it(client: Client, draft_case: Case, attach: Attach) -> None:
    row = attach(draft_case, makers.PDF)
    assert client.delete(f"/api/v1/uploads/{row.pk}/", headers=TUS).status_code == 204
    assert fresh(row).withdrawn_at is not None


@pytest.mark.parametrize("method", ["head", "patch", "delete"])
def test_an_upload_is_its_uploaders_alone(
    client: Client, asked_case: Case, colleague: User, stranger: User, method: str
) -> None:
    url = create(client, asked_case)["Location"]
    for user in (colleague, stranger):
        assert getattr(client_for(user), method)(url, headers={**TUS, "Upload-Phase": "before"}).status_code == 404
    assert getattr(Client(), method)(url, headers=TUS).status_code == 401


def test_who_lost_the_right_sends_no_more_bytes(client: Client, asked_case: Case) -> None:
    url = create(client, asked_case)["Location"]
    Case.unscoped.filter(pk=asked_case.pk).update(is_open=False, closed_at=clock.now(), ball="none")
    assert patch(client, url).status_code == 403


# -- files over the API -----------------------------------------------------------------------------------------------


def test_a_case_lists_its_files(client: Client, asked_case: Case, attach: Attach) -> None:
    row = inspected(attach(asked_case, makers.dicom(frames=2), name="Lin Xiaoyu.dcm"))
    (told,) = client.get(f"/api/v1/cases/{asked_case.pk}/attachments/").json()["results"]
    assert told["id"] == str(row.pk)
    assert (told["step"], told["kind"], told["name"]) == (Step.AVAILABLE, "application/dicom", "Lin Xiaoyu.dcm")
    assert told["frames"]["count"] == 2
    assert told["frames"]["pattern"] == f"/files/{row.pk}/frames/{{number}}/{{preset}}/"
    assert told["original"] == f"/files/{row.pk}/original/"
    assert [act["verb"] for act in told["available_actions"]] == ["withdraw"]
    assert client.get(f"/api/v1/attachments/{row.pk}/").json() == told


def test_a_refused_file_says_why(client: Client, asked_case: Case, attach: Attach) -> None:
    row = inspected(attach(asked_case, makers.archive()))
    told = client.get(f"/api/v1/attachments/{row.pk}/").json()
    assert (told["step"], told["fault"]) == (Step.VALIDATION_FAILED, "archive")
    assert told["reason"] == "This is an archive. Unpack it and send the files in it."
    assert told["pictures"] == {}


def test_the_action_that_is_offered_works(client: Client, asked_case: Case, attach: Attach) -> None:
    row = inspected(attach(asked_case, makers.jpeg()))
    for verb in ("withdraw", "restore"):
        acts = client.get(f"/api/v1/attachments/{row.pk}/").json()["available_actions"]
        assert [act["verb"] for act in acts] == [verb]
        reply = client.post(acts[0]["href"], {}, content_type="application/json")
        assert reply.status_code == 200
    assert client.post(f"/api/v1/attachments/{row.pk}/accept/", {}, content_type="application/json").status_code == 404


def test_the_addresses_in_a_reply_are_served(client: Client, asked_case: Case, attach: Attach) -> None:
    row = inspected(attach(asked_case, makers.jpeg()))
    told = client.get(f"/api/v1/attachments/{row.pk}/").json()
    assert set(told["pictures"]) == {"full", "screen", "thumb"}
    for url in told["pictures"].values():
        assert client.get(url).has_header("X-Accel-Redirect")
    assert hashlib.sha256(makers.jpeg()).hexdigest() == told["sha256"]
