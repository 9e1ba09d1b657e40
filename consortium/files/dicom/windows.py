"""From stored values to grey: modality transformation, window presets and VOI tables as 8-bit look-up tables.

Source: DICOM PS3.3 C.7.6.16.2.9, C.11.1 (modality LUT) and C.11.2 (VOI LUT, window centre and width).
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi

Values = NDArray[np.float64]
Table = NDArray[np.uint8]

#: Window centre and width in Hounsfield units, as radiology departments commonly set them.
CT_PRESETS: Final[dict[str, tuple[float, float]]] = {
    "lung": (-600.0, 1500.0),
    "bone": (400.0, 1800.0),
    "soft": (40.0, 400.0),
    "brain": (40.0, 80.0),
}


def linear(values: Values, centre: float, width: float) -> Table:
    """PS3.3 C.11.2.1.2.1: the LINEAR function onto 0-255."""
    width = max(width, 1.0)
    span = max(width - 1.0, 1e-6)
    return _grey(((values - (centre - 0.5)) / span + 0.5) * 255)


def sigmoid(values: Values, centre: float, width: float) -> Table:
    """PS3.3 C.11.2.1.3.1: the SIGMOID function onto 0-255."""
    return _grey(255 / (1 + np.exp(np.clip(-4 * (values - centre) / max(width, 1e-6), -60, 60))))


def linear_exact(values: Values, centre: float, width: float) -> Table:
    """PS3.3 C.11.2.1.3.2: the LINEAR_EXACT function onto 0-255."""
    return _grey(((values - centre) / max(width, 1e-6) + 0.5) * 255)


def _grey(values: Values) -> Table:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


_FUNCTIONS: Final = {"LINEAR": linear, "SIGMOID": sigmoid, "LINEAR_EXACT": linear_exact}


def modality_values(stored: NDArray[Any], dataset: Dataset) -> Values:
    """What each stored value means (Hounsfield units for CT)."""
    source = _holder(dataset, "PixelValueTransformationSequence", "RescaleSlope") or dataset
    try:
        return np.asarray(apply_modality_lut(stored, source), dtype=np.float64)
    except (AttributeError, TypeError, ValueError, IndexError, KeyError):
        return stored.astype(np.float64)


def own_table(stored: NDArray[Any], values: Values, dataset: Dataset) -> Table | None:
    """The look that the file itself asks for, when it does: its first window, or its VOI table."""
    source = _holder(dataset, "FrameVOILUTSequence", "WindowCenter") or dataset
    window = _first_window(source)
    if window:
        function = _FUNCTIONS.get(str(source.get("VOILUTFunction") or "LINEAR").strip().upper(), linear)
        return function(values, *window)
    if source.get("VOILUTSequence"):
        try:
            shown = np.asarray(apply_voi(np.rint(values).astype(np.int32), source), dtype=np.float64)
        except (AttributeError, TypeError, ValueError, IndexError, KeyError, NotImplementedError):
            return None
        return _grey((shown - shown.min()) / max(float(np.ptp(shown)), 1e-6) * 255)
    return None


def shown_window(values: Values, counts: NDArray[Any], dataset: Dataset, modality: str) -> tuple[float, float] | None:
    """Centre and width of the default look; None when the file's own look is a table and no window."""
    own = _first_window(_holder(dataset, "FrameVOILUTSequence", "WindowCenter") or dataset)
    if own or dataset.get("VOILUTSequence"):
        return own
    return CT_PRESETS["soft"] if modality == "CT" else _middle(values, counts)


def line_through(values: Values) -> list[float]:
    """[slope, intercept] of the meaning of code 0, 1, 2 ...; empty when that is no straight line."""
    slope = float(values[-1] - values[0]) / max(len(values) - 1, 1)
    straight = np.allclose(values, values[0] + slope * np.arange(len(values)), rtol=1e-6, atol=1e-3)
    return [slope, float(values[0])] if straight and slope else []


def _first_window(source: Dataset) -> tuple[float, float] | None:
    try:
        centre, width = _first(source.get("WindowCenter")), _first(source.get("WindowWidth"))
        return (centre, width) if np.isfinite(centre) and np.isfinite(width) and width > 0 else None
    except (TypeError, ValueError, IndexError):
        return None


def _first(value: Any) -> float:
    return float(value if isinstance(value, int | float | str) else value[0])


def _holder(dataset: Dataset, sequence: str, element: str) -> Dataset | None:
    """The functional group of an enhanced multi-frame file that holds `element` (shared, or the first frame's)."""
    for groups in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for item in list(dataset.get(groups) or [])[:1]:
            holders: list[Dataset] = list(item.get(sequence) or [])[:1]
            if holders and element in holders[0]:
                return holders[0]
    return None


def tables(
    stored: NDArray[Any], values: Values, counts: NDArray[Any], dataset: Dataset, *, modality: str, inverted: bool
) -> Iterator[tuple[str, Table]]:
    """(preset, 8-bit table over the stored values): `default` first; CT gets the four Hounsfield presets."""
    used = values[counts > 0] if counts.any() else values
    own = own_table(stored, values, dataset)
    if own is None:
        own = linear(values, *CT_PRESETS["soft"]) if modality == "CT" else linear(values, *_middle(values, counts))
    looks = {"default": own}
    if modality == "CT":
        looks |= {name: linear(values, *window) for name, window in CT_PRESETS.items()}
    low, high = float(used.min()), float(used.max())
    looks["full"] = linear_exact(values, (low + high) / 2, max(high - low, 1e-6))
    for name, table in looks.items():
        yield name, 255 - table if inverted else table


def _middle(values: Values, counts: NDArray[Any]) -> tuple[float, float]:
    """A window over the middle 99 % of the pixels, for files that name none."""
    total = np.cumsum(counts)
    if not len(total) or not total[-1]:
        return float(values.mean()), max(float(np.ptp(values)), 1.0)
    low, high = np.searchsorted(total, (total[-1] * 0.005, total[-1] * 0.995))
    ends = sorted((float(values[low]), float(values[min(high, len(values) - 1)])))
    return (ends[0] + ends[1]) / 2, max(ends[1] - ends[0], 1.0)
