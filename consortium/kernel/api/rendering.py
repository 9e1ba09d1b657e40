"""JSON by orjson, both ways."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from consortium.kernel.errors import TooLarge

_MALFORMED = _("The body is not valid JSON.")


def _plain(value: Any) -> Any:
    """What orjson leaves to us: translated strings, and decimals, exact as text.

    A queryset raises: the actor has left, it must not be read now.
    """
    if isinstance(value, Promise | str | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not plain data")


def to_json(value: Any) -> bytes:
    """UTF-8 JSON; datetimes as RFC 3339 with Z, UUIDs as text."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


class JSON(BaseRenderer):
    """application/json."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else to_json(data)


class ProblemJSON(JSON):
    """For clients that accept nothing but problems, so that those get theirs."""

    media_type = "application/problem+json"
    format = "problem"


class JSONBody(BaseParser):
    """A JSON body within the size limit; strict: no NaN, no lone surrogates."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(_("The body is too large."))
        try:
            return orjson.loads(body or b"{}")
        except (orjson.JSONDecodeError, RecursionError) as error:
            raise ParseError(str(_MALFORMED)) from error
