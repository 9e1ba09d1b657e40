"""Writes each frame as PNG (16-bit stored values, or 8-bit colour), a thumbnail, and the tables of the presets."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import JPEG2000TransferSyntaxes

from consortium.files.sniff.faults import Fault, Refused

from . import windows
from .names import frame_name, table_name
from .origin import Origin, origin_of, spacing_of, taken_on
from .reading import Picture, is_compressed, open_picture

THUMBNAIL_EDGE: Final = 320
_SAMPLED_FRAMES: Final = 16


@dataclass
class Frames:
    """What was written: `count` frames of `width` x `height`; `presets` is empty for colour.

    `values` are [slope, intercept] from a stored code to what it means (Hounsfield units for CT), empty when no line
    does it; `window` is [centre, width] of the default look where it is one. `spacing` is in mm [row, column].
    """

    count: int
    width: int
    height: int
    modality: str
    colour: bool
    presets: list[str] = field(default_factory=list)
    aspect: float = 1.0
    spacing: list[float] = field(default_factory=list)
    spacing_kind: str = ""
    values: list[float] = field(default_factory=list)
    window: list[float] = field(default_factory=list)
    inverted: bool = False
    taken_on: str = ""
    origin: Origin = field(default_factory=Origin)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def write_frames(source: Path, folder: Path) -> Frames:
    """Decode `source` into `folder`; Refused with one code when it cannot be shown."""
    picture = open_picture(source)
    try:
        return _write_colour(picture, folder) if picture.in_colour else _write_grey(picture, folder)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # decoders fail in many ways; each file ends in a state, never in a traceback
        raise _cause(error, picture) from error


def _cause(error: Exception, picture: Picture) -> Refused:
    note = f"{type(error).__name__}: {error}"[:300]
    words = str(error).lower()
    if any(word in words for word in ("less than expected", "length of", "truncated", "unexpected end", "not enough")):
        return Refused(Fault.TRUNCATED, note)
    return Refused(Fault.COMPRESSION if is_compressed(picture.dataset) else Fault.BROKEN, note)


def _decoded(picture: Picture) -> Iterator[NDArray[Any]]:
    """The frames one by one; a file with fewer than it claims is truncated."""
    seen = 0
    # OpenJPEG first: the other two hand out read-only arrays for signed JPEG 2000, over which pydicom trips.
    plugin = "pylibjpeg" if picture.dataset.file_meta.TransferSyntaxUID in JPEG2000TransferSyntaxes else ""
    for array in iter_pixels(picture.dataset, decoding_plugin=plugin):
        seen += 1
        yield array
    if seen < picture.frames:
        raise Refused(Fault.TRUNCATED, f"{seen} of {picture.frames} frames")


def _write_colour(picture: Picture, folder: Path) -> Frames:
    for number, array in enumerate(_decoded(picture), start=1):
        shown = apply_color_lut(array, picture.dataset) if picture.photometric == "PALETTE COLOR" else array
        frame = Image.fromarray(_eight_bits(shown, picture), "RGB")
        frame.save(folder / frame_name(number), "PNG", compress_level=3)
        if number == (picture.frames + 1) // 2:
            _thumbnail(frame, folder)
    return _frames(picture, presets=[])


def _eight_bits(array: NDArray[Any], picture: Picture) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if picture.photometric == "PALETTE COLOR":
        bits = 16 if array.max() > 255 else 8
    else:
        bits = int(picture.dataset.get("BitsStored") or array.dtype.itemsize * 8)
    return np.ascontiguousarray(np.clip(array.astype(np.float64) / 2 ** max(0, bits - 8), 0, 255).astype(np.uint8))


def _write_grey(picture: Picture, folder: Path) -> Frames:
    to_codes, stored, integer_values = _coding(picture)
    counts = np.zeros(len(stored), dtype=np.int64)
    for number, array in enumerate(_decoded(picture), start=1):
        codes = to_codes(array)
        Image.fromarray(codes).save(folder / frame_name(number), "PNG", compress_level=3)
        if number <= _SAMPLED_FRAMES:
            counts += np.bincount(codes.ravel(), minlength=len(stored))[: len(stored)]
    _forget_padding(counts, stored, picture)
    values = windows.modality_values(stored, picture.dataset) if integer_values else stored
    names = _write_tables(picture, folder, stored, values, counts)
    _grey_thumbnail(picture, folder)
    frames = _frames(picture, presets=names)
    frames.values = windows.line_through(values)
    frames.window = list(windows.shown_window(values, counts, picture.dataset, picture.modality) or ())
    frames.inverted = picture.photometric == "MONOCHROME1"
    return frames


Coder = Callable[[NDArray[Any]], NDArray[np.uint16]]


def _coding(picture: Picture) -> tuple[Coder, NDArray[Any], bool]:
    """How values become 16-bit codes, the value behind each code, and whether these are stored integers."""
    dataset = picture.dataset
    bits = int(dataset.get("BitsStored") or dataset.get("BitsAllocated") or 16)
    floating = "PixelData" not in dataset
    if floating or bits > 16:
        return _scaled_coding(picture)
    signed = int(dataset.get("PixelRepresentation") or 0) == 1
    low = -(2 ** (bits - 1)) if signed else 0
    stored = np.arange(low, low + 2**bits, dtype=np.int32)

    def to_codes(array: NDArray[Any]) -> NDArray[np.uint16]:
        return (np.clip(array.astype(np.int32), low, low + 2**bits - 1) - low).astype(np.uint16)

    return to_codes, stored, True


def _scaled_coding(picture: Picture) -> tuple[Coder, NDArray[Any], bool]:
    """For values of more than 16 bits: spread what occurs over 16 bits (one pass more over the frames)."""
    ends = [(float(np.nanmin(array)), float(np.nanmax(array))) for array in _decoded(picture)]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    if not np.isfinite(low) or not np.isfinite(high):
        raise Refused(Fault.BROKEN, "values that are not numbers")
    step = max(high - low, 1e-12) / 65535

    def to_codes(array: NDArray[Any]) -> NDArray[np.uint16]:
        return np.clip(np.rint((np.nan_to_num(array.astype(np.float64)) - low) / step), 0, 65535).astype(np.uint16)

    return to_codes, low + step * np.arange(65536, dtype=np.float64), False


def _forget_padding(counts: NDArray[Any], stored: NDArray[Any], picture: Picture) -> None:
    padding = picture.dataset.get("PixelPaddingValue")
    if isinstance(padding, int) and stored[0] <= padding <= stored[-1] and counts.sum() > counts[padding - stored[0]]:
        counts[int(padding - stored[0])] = 0


def _write_tables(
    picture: Picture, folder: Path, stored: NDArray[Any], values: windows.Values, counts: NDArray[Any]
) -> list[str]:
    inverted = picture.photometric == "MONOCHROME1"
    looks = windows.tables(stored, values, counts, picture.dataset, modality=picture.modality, inverted=inverted)
    names = []
    for name, table in looks:
        (folder / table_name(name)).write_bytes(table.tobytes())
        names.append(name)
    return names


def _grey_thumbnail(picture: Picture, folder: Path) -> None:
    table = np.frombuffer((folder / table_name("default")).read_bytes(), dtype=np.uint8)
    with Image.open(folder / frame_name((picture.frames + 1) // 2)) as frame:
        _thumbnail(Image.fromarray(table[np.asarray(frame)]), folder)


def _thumbnail(frame: Image.Image, folder: Path) -> None:
    small = frame.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    small.save(folder / "thumb.jpg", "JPEG", quality=82)


def _frames(picture: Picture, *, presets: list[str]) -> Frames:
    spacing, spacing_kind = spacing_of(picture.dataset)
    return Frames(
        count=picture.frames,
        width=picture.columns,
        height=picture.rows,
        modality=picture.modality,
        colour=picture.in_colour,
        presets=presets,
        aspect=_aspect(picture),
        spacing=spacing,
        spacing_kind=spacing_kind,
        taken_on=taken_on(picture.dataset),
        origin=origin_of(picture.dataset),
    )


def _aspect(picture: Picture) -> float:
    """Height of a pixel over its width (PS3.3 10.7.1.3: row spacing comes first)."""
    spacing = picture.dataset.get("PixelSpacing") or picture.dataset.get("PixelAspectRatio")
    try:
        ratio = float(spacing[0]) / float(spacing[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return 1.0
    return ratio if 0.1 <= ratio <= 10 else 1.0
