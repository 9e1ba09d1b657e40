"""Recordings of calls: who has agreed, what is shown of one, and what is kept of a case."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from consortium.calls.models import Seat
from consortium.calls.states import SeatRole
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind
from consultations.models import Recording, RecordingAnswer
from consultations.policies import may_watch_recording
from consultations.states import RecordingStep

_WHY = "whether everybody in the call has agreed"


def seats_inside(room_id: UUID | None) -> Any:
    return unfiltered(Seat, why=_WHY).filter(room_id=room_id).inside()


def all_agree(recording: Recording) -> bool:
    """Whether everybody who is inside now has said yes. Nobody inside is no agreement. Two queries."""
    inside = set(seats_inside(recording.meeting.room_id).values_list("pk", flat=True))
    answers = unfiltered(RecordingAnswer, why=_WHY).filter(recording=recording, agrees=True)
    return bool(inside) and inside <= set(answers.values_list("seat_id", flat=True))


def recording_for(recording_id: UUID) -> Recording:
    """One that the person acting sees, or NotVisible."""
    rows = Recording.objects.select_related("case__service", "meeting")
    found: Recording | None = rows.filter(pk=recording_id).first()
    if found is None:
        raise NotVisible
    return found


def recording_to_watch(actor: Actor, recording_id: UUID) -> Recording:
    found = recording_for(recording_id)
    require(may_watch_recording(actor, found))
    return found


def live_recording(room_id: UUID) -> Recording | None:
    """The one that is asked for, runs or stands still in this room."""
    rows = unfiltered(Recording, why="whether this call is being recorded").live()
    found: Recording | None = rows.select_related("meeting", "case").filter(meeting__room_id=room_id).first()
    return found


def recording_state(room_id: UUID, seat_id: UUID | None) -> dict[str, Any]:
    """What the page of a call shows: {id, step, mine, waiting, guardian}. Empty when nobody asks for a recording.

    `mine` is one's own answer (None: not yet), `waiting` how many have not agreed, `guardian` whether the guardian's
    consent stands or is one of those who answer.
    """
    found = live_recording(room_id)
    if found is None:
        return {}
    inside = {seat.pk: seat.role for seat in seats_inside(room_id)}
    rows = unfiltered(RecordingAnswer, why=_WHY).filter(recording=found)
    answers = dict(rows.values_list("seat_id", "agrees"))
    guardian = SeatRole.GUARDIAN in inside.values() or has_consent(found.case.patient_id, ConsentKind.RECORDING)
    return {
        "id": str(found.pk), "step": found.step, "mine": answers.get(seat_id), "guardian": guardian,
        "waiting": sum(1 for seat in inside if not answers.get(seat)),
    }  # fmt: skip


def recordings_of(actor: Actor, case_id: UUID) -> list[dict[str, Any]]:
    """What there is to watch of a case's calls, and what is no longer readable, the oldest first. One query."""
    rows = Recording.objects.filter(case_id=case_id, started_at__isnull=False).select_related("case")
    return [_shown(actor, row) for row in rows.order_by("asked_at")]


def _shown(actor: Actor, row: Recording) -> dict[str, Any]:
    readable = row.step == RecordingStep.STOPPED and may_watch_recording(actor, row).allowed
    return {
        "id": row.pk, "step": row.step, "label": row.get_step_display(), "started_at": row.started_at,
        "stopped_at": row.stopped_at, "size": row.size, "kept_until": row.kept_until,
        "url": reverse("consultations:recording", args=[row.pk]) if readable else "",
    }  # fmt: skip
