"""Video calls on the page of a case, their forms, over the API, and beside the call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consortium.calls import operations as calls
from consortium.calls.queries.reaching import GUEST_COOKIE
from consortium.casework.models import Message, Service
from consortium.casework.states import MessageKind
from consortium.files.models import Attachment
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.patients.operations.guardians import Decision, record_consent
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import User
from consultations import operations
from consultations.forms.meeting import BookVideoForm, ProposeVideoForm
from consultations.models import CallNote, Consultation, Meeting, Recording
from consultations.operations import recording as films
from consultations.queries.meetings import meetings_of
from consultations.queries.recordings import recordings_of
from consultations.states import MeetingCancel, MeetingStep, RecordingStep
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed, submitted
from tests.consultations.meetings import at, booked, called, newest, proposed, seated, sys
from tests.files.makers import jpeg

pytestmark = pytest.mark.django_db
WORDS = {"minutes": "20", "wish": "", "first": "", "second": ""}


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return claimed(asker, specialist, patient, service)


def shown(user: User, consultation: Consultation) -> str:
    return client_for(user).get(f"/consultations/{consultation.pk}/").content.decode()


def _act(user: User, consultation: Consultation, verb: str, **words: Any) -> Any:
    return client_for(user).post(f"/consultations/{consultation.pk}/{verb}/", {"request_key": uuid4(), **words})


def _api(user: User, path: str, method: str = "post", body: Any = None, **headers: str) -> Any:
    return getattr(client_for(user), method)(f"/api/v1/{path}", body or {}, content_type="application/json",
                                             headers=headers)  # fmt: skip


def _local(hours: float) -> str:
    return timezone.localtime(at(hours)).strftime("%Y-%m-%dT%H:%M")


# -- the card on the page of a case


def test_a_call_may_be_begun_from_the_page(held: Consultation, asker: User) -> None:
    page = shown(asker, held)
    assert "Propose a video call" in page
    assert "Call now" in page


def test_whoever_may_not_know_the_child_sees_no_card(
    asker: User, lead: User, specialist: User, patient: Patient, service: Service
) -> None:
    assert 'id="call-title"' not in shown(lead, submitted(asker, patient, service))


def test_whose_turn_it_is_to_choose(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held, wish="After three")
    assert "After three" in shown(specialist, held)
    assert "With the specialist" in shown(asker, held)


def test_a_booked_call_is_joined_when_it_is_time(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    assert "Join the call" not in shown(asker, held)
    with clock.moved(timedelta(hours=4, minutes=55)):
        page = shown(asker, held)
    assert f"/calls/{meeting.room_id}/" in page
    assert "Join the call" in page


def test_the_way_to_preflight_link_and_calendar(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held, at(5), with_guardian=True)
    by(specialist, operations.book_video, case_id=held.pk, starts_at=at(5))
    page, meeting = shown(asker, held), newest(held)
    for address in (f"/calls/preflight/?room={meeting.room_id}", f"/calls/{meeting.room_id}/guardian/", ".ics"):
        assert address in page


def test_without_a_guardian_elsewhere_there_is_no_link(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held, at(5))
    assert "/guardian/" not in shown(asker, held)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "has not been asked yet"),
        (ConsentStatus.ACTIVE, ""),
        (ConsentStatus.REJECTED, "does not agree to a video call"),
    ],
)
def test_what_the_guardian_said(
    held: Consultation, asker: User, specialist: User, patient: Patient, status: str | None, words: str
) -> None:
    booked(asker, specialist, held, at(5))
    if status:
        by(asker, record_consent, patient_id=patient.pk, decision=Decision(ConsentKind.VIDEO, status))
    page = shown(asker, held)
    said = [each for each in ("has not been asked yet", "does not agree to a video call") if each in page]
    assert said == ([words] if words else [])


def test_what_came_of_earlier_calls(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held, at(5))
    by(asker, operations.cancel_video, case_id=held.pk, reason=MeetingCancel.TECHNICAL)
    booked(asker, specialist, held, at(6))
    with clock.moved(timedelta(hours=9)):
        sys(operations.end_unattended)
    page = shown(asker, held)
    for words in ("2 earlier calls", "Camera or connection cannot be had", "Nobody came", "did not come about"):
        assert words in page


def test_the_live_part_brings_the_card(held: Consultation, asker: User) -> None:
    proposed(asker, held)
    page = client_for(asker).get(f"/consultations/{held.pk}/live/?beside=case").content.decode()
    assert 'id="case-call" hx-swap-oob="true"' in page


def test_a_page_in_chinese(held: Consultation, asker: User) -> None:
    proposed(asker, held)
    page = client_for(asker).get(f"/consultations/{held.pk}/", headers={"Accept-Language": "zh-hans"})
    assert "视频通话" in page.content.decode()


# -- forms


def test_a_form_proposes(held: Consultation, asker: User, patient: Patient) -> None:
    words = {**WORDS, "first": _local(30), "second": _local(50), "with_guardian": "on", "guardian_agrees": "on"}
    assert _act(asker, held, "propose_video", **words).status_code == 302
    meeting = newest(held)
    typed = [words["first"], words["second"]]
    assert [timezone.localtime(time).strftime("%Y-%m-%dT%H:%M") for time in meeting.times] == typed
    assert (meeting.minutes, meeting.with_guardian) == (20, True)
    assert has_consent(patient.pk, ConsentKind.VIDEO)


def test_the_form_says_what_is_missing(held: Consultation, asker: User) -> None:
    answer = _act(asker, held, "propose_video", **WORDS)
    assert answer.status_code == 422
    assert "Say when" in answer.content.decode()


def test_a_form_with_more_than_three_times(held: Consultation) -> None:
    days = [(clock.now() + timedelta(days=n)).isoformat() for n in range(1, 4)]
    form = ProposeVideoForm({**WORDS, "slots": days, "first": _local(9)})
    slots: Any = form.fields["slots"]
    slots.choices = [(day, day) for day in days]
    assert "Propose three times at most." in str(form.errors)


def test_a_choice_without_choices_is_not_shown() -> None:
    assert "slots" not in [field.name for field in ProposeVideoForm()]
    assert "choice" not in [field.name for field in BookVideoForm()]


def test_a_form_picks(held: Consultation, asker: User, specialist: User) -> None:
    when = at(30)
    proposed(asker, held, when)
    page = client_for(specialist).get(f"/consultations/{held.pk}/book_video/").content.decode()
    assert when.isoformat() in page
    assert _act(specialist, held, "book_video", choice=when.isoformat()).status_code == 302
    assert newest(held).step == MeetingStep.BOOKED


def test_the_form_wants_a_time(held: Consultation, asker: User, specialist: User) -> None:
    proposed(asker, held, at(30))
    assert "Choose a time." in _act(specialist, held, "book_video").content.decode()


def test_the_form_that_moves_says_when_it_is_now(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held, at(30))
    assert "Booked now:" in client_for(asker).get(f"/consultations/{held.pk}/book_video/").content.decode()


def test_who_is_booked_otherwise_is_named_in_the_form(
    held: Consultation, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    other = claimed(asker, specialist, patient, service)
    when = at(30)
    booked(asker, specialist, other, when)
    proposed(asker, held, when)
    answer = _act(specialist, held, "book_video", choice=when.isoformat())
    assert answer.status_code == 409
    assert "is booked from" in answer.content.decode()


def test_calling_now_leads_into_the_room(held: Consultation, asker: User) -> None:
    assert _act(asker, held, "call_now").headers["Location"] == f"/calls/{newest(held).room_id}/"


def test_a_form_cancels(held: Consultation, asker: User) -> None:
    proposed(asker, held)
    _act(asker, held, "cancel_video", reason="no_time")
    assert newest(held).step == MeetingStep.CANCELLED


# -- the API


def test_the_whole_way_over_the_api(held: Consultation, asker: User, specialist: User) -> None:
    path = f"consultations/{held.pk}"
    when = at(30).isoformat()
    times = {"times": [when], "guardian_agrees": True}
    assert _api(asker, f"{path}/propose-video/", body=times).status_code == 200
    made = _api(specialist, f"{path}/book-video/", body={"starts_at": when}).json()
    assert "cancel_video" in [act["verb"] for act in made["available_actions"]]
    (row,) = _api(asker, f"{path}/calls/", "get").json()["results"]
    assert (row["step"], row["proposed_by"], row["minutes"]) == ("booked", "asker", 15)
    assert _api(asker, f"{path}/cancel-video/", body={"reason": "not_needed"}).status_code == 200
    assert _api(specialist, f"{path}/call-now/").status_code == 200
    assert newest(held).step == MeetingStep.OPEN


def test_the_same_key_is_one_proposal(held: Consultation, asker: User) -> None:
    key = str(uuid4())
    for _ in range(2):
        _api(asker, f"consultations/{held.pk}/propose-video/", body={"wish": "Soon"}, **{"Idempotency-Key": key})
    assert Meeting.unscoped.filter(case_id=held.pk).count() == 1


def test_a_recording_over_the_api(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seated(meeting, asker, host=specialist)
    made = _api(specialist, f"consultations/{held.pk}/recordings/")
    film = made.json()["id"]
    assert made.status_code == 201
    told = _api(asker, f"rooms/{meeting.room_id}/recording/", "get").json()
    assert (told["id"], told["waiting"], told["mine"]) == (film, 1, None)
    _api(asker, f"recordings/{film}/answer/", body={"agrees": True, "guardian_agrees": True})
    started = _api(specialist, f"recordings/{film}/start/", body={"media_type": "video/webm"})
    assert started.json()["step"] == "running"
    tus = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Phase": "before"}
    asked = _api(specialist, f"recordings/{film}/bytes/", "patch", **tus)
    assert (asked.status_code, int(asked.headers["Upload-Length"]) > 10**9) == (204, True)
    films.staging().path(film).write_bytes(b"film")
    after = _api(specialist, f"recordings/{film}/bytes/", "patch", **{**tus, "Upload-Phase": "after"})
    assert after.headers["Upload-Offset"] == "4"
    assert _api(specialist, f"recordings/{film}/bytes/", "head", **tus).headers["Upload-Offset"] == "4"
    assert _api(specialist, f"recordings/{film}/stop/").json()["step"] == "stopped"
    (row,) = _api(asker, f"consultations/{held.pk}/recordings/", "get").json()["results"]
    assert row["url"] == f"/consultations/recordings/{film}/"
    seen = client_for(asker).get(row["url"])
    assert (seen.headers["X-Accel-Redirect"].endswith(f"{film}.part"), seen.headers["Content-Type"]) == (
        True, "video/webm",
    )  # fmt: skip


def test_a_bare_process_takes_no_bytes(held: Consultation, asker: User, specialist: User) -> None:
    film = _running(held, asker, specialist)
    tus = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    assert _api(specialist, f"recordings/{film.pk}/bytes/", "patch", **tus).status_code == 400


def test_who_sits_outside_has_no_say_over_the_api(
    held: Consultation, asker: User, specialist: User, nurse: User
) -> None:
    film = _running(held, asker, specialist)
    assert _api(nurse, f"recordings/{film.pk}/answer/", body={"agrees": True}).status_code == 404
    assert _api(nurse, f"rooms/{film.meeting.room_id}/recording/", "get").status_code == 404


def _running(held: Consultation, asker: User, specialist: User) -> Recording:
    meeting = called(specialist, held)
    seats = seated(meeting, asker, host=specialist)
    film = by(specialist, operations.ask_recording, case_id=held.pk)
    seat = seats["asker"].pk
    yes = {"recording_id": film.pk, "seat_id": seat, "agrees": True, "guardian_agrees": True}
    by(asker, operations.answer_recording, **yes)
    made: Recording = by(specialist, operations.start_recording, recording_id=film.pk, media_type="video/webm")
    return made


def test_notes_over_the_api(held: Consultation, specialist: User) -> None:
    path = f"consultations/{held.pk}/call-note/"
    assert _api(specialist, path, "get").json() == {"text": "", "saved_at": None}
    assert _api(specialist, path, "put", {"text": "Stridor"}).json()["text"] == "Stridor"
    assert _api(specialist, path, "get").json()["text"] == "Stridor"
    assert _api(specialist, path, body={"text": "Stridor"}).json() == {"seq": 1}
    assert _api(specialist, path, "get").json()["text"] == ""


# -- beside the call


def test_the_panel_stands_beside_the_call(held: Consultation, asker: User, specialist: User) -> None:
    meeting = called(specialist, held)
    seated(meeting, asker, host=specialist)
    by(specialist, operations.jot, case_id=held.pk, text="Stridor when she cries")
    hers, his = (client_for(user).get(f"/calls/{meeting.room_id}/").content.decode() for user in (asker, specialist))
    assert "Stridor when she cries" in his
    assert "Stridor when she cries" not in hers
    assert ("Ask everybody for a recording" in his, "Ask everybody for a recording" in hers) == (True, False)
    assert ("The guardian beside me agrees too" in his, "The guardian beside me agrees too" in hers) == (False, True)


def test_a_note_is_kept_while_it_is_typed_and_put_into_the_thread(held: Consultation, specialist: User) -> None:
    client = client_for(specialist)
    assert "saved_at" in client.post(f"/consultations/{held.pk}/call-note/jot/", {"text": "Str"}).json()
    assert CallNote.unscoped.get().text == "Str"
    page = client.post(f"/consultations/{held.pk}/call-note/", {"text": "Stridor", "request_key": uuid4()})
    assert "The note stands in the messages" in page.content.decode()
    assert Message.unscoped.get(case_id=held.pk).kind == MessageKind.NOTE


def test_an_empty_note_says_so(held: Consultation, specialist: User) -> None:
    page = client_for(specialist).post(f"/consultations/{held.pk}/call-note/", {"text": " "})
    assert "field-error" in page.content.decode()


def test_a_note_that_is_too_long_comes_back(held: Consultation, specialist: User) -> None:
    page = client_for(specialist).post(f"/consultations/{held.pk}/call-note/", {"text": "x" * 10_001})
    assert not Message.unscoped.filter(case_id=held.pk).exists()
    assert "field-error" in page.content.decode()


def test_a_still_comes_by_its_form(held: Consultation, specialist: User) -> None:
    called(specialist, held)
    words = {"still": SimpleUploadedFile("s.jpg", jpeg()), "agreed": "on"}
    assert client_for(specialist).post(f"/consultations/{held.pk}/still/", words).status_code == 201
    assert Attachment.unscoped.filter(case_id=held.pk).count() == 1


def test_a_still_without_a_picture_is_none(held: Consultation, specialist: User) -> None:
    called(specialist, held)
    assert client_for(specialist).post(f"/consultations/{held.pk}/still/", {"agreed": "on"}).status_code == 422


# -- the guardian's page


@pytest.fixture
def guest(held: Consultation, asker: User, specialist: User) -> Client:
    """A guardian's device, inside a call that is asked to be recorded."""
    meeting = called(specialist, held, with_guardian=True)
    seated(meeting, asker, host=specialist)
    link = by(asker, calls.invite_guest, room_id=meeting.room_id)
    with acting_as(system("the guardian")) as itself:
        _link, secret = calls.bind_device(actor=itself, token=link.token(), secret="")
        seat = calls.agree_and_knock(actor=itself, link_id=link.pk)
    by(specialist, calls.admit, seat_id=seat.pk)
    by(specialist, operations.ask_recording, case_id=held.pk)
    client = Client()
    client.cookies[GUEST_COOKIE] = secret
    return client


