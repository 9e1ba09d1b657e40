"""What a player asks for: playlists of its own session, captions, stills. Segments are served beside the pages."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.files.views.bytes_out import released
from consortium.kernel.actors import current_actor
from courses.library.ladder.playlists import M3U8, VTT
from courses.library.queries import playing
from courses.library.queries.videos import video_for


@never_cache
@require_safe
def master(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Of the film that plays now."""
    return HttpResponse(playing.master_playlist(playing.video_to_watch(video_id)), content_type=M3U8)


@never_cache
@require_safe
def rung(request: HttpRequest, video_id: UUID, number: int, name: str) -> HttpResponse:
    """One quality, with addresses for this session alone."""
    film = playing.film_to_watch(video_id, number)
    text = playing.rung_playlist(current_actor(), film, name, request.session.session_key or "")
    return HttpResponse(text, content_type=M3U8)


@never_cache
@require_safe
def words(request: HttpRequest, video_id: UUID, number: int, language: str) -> HttpResponse:
    film = playing.film_to_watch(video_id, number)
    return HttpResponse(playing.words_playlist(film, language), content_type=M3U8)


@never_cache
@require_safe
def captions(request: HttpRequest, video_id: UUID, language: str) -> HttpResponse:
    """WebVTT."""
    return HttpResponse(playing.caption_of(video_for(video_id), language).text, content_type=VTT)


@never_cache
@require_safe
def storyboard(request: HttpRequest, video_id: UUID, number: int) -> HttpResponse:
    """WebVTT: which part of which sheet shows which seconds."""
    return HttpResponse(playing.storyboard(playing.film_to_watch(video_id, number)), content_type=VTT)


@require_safe
def still(request: HttpRequest, video_id: UUID, number: int, name: str) -> HttpResponse:
    """`poster`, or a sheet of the storyboard."""
    film = playing.film_to_watch(video_id, number)
    return released(playing.still_path(film, f"{name}.jpg"), "image/jpeg")
