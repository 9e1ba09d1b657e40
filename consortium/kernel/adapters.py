"""Where a hospital plugs in: small ports, filled by dotted paths in settings."""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


@cache
def _load(path: str) -> Any:
    return import_string(path)


def adapter(setting: str) -> Any:
    """What the dotted path in `settings.<setting>` names: a function, or a class to call."""
    path = getattr(settings, setting, "")
    if not path:
        raise ImproperlyConfigured(f"{setting} names no adapter")
    return _load(path)


def adapters(setting: str) -> dict[str, Any]:
    """The adapters of a setting that maps a name to a dotted path."""
    return {name: _load(path) for name, path in getattr(settings, setting, {}).items()}
