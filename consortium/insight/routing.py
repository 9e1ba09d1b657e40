"""Files are sent beside the thread pool: the checked view answers, the wrapper moves the bytes."""

from typing import Final

from consortium.files.routing import deliveries

http_wrappers: Final = [(r"/measures/exports/[0-9a-f-]{36}/file/", deliveries)]
