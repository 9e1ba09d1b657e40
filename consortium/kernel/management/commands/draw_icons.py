"""Draws the PNG icons of the installed app from the same figure as static/icons/mark.svg (32 units wide)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image, ImageDraw

TEAL, PALE, WHITE = "#0a6c74", "#8fd6d9", "#ffffff"
LINES = (((16, 11.5), (9, 22)), ((16, 11.5), (23, 22)), ((9, 22), (23, 22)))
DOTS = ((16, 10, 4.25), (9, 22, 3.25), (23, 22, 3.25))
# Drawn larger and shrunk, so that edges are smooth.
OVERSAMPLE = 4


def draw(size: int, *, full_bleed: bool = False) -> Image.Image:
    """The mark, `size` pixels square. `full_bleed`: no round corners and a smaller figure, for masked icons."""
    wide = size * OVERSAMPLE
    unit = wide / 32
    figure = 0.72 if full_bleed else 1.0
    image = Image.new("RGBA", (wide, wide))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, wide - 1, wide - 1), radius=0 if full_bleed else 8 * unit, fill=TEAL)

    def at(x: float, y: float) -> tuple[float, float]:
        return ((x - 16) * figure + 16) * unit, ((y - 16) * figure + 16) * unit

    for start, end in LINES:
        pen.line((at(*start), at(*end)), fill=PALE, width=round(2 * unit * figure))
    for x, y, r in DOTS:
        cx, cy = at(x, y)
        radius = r * unit * figure
        pen.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=WHITE)
    return image.resize((size, size), Image.Resampling.LANCZOS)


class Command(BaseCommand):
    help = "Draw the PNG icons of the installed app into static/icons."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "icons"
        pictures = {
            "icon-192.png": draw(192),
            "icon-512.png": draw(512),
            "icon-maskable-512.png": draw(512, full_bleed=True),
            # Apple rounds the corners itself and shows transparency as black.
            "icon-180.png": draw(180, full_bleed=True).convert("RGB"),
        }
        for name, image in pictures.items():
            image.save(folder / name, optimize=True)
        self.stdout.write(f"{len(pictures)} icons in {folder}")
