"""Static files: hashed and compressed once, sent by the event loop so no thread of the pool waits for a slow phone.

Behind nginx these requests never come here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from wsgiref.headers import Headers

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from consortium.bundle import flattened

SHEET = "css/site.css"
Message = MutableMapping[str, Any]
_CHUNK = 64 * 1024


_CSS, _SOURCE_MAPS = CompressedManifestStaticFilesStorage.patterns
_IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names carry a digest of the content, in the imports of our own modules too (libraries import by other rules)."""

    patterns = (_CSS, ("js/*.js", _IMPORTS))

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """The stylesheet is collected in one piece (consortium/bundle.py)."""
        if SHEET in paths and not dry_run:
            paths = {**paths, SHEET: (_in_one_piece(paths), SHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _in_one_piece(paths: dict[str, Any]) -> InMemoryStorage:
    def read(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())

    whole = InMemoryStorage()
    whole.save(SHEET, ContentFile(flattened(SHEET, read)))
    return whole


class Assets(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise's index of the static files, answering as an ASGI application. Public: no rights are asked."""

    def add_cache_headers(self, headers: Headers, path: str, url: str) -> None:
        super().add_cache_headers(headers, path, url)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        found = self.find_file(scope["path"]) if self.autorefresh else self.files.get(scope["path"])
        if found is None:
            await _answer(send, 404, [("Content-Length", "0"), ("X-Content-Type-Options", "nosniff")])
            await send({"type": "http.response.body"})
            return
        response = found.get_response(scope["method"], _as_environ(scope))
        await _answer(send, int(response.status), list(response.headers))
        if response.file is not None:
            with response.file:
                while chunk := response.file.read(_CHUNK):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})


async def _answer(send: Callable[[Message], Awaitable[None]], status: int, headers: list[tuple[str, str]]) -> None:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})


def _as_environ(scope: MutableMapping[str, Any]) -> dict[str, str]:
    return {
        "HTTP_" + name.decode("latin-1").upper().replace("-", "_"): value.decode("latin-1")
        for name, value in scope["headers"]
    }
