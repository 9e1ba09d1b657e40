"""Studio encoders by RTMP: nginx with Debian's libnginx-mod-rtmp takes their stream on this machine alone, asks us
before it lets one in, and hands it on to ffmpeg.

It asks by HTTP: `publish` as an encoder begins (302 lets it in under another name, so that the key stands in no
address that is played), `update` every two seconds (anything but 2xx cuts the line), `done` once it is gone. Another
server of streams is another class with these methods, named in `settings.LECTURE_ENCODERS`.
"""

import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs

from courses.live.broadcast.intake import Intake

APPLICATION: Final = "lecture"
HOST: Final = "127.0.0.1"
#: seconds between two `update`s; after how many without a byte an encoder counts as gone
_ASK, _SILENT = 2, 8
_PLACES: Final = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
_MODULES: Final = ("/usr/lib/nginx/modules/ngx_rtmp_module.so", "/usr/lib64/nginx/modules/ngx_rtmp_module.so")
_LONGEST: Final = 200
_CALLS: Final = {"publish": "publish", "update_publish": "update", "publish_done": "done"}


@dataclass(frozen=True)
class Call:
    """What the server asks: `kind` is publish, update or done; `client` names the encoder's connection."""

    kind: str
    key: str
    client: str


class Gateway(Protocol):
    """A server that takes streams of encoders. `address`: what is typed into an encoder, beside the key."""

    @property
    def address(self) -> str: ...
    def answers(self) -> bool: ...
    def read(self, body: bytes) -> Call | None: ...
    def let_in(self, name: str) -> tuple[int, list[tuple[bytes, bytes]]]: ...
    def intake(self, name: str) -> Intake: ...


@dataclass(frozen=True)
class NginxRtmp:
    """nginx-rtmp at a port of the loopback interface."""

    port: int
    address: str

    def answers(self) -> bool:
        """Whether it listens."""
        try:
            socket.create_connection((HOST, self.port), timeout=0.5).close()
        except OSError:
            return False
        return True

    def read(self, body: bytes) -> Call | None:
        """None for what it asks of others than encoders: ffmpeg, which plays, is asked for too."""
        said = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        kind = _CALLS.get(said.get("call", ""))
        return Call(kind, said.get("name", "")[:_LONGEST], said.get("clientid", "")[:20]) if kind else None

    def let_in(self, name: str) -> tuple[int, list[tuple[bytes, bytes]]]:
        return 302, [(b"location", name.encode())]

    def intake(self, name: str) -> Intake:
        """It may be asked for before the first picture has come."""
        address = f"rtmp://{HOST}:{self.port}/{APPLICATION}/{name}"
        return Intake("live_flv", copied=True, source=address, protocols="rtmp,tcp,pipe")

    def configuration(self, *, module: Path, calls: str, folder: Path) -> str:
        """Of an nginx that does nothing else; `calls`: the address below which it asks. Logs name no keys."""
        asks = {"on_publish": "publish", "on_update": "update", "on_publish_done": "done"}
        asked = "\n".join(f"      {directive} {calls}/{kind}/;" for directive, kind in asks.items())
        return f"""\
load_module {module};
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 512; }}
rtmp {{
  access_log off;
  server {{
    listen {HOST}:{self.port};
    chunk_size 4096;
    ping 5s;
    ping_timeout 5s;
    notify_method post;
    application {APPLICATION} {{
      live on;
      record off;
      wait_key on;
      wait_video on;
      idle_streams on;
      drop_idle_publisher {_SILENT}s;
      allow play {HOST};
      deny play all;
      notify_update_timeout {_ASK}s;
{asked}
    }}
  }}
}}
"""


def found() -> tuple[str, Path] | None:
    """nginx and its module on this machine; None where one of them is missing."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path=_PLACES)
    module = next((Path(each) for each in _MODULES if Path(each).is_file()), None)
    return (nginx, module) if nginx and module else None
