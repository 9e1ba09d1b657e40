"""The places where a program of the stack dies or dawdles, once a test has asked for it. Only stacks load this.

A test arms a place by a file (``Stack.arm``); whoever reaches it first takes the file away and is gone, with its whole
process group, at exactly that instruction.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

#: where in the code, and which instant of the act that is
AFTER_COMMIT = "web:after-commit"  # the act is committed, no worker has been asked and no page told
UNASKED = "worker:unasked"  # the same of a worker: a notice is stored, nobody has been asked to deliver it
AFTER_EFFECT = "worker:after-effect"  # the receiver of a question has run, its delivery is not yet marked
BEFORE_ACK = "worker:before-ack"  # all of a question is marked and committed, the queue still thinks it is running
AFTER_PUBLISH = "worker:after-publish"  # the relay has asked for a delivery that stays due

#: sending a question writes several entries, and two workers deliver them side by side: these places are of this one
VERB, RECEIVER = "submit", "consultations.receivers.telling.tell_of_question"

DAWDLE = "dawdle"
_SECONDS = 0.3


def folder_of(state: Path) -> Path:
    return state / "faults"


def _folder() -> Path:
    return folder_of(Path(os.environ["STATE_DIR"]))


def die_if_armed(place: str) -> None:
    try:
        (_folder() / place).unlink()
    except FileNotFoundError:
        return
    os.killpg(os.getpgrp(), signal.SIGKILL)


def note_run(what: str) -> None:
    """One line for each time a receiver is run, kept whatever becomes of its transaction."""
    with (_folder() / "runs").open("a") as runs:
        runs.write(f"{what}\n")


def dawdle() -> None:
    """Make the work slow enough to be hit in its middle."""
    if (_folder() / DAWDLE).exists():
        time.sleep(_SECONDS)


def around(run: Callable[..., Any], *, before: str = "", after: str = "") -> Callable[..., Any]:
    """``run`` with a place to die on either side."""

    @wraps(run)
    def wrapped(*args: Any, **words: Any) -> Any:
        if before:
            die_if_armed(before)
        result = run(*args, **words)
        if after:
            die_if_armed(after)
        return result

    return wrapped


def main() -> None:
    """The web process as always, but for the place between a commit and asking a worker."""
    from consortium.kernel import queue

    # what asking does first: whoever imported `ask_worker` before the fork reaches it too
    setattr(queue, "answers", around(vars(queue)["answers"], before=AFTER_COMMIT))  # noqa: B010 - a patch, on purpose

    from consortium.web import main as serve

    serve()


if __name__ == "__main__":
    main()
