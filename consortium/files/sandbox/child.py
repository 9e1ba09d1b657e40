"""The child: `python -m consortium.files.sandbox.child SOURCE FOLDER MEMORY SECONDS`. Prints one JSON object.

It has no settings, no database and no secrets; whatever happens to it, the parent records a state.
"""

import ctypes
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Inspect one file and print what came of it."""
    source, folder, memory, seconds = sys.argv[1:5]
    _limit(int(memory), int(seconds))
    sys.stdout.write(json.dumps(_inspected(Path(source), Path(folder))) + "\n")


def _limit(memory: int, seconds: int) -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: never outlive the worker
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _inspected(source: Path, folder: Path) -> dict[str, Any]:
    from consortium.files.sniff import Fault, Refused, Sample, sniff

    result: dict[str, Any] = {"kind": "", "fault": "", "note": "", "pictures": [], "frames": None}
    try:
        kind = sniff(Sample.of(source))
        result["kind"] = kind.value
        result |= _opened(source, kind, folder)
    except Refused as refused:
        result |= {"fault": refused.fault.value, "note": refused.note[:300]}
    except MemoryError:
        result |= {"fault": Fault.TOO_MUCH_MEMORY.value}
    except OSError as error:
        # A full disk is the server's trouble, not the file's: the parent tries again later.
        result |= {"fault": "", "note": str(error), "errno": error.errno}
    return result


def _opened(source: Path, kind: Any, folder: Path) -> dict[str, Any]:
    from consortium.files.sniff import Kind

    if kind.is_photo:
        from consortium.files.images.reencode import reencode

        return {"pictures": [vars(written) for written in reencode(source, kind, folder)]}
    if kind is Kind.DICOM:
        from consortium.files.dicom.frames import write_frames

        return {"frames": write_frames(source, folder).as_json()}
    from consortium.files.sniff.pdf import scan_pdf

    scan_pdf(source)
    return {}


if __name__ == "__main__":
    main()
