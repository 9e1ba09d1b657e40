"""Basic: the rows of a pathway beside its resources, so that another consortium can read it back as it stands."""

from typing import Any, Final
from uuid import UUID

from consortium.interop.fhir.bundle import base_url, pathway_bundle
from consortium.interop.operations import ROW, TABLE, rows_of, scope_of, written
from consortium.interop.r4.blocks import Resource
from consortium.interop.r4.bundles import with_more
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.patients.models import Pathway


def whole_pathway(actor: Actor, pathway_id: UUID) -> Resource:
    """A pathway with its state, for `read_pathway`: an operator's, not for a page. Without the journal's AuditEvents,
    whose seals and hashes are those of the journal that wrote them, and as of the last act: the same state gives the
    same bytes."""
    if not actor.is_system:
        raise NotPermitted
    pathway: Pathway | None = Pathway.objects.filter(pk=pathway_id).first()
    if pathway is None:
        raise NotVisible
    bundle = pathway_bundle(actor, pathway_id, journal=False)
    bundle["entry"] = [
        {**entry, "resource": without_files(entry["resource"])}
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] != _FILE
    ]
    rows = [_basic(each["table"], each["id"], written(each["columns"])) for each in rows_of(scope_of(pathway))]
    newest = max(entry["resource"]["meta"].get("lastUpdated", "") for entry in bundle["entry"])
    return with_more({**bundle, "timestamp": newest}, rows, base=base_url())


#: a file's bytes stay where they are, so nothing of the copy refers to it
_FILE: Final = "DocumentReference"


def without_files(value: Any) -> Any:
    """The same without what refers to a file; what is empty then is left out."""
    if isinstance(value, list):
        return [without_files(each) for each in value if not _is_file(each)]
    if isinstance(value, dict):
        inner = {name: without_files(each) for name, each in value.items()}
        return {name: each for name, each in inner.items() if each not in ([], {})}
    return value


def _is_file(value: Any) -> bool:
    referred = value.get("contentReference", value) if isinstance(value, dict) else {}
    return str(referred.get("reference", "")).startswith(f"{_FILE}/")


def _basic(table: str, id_: str, columns: str) -> Resource:
    return {
        "resourceType": "Basic", "id": f"{table.lower()}.{id_}",
        "extension": [{"url": ROW, "valueString": columns}],
        "code": {"coding": [{"system": TABLE, "code": table}]},
    }  # fmt: skip
