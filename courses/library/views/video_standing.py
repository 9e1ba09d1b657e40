"""How far a video is, for the pages on which one is sent."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from consortium.kernel.actors import current_actor
from courses.library.models import Video
from courses.library.queries.videos import acts_on, newest_film, standing_of
from courses.library.states import FILM_GOING


def standing(video: Video) -> dict[str, Any]:
    """How far its newest film is, and the place to send one."""
    film = newest_film(video)
    busy = film is not None and film.step in FILM_GOING
    return {
        "video": video,
        "film": film,
        "standing": standing_of(film) if film else None,
        "acts": acts_on(current_actor(), film) if film else [],
        # an upload that was cut is gone on with in the same place
        "may_send": not busy,
        "most_bytes": settings.VIDEO_MAX_BYTES,
        "most_megabytes": settings.VIDEO_MAX_BYTES >> 20,
        "uploads_url": reverse("api:video-uploads"),
    }
