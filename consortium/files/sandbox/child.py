"""The child: `python -m consortium.files.sandbox.child MEMORY SECONDS SOURCE FOLDER [SOURCE FOLDER ...]`.

Prints one JSON object a line, one for each file in turn. It has no settings, no database and no secrets; whatever
happens to it, the parent records a state.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from consortium.files.sandbox.limits import limit


def main() -> None:
    """Inspect one file after another; past half of the time no further one is begun."""
    memory, seconds, *pairs = sys.argv[1:]
    limit(int(memory), int(seconds))
    until = time.process_time() + int(seconds) / 2
    for source, folder in zip(pairs[::2], pairs[1::2], strict=True):
        sys.stdout.write(json.dumps(inspected(Path(source), Path(folder))) + "\n")
        sys.stdout.flush()
        if time.process_time() > until:
            break


def inspected(source: Path, folder: Path) -> dict[str, Any]:
    """What came of one file: `Inspected` as JSON."""
    from consortium.files.sniff import Fault, Refused, Sample, sniff

    result: dict[str, Any] = {"kind": "", "fault": "", "note": "", "pictures": [], "frames": None, "sound": None}
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
        return {"frames": _frames(source, folder)}
    if kind.is_sound:
        from consortium.files.sound.reading import rewrite

        return {"sound": rewrite(source, kind, folder)}
    from consortium.files.sniff.pdf import scan_pdf

    scan_pdf(source)
    return {}


def _frames(source: Path, folder: Path) -> dict[str, Any]:
    from consortium.files.dicom.frames import write_frames
    from consortium.files.dicom.render import FEW, render_small

    frames = write_frames(source, folder)
    for number in range(1, frames.count + 1 if frames.count <= FEW else 1):
        render_small(folder, number, frames.presets[0] if frames.presets else "")
    return frames.as_json()


if __name__ == "__main__":
    main()
