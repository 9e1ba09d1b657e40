"""ffmpeg beside the event loop: bytes of a recorder in, parts on disk out, until either ends.

The program is bounded as every other one of ours (`ladder.bounded`): memory, processor time, and it dies with us.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import IO, Any, Final

from courses.live.broadcast.boxes import Malformed, Splitter
from courses.live.broadcast.commands import command
from courses.live.broadcast.intake import Intake
from courses.live.broadcast.keeping import SOUND, VIDEO, Part, Writer

MEMORY: Final = 2 << 30
#: processor seconds: six hours of pictures encoded anew
SECONDS: Final = 6 * 3600
#: how long the end of a run may take, in seconds
_FINISH: Final = 5.0
_BOUNDED: Final = "courses.library.ladder.bounded"
_ROOT: Final = Path(__file__).resolve().parents[3]
_READ: Final = 1 << 16

Heard = Callable[[str, Part], None]


class Packager:
    """One run. `over` is done when the program has ended and all that it wrote is kept."""

    def __init__(self, folder: Path, intake: Intake, heard: Heard) -> None:
        self.folder, self._intake, self._heard = folder, intake, heard
        self._program: asyncio.subprocess.Process | None = None
        #: ffmpeg's last words, once it has ended
        self.said = ""
        self.over: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self._program.pid if self._program else 0

    async def start(self) -> None:
        """FileExistsError where this run was begun before."""
        began = round(time.time() * 1e6)
        pipes = {VIDEO: os.pipe(), SOUND: os.pipe()}
        writers = {rung: Writer(self.folder, rung, began) for rung in pipes}
        words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the run
        try:
            self._program = await self._begun(pipes[VIDEO][1], pipes[SOUND][1], words)
        finally:
            for _out, into in pipes.values():
                os.close(into)
        readers = [self._kept(rung, pipes[rung][0], writer) for rung, writer in writers.items()]
        self.over = asyncio.get_running_loop().create_task(self._ended(readers, words))

    async def _begun(self, pictures: int, sound: int, words: IO[bytes]) -> asyncio.subprocess.Process:
        bounds = [sys.executable, "-s", "-E", "-B", "-m", _BOUNDED, str(MEMORY), str(SECONDS)]
        return await asyncio.create_subprocess_exec(
            *bounds,
            *command(self._intake, pictures=pictures, sound=sound),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=words,
            pass_fds=(pictures, sound),
            cwd=_ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        )

    async def feed(self, data: bytes) -> bool:
        """Hand over what the recorder wrote next, at ffmpeg's own speed; False when it has ended."""
        program = self._program
        if program is None or program.stdin is None or program.returncode is not None:
            return False
        try:
            program.stdin.write(data)
            await program.stdin.drain()
        except ConnectionError:
            return False
        return True

    async def finish(self) -> None:
        """No more comes: what is inside is still written, then the program ends by itself, or is ended."""
        program, over = self._program, self.over
        if program is None or over is None:
            return
        if program.stdin is not None:
            program.stdin.close()
        if not self._intake.is_fed:
            with contextlib.suppress(ProcessLookupError):
                program.terminate()
        done, _late = await asyncio.wait([over], timeout=_FINISH)
        if not done:
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            await over

    async def _kept(self, rung: str, pipe: int, writer: Writer) -> None:
        """Split and keep what comes through one pipe. What is no MP4 ends the run: nothing can follow it."""
        reader, splitter = asyncio.StreamReader(), Splitter()
        loop = asyncio.get_running_loop()
        file = os.fdopen(pipe, "rb", buffering=0)
        transport, _protocol = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
        try:
            while data := await reader.read(_READ):
                for piece in splitter.feed(data):
                    part = writer.add(piece)
                    if part is not None:
                        self._heard(rung, part)
        except (Malformed, OSError):
            self._kill()
            raise
        finally:
            transport.close()
            writer.close()

    def _kill(self) -> None:
        if self._program is not None and self._program.returncode is None:
            self._program.kill()

    async def _ended(self, readers: Sequence[Coroutine[Any, Any, None]], words: IO[bytes]) -> None:
        await asyncio.gather(*readers, return_exceptions=True)
        if self._program is not None:
            await self._program.wait()
        with words:
            words.seek(max(0, words.seek(0, os.SEEK_END) - 600))
            self.said = words.read().decode("utf-8", "replace")
