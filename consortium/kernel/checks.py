"""System checks of our own: what would be unsafe in production is an error there, and production does not start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

_SECRET_LENGTH = 40
_LOOSE_SOURCES = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:"}


def _insecure() -> Iterator[tuple[str, str]]:
    """(number, what is wrong and what to do)."""
    if settings.DEBUG:
        yield "E001", "DEBUG shows the inside of every error: set DEBUG=0."
    if settings.DEMO_MODE:
        yield "E002", "The demonstration's one-click sign-in must not stand beside real patients: set DEMO=0."
    for name in ("SECRET_KEY", "SEALING_KEY"):
        if len(getattr(settings, name)) < _SECRET_LENGTH:
            yield "E003", f"{name} must have at least {_SECRET_LENGTH} characters."
    if settings.SECRET_KEY == settings.SEALING_KEY:
        yield "E004", "SECRET_KEY and SEALING_KEY must differ."
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield "E005", "ALLOWED_HOSTS must name this site's host names."
    if not settings.SITE_URL.startswith("https://"):
        yield "E006", "SITE_URL must be this site's https:// address."
    if not settings.SECOND_FACTOR_REQUIRED:
        yield "E007", "Roles that read identified data need a second factor: set SECOND_FACTOR_REQUIRED=1."
    if not settings.DATABASES["default"]["PASSWORD"] and not str(settings.DATABASES["default"]["HOST"]).startswith("/"):
        yield "E008", "DATABASE_URL reaches a server over the network without a password."
    if settings.CERTIFICATE_SIGNER != settings.CERTIFICATE_OWN and not settings.CERTIFICATE_SIGNER.is_file():
        yield "E010", "CERTIFICATE_SIGNER names a file that is not there: put the key and its certificates there."
    yield from _loose_policy(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])


def _loose_policy(directives: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for directive, sources in directives.items():
        loose = _LOOSE_SOURCES & {str(source) for source in sources}
        if loose:
            yield "E009", f"The Content-Security-Policy allows {', '.join(sorted(loose))} in {directive}."


def production_is_secure(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Registered for ``check --deploy`` and asked at every start in production."""
    return [checks.Error(what, id=f"consortium.{number}") for number, what in _insecure()]


def refuse_insecure() -> None:
    """Raise unless everything that ``check --deploy`` looks at is in order; does nothing outside production."""
    if not settings.PRODUCTION:
        return
    found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    serious = [message for message in found if message.level >= checks.WARNING and not message.is_silenced()]
    if serious:
        lines = "\n".join(f"  {message.id}: {message.msg}" for message in serious)
        raise ImproperlyConfigured(f"not started, because this is insecure:\n{lines}")
