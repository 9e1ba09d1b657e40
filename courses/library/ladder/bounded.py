"""Limits, then another program in its place: `python -m courses.library.ladder.bounded MEMORY SECONDS PROGRAM ...`."""

import os
import sys

from consortium.files.sandbox.limits import limit

if __name__ == "__main__":
    limit(int(sys.argv[1]), int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 - a fixed program of ours  # nosec B606
