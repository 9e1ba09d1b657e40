"""Keys that an installation makes for itself, once: whoever comes first makes them, and all others find them."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def kept_file(path: Path, make: Callable[[], bytes]) -> Path:
    """`path`, holding what `make()` gave the first time; readable by its owner alone."""
    if path.exists():
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # for its owner alone
    try:
        with os.fdopen(number, "wb") as file:
            file.write(make())
        with suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all; the first of several stays
    finally:
        Path(draft).unlink()
    return path
