"""DocumentReference: the files of a case, by an address that checks who asks."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse

from consortium.files.models import Attachment
from consortium.files.queries import Names
from consortium.files.sniff.kinds import SOUNDS
from consortium.files.sniff.kinds import Kind as FileKind
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import of_known_child
from consortium.interop.r4.blocks import (
    Resource,
    coding,
    concept,
    extension,
    identifier,
    instant,
    reference,
    resource,
    said,
)
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers, token
from consortium.journal.operations import key_for

#: the largest that FHIR's unsignedInt holds
_MOST: Final = 2**31 - 1
_PHOTO: Final = "full"


def _files() -> Any:
    """Inspected, available, and not taken back; only for who may know the child, for pictures show it."""
    rows = Attachment.objects.ready().filter(of_known_child("case__patient_id"))
    return rows.select_related("case", "created_by").annotate(touched_at=F("decided_at"))


def _documents(reader: Reader, rows: Sequence[Attachment]) -> list[Resource]:
    keys: dict[UUID, Names] = {}
    for row in rows:
        child = row.case.patient_id
        keys[child] = keys.get(child) or Names(key_for(f"patient:{child}"))
    return [_document(row, keys[row.case.patient_id]) for row in rows]


def _document(row: Any, names: Names) -> Resource:
    modality = row.frames.get("modality", "")
    return resource(
        "DocumentReference", row.pk, updated=row.touched_at, status="current",
        identifier=[identifier("file", str(row.pk))],
        type=concept(coding("http://dicom.nema.org/resources/ontology/DCM", modality), text="DICOM") if modality
        else concept(coding("", f"file/{_word(row.kind)}")),
        subject=subject(row.case.patient_id), date=instant(row.created_at),
        author=[reference("Practitioner", row.created_by_id, row.created_by.full_name)] if row.created_by else [],
        content=[{"attachment": _attachment(row, names)}],
        context={"related": [reference("ServiceRequest", row.case_id)]},
    )  # fmt: skip


def _attachment(row: Any, names: Names) -> dict[str, Any]:
    """R4's `hash` is SHA-1, which is not kept here: the SHA-256 stands in an extension."""
    return said(
        contentType=str(row.kind), url=_address(row), size=row.size if row.size <= _MOST else None, title=names.of(row),
        creation=instant(row.created_at), extension=[extension("sha256", valueString=row.sha256)],
    )  # fmt: skip


def _address(row: Any) -> str:
    """The same address as on the page: it asks who you are, checks the right and notes the look."""
    name, *more = {"photo": ("picture", _PHOTO), "sound": ("sound",)}.get(_word(row.kind), ("original",))
    return settings.SITE_URL + reverse(f"files:{name}", args=[row.pk, *more])


def _word(kind: str) -> str:
    if FileKind(kind).is_photo:
        return "photo"
    return "sound" if kind in SOUNDS else "document"


_PARAMS = {
    **COMMON, "patient": refers("Patient", "case__patient_id"), "subject": refers("Patient", "case__patient_id"),
    "related": refers("ServiceRequest", "case_id"), "date": dated("created_at"), "status": coded({"current": Q()}),
    "contenttype": token(lambda system, code: Q(kind=code)),
}  # fmt: skip
KINDS = (
    Kind(
        "DocumentReference",
        (Source(_files, _documents, _PARAMS, "case.patient_id", case="case_id"),),
        ("_id", "patient", "subject", "related"),
    ),
)
