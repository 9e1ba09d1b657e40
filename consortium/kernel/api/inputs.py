"""What goes in: plain serializers that refuse what they do not know, and the two headers of safe writes."""

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from consortium.kernel.errors import InvalidInput

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNKNOWN = _("This is not known here.")


class Input(serializers.Serializer[Any]):
    """A body or a query string. An unknown name is an error: a misspelt field must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        unknown = set(data) - set(self.fields)
        if unknown:
            raise serializers.ValidationError({name: [str(_UNKNOWN)] for name in sorted(map(str, unknown))})
        return values


class Output(serializers.Serializer[Any]):
    """The shape of a reply. Describes; replies themselves are plain dicts."""


def valid(kind: type[Input], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """The validated values; raises a ValidationError that becomes a 422 with a line for each field."""
    if not hasattr(data, "items"):
        raise InvalidInput({"body": _("Send one JSON object.")})
    form = kind(data=data, partial=partial)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def read_key(header: str | None) -> UUID | None:
    """The Idempotency-Key header."""
    if header is None:
        return None
    if not _UUID.fullmatch(header):
        raise InvalidInput({"Idempotency-Key": _("Send a UUID.")})
    return UUID(header)


def read_version(header: str | None, body: Any) -> int:
    """The version that the client saw: If-Match, or `version` in the body."""
    if header is not None:
        found = _ETAG.fullmatch(header.strip())
        if found:
            return int(found.group(1))
        raise InvalidInput({"If-Match": _("Send the version's number.")})
    version = body.get("version") if hasattr(body, "get") else None
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**31:
        raise InvalidInput({"version": _("Say which version you saw: If-Match, or version in the body.")})
    return version
