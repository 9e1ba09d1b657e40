"""Videos: their trainers' pages, and what players fetch."""

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from courses.library.views import video_pages, video_playing, video_words


class StillConverter(SlugConverter):
    """The name of a still."""

    regex = r"poster|board-\d{3}"


register_converter(StillConverter, "still")

_VIDEO = "videos/<uuid:video_id>/"
_FILM = f"{_VIDEO}<int:number>/"

urlpatterns = [
    path("videos/", video_pages.videos, name="videos"),
    path("videos/new/", video_pages.video_new, name="video_new"),
    path("videos/films/<uuid:film_id>/<slug:verb>/", video_pages.film_act, name="film_act"),
    path(_VIDEO, video_pages.video, name="video"),
    path(f"{_VIDEO}state/", video_pages.video_state, name="video_state"),
    path(f"{_VIDEO}edit/", video_pages.video_edit, name="video_edit"),
    path(f"{_VIDEO}chapters/", video_words.chapters, name="video_chapters"),
    path(f"{_VIDEO}words/<slug:language>/", video_words.captions, name="video_words_edit"),
    path(f"{_VIDEO}words/<slug:language>/file/", video_words.captions_file, name="video_words_file"),
    path(f"{_VIDEO}words/<slug:language>/remove/", video_words.captions_remove, name="video_words_remove"),
    path(f"{_VIDEO}master.m3u8", video_playing.master, name="video_master"),
    path(f"{_VIDEO}captions/<slug:language>.vtt", video_playing.captions, name="video_captions"),
    path(f"{_FILM}storyboard.vtt", video_playing.storyboard, name="video_storyboard"),
    path(f"{_FILM}words/<slug:language>.m3u8", video_playing.words, name="video_words"),
    path(f"{_FILM}stills/<still:name>.jpg", video_playing.still, name="video_still"),
    path(f"{_FILM}<slug:name>.m3u8", video_playing.rung, name="video_rung"),
]
