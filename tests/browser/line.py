"""A slow connection that is cut when a test says so: a relay before the web process, which no browser can feign."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

_PIECE = 16 * 1024


class Line:
    """Relays bytes of `port`; to the server no more than `rate` a second. Errors of either side end a connection."""

    def __init__(self, port: int, rate: int) -> None:
        self._behind, self._rate = ("localhost", port), rate
        self._door = socket.create_server(("localhost", 0))
        self._open: set[socket.socket] = set()
        self._is_cut = False
        #: bytes that went to the server
        self.carried = 0
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._serve, name="line", daemon=True).start()

    def cut(self) -> None:
        """End every connection; whoever comes is turned away until `mend`."""
        self._is_cut = True
        for each in tuple(self._open):
            self._end(each)

    def mend(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._door.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        if self._is_cut:
            near.close()
            return
        far = socket.create_connection(self._behind)
        self._open |= {near, far}
        for source, target, rate in ((near, far, self._rate), (far, near, 0)):
            threading.Thread(target=self._relay, args=(source, target, rate), daemon=True).start()

    def _relay(self, source: socket.socket, target: socket.socket, rate: int) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                target.sendall(piece)
                if rate:
                    self.carried += len(piece)
                    time.sleep(len(piece) / rate)
        self._end(source)
        self._end(target)

    def _end(self, each: socket.socket) -> None:
        self._open.discard(each)
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextlib.contextmanager
def slow_line(port: int, rate: int) -> Iterator[Line]:
    line = Line(port, rate)
    try:
        yield line
    finally:
        line.close()
