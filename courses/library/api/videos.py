"""Videos over the API: their films by tus 1.0, how far they are, captions and chapters."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.files.api.attachments import Refused, TusView
from consortium.files.tus import protocol
from consortium.files.tus.endpoint import AFTER, BEFORE
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require
from courses.library.ladder.captions import Cue
from courses.library.models import Caption, Film, Video
from courses.library.models.bases import TITLE_LENGTH
from courses.library.operations.video_changing import (
    cancel_film,
    change_video,
    read_captions,
    remove_captions,
    set_captions,
    set_chapters,
)
from courses.library.operations.video_uploading import begin_film, check_film_bytes, land_film, make_video
from courses.library.policies import may_send_film
from courses.library.queries import videos as queries
from courses.library.states import FILM_PLAYS, FilmStep, Language
from courses.library.views.video_pages import ACTS

# -- films on their way -----------------------------------------------------------------------------------------------


class VideoUploads(TusView):
    @described("Begin to send a video's film (tus creation)", status=201, key=True, also=(412, 507), tag="videos")
    def post(self, request: Request) -> Response:
        """`Upload-Length` in bytes; `Upload-Metadata` with `video` (the video's id)."""
        spend("upload", spender(request._request))
        size = self.spoken(protocol.parse_size, request.headers.get("Upload-Length"), header="Upload-Length")
        about = self.spoken(protocol.parse_metadata, request.headers.get("Upload-Metadata"))
        film = begin_film(actor=self.actor, video_id=_video_id(about), size=size, key=self.request_key)
        location = request.build_absolute_uri(reverse("api:video-upload", args=[film.pk]))
        expires = protocol.expires_header(film.expires_at)
        return Response(status=201, headers={"Location": location, "Upload-Expires": expires})


def _video_id(about: dict[str, str]) -> UUID:
    try:
        return UUID(about.get("video", ""))
    except ValueError as error:
        raise InvalidInput({"video": "Upload-Metadata must name the video's id."}) from error


class VideoUpload(TusView):
    """One film. The bytes of a PATCH are moved by `files.tus.endpoint`, which asks here before and after."""

    def film(self, film_id: UUID) -> Film:
        found = queries.film_for(film_id)
        require(may_send_film(self.actor, found))
        return found

    @described("Where a film's upload stands", also=(410, 412), status=200, tag="videos")
    def head(self, request: Request, film_id: UUID) -> Response:
        found = self.film(film_id)
        return Response(status=200, headers=_standing(found, land_film(actor=self.actor, film=found)))

    @described("Send bytes of a film (tus PATCH)", status=204, also=(409, 410, 412, 413, 415, 423, 460, 507),
               tag="videos")  # fmt: skip
    def patch(self, request: Request, film_id: UUID) -> Response:
        found = self.film(film_id)
        phase = request.headers.get("Upload-Phase")
        if phase == AFTER:
            return Response(status=204, headers=_standing(found, land_film(actor=self.actor, film=found)))
        self.spoken(protocol.parse_size, request.headers.get("Upload-Offset"), header="Upload-Offset")
        announced = request.headers.get("Upload-Body-Length", "")
        check_film_bytes(actor=self.actor, film=found, body=int(announced) if announced.isdecimal() else None)
        if phase != BEFORE:
            raise Refused(protocol.TusRefusal(400, "Bytes are taken by the web process itself; this is a bare one."))
        return Response(status=204, headers={"Upload-Length": str(found.size)})

    @described("Give up the upload of a film (tus termination)", status=204, also=(412,), tag="videos")
    def delete(self, request: Request, film_id: UUID) -> Response:
        cancel_film(actor=self.actor, film_id=self.film(film_id).pk)
        return self.done()


def _standing(film: Film, offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Upload-Length": str(film.size)}


# -- videos -----------------------------------------------------------------------------------------------------------


class ChapterShown(Output):
    at = serializers.FloatField(help_text="Seconds.")
    en = serializers.CharField()
    zh = serializers.CharField()


class FilmShown(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    step = serializers.ChoiceField(FilmStep.choices)
    percent = serializers.IntegerField(help_text="Of the work on it.")
    seconds_left = serializers.IntegerField(allow_null=True, help_text="A guess; none while there is nothing to go by.")
    waits_for_room = serializers.BooleanField(help_text="The server has no room just now; it goes on by itself.")
    reason = serializers.CharField(help_text="Why it cannot be used and what to do; empty when it can.")
    fault = serializers.CharField(help_text="The same as a stable code.")
    available_actions = Acts()


class VideoShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    institution_id = serializers.UUIDField()
    shows_patient = serializers.BooleanField()
    seconds = serializers.FloatField(help_text="Of the film that plays; 0 when none does.")
    master = serializers.CharField(help_text="Address of the HLS playlist, for a signed-in browser; may be empty.")
    chapters = ChapterShown(many=True)
    captions = serializers.ListField(child=serializers.CharField(), help_text="Languages: en, zh.")
    film = FilmShown(allow_null=True, help_text="The one that was sent last.")


class VideoRow(Output):
    id = serializers.UUIDField()
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    step = serializers.CharField(help_text="Of the film that was sent last; empty when there is none.")
    plays = serializers.BooleanField()


class NewVideoInput(Input):
    institution_id = serializers.UUIDField()
    title_en = serializers.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True, default="")
    title_zh = serializers.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True, default="")
    shows_patient = serializers.BooleanField(default=False)


class VideoInput(Input):
    title_en = serializers.CharField(max_length=TITLE_LENGTH, allow_blank=True)
    title_zh = serializers.CharField(max_length=TITLE_LENGTH, allow_blank=True)
    shows_patient = serializers.BooleanField()


def shown(actor: Actor, video: Video) -> dict[str, Any]:
    """One video as VideoShown."""
    film = queries.newest_film(video)
    current = video.current if video.current and video.current.step in FILM_PLAYS else None
    return {
        "id": video.pk,
        "version": video.version,
        "title_en": video.title_en,
        "title_zh": video.title_zh,
        "institution_id": video.institution_id,
        "shows_patient": video.shows_patient,
        "seconds": current.seconds if current else 0,
        "master": reverse("library:video_master", args=[video.pk]) if current else "",
        "chapters": video.chapters,
        "captions": [each.language for each in queries.captions_of(video)],
        "film": film_shown(actor, film) if film else None,
    }


def film_shown(actor: Actor, film: Film) -> dict[str, Any]:
    """One film as FilmShown."""
    standing = queries.standing_of(film)
    return {
        "id": film.pk,
        "number": film.number,
        "step": film.step,
        "percent": standing.percent,
        "seconds_left": round(standing.left.total_seconds()) if standing.left else None,
        "waits_for_room": film.waits_for_room,
        "reason": standing.reason,
        "fault": film.fault,
        "available_actions": [_action(film, each) for each in queries.acts_on(actor, film)],
    }


def _action(film: Film, each: Any) -> dict[str, Any]:
    href = reverse("api:film-act", args=[film.pk, each.verb])
    return {"verb": each.verb, "label": str(each.label), "href": href, "required": list(each.required)}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "title_en": row["title_en"], "title_zh": row["title_zh"], "step": row["newest_step"] or "",
            "plays": row["current_id"] is not None}  # fmt: skip


