"""PDF sheets: a Typst template and plain data make one document, the same on every machine.

Fonts come with the lock file (Noto Sans, Latin and simplified Chinese); a template reads no file but its neighbours.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

FONT = "Noto Sans S Chinese"
_TEMPLATES = Path(settings.BASE_DIR) / "templates" / "paper"


def pdf(template: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """The document of `templates/paper/<template>.typ`, tagged for screen readers.

    `data` is JSON-able; the template finds it as `data`, pictures in it are SVG text. `language`: en or zh.
    """
    said = json.dumps({"data": data, "language": language, "font": FONT}, ensure_ascii=False)
    made: bytes = typst.compile(
        str(_TEMPLATES / f"{template}.typ"),
        root=str(_TEMPLATES),
        font_paths=[str(settings.PAPER_FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"said": said},
    )
    return made


def in_font(svg: str) -> str:
    """A drawing whose texts name no font, in the sheet's own."""
    return svg.replace("<text ", f'<text font-family="{FONT}" ')


def code_for(address: str) -> str:
    """An address as a QR code: SVG text for a sheet."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=1)
    return drawn.getvalue().decode()
