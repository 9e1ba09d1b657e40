"""Production does not start with anything insecure; each way to be insecure is tried alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from consortium.embedded.places import ROOT
from consortium.kernel import checks

SECURE = {
    "MODE": "production",
    "SECRET_KEY": "s" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "SEALING_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "consortium.example",
    "SITE_URL": "https://consortium.example",
    "DATABASE_URL": "postgresql://app:word@db.example/consortium",
    "REDIS_URL": "redis://redis.example/0",
    "DEMO": "0",
}
INSECURE = [
    ({"DEBUG": "1"}, "DEBUG"),
    ({"DEMO": "1"}, "DEMO"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"SEALING_KEY": SECURE["SECRET_KEY"]}, "must differ"),
    ({"SEALING_KEY": ""}, "SEALING_KEY"),
    ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ({"SITE_URL": "http://consortium.example"}, "SITE_URL"),
    ({"SECOND_FACTOR_REQUIRED": "0"}, "second factor"),
    ({"DATABASE_URL": "postgresql://app@db.example/consortium"}, "password"),
    ({"MODE": "prod"}, "MODE must be"),
]


def run(state: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A process of its own with these settings, for they are read once at the start."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    given = {**kept, **SECURE, "STATE_DIR": str(state), "DJANGO_SETTINGS_MODULE": "consortium.settings", **changes}
    environ = {key: value for key, value in given.items() if value}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True)


def test_check_deploy_is_clean(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


def test_a_secure_web_process_starts(tmp_path: Path) -> None:
    done = run(tmp_path, "-W", "ignore", "-c", "import consortium.asgi")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "word"), INSECURE, ids=[f"{next(iter(change))}-{word}" for change, word in INSECURE]
)
def test_an_insecure_web_process_does_not_start(tmp_path: Path, change: dict[str, str], word: str) -> None:
    done = run(tmp_path, "-c", "import consortium.wsgi", **change)

    assert done.returncode != 0
    assert word in done.stderr


@pytest.mark.parametrize("source", ["'unsafe-inline'", "'unsafe-eval'", "*", "https:"])
def test_a_loose_content_policy_is_an_error(settings: Any, source: str) -> None:
    policy = {"DIRECTIVES": {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "script-src": ["'self'", source]}}
    settings.CONTENT_SECURITY_POLICY = policy

    assert "consortium.E009" in [message.id for message in checks.production_is_secure()]


def test_outside_production_nothing_is_refused(settings: Any) -> None:
    settings.DEBUG = True

    checks.refuse_insecure()


def test_refusing_tells_what_and_why(settings: Any) -> None:
    settings.PRODUCTION = True

    with pytest.raises(ImproperlyConfigured, match=r"consortium\.E002"):
        checks.refuse_insecure()
