"""Beside a running call: notes, stills, the guardian's word on a recording; and watching one afterwards."""

from typing import Any
from uuid import UUID, uuid4

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.calls.models import Room
from consortium.calls.policies import seat_role
from consortium.calls.queries.people import guardian, seat_of_device
from consortium.calls.states import SeatRole
from consortium.calls.views.guests import public, secret_of
from consortium.files.views.bytes_out import released
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible
from consortium.kernel.limits import address, spend
from consortium.people.states import Role
from consultations import operations
from consultations.forms.meeting import NoteForm, StillForm
from consultations.models import CallNote, Consultation
from consultations.operations.recording import staging
from consultations.queries import consultation_for
from consultations.queries.meetings import calls_of
from consultations.queries.recordings import live_recording, recording_state, recording_to_watch


def panel_of_call(actor: Actor, room: Room) -> dict[str, Any] | None:
    """What stands beside a call about a consultation (settings.CALL_PANELS)."""
    if not Consultation.objects.filter(pk=room.case_id).exists():
        return None
    mine = CallNote.objects.filter(case_id=room.case_id).first()
    initial = {"text": mine.text if mine else "", "request_key": uuid4()}
    return {
        "template": "consultations/meeting_panel.html",
        "case_id": room.case_id,
        "room_id": room.pk,
        "form": NoteForm(initial=initial),
        "host": seat_role(actor, room.case) == SeatRole.SPECIALIST,
        "asks_guardian": seat_role(actor, room.case) == SeatRole.ASKER,
    }


def panel_of_visit(room: Room) -> dict[str, Any]:
    """The guardian's own word on a recording (settings.CALL_GUEST_PANELS)."""
    return {"template": "consultations/meeting_visit.html"}


@never_cache
@require_safe
def ahead(request: HttpRequest) -> HttpResponse:
    """The video calls that lie ahead of somebody who asks or answers."""
    actor = current_actor()
    if not actor.has(Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD):
        raise NotPermitted
    return render(request, "consultations/meetings.html", {"rows": calls_of(actor)})


@require_POST
def jot(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What is typed so far (autosave)."""
    consultation_for(case_id)
    note = operations.jot(actor=current_actor(), case_id=case_id, text=request.POST.get("text", ""))
    return JsonResponse({"saved_at": note.saved_at})


@require_POST
def keep_note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Put the note into the thread; an empty form comes back."""
    consultation_for(case_id)
    form = NoteForm(request.POST)
    kept = False
    if form.is_valid():
        said = form.cleaned_data
        operations.keep_note(actor=current_actor(), case_id=case_id, text=said["text"], key=said["request_key"])
        form, kept = NoteForm(initial={"request_key": uuid4()}), True
    panel = {"case_id": case_id, "form": form}
    return render(request, "consultations/meeting_note.html", {"panel": panel, "kept": kept})


@require_POST
def still(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One picture out of the call; 201 when it is kept and being checked."""
    consultation_for(case_id)
    form = StillForm(request.POST, request.FILES)
    if not form.is_valid():
        raise InvalidInput({name: errors[0] for name, errors in form.errors.items()})
    file = form.cleaned_data["still"]
    operations.keep_still(
        actor=current_actor(), case_id=case_id, size=file.size, pieces=file.chunks(), agreed=form.cleaned_data["agreed"]
    )
    return HttpResponse(status=201)


@never_cache
@require_safe
def recording(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """The film itself, for the browser's own player."""
    actor = current_actor()
    found = recording_to_watch(actor, recording_id)
    note_read(actor=actor, subject=found, patient_id=found.case.patient_id, what="recording", once_per_look=True)
    return released(staging().path(str(found.pk)), found.media_type)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def visit_recording(request: HttpRequest) -> HttpResponse:
    """The guardian's page asks whether the call is to be recorded, and tells what they say: JSON `agrees`."""
    spend("call", address(request))
    seat = seat_of_device(secret_of(request))
    if seat is None or not seat.is_inside:
        raise NotVisible
    if request.method == "POST":
        _answer(request, seat)
    return JsonResponse(recording_state(seat.room_id, seat.pk))


def _answer(request: HttpRequest, seat: Any) -> None:
    found = live_recording(seat.room_id)
    try:
        agrees = orjson.loads(request.body)["agrees"] is True
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InvalidInput({"agrees": "true or false"}) from error
    if found is not None:
        operations.answer_recording(actor=guardian(), recording_id=found.pk, seat_id=seat.pk, agrees=agrees)
