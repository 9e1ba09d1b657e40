"""Recording a call: only while everybody in it has agreed and the guardian's consent stands, and only as long as both
do. Its bytes come from the specialist's browser while it runs, and what has come is kept whatever happens there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consortium.calls.models import Seat
from consortium.calls.policies import may_speak_for
from consortium.calls.states import SeatRole
from consortium.casework.operations import acting_institution
from consortium.files.tus.protocol import TusRefusal
from consortium.files.tus.staging import Staging
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible, StorageFull, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind
from consultations.models import Meeting, Recording, RecordingAnswer
from consultations.models.meetings import recordings_root
from consultations.operations.meeting import keep_call_consent
from consultations.operations.moving import hold_patient, locked
from consultations.policies import may_record
from consultations.queries.recordings import all_agree
from consultations.states import RECORDING, RECORDING_LIVE, MeetingStep, RecordingStep

#: what a MediaRecorder makes, without its codecs
MEDIA_TYPES = ("video/webm", "video/mp4", "audio/webm", "audio/mp4")
#: room that must be free on the disk before a recording begins
ROOM_AT_START = 64 << 20
_WHY = "the recording of a call"


def staging() -> Staging:
    """Where the bytes grow; a recording stays there, for nobody rewrites it."""
    return Staging(recordings_root())


def _locked(recording_id: UUID) -> Recording:
    rows = Recording.objects.select_related("case", "meeting").select_for_update(of=("self",))
    row: Recording | None = rows.filter(pk=recording_id).first()
    if row is None:
        raise NotVisible
    return row


def _note(actor: Actor, row: Recording, verb: str, **facts: Any) -> None:
    case = row.case
    record(
        actor=actor, verb=f"{verb}_recording", subject=case, patient_id=case.patient_id,
        institution_id=case.asking_institution_id if actor.is_system else acting_institution(actor, case),
        facts={"recording": str(row.pk), **facts},
    )  # fmt: skip


def _save(row: Recording | RecordingAnswer) -> None:
    with database_rules(), transaction.atomic():
        row.save()


@transaction.atomic
def ask_recording(*, actor: Actor, case_id: UUID, key: UUID | None = None) -> Recording:
    """The specialist asks everybody in the call; asking is agreeing for oneself."""
    case = locked(case_id).case
    meeting = Meeting.objects.filter(case_id=case_id, step=MeetingStep.OPEN).first()
    if meeting is None:
        raise WrongStep(_("Only a call that is under way is recorded."), code="no-call")

    def make() -> Recording:
        row = Recording(
            case=case, meeting=meeting, asked_at=clock.now(), created_by_id=actor.author_id,
            **({"request_key": key} if key else {}),
        )  # fmt: skip
        require(may_record(actor, row))
        _save(row)
        for seat in unfiltered(Seat, why=_WHY).filter(room_id=meeting.room_id, user_id=actor.user_id).inside():
            _save(RecordingAnswer(case=case, recording=row, seat=seat, agrees=True, answered_at=clock.now()))
        _note(actor, row, "ask")
        return row

    return once(Recording, actor=actor, key=key, make=make)[0]


@transaction.atomic
def answer_recording(
    *, actor: Actor, recording_id: UUID, seat_id: UUID, agrees: bool, guardian_agrees: bool = False
) -> Recording:
    """One who is in the call says yes or no, and may say otherwise at any moment. A no stops it at once.

    `guardian_agrees`: the guardian sits beside the asker, and has been asked by them.
    """
    case_id = _case_of(recording_id)
    if guardian_agrees and actor.is_person:
        how = _("Given in the call")
        keep_call_consent(actor=actor, case_id=case_id, kind=ConsentKind.RECORDING, how=how)
    row = _locked(recording_id)
    seat = _seat_in(row, seat_id)
    require(may_speak_for(actor, seat))
    if row.step not in RECORDING_LIVE:
        raise WrongStep(_("Nobody asks for a recording any more."), code="recording-over")
    given = {"case": row.case, "agrees": agrees, "answered_at": clock.now()}
    RecordingAnswer.objects.update_or_create(recording=row, seat=seat, defaults=given)
    _note(actor, row, "answer", role=seat.role, agrees=agrees)
    if not agrees:
        _stop_for_no(actor, row)
    return row


def _case_of(recording_id: UUID) -> UUID:
    found: UUID | None = Recording.objects.filter(pk=recording_id).values_list("case_id", flat=True).first()
    if found is None:
        raise NotVisible
    return found


def _seat_in(row: Recording, seat_id: UUID) -> Seat:
    seats = unfiltered(Seat, why=_WHY).filter(pk=seat_id, room_id=row.meeting.room_id).inside()
    seat: Seat | None = seats.first()
    if seat is None:
        raise NotVisible
    return seat


def _stop_for_no(actor: Actor, row: Recording) -> None:
    if row.step == RecordingStep.ASKED:
        _end(row, RecordingStep.REFUSED)
    elif row.step == RecordingStep.RUNNING:
        row.step = RecordingStep.PAUSED
        _save(row)


def _end(row: Recording, step: RecordingStep) -> None:
    row.step, row.stopped_at = step, clock.now()
    _save(row)


@transaction.atomic
def start_recording(*, actor: Actor, recording_id: UUID, media_type: str) -> Recording:
    """It runs from now on, or again: when all who are inside have agreed, and the guardian too.

    A guardian who sits in the call themself and agreed there has given the consent that is kept with the record.
    """
    case_id = _case_of(recording_id)
    hold_patient(case_id)
    case = locked(case_id).case
    row = _locked(recording_id)
    if row.step == RecordingStep.RUNNING:
        return row
    if media_type.partition(";")[0] not in MEDIA_TYPES:
        raise InvalidInput({"media_type": _("This browser records in a form that is not kept here.")})
    RECORDING.take("start", actor, row)
    _check_consent(actor, row, case.patient_id)
    if row.started_at is None:
        row.started_at, row.media_type = clock.now(), media_type.partition(";")[0]
        row.kept_until = clock.today() + timedelta(days=settings.RECORDING_KEPT_DAYS)
        _reserve(row)
    _save(row)
    _note(actor, row, "start", kept_until=str(row.kept_until))
    return row


def _check_consent(actor: Actor, row: Recording, patient_id: UUID) -> None:
    if not all_agree(row):
        raise WrongStep(_("Not everybody in the call has agreed yet."), code="not-all-agree")
    if has_consent(patient_id, ConsentKind.RECORDING):
        return
    own = row.answers.filter(seat__role=SeatRole.GUARDIAN, agrees=True)
    if not own.exists():
        raise WrongStep(_("Ask the guardian first, and keep their consent."), code="no-guardian-consent")
    keep_call_consent(actor=actor, case_id=row.case_id, kind=ConsentKind.RECORDING, how=_("Given in the call"))


def _reserve(row: Recording) -> None:
    try:
        staging().create(str(row.pk), ROOM_AT_START)
    except TusRefusal as refusal:
        raise StorageFull() from refusal


@transaction.atomic
def stop_recording(*, actor: Actor, recording_id: UUID) -> Recording:
    """Over for good, by either side or with the call. What is over stays so."""
    row = _locked(recording_id)
    if row.step not in RECORDING_LIVE:
        return row
    verb = "refuse" if row.step == RecordingStep.ASKED else "stop"
    RECORDING.take(verb, actor, row)
    row.stopped_at = clock.now()
    _save(row)
    _note(actor, row, verb, size=row.size)
    return row


@transaction.atomic
def pause_for_newcomer(*, actor: Actor, room_id: UUID) -> bool:
    """Somebody has come in who was not asked: it stands still until they agree. Whether anything ran."""
    rows = Recording.objects.select_related("case", "meeting").select_for_update(of=("self",))
    row: Recording | None = rows.filter(meeting__room_id=room_id, step=RecordingStep.RUNNING).first()
    if row is None or all_agree(row):
        return False
    RECORDING.take("pause", actor, row)
    _save(row)
    _note(actor, row, "pause")
    return True


# -- bytes ------------------------------------------------------------------------------------------------------------


def check_bytes(*, actor: Actor, recording: Recording) -> int:
    """Before bytes come: may they? The most that the whole may have. Asked anew for each piece, so that nothing is
    kept of a moment in which somebody had not agreed."""
    require(may_record(actor, recording))
    if recording.step != RecordingStep.RUNNING or not all_agree(recording):
        raise WrongStep(_("The recording stands still: not everybody agrees."), code="recording-paused")
    return int(settings.RECORDING_MAX_BYTES)


def land_bytes(*, actor: Actor, recording: Recording) -> int:
    """After bytes came: how many are kept."""
    require(may_record(actor, recording))
    try:
        offset = staging().offset(str(recording.pk))
    except TusRefusal as refusal:
        raise DomainError(refusal.message, code="recording-gone") from refusal
    Recording.objects.filter(pk=recording.pk, size__lt=offset).update(size=offset)
    return offset


# -- not kept any more ------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_recordings(*, actor: Actor, patient_id: UUID) -> int:
    """The guardian has withdrawn the consent, or the child's record was erased: from now on nobody can see any."""
    rows = unfiltered(Recording, why="a consent was withdrawn").filter(case__patient_id=patient_id, withdrawn_at=None)
    found = list(rows.exclude(step=RecordingStep.REFUSED).select_related("case").select_for_update(of=("self",)))
    for row in found:
        RECORDING.take("withdraw", actor, row)
        row.withdrawn_at = clock.now()
        row.stopped_at = row.stopped_at or row.withdrawn_at
        _save(row)
        _note(actor, row, "withdraw")
    return len(found)


def delete_due(*, actor: Actor) -> int:
    """The bytes of what was withdrawn, and of what has been kept for as long as is said (beat): how many."""
    due = unfiltered(Recording, why="what may no longer be kept").to_delete().order_by("asked_at")
    return sum(_delete(actor, pk) for pk in list(due.values_list("pk", flat=True)[:100]))


@transaction.atomic
def _delete(actor: Actor, recording_id: UUID) -> bool:
    rows = unfiltered(Recording, why="what may no longer be kept").to_delete().select_for_update(of=("self",))
    row: Recording | None = rows.select_related("case").filter(pk=recording_id).first()
    if row is None:
        return False
    row.deleted_at = clock.now()
    _save(row)
    _note(actor, row, "delete")
    transaction.on_commit(lambda: staging().remove(str(row.pk)), robust=True)
    return True
