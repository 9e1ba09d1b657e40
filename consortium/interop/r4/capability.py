"""CapabilityStatement: what the router can do, drawn from what is registered."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from consortium.interop.r4.blocks import Resource, concept, said
from consortium.interop.r4.kinds import Kind

_PROFILES = "http://hl7.org/fhir/StructureDefinition"
_SECURITY = (
    "A token of /api/v1/token/ as a bearer, or the session of the browser. Everybody sees what they see on the pages."
)


def statement(kinds: Iterable[Kind], *, base: str, release: str, on: date) -> Resource:
    """The statement of this instance."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": on.isoformat(),
        "kind": "instance",
        "software": {"name": "Paediatric consortium", "version": release},
        "implementation": {"description": "The records of the consortium, read-only", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "service": [concept(text="Bearer token")], "description": _SECURITY},
                "resource": [_resource(kind) for kind in kinds],
            }
        ],
    }


def _resource(kind: Kind) -> dict[str, Any]:
    params = [{"name": name, "type": param.type} for name, param in sorted(kind.params.items())]
    needs = f"A search has to narrow by one of: {', '.join(kind.needs)}." if kind.needs else ""
    return said(
        type=kind.name,
        profile=f"{_PROFILES}/{kind.name}",
        documentation=needs,
        interaction=[{"code": "read"}, {"code": "search-type"}],
        versioning="versioned",
        readHistory=False,
        searchParam=params,
    )
