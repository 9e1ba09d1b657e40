"""Keys that an installation makes for itself, once: whoever comes first makes them, and all others find them."""

import os
from collections.abc import Callable
from pathlib import Path


def kept_file(path: Path, make: Callable[[], bytes]) -> Path:
    """`path`, holding what `make()` gave the first time; readable by its owner alone."""
    if path.exists():
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(make())
    try:
        os.link(draft, path)  # whole or not at all; the first of several stays
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path
