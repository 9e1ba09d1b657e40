"""Recording a call with everybody's consent, its bytes, and what is no longer kept; notes and stills beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction

from consortium.calls import operations as calls
from consortium.calls.models import GuestLink, Seat
from consortium.casework.models import Message, Service
from consortium.casework.states import MessageKind
from consortium.files.models import Attachment
from consortium.files.tus.protocol import TusRefusal
from consortium.files.tus.staging import Staging
from consortium.journal.operations import record
from consortium.journal.queries import timeline
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import (
    DomainError,
    InvalidInput,
    NotPermitted,
    NotVisible,
    StorageFull,
    TooLarge,
    WrongStep,
)
from consortium.patients.events import PatientErased
from consortium.patients.models import Patient
from consortium.patients.operations.guardians import Decision, record_consent
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import User
from consultations import operations
from consultations.models import CallNote, Consultation, Meeting, Recording, RecordingAnswer
from consultations.operations import recording as ops
from consultations.queries.recordings import all_agree, live_recording, recording_state, recordings_of
from consultations.states import MeetingStep, RecordingStep
from consultations.tasks import delete_recordings
from tests.consultations.cases import by, claimed
from tests.consultations.meetings import at, booked, called, heard, newest, proposed, seated, sys
from tests.files.makers import jpeg

pytestmark = pytest.mark.django_db
WEBM = "video/webm;codecs=vp8,opus"


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return claimed(asker, specialist, patient, service)


@pytest.fixture
def call(held: Consultation, asker: User, specialist: User) -> Meeting:
    """Under way, both sides inside."""
    meeting = called(specialist, held)
    seated(meeting, asker, host=specialist)
    return meeting


@pytest.fixture
def asked(call: Meeting, specialist: User) -> Recording:
    made: Recording = by(specialist, operations.ask_recording, case_id=call.case_id)
    return made


@pytest.fixture
def running(asked: Recording, asker: User, specialist: User) -> Recording:
    _say(asker, asked, guardian_agrees=True)
    return _start(specialist, asked)


def _seat(meeting: Meeting, user: User) -> Seat:
    assert meeting.room_id is not None
    seat: Seat = Seat.unscoped.get(room_id=meeting.room_id, user=user)
    return seat


def _say(user: User, row: Recording, agrees: bool = True, **words: Any) -> Any:
    seat = _seat(row.meeting, user)
    return by(user, operations.answer_recording, recording_id=row.pk, seat_id=seat.pk, agrees=agrees, **words)


def _start(user: User, row: Recording, media_type: str = WEBM) -> Recording:
    made: Recording = by(user, operations.start_recording, recording_id=row.pk, media_type=media_type)
    return made


def _now(row: Recording) -> Recording:
    row.refresh_from_db()
    return row


def _write(row: Recording, data: bytes) -> None:
    staging = ops.staging()
    patch = staging.patch(str(row.pk), offset=staging.offset(str(row.pk)), length=1 << 30)
    patch.write(data)
    patch.close()
    patch.release()


def _consent(user: User, patient: Patient, status: str) -> None:
    by(user, record_consent, patient_id=patient.pk, decision=Decision(ConsentKind.RECORDING, status))


def _guardian_inside(meeting: Meeting, asker: User, specialist: User) -> Seat:
    """By link, agreed to the call, and let in."""
    link: GuestLink = by(asker, calls.invite_guest, room_id=meeting.room_id)
    with acting_as(system("the guardian")) as guest:
        calls.bind_device(actor=guest, token=link.token(), secret="")
        seat = calls.agree_and_knock(actor=guest, link_id=link.pk)
    inside: Seat = by(specialist, calls.admit, seat_id=seat.pk)
    return inside


# -- asking


def test_who_asks_has_agreed_already(asked: Recording, call: Meeting, specialist: User) -> None:
    (answer,) = RecordingAnswer.unscoped.filter(recording=asked)
    assert (answer.seat_id, answer.agrees) == (_seat(call, specialist).pk, True)


def test_only_the_specialist_records(call: Meeting, asker: User) -> None:
    with pytest.raises(NotPermitted):
        by(asker, operations.ask_recording, case_id=call.case_id)


def test_only_a_call_that_is_under_way_is_recorded(held: Consultation, asker: User, specialist: User) -> None:
    booked(asker, specialist, held)
    with pytest.raises(WrongStep, match="under way"):
        by(specialist, operations.ask_recording, case_id=held.pk)


def test_the_same_request_twice_is_one(call: Meeting, specialist: User) -> None:
    key = uuid4()
    made = [by(specialist, operations.ask_recording, case_id=call.case_id, key=key).pk for _ in range(2)]
    assert len(set(made)) == 1


def test_one_recording_at_a_time(asked: Recording, specialist: User) -> None:
    with pytest.raises(DomainError, match="already"):
        by(specialist, operations.ask_recording, case_id=asked.case_id)


# -- everybody's consent


def test_it_begins_when_all_have_agreed(running: Recording) -> None:
    assert (running.step, running.media_type) == (RecordingStep.RUNNING, "video/webm")


def test_kept_for_three_years_from_its_start(running: Recording, settings: Any) -> None:
    assert running.kept_until == clock.today() + timedelta(days=settings.RECORDING_KEPT_DAYS)
    assert settings.RECORDING_KEPT_DAYS >= 3 * 365


def test_not_before_everybody_has_agreed(asked: Recording, asker: User, specialist: User, patient: Patient) -> None:
    _consent(asker, patient, ConsentStatus.ACTIVE)
    with pytest.raises(WrongStep, match="Not everybody"):
        _start(specialist, asked)
    assert _now(asked).step == RecordingStep.ASKED


def test_not_without_the_guardians_consent(asked: Recording, asker: User, specialist: User) -> None:
    _say(asker, asked)
    with pytest.raises(WrongStep, match="guardian first"):
        _start(specialist, asked)


def test_the_guardian_beside_the_asker_is_asked_by_them(
    asked: Recording, asker: User, specialist: User, patient: Patient
) -> None:
    _say(asker, asked, guardian_agrees=True)
    assert has_consent(patient.pk, ConsentKind.RECORDING)


def test_the_guardian_in_the_call_answers_themself(
    call: Meeting, asked: Recording, asker: User, specialist: User, patient: Patient
) -> None:
    seat = _guardian_inside(call, asker, specialist)
    _say(asker, asked)
    sys(operations.answer_recording, recording_id=asked.pk, seat_id=seat.pk, agrees=True)
    assert _start(specialist, asked).step == RecordingStep.RUNNING
    assert has_consent(patient.pk, ConsentKind.RECORDING)


def test_a_no_ends_the_asking(asked: Recording, asker: User) -> None:
    _say(asker, asked, False)
    assert _now(asked).step == RecordingStep.REFUSED
    with pytest.raises(WrongStep, match="any more"):
        _say(asker, asked, True)


def test_who_agreed_may_say_no_at_any_moment(running: Recording, asker: User, specialist: User) -> None:
    _say(asker, running, False)
    assert _now(running).step == RecordingStep.PAUSED
    with pytest.raises(WrongStep):
        _start(specialist, running)


def test_agreed_again_it_goes_on_with_what_was_kept(running: Recording, asker: User, specialist: User) -> None:
    _write(running, b"before")
    _say(asker, running, False)
    _say(asker, running, True)
    again = _start(specialist, _now(running))
    assert again.started_at == running.started_at
    assert ops.staging().offset(str(again.pk)) == 6


def test_a_newcomer_stops_it_until_they_agree(call: Meeting, running: Recording, asker: User, specialist: User) -> None:
    seat = _guardian_inside(call, asker, specialist)
    heard()
    assert _now(running).step == RecordingStep.PAUSED
    sys(operations.answer_recording, recording_id=running.pk, seat_id=seat.pk, agrees=True)
    assert _start(specialist, running).step == RecordingStep.RUNNING


def test_who_comes_back_is_no_newcomer(call: Meeting, running: Recording, asker: User) -> None:
    by(asker, calls.leave, seat_id=_seat(call, asker).pk)
    by(asker, calls.join, room_id=call.room_id)
    heard()
    assert _now(running).step == RecordingStep.RUNNING


def test_nobody_answers_for_another(asked: Recording, call: Meeting, asker: User, specialist: User) -> None:
    words = {"recording_id": asked.pk, "seat_id": _seat(call, asker).pk, "agrees": True}
    with pytest.raises(NotVisible):
        by(specialist, operations.answer_recording, **words)


def test_who_is_outside_has_no_say(asked: Recording, call: Meeting, asker: User) -> None:
    by(asker, calls.leave, seat_id=_seat(call, asker).pk)
    with pytest.raises(NotVisible):
        _say(asker, asked)


def test_an_empty_room_agrees_to_nothing(asked: Recording, call: Meeting, asker: User, specialist: User) -> None:
    for user in (asker, specialist):
        by(user, calls.leave, seat_id=_seat(call, user).pk)
    assert not all_agree(asked)


def test_strangers_find_no_recording(asked: Recording, stranger: User) -> None:
    for operation in (operations.stop_recording, operations.start_recording, operations.answer_recording):
        words: dict[str, Any] = {"recording_id": asked.pk}
        if operation is operations.start_recording:
            words["media_type"] = WEBM
        if operation is operations.answer_recording:
            words |= {"seat_id": uuid4(), "agrees": True}
        with pytest.raises(NotVisible):
            by(stranger, operation, **words)


def test_what_no_browser_plays_is_not_kept(asked: Recording, asker: User, specialist: User) -> None:
    _say(asker, asked, guardian_agrees=True)
    with pytest.raises(InvalidInput):
        _start(specialist, asked, "application/x-sh")


def test_started_twice_is_started_once(running: Recording, specialist: User) -> None:
    assert _start(specialist, running).started_at == running.started_at


def test_no_room_on_the_disk(asked: Recording, asker: User, specialist: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _say(asker, asked, guardian_agrees=True)

    def full(self: Staging, upload_id: str, length: int) -> None:
        raise TusRefusal(507, "full")

    monkeypatch.setattr(Staging, "create", full)
    with pytest.raises(StorageFull):
        _start(specialist, asked)


# -- its end


@pytest.mark.parametrize("who", ["asker", "specialist"])
def test_either_side_ends_it(running: Recording, asker: User, specialist: User, who: str) -> None:
    by({"asker": asker, "specialist": specialist}[who], operations.stop_recording, recording_id=running.pk)
    assert _now(running).step == RecordingStep.STOPPED


def test_ended_before_it_began_nothing_was_recorded(asked: Recording, specialist: User) -> None:
    by(specialist, operations.stop_recording, recording_id=asked.pk)
    assert _now(asked).step == RecordingStep.REFUSED


def test_ended_twice_is_no_error(running: Recording, specialist: User) -> None:
    for _ in range(2):
        made = by(specialist, operations.stop_recording, recording_id=running.pk)
    assert made.step == RecordingStep.STOPPED


def test_it_ends_with_the_call(running: Recording, call: Meeting) -> None:
    sys(calls.end_room, room_id=call.room_id)
    heard()
    assert _now(running).step == RecordingStep.STOPPED


def test_each_step_stands_in_the_journal(running: Recording, specialist: User) -> None:
    by(specialist, operations.stop_recording, recording_id=running.pk)
    verbs = [step.verb for step in timeline(running.case) if step.verb.endswith("_recording")]
    assert verbs == ["ask_recording", "answer_recording", "start_recording", "stop_recording"]


# -- bytes


def test_bytes_are_taken_while_it_runs(running: Recording, specialist: User, settings: Any) -> None:
    assert by(specialist, ops.check_bytes, recording=running) == settings.RECORDING_MAX_BYTES
    _write(running, b"12345")
    assert by(specialist, ops.land_bytes, recording=running) == 5
    assert _now(running).size == 5


def test_no_bytes_of_a_moment_in_which_somebody_had_not_agreed(
    call: Meeting, running: Recording, asker: User, specialist: User
) -> None:
    _guardian_inside(call, asker, specialist)
    with pytest.raises(WrongStep, match="not everybody"):
        by(specialist, ops.check_bytes, recording=running)


def test_no_bytes_from_anybody_else(running: Recording, asker: User) -> None:
    for check in (ops.check_bytes, ops.land_bytes):
        with pytest.raises(NotPermitted):
            by(asker, check, recording=running)


def test_before_its_start_there_is_nothing(asked: Recording, specialist: User) -> None:
    with pytest.raises(WrongStep):
        by(specialist, ops.check_bytes, recording=asked)
    with pytest.raises(DomainError):
        by(specialist, ops.land_bytes, recording=asked)


# -- not kept any more


def _watchable(user: User, row: Recording) -> list[str]:
    return [each["url"] for each in by(user, lambda actor: recordings_of(actor, row.case_id))]


def test_those_who_know_the_child_watch_it(running: Recording, asker: User, specialist: User) -> None:
    _write(running, b"12345")
    by(specialist, ops.land_bytes, recording=running)
    by(specialist, operations.stop_recording, recording_id=running.pk)
    assert all(_watchable(user, running)[0] for user in (asker, specialist))


def test_while_it_runs_nobody_watches_it(running: Recording, asker: User) -> None:
    assert _watchable(asker, running) == [""]


@pytest.mark.parametrize("status", [ConsentStatus.INACTIVE, ConsentStatus.REJECTED])
def test_a_consent_withdrawn_makes_it_unreadable_at_once(
    running: Recording, asker: User, specialist: User, patient: Patient, status: str
) -> None:
    _write(running, b"12345")
    by(specialist, ops.land_bytes, recording=running)
    _consent(asker, patient, status)
    assert (_now(running).step, _watchable(asker, running)) == (RecordingStep.WITHDRAWN, [""])


def test_and_its_bytes_are_deleted(
    running: Recording, asker: User, patient: Patient, django_capture_on_commit_callbacks: Any
) -> None:
    _consent(asker, patient, ConsentStatus.INACTIVE)
    with django_capture_on_commit_callbacks(execute=True):
        assert [delete_recordings(), delete_recordings()] == [1, 0]
    assert not ops.staging().path(str(running.pk)).exists()
    assert _now(running).deleted_at is not None


def test_another_consent_is_not_this_one(running: Recording, asker: User, patient: Patient) -> None:
    decision = Decision(ConsentKind.TEACHING, ConsentStatus.REJECTED)
    by(asker, record_consent, patient_id=patient.pk, decision=decision)
    assert _now(running).step == RecordingStep.RUNNING


def test_a_consent_given_anew_does_not_bring_it_back(running: Recording, asker: User, patient: Patient) -> None:
    for status in (ConsentStatus.INACTIVE, ConsentStatus.ACTIVE):
        _consent(asker, patient, status)
    assert _now(running).step == RecordingStep.WITHDRAWN


def test_an_erased_childs_recordings_go_too(running: Recording, patient: Patient) -> None:
    with acting_as(system("test")) as eraser, transaction.atomic():
        record(actor=eraser, verb="erase", subject=patient, patient_id=patient.pk, event=PatientErased(patient.pk))
    heard()
    assert _now(running).withdrawn_at is not None


def test_after_its_time_it_is_deleted(running: Recording, specialist: User, settings: Any) -> None:
    by(specialist, operations.stop_recording, recording_id=running.pk)
    assert sys(ops.delete_due) == 0
    with clock.moved(timedelta(days=settings.RECORDING_KEPT_DAYS + 1)):
        assert sys(ops.delete_due) == 1


# -- what the pages are told


def test_a_page_is_told_who_has_still_to_agree(call: Meeting, asked: Recording, asker: User) -> None:
    told = recording_state(call.room_id, _seat(call, asker).pk)  # type: ignore[arg-type]
    assert told == {"id": str(asked.pk), "step": "asked", "mine": None, "guardian": False, "waiting": 1}


def test_and_when_all_have(call: Meeting, running: Recording, asker: User) -> None:
    told = recording_state(call.room_id, _seat(call, asker).pk)  # type: ignore[arg-type]
    assert (told["mine"], told["waiting"], told["guardian"]) == (True, 0, True)


def test_where_nobody_asks_there_is_nothing_to_tell(call: Meeting) -> None:
    assert call.room_id is not None
    assert recording_state(call.room_id, None) == {}
    assert live_recording(call.room_id) is None


# -- notes


def test_what_is_typed_is_kept_and_only_its_author_sees_it(held: Consultation, asker: User, specialist: User) -> None:
    by(specialist, operations.jot, case_id=held.pk, text="Stridor when she cries")
    assert by(specialist, lambda actor: CallNote.objects.get().text) == "Stridor when she cries"
    assert by(asker, lambda actor: CallNote.objects.count()) == 0


def test_what_is_typed_next_takes_its_place(held: Consultation, specialist: User) -> None:
    for text in ("a", "ab"):
        by(specialist, operations.jot, case_id=held.pk, text=text)
    assert [note.text for note in CallNote.unscoped.all()] == ["ab"]


def test_a_note_lands_in_the_thread_once_and_the_jotting_is_empty(held: Consultation, specialist: User) -> None:
    key = uuid4()
    by(specialist, operations.jot, case_id=held.pk, text="Stridor")
    for _ in range(2):
        by(specialist, operations.keep_note, case_id=held.pk, text="Stridor", key=key)
    (message,) = Message.unscoped.filter(case_id=held.pk)
    assert (message.kind, message.text, CallNote.unscoped.get().text) == (MessageKind.NOTE, "Stridor", "")


def test_an_empty_note_is_none(held: Consultation, specialist: User) -> None:
    with pytest.raises(InvalidInput):
        by(specialist, operations.keep_note, case_id=held.pk, text="  ")


def test_others_type_nothing(held: Consultation, coordinator: User) -> None:
    with pytest.raises(NotPermitted):
        by(coordinator, operations.jot, case_id=held.pk, text="x")


# -- stills


def _keep(user: User, meeting: Meeting, data: bytes = b"", **words: Any) -> Any:
    data = data or jpeg()
    given = {"case_id": meeting.case_id, "size": len(data), "pieces": [data], "agreed": True, **words}
    return by(user, operations.keep_still, **given)


def test_a_still_becomes_a_file_of_the_case(call: Meeting, specialist: User) -> None:
    made = _keep(specialist, call)
    assert Attachment.unscoped.get(pk=made.pk).received_at is not None
    assert "keep_still" in [step.verb for step in timeline(call.case)]


def test_nobody_is_pictured_without_being_asked(call: Meeting, specialist: User) -> None:
    with pytest.raises(InvalidInput, match="Ask whether"):
        _keep(specialist, call, agreed=False)
    assert not Attachment.unscoped.filter(case_id=call.case_id).exists()


def test_stills_are_of_a_call_that_is_under_way(held: Consultation, asker: User, specialist: User) -> None:
    with pytest.raises(WrongStep, match="under way"):
        _keep(specialist, booked(asker, specialist, held))


def test_a_still_is_no_film(call: Meeting, specialist: User) -> None:
    with pytest.raises(TooLarge):
        _keep(specialist, call, size=5 << 20)


# -- what the database holds


def _refused(rule: str, act: Any) -> None:
    with pytest.raises((IntegrityError, InternalError), match=rule), transaction.atomic():
        act()


def _change(row: Any, **fields: Any) -> Any:
    return lambda: type(row).unscoped.filter(pk=row.pk).update(**fields)


def test_a_call_has_rules_of_its_own(held: Consultation, asker: User) -> None:
    meeting = proposed(asker, held)
    many = [at(24 * n) for n in range(1, 5)]
    _refused("consultations_meeting_times", _change(meeting, times=many))
    _refused("consultations_meeting_says_when", _change(meeting, times=[]))
    _refused("consultations_meeting_minutes", _change(meeting, minutes=4))
    _refused("consultations_meeting_side", _change(meeting, side="other"))
    _refused("consultations_meeting_booked_whole", _change(meeting, step=MeetingStep.BOOKED))
    _refused("consultations_meeting_cancelled_with_reason", _change(meeting, step=MeetingStep.CANCELLED))
    _refused("consultations_meeting_absent", _change(meeting, absent="somebody"))
    _refused("Invalid transition", _change(meeting, step=MeetingStep.ENDED))


def test_one_call_stands_at_a_time(held: Consultation, asker: User) -> None:
    first = proposed(asker, held)
    fields = {f.attname: getattr(first, f.attname) for f in Meeting._meta.concrete_fields}
    again = {name: value for name, value in fields.items() if name not in ("id", "request_key")}
    _refused("consultations_meeting_one_standing", lambda: Meeting.unscoped.create(**again))


def test_a_call_that_is_over_says_how_it_was(call: Meeting) -> None:
    over = {"ended_at": clock.now()}
    _refused("consultations_meeting_ended_with_outcome", _change(call, step=MeetingStep.ENDED, **over))
    _refused("consultations_meeting_missed_by_somebody", _change(call, step=MeetingStep.MISSED, **over))


def test_a_recording_has_rules_of_its_own(asked: Recording) -> None:
    _refused("consultations_recording_started", _change(asked, step=RecordingStep.RUNNING))
    _refused("consultations_recording_kept_until", _change(asked, started_at=clock.now()))
    _refused("consultations_recording_withdrawn_at", _change(asked, step=RecordingStep.WITHDRAWN))
    _refused("consultations_recording_size", _change(asked, size=-1))
    _refused("Invalid transition", _change(asked, step=RecordingStep.STOPPED))


def test_one_answer_of_a_seat(asked: Recording, call: Meeting) -> None:
    given = RecordingAnswer.unscoped.get(recording=asked)
    words = {"case_id": asked.case_id, "recording": asked, "seat": given.seat, "agrees": False}
    _refused(
        "consultations_recording_answer_once",
        lambda: RecordingAnswer.unscoped.create(answered_at=clock.now(), **words),
    )


def test_rows_say_what_they_are(asked: Recording, call: Meeting, specialist: User) -> None:
    answer = RecordingAnswer.unscoped.get(recording=asked)
    note = CallNote(case_id=call.case_id, author=specialist)
    assert [str(row) for row in (call, asked, answer, note)] == [
        f"call {call.pk}",
        f"recording {asked.pk}",
        f"{answer.seat_id} on {asked.pk}",
        f"call note of {specialist.pk} for {call.case_id}",
    ]


def test_when_a_call_can_be_joined(held: Consultation, asker: User, specialist: User) -> None:
    meeting = booked(asker, specialist, held, at(5))
    assert meeting.starts_at is not None
    moments = {-11: False, -9: True, 14: True, 16: False}
    for minutes, joined in moments.items():
        with clock.moved(meeting.starts_at + timedelta(minutes=minutes) - clock.now()):
            assert meeting.can_be_joined is joined
    assert not proposed_row(held).can_be_joined


def proposed_row(held: Consultation) -> Meeting:
    row = newest(held)
    return Meeting(case=row.case, step=MeetingStep.PROPOSED)
