"""A hospital behind its firewall: a network of its own from which nothing but TCP 443 of this site can be reached.

A network namespace with one line to us; nftables drop, and count, all that is not TLS to our address. There a relay
ends TLS and hands on to the web process, as nginx does in production. For root alone: nobody else may make a network.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from consortium.kernel import clock

SITE = "consortium.test"
_WALL = """
table inet wall {{
  counter dropped {{ }}
  chain leaves {{
    type filter hook output priority 0; policy accept;
    oif lo accept
    ip daddr {server} tcp dport 443 accept
    counter name dropped drop
  }}
  chain enters {{
    type filter hook input priority 0; policy accept;
    iif lo accept
    ip saddr {server} tcp sport 443 accept
    drop
  }}
}}
"""


def missing() -> str:
    """What this machine lacks for it, or nothing."""
    if os.getuid() != 0:
        return "a network of its own can be made by root alone"
    lacking = [name for name in ("ip", "nft", "chromium") if not shutil.which(name)]
    return f"no {' and no '.join(lacking)} here: run `apt-get install iproute2 nftables` as root" if lacking else ""


class Hospital:
    """`server` is our address as it is seen from inside."""

    def __init__(self, folder: Path) -> None:
        number = os.getpid() % 60_000
        self.name, self.ours, self.theirs = f"hospital{number}", f"hs{number}", f"hc{number}"
        network = f"10.213.{number % 250}"
        self.server, self.address = f"{network}.1", f"{network}.2"
        self.folder = folder

    def begin(self) -> None:
        _run("ip", "netns", "add", self.name)
        _run("ip", "link", "add", self.ours, "type", "veth", "peer", "name", self.theirs, "netns", self.name)
        _run("ip", "address", "add", f"{self.server}/30", "dev", self.ours)
        _run("ip", "link", "set", self.ours, "up")
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "address", "add", f"{self.address}/30", "dev", self.theirs)
        self.inside("ip", "link", "set", self.theirs, "up")
        rules = self.folder / "wall.nft"
        rules.write_text(_WALL.format(server=self.server), encoding="ascii")
        self.inside("nft", "-f", str(rules))

    def end(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)
        subprocess.run(["ip", "link", "del", self.ours], capture_output=True)

    def inside(self, *words: str) -> str:
        return _run("ip", "netns", "exec", self.name, *words)

    def reaches(self, port: int) -> bool:
        """Whether a TCP connection to us comes about from inside."""
        tried = f"import socket; socket.create_connection(({self.server!r}, {port}), 1)"
        command = ["ip", "netns", "exec", self.name, "python3", "-c", tried]
        return subprocess.run(command, capture_output=True).returncode == 0

    @property
    def dropped(self) -> int:
        """Packets that wanted to leave and might not."""
        found = re.search(r"packets (\d+)", self.inside("nft", "list", "counter", "inet", "wall", "dropped"))
        return int(found[1]) if found else 0

    def chromium(self) -> str:
        """A program that is Chromium inside."""
        program = self.folder / "chromium"
        program.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} chromium "$@"\n', encoding="ascii")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return str(program)


@contextmanager
def behind_firewall(folder: Path, port: int) -> Iterator[Hospital]:
    """With the relay to the web process that listens at `port` of this machine."""
    with ExitStack() as stack:
        made = Hospital(folder)
        stack.callback(made.end)
        made.begin()
        stack.enter_context(_relay(made.server, port, _certificate(folder)))
        yield made


@contextmanager
def _relay(host: str, port: int, tls: ssl.SSLContext) -> Iterator[None]:
    """TLS at port 443 of `host` is handed on to `port` of this machine, in a thread of its own."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            further, back = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, back), pump(further, writer), return_exceptions=True)

    begun, ending = threading.Event(), []

    async def serve() -> None:
        server = await asyncio.start_server(connected, host, 443, ssl=tls)
        ended = asyncio.Event()
        ending.append(partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set))
        begun.set()
        await ended.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="relay")
    thread.start()
    assert begun.wait(10), "the relay does not listen"
    try:
        yield
    finally:
        ending[0]()
        thread.join(10)


def _certificate(folder: Path) -> ssl.SSLContext:
    """Of the site, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SITE)])
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    written = folder / "site.pem"
    plain = serialization.NoEncryption()
    written.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(written)
    return context


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
