"""A child that makes small pictures ahead: `python -m consortium.files.sandbox.ahead FOLDER PRESET MEMORY SECONDS`.

Goes through the frames in their order and skips what is there, so that a run which was stopped is gone on with.
Prints how many are there when it ends.
"""

import sys
import time
from pathlib import Path

from consortium.files.dicom.names import frame_name
from consortium.files.dicom.render import render_small
from consortium.files.sandbox.limits import limit


def main() -> None:
    """Render until all are there, or two thirds of the time is spent."""
    folder, preset, memory, seconds = sys.argv[1:5]
    limit(int(memory), int(seconds))
    sys.stdout.write(f"{made_until(Path(folder), preset, time.monotonic() + int(seconds) * 2 / 3)}\n")


def made_until(folder: Path, preset: str, deadline: float) -> int:
    """How many frames from the first on have their small picture when `deadline` (monotonic seconds) comes."""
    number = 0
    while (folder / frame_name(number + 1)).is_file() and time.monotonic() < deadline:
        render_small(folder, number + 1, preset)
        number += 1
    return number


if __name__ == "__main__":
    main()
