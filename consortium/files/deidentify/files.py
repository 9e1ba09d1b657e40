"""One file in, one de-identified file out, and why a person has to look at its pictures."""

from pathlib import Path

from consortium.files.dicom.reading import read_dataset

from .cleaning import clean
from .flags import Flag
from .judging import flags_of
from .uids import NewUids


def write_clean(source: Path, target: Path, new_uids: NewUids) -> list[Flag]:
    """Write the copy of `source`; the causes of a look at it. `sniff.Refused` when it can't be read."""
    dataset = read_dataset(source)
    flags = flags_of(dataset)
    clean(dataset, new_uids)
    part = target.with_suffix(".part")
    dataset.save_as(part, enforce_file_format=True)
    part.replace(target)
    return flags
