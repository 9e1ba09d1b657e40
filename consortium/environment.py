"""What the process was told from outside: environment variables, files they name, and secrets made at first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Unset(RuntimeError):
    """A variable that this mode cannot do without is missing or wrong."""


def text(name: str, default: str = "") -> str:
    """``$NAME``, else the content of the file that ``$NAME_FILE`` points at, else ``default``."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise Unset(f"{name} must be 1 or 0, not {value!r}")


def number(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise Unset(f"{name} must be a whole number, not {value!r}") from None


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, folder: Path | None) -> str:
    """``$NAME``; where ``folder`` is given (never in production), else one made at first start and kept there."""
    if value := text(name):
        return value
    if folder is None:
        raise Unset(f"{name} (or {name}_FILE) must be set in production")
    return kept_secret(folder / name.lower())


def kept_secret(path: Path) -> str:
    """The secret in ``path`` (mode 0600), made when it is missing; of two processes at once, the first one's stands."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return path.read_text(encoding="ascii")


def database(url: str, **options: Any) -> dict[str, Any]:
    """Django's description of ``postgresql://user:password@host:port/name?host=/socket/folder&sslmode=...``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Unset("DATABASE_URL must begin with postgresql://")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {**query, **options},
    }


def celery_broker(redis_url: str) -> str:
    """The same server as kombu spells it: ``unix:///path?db=0`` becomes ``redis+socket:///path?virtual_host=0``."""
    if not redis_url.startswith("unix://"):
        return redis_url
    parts = urlsplit(redis_url)
    number_of = parse_qs(parts.query).get("db", ["0"])[-1]
    return f"redis+socket://{parts.path}?virtual_host={number_of}"
