"""A gateway that writes each letter into a folder as one JSON file: for the demonstration and for tests."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from consortium.notices.channels import Letter, Undeliverable, Unreachable


class FileGateway:
    """Letters lie in ``<folder>/<reference>.json``: the same reference twice is one file."""

    confirms = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Letter) -> str:
        if not letter.address:
            raise Undeliverable("no address")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f".{letter.reference}.{os.getpid()}"
            draft.write_text(json.dumps(asdict(letter), ensure_ascii=False, indent=1), encoding="utf-8")
            draft.replace(self.folder / f"{letter.reference}.json")
        except OSError as error:
            raise Unreachable(type(error).__name__) from error
        return letter.reference

    def letters(self) -> list[dict[str, object]]:
        """All letters, oldest first."""
        found = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(path.read_text(encoding="utf-8")) for path in found]


def channel(name: str) -> FileGateway:
    return FileGateway(Path(settings.NOTICE_FOLDER) / name)
