"""Real peers on this machine: an SMTP server, an HTTP gateway, a TLS push service. Each keeps what it was given."""

from __future__ import annotations

import datetime
import ipaddress
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Peer:
    """Where it listens, what it got, and how it answers (an HTTP status, or an SMTP code for the recipient)."""

    port: int = 0
    status: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def _serving(server: socketserver.TCPServer, peer: Peer) -> Iterator[Peer]:
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quick(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def smtp_server() -> Iterator[Peer]:
    """As much SMTP as a client needs to hand one mail over."""
    peer = Peer(status=250)

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                if not self._answer(line):
                    return

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def _answer(self, line: str) -> bool:
            word = line.split(":", maxsplit=1)[0].upper()
            if word == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                peer.got.append(({}, b"".join(lines)))
            self._say(f"{peer.status} said" if word == "RCPT TO" else "221 bye" if word == "QUIT" else "250 ok")
            return word != "QUIT"

    with _serving(_Quick(("127.0.0.1", 0), Session), peer):
        yield peer


def _handler(peer: Peer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            peer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            reply = json.dumps({"id": f"theirs-{len(peer.got)}"}).encode()
            self.send_response(peer.status)
            self.send_header("Content-Length", str(len(reply)))
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def http_gateway() -> Iterator[Peer]:
    peer = Peer(status=200)
    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), _handler(peer)), peer):
        yield peer


@contextmanager
def push_service(folder: Path) -> Iterator[tuple[Peer, Path]]:
    """Over TLS, with a certificate of its own: (the peer, the certificate that vouches for it)."""
    certificate = _certificate(folder)
    peer = Peer(status=201)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(peer))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with _serving(server, peer):
        yield peer, certificate


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "push.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
