"""What a data set tells of itself beside its pixels: which series, where in it, when, and how large a pixel is."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from pydicom.dataset import Dataset

_DATES: Final = ("AcquisitionDate", "ContentDate", "SeriesDate", "StudyDate")
#: PS3.3 10.7: spacing in the patient's body; else at the detector, where everything is larger than in the body.
_SPACINGS: Final = (
    ("PixelSpacing", "body"),
    ("ImagerPixelSpacing", "detector"),
    ("NominalScannedPixelSpacing", "film"),
)
_GROUPS: Final = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")


@dataclass(frozen=True)
class Origin:
    """`series` is the Series Instance UID ("" without one); `place` is in mm along the scanned direction."""

    series: str = ""
    place: float | None = None
    number: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def origin_of(dataset: Dataset) -> Origin:
    """Where this file stands in its series; damaged values count as none."""
    number = _number(dataset.get("InstanceNumber"))
    whole = int(number) if number is not None and abs(number) < 2**31 else None
    return Origin(str(dataset.get("SeriesInstanceUID") or "").strip()[:64], _place(dataset), whole)


def _place(dataset: Dataset) -> float | None:
    """The slice's position projected on its normal (PS3.3 C.7.6.2.1.1), or what the file calls its location."""
    position = _numbers(dataset.get("ImagePositionPatient"), 3)
    directions = _numbers(dataset.get("ImageOrientationPatient"), 6)
    if position and directions:
        return round(float(np.dot(np.cross(directions[:3], directions[3:]), position)), 4)
    return _number(dataset.get("SliceLocation"))


def taken_on(dataset: Dataset) -> str:
    """The day the picture was made as ISO text, "" when no element tells."""
    for name in _DATES:
        try:
            return datetime.strptime(str(dataset.get(name) or "")[:8], "%Y%m%d").date().isoformat()  # noqa: DTZ007
        except ValueError:
            continue
    return ""


def spacing_of(dataset: Dataset) -> tuple[list[float], str]:
    """([mm between rows, mm between columns], "body", "detector" or "film"); ([], "") when nothing tells."""
    for name, kind in _SPACINGS:
        found = _numbers(_spacing_holder(dataset, name).get(name), 2)
        if found and all(0.001 <= each <= 100 for each in found):
            return found, kind
    return [], ""


def _spacing_holder(dataset: Dataset, name: str) -> Dataset:
    """The data set itself, or the pixel measures of an enhanced multi-frame file."""
    if name in dataset:
        return dataset
    for groups in _GROUPS:
        for item in list(dataset.get(groups) or [])[:1]:
            for measures in list(item.get("PixelMeasuresSequence") or [])[:1]:
                return Dataset(measures)
    return dataset


def _number(value: Any) -> float | None:
    found = _numbers([value], 1)
    return found[0] if found else None


def _numbers(value: Any, count: int) -> list[float]:
    """Exactly `count` finite numbers, or none."""
    try:
        found = [float(each) for each in value]
    except (TypeError, ValueError):
        return []
    return found if len(found) == count and bool(np.isfinite(found).all()) else []