class Videos(ApiView):
    @described("Videos of one's institutions, the newest first", gives=VideoRow, page=True)
    def get(self, request: Request) -> Response:
        self.asked(Input)
        rows = queries.videos_built_by(self.actor).values(
            "id", "title_en", "title_zh", "newest_step", "current_id", "made_at"
        )  # fmt: skip
        return self.page(rows, order=("-made_at", "-id"), row=_row)

    @described("Begin a video; its film is sent by tus", takes=NewVideoInput, gives=VideoShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        said = self.given(NewVideoInput)
        made = make_video(actor=self.actor, key=self.request_key, **said)
        return self.created(shown(self.actor, made))


class VideoDetail(ApiView):
    @described("A video: how far it is, and where it plays", gives=VideoShown)
    def get(self, request: Request, video_id: UUID) -> Response:
        return self.one(shown(self.actor, queries.video_to_change(self.actor, video_id)))

    @described("Its titles and flag", takes=VideoInput, gives=VideoShown, version=True)
    def patch(self, request: Request, video_id: UUID) -> Response:
        said = self.given(VideoInput)
        done = change_video(actor=self.actor, video_id=video_id, version=self.version, **said)
        return self.one(shown(self.actor, done))


class ChapterInput(Input):
    at = serializers.FloatField(min_value=0)
    en = serializers.CharField(required=False, allow_blank=True, default="")
    zh = serializers.CharField(required=False, allow_blank=True, default="")


class ChaptersInput(Input):
    chapters = ChapterInput(many=True)


class VideoChapters(ApiView):
    @described("Its chapters", takes=ChaptersInput, gives=VideoShown, version=True)
    def put(self, request: Request, video_id: UUID) -> Response:
        said = self.given(ChaptersInput)["chapters"]
        done = set_chapters(actor=self.actor, video_id=video_id, chapters=said, version=self.version)
        return self.one(shown(self.actor, done))


class CaptionsShown(Output):
    language = serializers.ChoiceField(Language.choices)
    version = serializers.IntegerField()
    text = serializers.CharField(help_text="WebVTT.")


class CaptionsInput(Input):
    text = serializers.CharField(trim_whitespace=False, help_text="WebVTT or SRT.")


class VideoCaptions(ApiView):
    @described("Its captions in one language, from now on", takes=CaptionsInput, gives=CaptionsShown)
    def put(self, request: Request, video_id: UUID, language: str) -> Response:
        cues: list[Cue] = read_captions(self.given(CaptionsInput)["text"].encode())
        row: Caption = set_captions(actor=self.actor, video_id=video_id, language=language, cues=cues)
        return self.one({"language": row.language, "version": row.version, "text": row.text})

    @described("Take its captions in one language away", status=204)
    def delete(self, request: Request, video_id: UUID, language: str) -> Response:
        remove_captions(actor=self.actor, video_id=video_id, language=language)
        return self.done()


class FilmAct(ApiView):
    @described("Cancel a film, or try again", takes=Input, gives=FilmShown)
    def post(self, request: Request, film_id: UUID, verb: str) -> Response:
        self.given(Input)
        if verb not in ACTS:
            raise NotVisible
        return self.one(film_shown(self.actor, ACTS[verb](actor=self.actor, film_id=film_id)))
