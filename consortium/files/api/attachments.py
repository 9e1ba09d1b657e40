"""Files over the API: the tus 1.0 protocol for uploads, a case's files, and what may be done with each."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.files import queries
from consortium.files.models import Attachment
from consortium.files.operations import (
    begin_upload,
    check_patch,
    discard_upload,
    land_upload,
    transcribe,
    withdraw_attachment,
)
from consortium.files.operations.uploading import case_for
from consortium.files.policies import may_look, may_send_bytes
from consortium.files.queries import Names
from consortium.files.queries.tiles import has_original
from consortium.files.states import MACHINE, Step
from consortium.files.tus import protocol
from consortium.files.tus.endpoint import AFTER, BEFORE
from consortium.files.views.pages import ACTS
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require

# -- uploads ----------------------------------------------------------------------------------------------------------


class Refused(DomainError):
    """A refusal with the status that the tus protocol asks for."""

    def __init__(self, refusal: protocol.TusRefusal) -> None:
        super().__init__(refusal.message, code=f"upload-{refusal.status}")
        self.status = refusal.status


class TusView(ApiView):
    """Every reply speaks of the protocol; every request but OPTIONS must speak its version."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS":
            self.spoken(protocol.require_version, request.headers.get("Tus-Resumable"))

    def spoken(self, read: Any, *given: Any, **named: Any) -> Any:
        """Call a reader of headers; what it refuses becomes a problem."""
        try:
            return read(*given, **named)
        except protocol.TusRefusal as refusal:
            raise Refused(refusal) from refusal

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        reply = super().finalize_response(request, response, *args, **kwargs)
        reply["Tus-Resumable"] = protocol.VERSION
        return reply

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        headers = {
            "Tus-Version": protocol.VERSION,
            "Tus-Extension": protocol.EXTENSIONS,
            "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(protocol.CHECKSUMS),
        }
        return Response(status=204, headers=headers)


class Uploads(TusView):
    @described("Begin an upload (tus creation)", status=201, key=True, also=(412, 507), tag="uploads")
    def post(self, request: Request) -> Response:
        """`Upload-Length` in bytes; `Upload-Metadata` with `case` (the case's id) and `filename`."""
        spend("upload", spender(request._request))
        size = self.spoken(protocol.parse_size, request.headers.get("Upload-Length"), header="Upload-Length")
        about = self.spoken(protocol.parse_metadata, request.headers.get("Upload-Metadata"))
        made = begin_upload(
            actor=self.actor, case_id=_case_id(about), size=size, name=about.get("filename", ""), key=self.request_key
        )
        location = request.build_absolute_uri(reverse("api:upload", args=[made.pk]))
        return Response(status=201, headers={"Location": location, **_expires(made)})


def _case_id(about: dict[str, str]) -> UUID:
    try:
        return UUID(about.get("case", ""))
    except ValueError as error:
        raise InvalidInput({"case": "Upload-Metadata must name the case's id."}) from error


def _expires(attachment: Attachment) -> dict[str, str]:
    return {"Upload-Expires": protocol.expires_header(attachment.expires_at)}


