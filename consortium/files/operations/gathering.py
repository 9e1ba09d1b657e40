"""Files that were made together are put together: one Series for each Series Instance UID of a case."""

from typing import Any

from consortium.files.models import Attachment, Series
from consortium.journal.operations import key_for
from consortium.kernel import clock
from consortium.kernel.sealing import keyed_hash


def put_into_series(row: Attachment, origin: dict[str, Any]) -> None:
    """Set the row's series, place and number from what the file tells; the caller saves. `dicom.origin.Origin`."""
    row.place, row.number = origin.get("place"), origin.get("number")
    uid = origin.get("series") or ""
    row.series = series_of(row, uid) if uid else None


def series_of(row: Attachment, uid: str) -> Series:
    """The series with this UID in the file's case, made by whoever comes first."""
    hashed = keyed_hash(key_for(f"patient:{row.case.patient_id}"), f"series {uid}")
    found, _made = Series.objects.get_or_create(
        case=row.case, uid_hash=hashed, defaults={"created_at": clock.now()}
    )  # fmt: skip
    return found
