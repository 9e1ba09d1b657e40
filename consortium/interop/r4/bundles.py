"""Bundles: a page of a search, and a whole case as a collection."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from consortium.interop.r4.blocks import Resource, instant


def searchset(resources: Sequence[Resource], *, base: str, own: str, following: str = "") -> Resource:
    """One page of a search. No total: counting all matches would cost more than the page."""
    links = [{"relation": "self", "url": own}]
    links += [{"relation": "next", "url": following}] if following else []
    entries = [{**_entry(base, each), "search": {"mode": "match"}} for each in resources]
    return _bundle("searchset", entries, link=links)


def collection(resources: Sequence[Resource], *, base: str, at: datetime, identifier: dict[str, Any]) -> Resource:
    """What there is at that instant, as a working set.

    Not a `document`: that would be attested as a whole by one author and never change, while a case goes on; what is
    signed in it, the answers, is signed one by one (Provenance).
    """
    return _bundle(
        "collection", [_entry(base, each) for each in resources], identifier=identifier, timestamp=instant(at)
    )


def with_more(bundle: Resource, resources: Sequence[Resource], *, base: str) -> Resource:
    """The bundle with further resources behind its own."""
    return {**bundle, "entry": [*bundle.get("entry", []), *(_entry(base, each) for each in resources)]}


def _entry(base: str, each: Resource) -> dict[str, Any]:
    return {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each}


def _bundle(kind: str, entries: list[dict[str, Any]], **more: Any) -> Resource:
    listed = {"entry": entries} if entries else {}
    return {"resourceType": "Bundle", "type": kind, **more, **listed}