class Upload(TusView):
    """One upload. The bytes of a PATCH are moved by `files.tus.endpoint`, which asks here before and after."""

    def upload(self, upload_id: UUID) -> Attachment:
        found = queries.attachment_for(upload_id)
        require(may_send_bytes(self.actor, found))
        return found

    @described("Where an upload stands", also=(410, 412), status=200, tag="uploads")
    def head(self, request: Request, upload_id: UUID) -> Response:
        found = self.upload(upload_id)
        offset = land_upload(actor=self.actor, attachment=found)
        return Response(status=200, headers=_standing(found, offset))

    @described("Send bytes (tus PATCH)", status=204, also=(409, 410, 412, 413, 415, 423, 460, 507), tag="uploads")
    def patch(self, request: Request, upload_id: UUID) -> Response:
        found = self.upload(upload_id)
        phase = request.headers.get("Upload-Phase")
        if phase == AFTER:
            return Response(status=204, headers=_standing(found, land_upload(actor=self.actor, attachment=found)))
        self.spoken(_require_bytes, request)
        announced = request.headers.get("Upload-Body-Length", "")
        check_patch(actor=self.actor, attachment=found, body=int(announced) if announced.isdecimal() else None)
        if phase != BEFORE:
            raise Refused(protocol.TusRefusal(400, "Bytes are taken by the web process itself; this is a bare one."))
        return Response(status=204, headers={"Upload-Length": str(found.size)})

    @described("Give up an upload (tus termination); a complete file is withdrawn", status=204, also=(412,),
               tag="uploads")  # fmt: skip
    def delete(self, request: Request, upload_id: UUID) -> Response:
        found = self.upload(upload_id)
        if found.received_at is None:
            discard_upload(actor=self.actor, attachment=found)
        else:
            withdraw_attachment(actor=self.actor, attachment=found)
        return self.done()


def _require_bytes(request: Request) -> None:
    protocol.parse_size(request.headers.get("Upload-Offset"), header="Upload-Offset")
    protocol.parse_checksum(request.headers.get("Upload-Checksum"))
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != protocol.BYTES_TYPE:
        raise protocol.TusRefusal(415, f"Content-Type must be {protocol.BYTES_TYPE}.")


def _standing(found: Attachment, offset: int) -> dict[str, str]:
    standing = {"Upload-Offset": str(offset), "Upload-Length": str(found.size)}
    return standing | (_expires(found) if offset < found.size else {})


# -- a case's files ---------------------------------------------------------------------------------------------------


class FramesShown(Output):
    count = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    modality = serializers.CharField()
    presets = serializers.ListField(child=serializers.CharField())
    spacing = serializers.ListField(
        child=serializers.FloatField(), help_text="Millimetres between rows and between columns; empty: not calibrated."
    )
    spacing_kind = serializers.CharField(help_text="body, detector or film; empty when not calibrated.")
    taken_on = serializers.CharField(help_text="The day the picture was made, as the file tells; may be empty.")
    pattern = serializers.CharField(help_text="Address of a frame; put in {number} (from 1) and {preset}.")


class AttachmentShown(Output):
    id = serializers.UUIDField()
    case_id = serializers.UUIDField()
    step = serializers.ChoiceField(Step.choices)
    name = serializers.CharField(help_text="The file's own name for those who may know the child.")
    kind = serializers.CharField(help_text="Media type as the bytes tell it; empty until inspected.")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    reason = serializers.CharField(help_text="Why it cannot be used and what to do; empty when it can.")
    fault = serializers.CharField(help_text="The same as a stable code.")
    waiting_for = serializers.CharField(
        help_text="Why a file that has come is not yet checked: scanner, server or empty."
    )
    series_id = serializers.UUIDField(allow_null=True, help_text="The same for files that are looked at as one stack.")
    uploaded_by = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    pictures = serializers.DictField(child=serializers.CharField(), help_text="Address by size, of photos.")
    frames = FramesShown(allow_null=True, help_text="Of DICOM files.")
    sound = serializers.CharField(help_text="Address of a voice note's sound (MP3); empty for anything else.")
    seconds = serializers.FloatField(allow_null=True, help_text="How long a voice note is.")
    transcript = serializers.CharField(help_text="What is said on it, as somebody has typed it.")
    original = serializers.CharField(help_text="Address of the bytes as they came (PDF, DICOM); empty for photos.")
    available_actions = Acts()


