"""A picture is taken in: decoded with limits, written anew without anything that told of where it was taken."""

import io
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, TooLarge
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.assessment.models import Picture
from courses.assessment.policies.items import may_write

MOST_BYTES: Final = 8_000_000
_MOST_PIXELS: Final = 40_000_000
_SIDE: Final = 1600
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


@transaction.atomic
def add_picture(*, actor: Actor, data: bytes, key: UUID | None = None) -> Picture:
    """Keep a picture for questions: at most 1600 points wide or high. Raises TooLarge, InvalidInput."""
    require(may_write(actor))
    if len(data) > MOST_BYTES:
        raise TooLarge(_("This picture is too large: 8 MB at most."))
    content, width, height = _written_anew(data)
    picture, fresh = once(
        Picture, actor=actor, key=key,
        make=lambda: Picture.objects.create(
            content=content, width=width, height=height, created_at=clock.now(), created_by_id=actor.author_id,
            **({"request_key": key} if key else {}),
        ),
    )  # fmt: skip
    if fresh:
        record(actor=actor, verb="add_picture", subject=picture, facts={"bytes": len(content)})
    return picture


def _written_anew(data: bytes) -> tuple[bytes, int, int]:
    """(WebP, width, height)"""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise TooLarge(_("This picture has too many points."))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput({"picture": _("This is not a picture: JPEG, PNG or WebP are understood.")}) from error
    picture.thumbnail((_SIDE, _SIDE))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82)
    return out.getvalue(), picture.width, picture.height
