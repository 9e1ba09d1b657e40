"""Which pictures a person must look at, because pixels may show who the child is: a data set in, causes out."""

from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import UID

from .flags import Flag

_ULTRASOUND: Final = frozenset({"US", "IVUS"})
#: Secondary Capture and its multi-frame kinds: PS3.4 B.5, 1.2.840.10008.5.1.4.1.1.7 and what begins with it.
_SECONDARY: Final = "1.2.840.10008.5.1.4.1.1.7"
#: Words of Body Part Examined (PS3.16 Annex L) that show a face.
_HEADS: Final = ("HEAD", "SKULL", "BRAIN", "FACE", "ORBIT", "NECK", "JAW", "MANDIBLE", "MAXILLA", "SINUS")
_SECTIONS: Final = frozenset({"CT", "MR", "PT"})


def flags_of(dataset: Dataset) -> list[Flag]:
    """Why a person must look at this picture; empty when nothing speaks for it."""
    burned = _word(dataset.get("BurnedInAnnotation"))
    found = {
        Flag.ULTRASOUND: _word(dataset.get("Modality")) in _ULTRASOUND,
        Flag.SECONDARY: _is_captured(dataset),
        Flag.ANNOTATED: burned not in ("", "NO"),
        Flag.UNSAID: burned == "",
        Flag.FACE: _shows_a_face(dataset),
    }
    return [flag for flag, given in found.items() if given]


def _is_captured(dataset: Dataset) -> bool:
    kind = UID(str(dataset.get("SOPClassUID", "")))
    return kind == _SECONDARY or kind.startswith(f"{_SECONDARY}.") or bool(_word(dataset.get("ConversionType")))


def _shows_a_face(dataset: Dataset) -> bool:
    if _word(dataset.get("RecognizableVisualFeatures")) == "YES":
        return True
    part = _word(dataset.get("BodyPartExamined"))
    return _word(dataset.get("Modality")) in _SECTIONS and any(word in part for word in _HEADS)


def _word(value: object) -> str:
    return str(value or "").strip().upper()
