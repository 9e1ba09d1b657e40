"""What is served beside the thread pool: bytes on their way in, and bytes on their way out.

`http_wrappers` are pairs of a path pattern and a factory that takes the pages' application: the checked views answer,
the wrapper moves the bytes.
"""

from pathlib import Path
from typing import Final

from django.conf import settings

from consortium.files.delivery.endpoint import PREFIX, ProtectedDelivery
from consortium.files.operations.uploading import staging
from consortium.files.tus.endpoint import App, TusEndpoint

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _upload_id(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def patches(pages: App) -> App:
    return TusEndpoint(pages, staging, _upload_id)


def deliveries(pages: App) -> App:
    """nginx sends the bytes where its prefix is set."""
    return pages if settings.X_ACCEL_PREFIX else ProtectedDelivery(pages, lambda: Path(settings.MEDIA_ROOT), PREFIX)


http_wrappers: Final = [
    (rf"/api/v1/uploads/{_UUID}/", patches),
    (rf"(/api/v1)?/(files|files/copies|attachments)/{_UUID}/(picture|frames|original|file|sound)/.*", deliveries),
]
