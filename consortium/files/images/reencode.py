"""Re-encoding with Pillow. Runs inside `files.sandbox`; sizes are checked from the header before a pixel is decoded."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from consortium.files.sniff.faults import Fault, Refused
from consortium.files.sniff.kinds import Kind

MAX_PIXELS: Final = 64_000_000
FULL_EDGE: Final = 4096
SCREEN_EDGE: Final = 1600
THUMBNAIL_EDGE: Final = 320
_FORMATS: Final = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}


@dataclass(frozen=True)
class Written:
    """One picture file written: its name in the folder, width and height in pixels."""

    name: str
    width: int
    height: int


def reencode(source: Path, kind: Kind, folder: Path) -> list[Written]:
    """Write `full`, `screen` and `thumb` into `folder`; Refused when the picture is too big or broken."""
    picture = _upright(_decoded(source, kind))
    photo = kind is not Kind.PNG
    return [
        _written(picture, folder, "full", FULL_EDGE, photo),
        _written(picture, folder, "screen", SCREEN_EDGE, photo),
        _written(picture, folder, "thumb", THUMBNAIL_EDGE, photo),
    ]


def _decoded(source: Path, kind: Kind) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings(), source.open("rb") as file:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=[_FORMATS[kind]])
            _check_size(picture)
            picture.draft("RGB", (2 * FULL_EDGE, 2 * FULL_EDGE))
            picture.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused(Fault.TOO_MANY_PIXELS, str(error)) from error
    except UnidentifiedImageError as error:
        raise Refused(Fault.BROKEN, str(error)) from error
    except OSError as error:
        raise Refused(Fault.TRUNCATED if "truncated" in str(error) else Fault.BROKEN, str(error)) from error
    except (SyntaxError, ValueError, EOFError, IndexError, OverflowError) as error:
        raise Refused(Fault.BROKEN, str(error)) from error
    return picture


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > 30_000:
        raise Refused(Fault.TOO_MANY_PIXELS, f"{width} x {height}")


def _upright(picture: Image.Image) -> Image.Image:
    """The pixels alone: turned as EXIF says, colours brought to sRGB, transparency put on white."""
    try:
        turned = ImageOps.exif_transpose(picture)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, ZeroDivisionError):  # damaged EXIF: as it is
        turned = picture
    profile = picture.info.get("icc_profile")
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        turned = _on_white(turned.convert("RGBA"))
    return _in_srgb(turned if turned.mode in ("L", "RGB", "CMYK") else _flattened(turned), profile)


def _flattened(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        grey = picture.convert("F")
        low, high = (float(end) for end in grey.getextrema())  # type: ignore[arg-type]
        span = max(1.0, high - low)
        return grey.point(lambda value: value * (255 / span) - low * 255 / span).convert("L")
    return picture.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Apply an embedded profile (phones use Display P3: skin would look pale without) and drop it."""
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted if converted is not None else picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError):  # a damaged profile: the pixels as they are
            pass
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _written(picture: Image.Image, folder: Path, name: str, edge: int, photo: bool) -> Written:
    small = picture.copy()
    small.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    clean = Image.frombytes(small.mode, small.size, small.tobytes())
    if photo or name != "full":
        file = folder / f"{name}.jpg"
        clean.save(file, "JPEG", quality=90 if name == "full" else 82, optimize=True)
    else:
        file = folder / f"{name}.png"
        clean.save(file, "PNG", optimize=False)
    return Written(file.name, *clean.size)
