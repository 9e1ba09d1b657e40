"""Slides of a lecture: a title and what is said under it, in both languages, drawn in the fonts of printed sheets."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

SIZE = (854, 480)
_LEFT, _TOP, _FOOT = 56, 52, 440
_PAPER, _INK, _SOFT = (250, 250, 247), (28, 32, 38), (86, 94, 104)
_TONES = {"pink": (190, 64, 82), "yellow": (190, 138, 30), "green": (46, 124, 84)}
_PLAIN = (52, 92, 140)


class Slide(NamedTuple):
    """`tone`: how grave it is, as the manual colours it; the lines of each language stand under its title."""

    tone: str
    zh: str
    en: str
    lines_zh: Sequence[str] = ()
    lines_en: Sequence[str] = ()


def drawn(slide: Slide) -> Image.Image:
    """RGB, as large as the film; what finds no room is left to the voice."""
    picture = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 14, SIZE[1]), fill=_TONES.get(slide.tone, _PLAIN))
    y: float = _TOP
    for text, size, weight, ink in _written(slide):
        y = _put(draw, text, y, ImageFont.truetype(str(settings.PAPER_FONTS / f"NotoSansHans-{weight}.otf"), size), ink)
    return picture


def _written(slide: Slide) -> Iterator[tuple[str, int, str, tuple[int, int, int]]]:
    yield slide.zh, 34, "Bold", _INK
    yield slide.en, 24, "Medium", _SOFT
    for line in slide.lines_zh:
        yield f"• {line}", 22, "Regular", _INK
    for line in slide.lines_en:
        yield f"• {line}", 18, "Regular", _SOFT


def _put(
    draw: ImageDraw.ImageDraw, text: str, y: float, font: ImageFont.FreeTypeFont, ink: tuple[int, int, int]
) -> float:
    """Write a text in as many lines as it needs from `y` on, as far as there is room; where the next one begins."""
    step = font.size * 1.4
    for line in wrapped(text, font, SIZE[0] - 2 * _LEFT):
        if y + step > _FOOT:
            return _FOOT
        draw.text((_LEFT, y), line, font=font, fill=ink)
        y += step
    return y + font.size * 0.4


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines of at most `width` pixels: cut between words, and anywhere in Chinese."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and font.getlength((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if ord(letter) > 0x2E80:
            yield from filter(None, (word, letter))
            word = ""
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    if word:
        yield word
