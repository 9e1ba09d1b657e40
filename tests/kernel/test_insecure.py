"""Each way to be insecure has its number and its sentence; tried in this process, alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import WARNING, CheckMessage

from consortium.kernel import checks

LONG = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789"


@pytest.fixture
def secure(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings.DEBUG = False
    settings.DEMO_MODE = False
    settings.SECRET_KEY = LONG
    settings.SEALING_KEY = LONG[::-1]
    settings.ALLOWED_HOSTS = ["consortium.example"]
    settings.SITE_URL = "https://consortium.example"
    settings.SECOND_FACTOR_REQUIRED = True
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "word")
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "db.example")
    return settings


def numbers() -> list[str]:
    return [str(message.id) for message in checks.production_is_secure()]


def test_with_everything_in_order_nothing_is_said(secure: Any) -> None:
    assert numbers() == []


WAYS: list[tuple[str, Any, str]] = [
    ("DEBUG", True, "E001"),
    ("DEMO_MODE", True, "E002"),
    ("SECRET_KEY", "short", "E003"),
    ("SEALING_KEY", "short", "E003"),
    ("SEALING_KEY", LONG, "E004"),
    ("ALLOWED_HOSTS", [], "E005"),
    ("ALLOWED_HOSTS", ["*"], "E005"),
    ("SITE_URL", "http://consortium.example", "E006"),
    ("SECOND_FACTOR_REQUIRED", False, "E007"),
    ("CERTIFICATE_SIGNER", Path("/nowhere/signer.pem"), "E010"),
]


@pytest.mark.parametrize(("name", "value", "number"), WAYS, ids=[f"{n}-{e}" for n, _, e in WAYS])
def test_one_way_to_be_insecure_is_one_error(secure: Any, name: str, value: Any, number: str) -> None:
    setattr(secure, name, value)
    assert numbers() == [f"consortium.{number}"]


@pytest.mark.parametrize(("name", "value", "number"), WAYS, ids=[f"{n}-{e}" for n, _, e in WAYS])
def test_each_error_says_what_to_do(secure: Any, name: str, value: Any, number: str) -> None:
    setattr(secure, name, value)
    assert str(checks.production_is_secure()[0].msg).endswith(".")


def test_a_server_over_the_network_needs_a_password(secure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(secure.DATABASES["default"], "PASSWORD", "")
    assert numbers() == ["consortium.E008"]


def test_a_socket_needs_no_password(secure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(secure.DATABASES["default"], "PASSWORD", "")
    monkeypatch.setitem(secure.DATABASES["default"], "HOST", "/run/postgresql")
    assert numbers() == []


def test_a_secret_of_forty_characters_is_long_enough(secure: Any) -> None:
    secure.SECRET_KEY = "s" * 40
    assert numbers() == []


def test_a_secret_of_thirty_nine_is_not(secure: Any) -> None:
    secure.SECRET_KEY = "s" * 39
    assert numbers() == ["consortium.E003"]


@pytest.mark.parametrize("directive", ["default-src", "script-src", "style-src", "connect-src"])
def test_no_directive_of_ours_is_loose(directive: str, settings: Any) -> None:
    sources = {str(s) for s in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].get(directive, [])}
    assert not sources & checks._LOOSE_SOURCES


def test_production_in_order_is_let_pass(secure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    secure.PRODUCTION = True
    monkeypatch.setattr("django.core.checks.run_checks", lambda **words: [])
    checks.refuse_insecure()


def test_a_warning_that_was_silenced_refuses_nobody(secure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    secure.PRODUCTION = True
    secure.SILENCED_SYSTEM_CHECKS = ["security.W001"]
    silenced = CheckMessage(WARNING, "quiet", id="security.W001")
    monkeypatch.setattr("django.core.checks.run_checks", lambda **words: [silenced])
    checks.refuse_insecure()
