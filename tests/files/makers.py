"""Files that the tests make: broken, disguised, oversized and honest ones."""

import functools
import io
import itertools
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, generate_uid

#: how many UIDs a test has used: the same test makes the same bytes each time (conftest.py begins anew)
used = itertools.count()


def next_uid() -> UID:
    """A DICOM UID that no other file of this test has."""
    return generate_uid(entropy_srcs=[str(next(used))])


CORPUS = Path(pydicom.__file__).parent / "data" / "test_files"
CT = CORPUS / "CT_small.dcm"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def jpeg(size: tuple[int, int] = (60, 40), *, gps: bool = False, orientation: int = 1, quality: int = 90) -> bytes:
    """A photo whose left half is red and right half blue; with GPS in its EXIF on request."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretMaker"
    if gps:
        exif.get_ifd(0x8825)[2] = (31.0, 13.0, 48.0)
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"SecretComment", quality=quality)
    return out.getvalue()


def png(size: tuple[int, int] = (30, 20), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def webp() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(out, "WEBP")
    return out.getvalue()


@functools.cache
def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few MB at most that claims 2.5 thousand million pixels, with honest (well compressed) data."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def archive(name: str = "a.txt", data: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
    return out.getvalue()


def bomb() -> bytes:
    """An archive that unpacks to fifty megabytes."""
    return archive(data=b"\0" * (50 << 20))


def dicom(
    *, frames: int = 1, photometric: str = "MONOCHROME2", modality: str = "CT", deflated: bool = False, **elements: Any
) -> bytes:
    """A little CT whose columns run from -1000 to 1000 Hounsfield units; frame n is brighter by 10 n.

    `elements` are further ones by keyword: `SeriesInstanceUID=...`, `PixelSpacing=[0.5, 0.5]`.
    """
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = next_uid()
    meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian if deflated else ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    dataset.PatientName, dataset.Modality = "Secret^Child", modality
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel, dataset.NumberOfFrames = 16, 21, 1, frames
    dataset.PhotometricInterpretation, dataset.PixelRepresentation = photometric, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.RescaleSlope, dataset.RescaleIntercept = "1", "-1024"
    dataset.PixelData = b"".join(
        struct.pack("<21H", *(24 + 100 * column + 10 * frame for column in range(21))) * 16 for frame in range(frames)
    )
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def stack(frames: int, edge: int = 192) -> bytes:
    """A CT of many frames with the texture of a real one: each JPEG of it takes some kilobytes."""
    noise = np.random.default_rng(7).integers(0, 300, (edge, edge), dtype=np.uint16)
    across = np.linspace(900, 1200, edge, dtype=np.uint16)[None, :]
    pixels = b"".join((noise + across + 400 * (number % 2)).astype("<u2").tobytes() for number in range(frames))
    words: dict[str, Any] = {"Rows": edge, "Columns": edge, "PixelSpacing": [0.5, 0.5], "PixelData": pixels}
    return dicom(frames=frames, **words)


def series(slices: int, **elements: Any) -> list[bytes]:
    """The files of one series in no order: slice n lies at 5 n mm and has instance number n."""
    uid = next_uid()
    made = [
        dicom(
            SeriesInstanceUID=uid, InstanceNumber=number, ImagePositionPatient=[0, 0, 5.0 * number],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], **elements,
        )
        for number in range(1, slices + 1)
    ]  # fmt: skip
    return made[1::2] + made[::2]


def deflated_bomb(megabytes: int = 4096) -> bytes:
    """A DICOM file of a few MB whose deflated part unpacks to `megabytes`."""
    whole = dicom(deflated=True)
    start = 132 + 12 + struct.unpack("<I", whole[140:144])[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b"\0" * (1 << 20)
    length = megabytes << 20
    head = b"\x08\x00\x05\x00OB\0\0" + struct.pack("<I", length - 2)
    return (
        whole[:start]
        + packer.compress(head)
        + b"".join(packer.compress(zeros) for _ in range(megabytes))
        + packer.flush()
    )
