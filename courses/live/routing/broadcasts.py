"""A lecture's stream: the lecturer's socket, viewers' sockets, and what is served beside the thread pool."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import path

from consortium.live.consumers.threads import in_database
from consortium.live.queries import session_key
from courses.library.queries.playing import media_key
from courses.library.routing import sessions
from courses.live.broadcast.endpoint import PATTERN, Broadcasts, Watching
from courses.live.consumers.encoders import PATTERN as ENCODERS
from courses.live.consumers.encoders import encoder_calls
from courses.live.consumers.parts import PartsConsumer
from courses.live.consumers.publish import PublishConsumer
from courses.live.consumers.sending import publications
from courses.live.queries.broadcasts import feeds
from courses.live.queries.tickets import session_watches

websocket_urlpatterns: Final[list[Any]] = [
    path("ws/lectures/<uuid:lecture_id>/parts/", PartsConsumer.as_asgi()),
    path("ws/lectures/<uuid:lecture_id>/publish/", PublishConsumer.as_asgi()),
]


async def _watches(session: str, lecture: UUID) -> bool:
    return await in_database(session_watches, session, lecture)


watching: Final = Watching(_watches, settings.MEDIA_SESSION_SECONDS)
http_routes: Final[list[Any]] = [
    (PATTERN, Broadcasts(media_key, feeds, session_key, sessions, watching)),
    (ENCODERS, encoder_calls),
]
on_stop: Final[list[Any]] = [publications.stop]
