"""What is moved beside the thread pool: the bytes of recordings, in and out. The checked views answer first."""

from typing import Final

from consortium.files.routing import deliveries
from consortium.files.tus.endpoint import App, TusEndpoint
from consultations.operations.recording import staging

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _recording_id(path: str) -> str:
    return path.rstrip("/").split("/")[-2]


def growing(pages: App) -> App:
    """A recording's PATCH: appended as it comes."""
    return TusEndpoint(pages, staging, _recording_id)


http_wrappers: Final = [
    (rf"/api/v1/recordings/{_UUID}/bytes/", growing),
    (rf"/consultations/recordings/{_UUID}/", deliveries),
]
