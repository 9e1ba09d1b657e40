"""Video calls of a consultation: what came of them, notes, and their recordings, whose bytes come by tus."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.calls.queries.people import seat_of_person
from consortium.casework.api import read_of
from consortium.casework.policies import may_read_thread
from consortium.files.api.attachments import Refused, TusView
from consortium.files.tus import protocol
from consortium.files.tus.endpoint import AFTER, BEFORE
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consultations import operations
from consultations.api.shapes import TEXT
from consultations.models import CallNote, Meeting, Recording
from consultations.operations.recording import check_bytes, land_bytes
from consultations.policies import may_record
from consultations.queries import consultation_for
from consultations.queries.meetings import meetings_of
from consultations.queries.recordings import recording_for, recording_state, recordings_of
from consultations.states import Absent, MeetingCancel, MeetingStep, RecordingStep, Side


class MeetingShown(Output):
    id = serializers.UUIDField()
    step = serializers.ChoiceField(MeetingStep.choices)
    proposed_by = serializers.ChoiceField(Side.choices)
    times = serializers.ListField(child=serializers.DateTimeField())
    wish = serializers.CharField()
    minutes = serializers.IntegerField()
    with_guardian = serializers.BooleanField()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    booking_id = serializers.UUIDField(allow_null=True)
    room_id = serializers.UUIDField(allow_null=True)
    follows_id = serializers.UUIDField(allow_null=True)
    cancel_reason = serializers.ChoiceField(MeetingCancel.choices, allow_blank=True)
    outcome = serializers.CharField(help_text="The best rung that was held, or why none was; empty before the end.")
    absent = serializers.ChoiceField(Absent.choices, allow_blank=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


_MEETING = (
    "id", "step", "times", "wish", "minutes", "with_guardian", "starts_at", "ends_at", "booking_id", "room_id",
    "follows_id", "cancel_reason", "outcome", "absent", "created_at", "ended_at",
)  # fmt: skip


def meeting_shown(row: Meeting) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in _MEETING}, "proposed_by": row.side}


class Meetings(ApiView):
    @described("The video calls of a consultation, the newest first", gives=MeetingShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        case = consultation_for(case_id).case
        require(may_read_thread(self.actor, case))
        read_of(self.actor, case, "calls")
        return self.paged([meeting_shown(row) for row in meetings_of(case_id)])


class NoteInput(Input):
    text = serializers.CharField(max_length=TEXT)


class JotInput(Input):
    text = serializers.CharField(max_length=TEXT, allow_blank=True)


class JottingShown(Output):
    text = serializers.CharField()
    saved_at = serializers.DateTimeField(allow_null=True)


class NoteKept(Output):
    seq = serializers.IntegerField(help_text="Its place in the thread.")


class CallNoteDetail(ApiView):
    @described("What I typed beside the call and have not yet put into the thread", gives=JottingShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        consultation_for(case_id)
        mine = CallNote.objects.filter(case_id=case_id).first()
        return self.one({"text": mine.text if mine else "", "saved_at": mine.saved_at if mine else None})

    @described("Keep what I type", takes=JotInput, gives=JottingShown)
    def put(self, request: Request, case_id: UUID) -> Response:
        mine = operations.jot(actor=self.actor, case_id=case_id, text=self.given(JotInput)["text"])
        return self.one({"text": mine.text, "saved_at": mine.saved_at})

    @described("Put it into the thread", takes=NoteInput, gives=NoteKept, status=201, key=True)
    def post(self, request: Request, case_id: UUID) -> Response:
        text = self.given(NoteInput)["text"]
        message = operations.keep_note(actor=self.actor, case_id=case_id, text=text, key=self.request_key)
        return self.created({"seq": message.seq})


# -- recordings -------------------------------------------------------------------------------------------------------


class RecordingShown(Output):
    id = serializers.UUIDField()
    step = serializers.ChoiceField(RecordingStep.choices)
    asked_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField(help_text="Bytes kept so far.")
    kept_until = serializers.DateField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class RecordingOfCase(Output):
    id = serializers.UUIDField()
    step = serializers.ChoiceField(RecordingStep.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    started_at = serializers.DateTimeField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField()
    kept_until = serializers.DateField(allow_null=True)
    url = serializers.CharField(help_text="Where it can be watched; empty when it cannot.")


class LiveShown(Output):
    """Empty when nobody asks for a recording."""

    id = serializers.UUIDField(required=False)
    step = serializers.ChoiceField(RecordingStep.choices, required=False)
    mine = serializers.BooleanField(allow_null=True, required=False, help_text="My own answer; null: not yet.")
    waiting = serializers.IntegerField(required=False, help_text="How many in the call have not agreed.")
    guardian = serializers.BooleanField(required=False, help_text="The guardian has agreed, or answers in the call.")


class AnswerInput(Input):
    agrees = serializers.BooleanField()
    guardian_agrees = serializers.BooleanField(
        required=False, help_text="The guardian sits beside the caller, who has asked them: their consent is kept."
    )


class StartInput(Input):
    media_type = serializers.CharField(max_length=100, help_text="As the browser's MediaRecorder names it.")


_RECORDING = ("id", "step", "asked_at", "started_at", "stopped_at", "size", "kept_until", "withdrawn_at")


def recording_shown(row: Recording) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _RECORDING}


class Recordings(ApiView):
    @described("Recordings of a consultation's calls, the oldest first", gives=RecordingOfCase, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        case = consultation_for(case_id).case
        require(may_read_thread(self.actor, case))
        return self.paged(recordings_of(self.actor, case_id))

    @described("Ask everybody in the call for a recording", takes=Input, gives=RecordingShown, status=201, key=True)
    def post(self, request: Request, case_id: UUID) -> Response:
        self.given(Input)
        made = operations.ask_recording(actor=self.actor, case_id=case_id, key=self.request_key)
        return self.created(recording_shown(made))


class LiveRecording(ApiView):
    @described("Whether a call is being recorded, and who has still to agree", gives=LiveShown)
    def get(self, request: Request, room_id: UUID) -> Response:
        seat = seat_of_person(self.actor, room_id)
        if seat is None:
            raise NotVisible
        return self.one(recording_state(room_id, seat.pk))


class AnswerToRecording(ApiView):
    @described("Agree to be recorded, or not", takes=AnswerInput, gives=RecordingShown)
    def post(self, request: Request, recording_id: UUID) -> Response:
        said, room_id = self.given(AnswerInput), recording_for(recording_id).meeting.room_id
        seat = seat_of_person(self.actor, room_id) if room_id else None
        if seat is None:
            raise NotVisible
        words = {"agrees": said["agrees"], "guardian_agrees": said.get("guardian_agrees", False)}
        done = operations.answer_recording(actor=self.actor, recording_id=recording_id, seat_id=seat.pk, **words)
        return self.one(recording_shown(done))


class StartRecording(ApiView):
    @described("Record from now on", takes=StartInput, gives=RecordingShown)
    def post(self, request: Request, recording_id: UUID) -> Response:
        media_type = self.given(StartInput)["media_type"]
        done = operations.start_recording(actor=self.actor, recording_id=recording_id, media_type=media_type)
        return self.one(recording_shown(done))


class StopRecording(ApiView):
    @described("Record no more", takes=Input, gives=RecordingShown)
    def post(self, request: Request, recording_id: UUID) -> Response:
        self.given(Input)
        return self.one(recording_shown(operations.stop_recording(actor=self.actor, recording_id=recording_id)))


class RecordingBytes(TusView):
    """The film as it grows. Its length is not known before: a PATCH appends, HEAD says how much is kept."""

    @described("How much of a recording is kept", also=(410, 412), status=200, tag="uploads")
    def head(self, request: Request, recording_id: UUID) -> Response:
        found = recording_for(recording_id)
        return Response(status=200, headers=_standing(land_bytes(actor=self.actor, recording=found)))

    @described("Append to a recording (tus PATCH)", status=204, also=(409, 410, 412, 413, 415, 423, 460, 507),
               tag="uploads")  # fmt: skip
    def patch(self, request: Request, recording_id: UUID) -> Response:
        found = recording_for(recording_id)
        require(may_record(self.actor, found))
        phase = request.headers.get("Upload-Phase")
        if phase == AFTER:
            return Response(status=204, headers=_standing(land_bytes(actor=self.actor, recording=found)))
        self.spoken(protocol.parse_size, request.headers.get("Upload-Offset"), header="Upload-Offset")
        most = check_bytes(actor=self.actor, recording=found)
        if phase != BEFORE:
            raise Refused(protocol.TusRefusal(400, "Bytes are taken by the web process itself; this is a bare one."))
        return Response(status=204, headers={"Upload-Length": str(most)})


def _standing(offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Upload-Defer-Length": "1"}
