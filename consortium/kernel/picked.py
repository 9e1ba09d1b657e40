"""Single files out of large packages as static files: `STATIC_PICKED` maps the name to serve to the file on disk."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class PickedFilesFinder(BaseFinder):
    """Finds the files of the map, and none of those beside them."""

    def find(self, path: str, find_all: bool = False, **words: Any) -> Any:
        found = settings.STATIC_PICKED.get(path)
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for name, source in settings.STATIC_PICKED.items():
            yield source.name, _Folder(name, source)


class _Folder(FileSystemStorage):
    """One file's folder; `prefix` is where the file goes."""

    def __init__(self, name: str, source: Path) -> None:
        super().__init__(location=source.parent)
        self.prefix = str(Path(name).parent)
