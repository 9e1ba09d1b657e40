"""The database for the event loop: a few threads, each with one lasting connection.

asgiref's way would be one thread for all sockets, or a new connection for each call.
"""

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import Error, close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
#: seconds after which a connection is asked whether it still lives before it is used again
IDLE = 1.0

pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="live")
_used = threading.local()


def _fresh(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    if time.monotonic() - getattr(_used, "at", 0.0) > IDLE:
        close_old_connections()
    try:
        return call(*args, **kwargs)
    except Error:
        close_old_connections()
        raise
    finally:
        _used.at = time.monotonic()


async def in_database(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query on one of the threads, in an empty context: it enters its own actor's scope."""

    def work() -> T:
        return _fresh(call, *args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(pool, contextvars.Context().run, work)
