"""De-identified copies: of every file that pydicom ships and can read, nothing is left that tells who it is."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from consortium.files.deidentify.cleaning import clean
from consortium.files.deidentify.files import write_clean
from consortium.files.deidentify.flags import Flag
from consortium.files.deidentify.judging import flags_of
from consortium.files.deidentify.profile import ATTRIBUTES, Action
from consortium.files.deidentify.uids import NewUids
from consortium.files.dicom.reading import read_dataset
from consortium.files.sniff import Refused

from . import makers

pytestmark = pytest.mark.filterwarnings("ignore")

_OTHERS = {".txt", ".icc", ".json", ".dump", ".gz", ".py", ".pyc"}
READABLE = sorted(
    path for path in makers.CORPUS.rglob("*") if path.is_file() and path.suffix not in _OTHERS and path.name != "README"
)
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
#: Written down here apart from the product's table: PS3.15 E.1-1's plainest identifiers.
IDENTIFIERS = (
    "PatientName", "PatientBirthDate", "PatientBirthTime", "PatientSex", "PatientAge", "PatientAddress",
    "PatientTelephoneNumbers", "OtherPatientIDs", "OtherPatientNames", "PatientMotherBirthName", "MilitaryRank",
    "EthnicGroup", "PatientComments", "AccessionNumber", "ReferringPhysicianName", "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy", "RequestingPhysician", "StudyID", "InstitutionAddress",
    "InstitutionalDepartmentName", "StudyDate", "StudyTime", "StudyDescription", "SeriesDescription",
    "PerformedProcedureStepDescription", "ImageComments", "AdmissionID", "IssuerOfPatientID",
)  # fmt: skip
DUMMIES = {"", "REMOVED", "19000101", "19000101000000", "000000", "000D", "0"}


def new_uids() -> NewUids:
    return NewUids(b"k" * 32)


def elements(dataset: Dataset) -> Iterator[DataElement]:
    """Every element of every depth."""
    for element in dataset:
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from elements(item)


def readable_elements(dataset: Dataset) -> Iterator[DataElement]:
    """The same, over what can't be read."""
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:
            continue
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from readable_elements(item)


def words(value: Any) -> list[str]:
    several = value if isinstance(value, list | tuple | pydicom.multival.MultiValue) else [value]
    return [str(each).strip("\0 ") for each in several if each is not None]


@dataclass(frozen=True)
class Copied:
    """A file of the corpus, and its copy as read again."""

    name: str
    original: Dataset
    copy: Dataset


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Copied]:
    """Every file, copied once for all that is asked of the copies; nobody changes one."""
    target = tmp_path_factory.mktemp("copies") / "copy.dcm"
    uids, made = new_uids(), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in READABLE:
            write_clean(path, target, uids)
            name = str(path.relative_to(makers.CORPUS))
            made.append(Copied(name, read_dataset(path), pydicom.dcmread(io.BytesIO(target.read_bytes()))))
    return made


def test_the_corpus_in_numbers(corpus: list[Copied], figure: Callable[[str, str], None]) -> None:
    figure("de-identified copies", f"{len(corpus)} files of pydicom's test data, each looked through")
    assert len(corpus) > 160


def found(corpus: list[Copied], faults: Callable[[Copied], Iterable[object]]) -> list[str]:
    """What is wrong, file by file."""
    return [f"{each.name}: {fault}" for each in corpus for fault in faults(each)]


def of_the_profile(each: Copied) -> Iterator[str]:
    for element in elements(each.copy):
        action, said = ATTRIBUTES.get((element.tag.group, element.tag.element)), set(words(element.value))
        if action is Action.REMOVE or (action is Action.EMPTY and element.value):
            yield element.keyword
        if action is Action.DUMMY and element.VR != "UI" and element.keyword != "PatientID":
            yield from (f"{element.keyword} {word}" for word in said - DUMMIES - {"0.0"})


def test_no_attribute_of_the_profile_keeps_its_value(corpus: list[Copied]) -> None:
    assert found(corpus, of_the_profile) == []


def plain(each: Copied) -> Iterator[str]:
    for element in elements(each.copy):
        if element.keyword in IDENTIFIERS or element.VR in ("PN", "DA", "DT"):
            yield from (f"{element.keyword} {word}" for word in set(words(element.value)) - DUMMIES)


def test_no_plain_identifier_is_left(corpus: list[Copied]) -> None:
    assert found(corpus, plain) == []


def hidden(each: Copied) -> Iterator[str]:
    for element in elements(each.copy):
        if element.tag.is_private or element.tag.group & 0xFF00 in (0x5000, 0x6000) or element.VR == "UN":
            yield str(element.tag)


def test_private_fields_overlays_and_curves_are_gone_at_every_depth(corpus: list[Copied]) -> None:
    assert found(corpus, hidden) == []


