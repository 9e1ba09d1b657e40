"""A child that de-identifies: `python -m consortium.files.sandbox.cleaner MEMORY SECONDS SOURCE TARGET [...]`.

The copy's key comes by standard input. Prints one JSON object a line: `flags`, `fault`, `note`. What is there already
is not made again, but looked at again for its flags.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from consortium.files.sandbox.limits import limit


def main() -> None:
    """Copy one file after another; past half of the time no further one is begun."""
    memory, seconds, *pairs = sys.argv[1:]
    limit(int(memory), int(seconds))
    key = bytes.fromhex(sys.stdin.readline().strip())
    until = time.process_time() + int(seconds) / 2
    for source, target in zip(pairs[::2], pairs[1::2], strict=True):
        sys.stdout.write(json.dumps(cleaned(Path(source), Path(target), key)) + "\n")
        sys.stdout.flush()
        if time.process_time() > until:
            break


def cleaned(source: Path, target: Path, key: bytes) -> dict[str, Any]:
    """What came of one file."""
    from consortium.files.deidentify.files import write_clean
    from consortium.files.deidentify.uids import NewUids
    from consortium.files.sniff import Refused

    try:
        return {"flags": [flag.value for flag in write_clean(source, target, NewUids(key))], "fault": "", "note": ""}
    except Refused as refused:
        return {"flags": [], "fault": refused.fault.value, "note": refused.note[:300]}
    except OSError as error:
        return {"flags": [], "fault": "", "note": str(error), "errno": error.errno}


if __name__ == "__main__":
    main()
