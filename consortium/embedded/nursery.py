"""One process that has loaded all code, from which the web process, the workers and beat are forked.

What is loaded once is shared in memory by all of them and costs its second of processor time once. A fork is adopted by
the supervisor (a "child subreaper"), which watches it as if it had started it itself.

Orders come as lines of JSON on the socket named in the first argument; each is answered by a line ``number pid``.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
from typing import Any

from consortium.embedded.processes import die_with_parent, name_process

# What web, workers and beat would each load for themselves.
_SHARED = (
    "consortium.celery", "consortium.urls", "consortium.pool", "consortium.assets",
    "channels.routing", "uvicorn", "celery.bin.celery",
    "uvicorn.protocols.http.httptools_impl", "uvicorn.protocols.websockets.websockets_sansio_impl",
    "celery.apps.worker", "celery.apps.beat", "celery.worker.consumer", "celery.concurrency.prefork",
    "kombu.transport.redis",
)  # fmt: skip


def load() -> None:
    """Import everything. Nothing here may open a connection or start a thread: forks would share it."""
    import django

    django.setup()
    for name in _SHARED:
        importlib.import_module(name)
    from celery import current_app

    current_app.loader.import_default_modules()
    gc.collect()
    # the collector of a fork would walk, and so copy, all of it
    gc.freeze()


def obey(control: socket.socket) -> None:
    """Fork as ordered until the supervisor is gone."""
    with control.makefile("r", encoding="utf-8") as orders:
        for line in orders:
            order = json.loads(line)
            control.sendall(f"{order['number']} {fork(order, control)}\n".encode())


def fork(order: dict[str, Any], control: socket.socket) -> int:
    """Fork twice, so that the supervisor adopts the second; returns its process number."""
    told, tell = os.pipe()
    between = os.fork()
    if between == 0:
        grandchild = os.fork()
        if grandchild == 0:
            os.close(told)
            os.close(tell)
            control.close()
            _become(order)
        os.setpgid(grandchild, grandchild)
        os.write(tell, str(grandchild).encode())
        os._exit(0)
    os.close(tell)
    os.waitpid(between, 0)
    pid = int(os.read(told, 32))
    os.close(told)
    return pid


def _become(order: dict[str, Any]) -> None:
    """Be ``python -m module arguments``; never returns."""
    status = 1
    try:
        _settle(order)
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _settle(order: dict[str, Any]) -> None:
    """What an exec would have done: own name, environment, log, priority, and an end with the supervisor's."""
    _wait_for_adoption(order["supervisor"])
    die_with_parent(order["death"])
    _wait_for_adoption(order["supervisor"])
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.update(order["environ"])
    os.nice(order["nice"])
    name_process(order["name"])
    sys.argv = [order["module"], *order["arguments"]]
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _wait_for_adoption(supervisor: int) -> None:
    """Until the supervisor is our parent: asked for earlier, the signal would come from the process between us."""
    until = time.monotonic() + 5
    while os.getppid() != supervisor:
        if time.monotonic() > until:
            raise SystemExit(1)
        time.sleep(0.001)


if __name__ == "__main__":
    # Ctrl-C is the supervisor's to hear
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load()
    obey(socket.socket(fileno=int(sys.argv[1])))