def old_uids(each: Copied) -> set[str]:
    kinds = {"SOPClassUID", "ReferencedSOPClassUID", "RelatedGeneralSOPClassUID", "CodingSchemeUID"}
    old = {
        word
        for element in readable_elements(each.original)
        if element.VR == "UI" and element.keyword not in kinds
        for word in words(element.value)
        if word and not word.startswith("1.2.840.10008.")
    }
    return old & {word for element in elements(each.copy) if element.VR == "UI" for word in words(element.value)}


def test_no_uid_of_the_original_is_left(corpus: list[Copied]) -> None:
    assert found(corpus, old_uids) == []


def test_a_copy_is_called_in_its_head_as_in_itself(corpus: list[Copied]) -> None:
    assert [
        each.name for each in corpus if each.copy.file_meta.MediaStorageSOPInstanceUID != each.copy.SOPInstanceUID
    ] == []


def still_told(each: Copied) -> list[str]:
    """Names, numbers and dates of the original, looked for in everything but the pixels."""
    told = {
        word
        for element in readable_elements(each.original)
        if element.VR in ("PN", "DA", "DT") or element.keyword in ("PatientID", "AccessionNumber", "InstitutionName")
        for word in words(element.value)
        if len(word) >= 6 and word not in DUMMIES and word not in str(each.original.get("Manufacturer", ""))
    }
    rest, written = deepcopy(each.copy), io.BytesIO()
    for name in PIXELS:
        if name in rest:
            delattr(rest, name)
    rest.save_as(written)
    return [word for word in told if word.encode("utf-8", "replace") in written.getvalue()]


def test_what_was_said_of_the_patient_stands_nowhere_in_the_copys_bytes(corpus: list[Copied]) -> None:
    assert found(corpus, still_told) == []


def changed(each: Copied) -> Iterator[str]:
    for name in PIXELS:
        if (name in each.copy) != (name in each.original):
            yield name
        elif name in each.original and each.copy[name].value != each.original[name].value:
            yield f"{name} differs"
    for name in ("Rows", "Columns", "BitsStored", "PhotometricInterpretation", "PixelSpacing", "RescaleSlope"):
        if each.copy.get(name) != each.original.get(name):
            yield name


def test_pixels_are_unchanged(corpus: list[Copied]) -> None:
    assert found(corpus, changed) == []


def told_by_the_head(each: Copied) -> set[str]:
    known = {
        "FileMetaInformationGroupLength", "FileMetaInformationVersion", "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID", "TransferSyntaxUID", "ImplementationClassUID", "ImplementationVersionName",
    }  # fmt: skip
    more = {element.keyword for element in each.copy.file_meta} - known
    return more | ({"preamble"} if each.copy.preamble != b"\0" * 128 else set())


def test_the_head_of_the_file_tells_nothing(corpus: list[Copied]) -> None:
    assert found(corpus, told_by_the_head) == []


def test_the_copy_says_what_was_done(corpus: list[Copied]) -> None:
    said = {
        (each.copy.PatientIdentityRemoved, each.copy.DeidentificationMethodCodeSequence[0].CodeValue) for each in corpus
    }
    assert said == {("YES", "113100")}


# -- what a stranger could have hidden --------------------------------------------------------------------------------


def laden() -> Dataset:
    """Names wherever they can be hidden."""
    dataset = pydicom.dcmread(io.BytesIO(makers.dicom()))
    dataset.private_block(0x0011, "SECRET MAKER", create=True).add_new(1, "LO", "Secret^Child")
    dataset.add_new(0x60000010, "US", 4)
    dataset.add_new(0x60003000, "OB", b"Secret^Child")
    dataset.add_new(0x60004000, "LT", "Secret^Child")
    dataset.add_new(0x50000005, "US", 1)
    dataset.add_new(0x50003000, "OW", b"Secret^Child")
    inner = Dataset()
    inner.PatientName, inner.StudyDate = "Secret^Child", "20260904"
    inner.private_block(0x0013, "SECRET MAKER", create=True).add_new(1, "LO", "Secret^Child")
    outer = Dataset()
    outer.AnatomicRegionSequence = Sequence([inner])
    dataset.ViewCodeSequence = Sequence([outer])
    dataset.EncapsulatedDocument = b"Secret^Child"
    dataset.PatientID, dataset.StationName = "Secret-77", "Secret^Child"
    dataset.DateOfLastCalibration = "20260904"
    return dataset


def test_names_hidden_in_private_fields_overlays_curves_and_sequences_are_gone() -> None:
    dataset = laden()
    clean(dataset, new_uids())
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    assert b"Secret" not in out.getvalue()
    assert b"20260904" not in out.getvalue()
    assert "AnatomicRegionSequence" in dataset.ViewCodeSequence[0]


