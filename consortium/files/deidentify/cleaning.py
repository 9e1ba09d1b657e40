"""Takes out of a data set whatever tells who the child is: PS3.15 Annex E, Basic Application Level Profile.

Pixels stay as they are; `judging` says whose pixels a person must look at. Beyond the table, what it does not know is
taken out too wherever its kind of value could identify: names, dates, times, and values of unknown kind.
"""

from typing import Any, Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import UID, SecondaryCaptureImageStorage

from .profile import ALWAYS_REMOVED, ATTRIBUTES, GRAPHIC_GROUPS, Action
from .uids import NewUids

#: Values of these kinds are never kept unless the table says so: person names, dates, times, unknown.
_TELLING: Final = frozenset({"PN", "DA", "DT", "TM", "UN"})
_DUMMIES: Final[dict[str, Any]] = {
    "DA": "19000101", "DT": "19000101000000", "TM": "000000", "AS": "000D", "PN": "REMOVED", "AE": "REMOVED",
    "CS": "REMOVED", "LO": "REMOVED", "SH": "REMOVED", "LT": "REMOVED", "ST": "REMOVED", "UT": "REMOVED",
    "UC": "REMOVED", "UR": "http://removed.invalid/", "DS": "0", "IS": "0", "FD": 0.0, "FL": 0.0, "SL": 0, "SS": 0,
    "UL": 0, "US": 0, "SV": 0, "UV": 0,
}  # fmt: skip
#: UIDs that name a kind of thing, also where a maker has one of his own.
_KINDS: Final = frozenset({"SOPClassUID", "ReferencedSOPClassUID", "RelatedGeneralSOPClassUID", "CodingSchemeUID"})
_PATIENT_ID: Final = BaseTag(0x00100020)
_METHOD: Final = "Basic Application Confidentiality Profile"


def clean(dataset: Dataset, new_uids: NewUids) -> None:
    """De-identify in place: every element of every depth, and the file's own head."""
    _walk(dataset, new_uids)
    _say_so(dataset)
    _new_head(dataset, new_uids)


def _walk(dataset: Dataset, new_uids: NewUids) -> None:
    for tag in list(dataset.keys()):
        if _is_graphic(tag) or tag.is_private or tag.group < 8 or (tag.group, tag.element) in ALWAYS_REMOVED:
            del dataset[tag]
            continue
        try:
            element = dataset[tag]
        except Exception:  # a value that can't even be read is not kept
            del dataset[tag]
            continue
        _treat(dataset, element, new_uids)


def _is_graphic(tag: BaseTag) -> bool:
    return tag.group & 0xFF00 in GRAPHIC_GROUPS


def _treat(dataset: Dataset, element: DataElement, new_uids: NewUids) -> None:
    action = ATTRIBUTES.get((element.tag.group, element.tag.element))
    if action is Action.REMOVE or (action is None and element.VR in _TELLING):
        del dataset[element.tag]
    elif action is Action.EMPTY:
        element.value = [] if element.VR == "SQ" else None
    elif action is Action.DUMMY:
        _put_dummy(dataset, element, new_uids)
    elif element.VR == "UI":
        _put_new_uids(element, new_uids)
    elif element.VR == "SQ":
        for item in element.value:
            _walk(item, new_uids)


def _put_dummy(dataset: Dataset, element: DataElement, new_uids: NewUids) -> None:
    if element.VR == "UI":
        _put_new_uids(element, new_uids)
    elif element.VR not in _DUMMIES:  # sequences and bytes: nothing stands for them
        del dataset[element.tag]
    else:
        element.value = new_uids.pseudonym() if element.tag == _PATIENT_ID else _DUMMIES[element.VR]


def _put_new_uids(element: DataElement, new_uids: NewUids) -> None:
    if not element.value or element.keyword in _KINDS:
        return
    several = element.value if element.VM > 1 else [element.value]
    fresh = [new_uids.of(str(uid)) for uid in several]
    element.value = fresh if element.VM > 1 else fresh[0]


def _say_so(dataset: Dataset) -> None:
    """PS3.15 E.1.1: what was done is written into the file."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = _METHOD
    dataset.LongitudinalTemporalInformationModified = "REMOVED"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113100", "DCM", _METHOD
    dataset.DeidentificationMethodCodeSequence = [code]


def _new_head(dataset: Dataset, new_uids: NewUids) -> None:
    """File meta information with nothing but what a reader needs; the preamble may hold anything, so it goes."""
    old = dataset.file_meta
    if not dataset.get("SOPInstanceUID"):
        dataset.SOPInstanceUID = new_uids.of("a file without a UID of its own")
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = old.TransferSyntaxUID
    kind = old.get("MediaStorageSOPClassUID") or dataset.get("SOPClassUID") or SecondaryCaptureImageStorage
    meta.MediaStorageSOPClassUID = UID(str(kind))
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta = meta
    dataset.preamble = b"\0" * 128