def shown(actor: Actor, row: Attachment, names: Names) -> dict[str, Any]:
    """One file as AttachmentShown."""
    ready = row.step == Step.AVAILABLE
    return {
        "id": row.pk,
        "case_id": row.case_id,
        "step": row.step,
        "name": names.of(row),
        "kind": row.kind,
        "size": row.size,
        "sha256": row.sha256,
        "reason": queries.reason_for(row),
        "fault": row.fault,
        "waiting_for": row.held_up,
        "series_id": row.series_id,
        "uploaded_by": row.created_by_id,
        "created_at": row.created_at,
        "withdrawn_at": row.withdrawn_at,
        "pictures": _pictures(row) if ready else {},
        "frames": _frames(row) if ready and row.is_dicom else None,
        "sound": reverse("files:sound", args=[row.pk]) if ready and row.is_sound else "",
        "seconds": row.sound.get("seconds"),
        "transcript": names.words(row),
        "original": reverse("files:original", args=[row.pk])
        if ready and names.identified and has_original(row)
        else "",
        "available_actions": _actions(actor, row),
    }


def _pictures(row: Attachment) -> dict[str, str]:
    sizes = [str(picture["name"]).partition(".")[0] for picture in row.about.get("pictures", ())]
    if row.is_dicom:
        sizes = ["thumb"]
    return {size: reverse("files:picture", args=[row.pk, size]) for size in sizes}


def _frames(row: Attachment) -> dict[str, Any]:
    pattern = reverse("files:frame", args=[row.pk, 987654321, "preset"])
    told = {name: row.frames[name] for name in ("count", "width", "height", "modality", "presets")}
    told |= {"spacing": row.frames.get("spacing", []), "spacing_kind": row.frames.get("spacing_kind", "")}
    return {
        **told,
        "taken_on": row.frames.get("taken_on", ""),
        "pattern": pattern.replace("987654321", "{number}").replace("preset", "{preset}"),
    }


def _actions(actor: Actor, row: Attachment) -> list[dict[str, Any]]:
    return [
        {
            "verb": each.verb,
            "label": str(each.label),
            "href": reverse("api:attachment-act", args=[row.pk, each.verb]),
            "required": list(each.required),
        }
        for each in MACHINE.available(actor, row)
    ]


class CaseAttachments(ApiView):
    @described("Files of a case", gives=AttachmentShown, page=True)
    def get(self, request: Request, case_id: UUID) -> Response:
        case = case_for(case_id)
        names = queries.names_in(self.actor, case)
        note_read(actor=self.actor, subject=case, patient_id=case.patient_id, what="files", once_per_look=True)
        rows = queries.files_of_case(self.actor, case)
        return self.paged([shown(self.actor, row, names) for row in rows])


class AttachmentDetail(ApiView):
    @described("A file: what it is, where its pictures are, what may be done with it", gives=AttachmentShown)
    def get(self, request: Request, attachment_id: UUID) -> Response:
        found = queries.attachment_for(attachment_id)
        require(may_look(self.actor, found))
        note_read(actor=self.actor, subject=found, patient_id=found.case.patient_id, what="image", once_per_look=True)
        return self.one(shown(self.actor, found, queries.names_in(self.actor, found.case)))


class TranscriptInput(Input):
    text = serializers.CharField(max_length=2000, allow_blank=True)


class Transcript(ApiView):
    @described("Write down what a voice note says", takes=TranscriptInput, gives=AttachmentShown)
    def put(self, request: Request, attachment_id: UUID) -> Response:
        found = queries.attachment_for(attachment_id)
        done = transcribe(actor=self.actor, attachment=found, text=self.given(TranscriptInput)["text"])
        return self.one(shown(self.actor, done, queries.names_in(self.actor, done.case)))


class ActInput(Input):
    """Nothing to say."""


class AttachmentAct(ApiView):
    @described("Remove a file, put it back, or have it checked again", takes=ActInput, gives=AttachmentShown)
    def post(self, request: Request, attachment_id: UUID, verb: str) -> Response:
        self.given(ActInput)
        if verb not in ACTS:
            raise NotVisible
        done = ACTS[verb](actor=self.actor, attachment=queries.attachment_for(attachment_id))
        return self.one(shown(self.actor, done, queries.names_in(self.actor, done.case)))