def test_a_dataset_laden_with_names_would_be_found_out() -> None:
    out = io.BytesIO()
    laden().save_as(out, enforce_file_format=True)
    assert out.getvalue().count(b"Secret") >= 8


def test_a_name_in_the_preamble_is_gone(tmp_path: Path) -> None:
    data = makers.dicom()
    (tmp_path / "source").write_bytes(b"Secret^Child".ljust(128, b" ") + data[128:])
    write_clean(tmp_path / "source", tmp_path / "target", new_uids())
    assert b"Secret" not in (tmp_path / "target").read_bytes()


def test_a_value_that_cannot_be_read_is_not_kept() -> None:
    dataset = pydicom.dcmread(io.BytesIO(makers.dicom()))
    dataset._dict[pydicom.tag.Tag("SliceThickness")] = pydicom.dataelem.RawDataElement(
        pydicom.tag.Tag("SliceThickness"), "ZZ", 4, b"Secr", 0, False, True
    )
    clean(dataset, new_uids())
    assert "SliceThickness" not in dataset


def test_what_is_needed_to_read_the_picture_stays() -> None:
    dataset = pydicom.dcmread(io.BytesIO(makers.dicom(PixelSpacing=[0.5, 0.5], SliceThickness="1.5")))
    clean(dataset, new_uids())
    assert (dataset.PixelSpacing, dataset.SliceThickness, dataset.Modality) == ([0.5, 0.5], 1.5, "CT")


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"\x08\x00\x05\x00UN\xff\xff")
    with pytest.raises(Refused):
        write_clean(tmp_path / "source", tmp_path / "target", new_uids())
    assert not (tmp_path / "target").exists()


# -- new UIDs ---------------------------------------------------------------------------------------------------------


def test_within_one_copy_the_same_uid_becomes_the_same() -> None:
    uids = new_uids()
    assert uids.of("1.2.3") == uids.of("1.2.3\0") != uids.of("1.2.4")


def test_in_another_copy_it_becomes_another() -> None:
    assert new_uids().of("1.2.3") != NewUids(b"x" * 32).of("1.2.3")


def test_a_new_uid_is_one() -> None:
    found = UID(new_uids().of("1.2.3"))
    assert found.is_valid
    assert found.startswith("2.25.")
    assert len(found) <= 64


def test_the_standards_own_stay() -> None:
    assert new_uids().of("1.2.840.10008.5.1.4.1.1.2") == "1.2.840.10008.5.1.4.1.1.2"


def test_files_of_one_series_stay_one_series(tmp_path: Path) -> None:
    uids, found = new_uids(), []
    for number, data in enumerate(makers.series(3)):
        (tmp_path / "source").write_bytes(data)
        write_clean(tmp_path / "source", tmp_path / f"{number}", uids)
        found.append(pydicom.dcmread(tmp_path / f"{number}"))
    assert len({copy.SeriesInstanceUID for copy in found}) == 1
    assert len({copy.SOPInstanceUID for copy in found}) == 3
    assert len({copy.PatientID for copy in found if "PatientID" in copy}) <= 1


def test_the_pseudonym_is_the_copys_own() -> None:
    assert new_uids().pseudonym() == new_uids().pseudonym() != NewUids(b"x" * 32).pseudonym()


# -- pixels that a person must look at --------------------------------------------------------------------------------


def flags(**words_: Any) -> list[Flag]:
    dataset = Dataset()
    dataset.Modality, dataset.BurnedInAnnotation = "CT", "NO"
    for name, value in words_.items():
        setattr(dataset, name, value)
    return flags_of(dataset)


def test_a_picture_that_says_no_is_passed() -> None:
    assert flags() == []


@pytest.mark.parametrize(
    ("told", "flag"),
    [
        ({"Modality": "US"}, Flag.ULTRASOUND),
        ({"Modality": "IVUS"}, Flag.ULTRASOUND),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, Flag.SECONDARY),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"}, Flag.SECONDARY),
        ({"ConversionType": "WSD"}, Flag.SECONDARY),
        ({"BurnedInAnnotation": "YES"}, Flag.ANNOTATED),
        ({"BurnedInAnnotation": "MAYBE"}, Flag.ANNOTATED),
        ({"BurnedInAnnotation": ""}, Flag.UNSAID),
        ({"RecognizableVisualFeatures": "YES"}, Flag.FACE),
        ({"BodyPartExamined": "HEAD"}, Flag.FACE),
    ],
)
def test_what_may_show_the_child_is_marked(told: dict[str, str], flag: Flag) -> None:
    assert flags(**told) == [flag]


def test_a_flat_picture_of_the_head_has_no_face_to_rebuild() -> None:
    assert flags(Modality="CR", BodyPartExamined="SKULL") == []
