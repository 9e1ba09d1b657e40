"""Opening a DICOM file: with or without preamble, and saying in one code why it shows no picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from consortium.files.sniff.faults import Fault, Refused

MAX_FRAMES: Final = 2_000
MAX_FRAME_PIXELS: Final = 64_000_000
MAX_ALL_PIXELS: Final = 400_000_000
_PIXELS: Final = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


@dataclass(frozen=True)
class Picture:
    """An opened data set that claims to hold frames of `rows` x `columns` pixels, `samples` values each."""

    dataset: Dataset
    rows: int
    columns: int
    frames: int
    samples: int
    modality: str
    photometric: str

    @property
    def in_colour(self) -> bool:
        return self.samples > 1 or self.photometric == "PALETTE COLOR"


def open_picture(source: Path) -> Picture:
    """Read the data set and check its claims before any pixel is decoded."""
    dataset = read_dataset(source)
    if "DirectoryRecordSequence" in dataset or _sop_class(dataset) == MediaStorageDirectoryStorage:
        raise Refused(Fault.DICOMDIR)
    if not any(name in dataset for name in _PIXELS):
        raise Refused(Fault.NO_PICTURE if len(dataset) > 0 else Fault.BROKEN, _kind_of(dataset))
    try:
        picture = _claims(dataset)
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused(Fault.BROKEN, str(error)) from error
    _check_size(picture)
    return picture


def read_dataset(source: Path) -> Dataset:
    """The data set with a transfer syntax, guessed where the file does not say; Refused when it can't be read."""
    try:
        dataset = pydicom.dcmread(source, force=True, defer_size=None)
        dataset.ensure_file_meta()
        if "TransferSyntaxUID" not in dataset.file_meta:
            dataset.file_meta = _meta_from_encoding(dataset)
        str(dataset.get("Modality", "")), dataset.get("Rows")
    except (InvalidDicomError, EOFError) as error:
        raise Refused(Fault.TRUNCATED if isinstance(error, EOFError) else Fault.BROKEN, str(error)) from error
    except MemoryError:
        raise
    except Exception as error:  # the reader trips over damage in many ways; all of them mean the same
        raise Refused(Fault.BROKEN, f"{type(error).__name__}: {error}") from error
    return dataset


def _meta_from_encoding(dataset: Dataset) -> FileMetaDataset:
    """The transfer syntax as it was guessed from the bytes, for files that do not say."""
    implicit, little = dataset.original_encoding
    meta = FileMetaDataset()
    meta.update(dataset.file_meta)
    if implicit or implicit is None:
        meta.TransferSyntaxUID = ImplicitVRLittleEndian
    else:
        meta.TransferSyntaxUID = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
    return meta


def _claims(dataset: Dataset) -> Picture:
    return Picture(
        dataset=dataset,
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        frames=int(dataset.get("NumberOfFrames") or 1),
        samples=int(dataset.get("SamplesPerPixel") or 1),
        modality=_word(dataset.get("Modality")),
        photometric=_word(dataset.get("PhotometricInterpretation"), "MONOCHROME2").replace("_", " "),
    )


def _check_size(picture: Picture) -> None:
    pixels = picture.rows * picture.columns
    if pixels <= 0 or picture.frames <= 0 or picture.samples not in (1, 3):
        raise Refused(Fault.BROKEN, "no rows, columns or frames")
    if pixels > MAX_FRAME_PIXELS or picture.frames > MAX_FRAMES or pixels * picture.frames > MAX_ALL_PIXELS:
        raise Refused(Fault.TOO_MANY_PIXELS, f"{picture.frames} x {picture.rows} x {picture.columns}")


def _word(value: Any, default: str = "") -> str:
    """One defined term (CS), upper case, never more than 16 characters as the standard has it."""
    first = value if isinstance(value, str) else next(iter(value or ()), "")
    return str(first).strip().upper()[:16] or default


def _sop_class(dataset: Dataset) -> str:
    return str(dataset.file_meta.get("MediaStorageSOPClassUID", "") or dataset.get("SOPClassUID", ""))


def _kind_of(dataset: Dataset) -> str:
    return _word(dataset.get("Modality")) or "no pixel data"


def is_compressed(dataset: Dataset) -> bool:
    """Whether the pixels need a decoder."""
    syntax = dataset.file_meta.TransferSyntaxUID
    return bool(syntax.is_compressed) and syntax != DeflatedExplicitVRLittleEndian
