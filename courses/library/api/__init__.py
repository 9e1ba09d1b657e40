"""Courses and their videos over the API."""

from django.urls import URLPattern, path

from courses.library.api import building, figures, learning, stops, videos, watching

_VIDEO = "videos/<uuid:video_id>/"

urlpatterns: list[URLPattern] = [
    *learning.urlpatterns,
    *building.urlpatterns,
    *watching.urlpatterns,
    *figures.urlpatterns,
    *stops.urlpatterns,
    path("videos/", videos.Videos.as_view(), name="videos"),
    path(_VIDEO, videos.VideoDetail.as_view(), name="video"),
    path(f"{_VIDEO}chapters/", videos.VideoChapters.as_view(), name="video-chapters"),
    path(f"{_VIDEO}captions/<slug:language>/", videos.VideoCaptions.as_view(), name="video-captions"),
    path("films/<uuid:film_id>/<slug:verb>/", videos.FilmAct.as_view(), name="film-act"),
    path("video-uploads/", videos.VideoUploads.as_view(), name="video-uploads"),
    path("video-uploads/<uuid:film_id>/", videos.VideoUpload.as_view(), name="video-upload"),
]
