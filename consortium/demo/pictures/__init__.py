"""Photos of children who do not exist, drawn: a rash, an ear drum, a neck."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter

_SIZE = (1200, 900)
_SKIN = (226, 186, 160)


def _skin(seed: int) -> Image.Image:
    rng = random.Random(seed)  # noqa: S311 - a picture, not a secret
    picture = Image.new("RGB", _SIZE, _SKIN)
    draw = ImageDraw.Draw(picture)
    for _ in range(900):
        x, y, shade = rng.randrange(_SIZE[0]), rng.randrange(_SIZE[1]), rng.randrange(-9, 9)
        draw.ellipse((x, y, x + 40, y + 40), fill=tuple(c + shade for c in _SKIN))
    return picture.filter(ImageFilter.GaussianBlur(14))


def _rash() -> Image.Image:
    rng = random.Random(7)  # noqa: S311
    picture = _skin(1)
    draw = ImageDraw.Draw(picture)
    for _ in range(70):
        x, y, r = rng.gauss(600, 230), rng.gauss(450, 170), rng.randrange(8, 34)
        draw.ellipse((x - r, y - r, x + r, y + r * 0.9), fill=(203, 108, 98))
    return picture.filter(ImageFilter.GaussianBlur(4))


def _drum() -> Image.Image:
    picture = Image.new("RGB", _SIZE, (18, 12, 10))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((250, 90, 950, 810), fill=(205, 160, 128))
    draw.ellipse((300, 140, 900, 760), fill=(214, 132, 108))
    draw.line((560, 210, 610, 470), fill=(238, 214, 190), width=26)
    draw.polygon([(610, 480), (700, 640), (560, 640)], fill=(246, 226, 200))
    return picture.filter(ImageFilter.GaussianBlur(7))


def _neck() -> Image.Image:
    picture = _skin(3)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(330, 900), (420, 380), (780, 380), (870, 900)], fill=(219, 176, 150))
    draw.ellipse((545, 560, 655, 640), fill=(188, 140, 118))
    draw.arc((430, 620, 770, 860), 200, 340, fill=(190, 144, 122), width=14)
    return picture.filter(ImageFilter.GaussianBlur(9))


_DRAWN = {"rash.jpg": _rash, "drum.jpg": _drum, "neck.jpg": _neck}


def drawn(name: str) -> bytes:
    """The picture of that name as JPEG bytes."""
    out = io.BytesIO()
    _DRAWN[name]().save(out, "JPEG", quality=82)
    return out.getvalue()
