"""``manage.py encoders``: becomes the server that takes the streams of studio encoders, until it is ended."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.live.broadcast.rtmp import NginxRtmp, found
from courses.live.queries.encoders import call_secret, gateway


def command(server: NginxRtmp, folder: Path) -> list[str]:
    """nginx for `server`, its configuration written into `folder`. It holds a secret: nobody else may read it."""
    here = found()
    if here is None:
        raise CommandError("nginx with its RTMP module is not on this machine: apt-get install libnginx-mod-rtmp")
    nginx, module = here
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = folder / "nginx.conf"
    written.touch(mode=0o600)
    calls = f"{settings.RTMP_CALLS}/lectures/encoders/{call_secret()}"
    written.write_text(server.configuration(module=module, calls=calls, folder=folder), encoding="utf-8")
    return [nginx, "-e", "stderr", "-p", str(folder), "-c", str(written)]


class Command(BaseCommand):
    help = "Take RTMP streams of studio encoders (RTMP=1), by nginx with Debian's libnginx-mod-rtmp."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        server = gateway()
        if not isinstance(server, NginxRtmp):
            raise CommandError("Encoders are not taken by nginx here: set RTMP=1.")
        program = command(server, settings.STATE_DIR / "encoders")
        os.execv(program[0], program)  # noqa: S606 - a fixed program  # nosec B606