VISIT = "/consultations/visit/recording/"


def test_the_guardian_is_asked_and_says_yes(guest: Client) -> None:
    assert guest.get(VISIT).json()["mine"] is None
    assert guest.post(VISIT, {"agrees": True}, content_type="application/json").json()["mine"] is True


def test_the_guardian_says_no(guest: Client) -> None:
    assert guest.post(VISIT, {"agrees": False}, content_type="application/json").json() == {}
    assert Recording.unscoped.get().step == RecordingStep.REFUSED


@pytest.mark.parametrize("body", ["{}", "[]", "nothing"])
def test_what_is_no_answer(guest: Client, body: str) -> None:
    assert guest.post(VISIT, body, content_type="application/json").status_code == 422


def test_an_answer_nobody_asked_for(guest: Client, specialist: User) -> None:
    by(specialist, operations.stop_recording, recording_id=Recording.unscoped.get().pk)
    assert guest.post(VISIT, {"agrees": True}, content_type="application/json").json() == {}


def test_the_guardians_page_asks_too(guest: Client) -> None:
    page = guest.get("/calls/visit/").content.decode()
    assert "May this call be recorded?" in page
    assert "Ask everybody for a recording" not in page


# -- how much is read


@pytest.mark.parametrize("count", [1, 3])
def test_the_calls_of_a_case_are_one_query(
    held: Consultation, asker: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        proposed(asker, held)
    with acting_as(actor_for(asker)), django_assert_num_queries(1):
        assert len(meetings_of(held.pk)) == count


def test_the_recordings_of_a_case_are_one_query(
    held: Consultation, asker: User, specialist: User, django_assert_num_queries: Any
) -> None:
    _running(held, asker, specialist)
    actor = actor_for(asker)
    with acting_as(actor), django_assert_num_queries(1):
        assert len(recordings_of(actor, held.pk)) == 1
