"""What is served beside the thread pool: films on their way in, and their segments on the way out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from consortium.files.delivery.endpoint import PREFIX, ProtectedDelivery
from consortium.files.routing import deliveries
from consortium.files.tus.endpoint import App, TusEndpoint
from consortium.kernel.actors import acting_as, system
from consortium.live.consumers.threads import in_database
from consortium.live.queries import actor_of_session, session_key
from courses.library.models.video import films_root
from courses.library.operations.video_beats import staging
from courses.library.operations.video_fetching import record_fetches
from courses.library.queries.playing import media_key
from courses.library.streaming.endpoint import PATTERN, Served, Sessions, Streaming
from courses.library.streaming.ledger import Ledger

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _film_id(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def films(pages: App) -> App:
    """The bytes of a film, as they are sent."""
    return TusEndpoint(pages, staging, _film_id)


async def _whose(session: str) -> UUID:
    return (await in_database(actor_of_session, session)).user_id


def _record(batch: Sequence[Served]) -> None:
    with acting_as(system("what was fetched of films")) as actor:
        record_fetches(actor=actor, fetched=batch)


async def _write(batch: Sequence[Served]) -> None:
    await in_database(_record, batch)


def _released(path: Path) -> str:
    inside = path.relative_to(Path(settings.MEDIA_ROOT)).as_posix()
    return f"{settings.X_ACCEL_PREFIX or PREFIX}{inside}"


#: whether a session stands, for every endpoint of media
sessions: Final = Sessions(_whose, settings.MEDIA_SESSION_SECONDS)
ledger: Final = Ledger(_write)
_media: Final = Streaming(media_key, films_root, _released, session_key, sessions, ledger.add)
#: nginx sends the bytes where its prefix is set
_delivered: App = _media if settings.X_ACCEL_PREFIX else ProtectedDelivery(
    _media, lambda: Path(settings.MEDIA_ROOT), PREFIX
)  # fmt: skip

http_routes: Final = [(PATTERN, _delivered)]
http_wrappers: Final = [
    (rf"/api/v1/video-uploads/{_UUID}/", films),
    (rf"/courses/(videos/{_UUID}/\d+/stills|materials/{_UUID})/.*", deliveries),
]
on_start: Final = [ledger.start]
on_stop: Final = [ledger.stop]
