"""The library: a folder of YAML, or the bundle that a version keeps.

pathways/_library/{findings,classes,actions,sources,profile}/*.yaml    shared entries
pathways/_library/safety_net.yaml
pathways/<id>/pathway.yaml and chapter.yaml
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from decision_manual.library import entries
from decision_manual.library.documents import document
from decision_manual.library.places import LibraryError, Place
from decision_manual.library.reading import Shared, pathway
from decision_manual.library.shapes import Pathway

SHIPPED = Path(__file__).parent.parent / "pathways"
SHELVES: Mapping[str, Callable[[str, Place], Any]] = {
    "findings": entries.finding,
    "classes": entries.classification,
    "actions": entries.action,
    "sources": entries.source,
    "profile": entries.profile_key,
}


@dataclass(frozen=True)
class Library:
    """All pathways by id, the shared entries, and the documents that could not be read."""

    pathways: Mapping[str, Pathway]
    errors: tuple[LibraryError, ...] = ()
    shared: Shared = field(default_factory=Shared)


def load(root: Path = SHIPPED) -> Library:
    """Every pathway under `root`. A broken one is reported and left out, with those that import it."""
    shared, errors = _shared(root)
    places: dict[str, tuple[Place, Place]] = {}
    for file in sorted(root.glob("*/pathway.yaml")):
        try:
            places[file.parent.name] = _documents(file, root)
        except LibraryError as error:
            errors.append(error)
    read: dict[str, Pathway] = {}
    for name in places:
        _read(name, places, shared, read, errors, ())
    return Library({name: read[name] for name in sorted(read)}, tuple(errors), shared)


def _documents(file: Path, root: Path) -> tuple[Place, Place]:
    main = document(file, root)
    text = file.parent / "chapter.yaml"
    if main.mapping().at("id").text("") != file.parent.name:
        main.at("id").wrong(f"must be the folder's name, {file.parent.name}")
    return main, document(text, root) if text.exists() else Place(None, str(text.relative_to(root)))


def _read(
    name: str,
    places: Mapping[str, tuple[Place, Place]],
    shared: Shared,
    read: dict[str, Pathway],
    errors: list[LibraryError],
    above: tuple[str, ...],
) -> None:
    """Reads `name` after what it imports."""
    if name in read or any(error.file.startswith(f"{name}/") for error in errors):
        return
    place, text = places[name]
    try:
        wanted = place.at("imports").texts()
        for other in wanted:
            if other in (*above, name):
                place.at("imports").wrong(f"goes in a circle: {' > '.join((*above, name, other))}")
            if other in places:
                _read(other, places, shared, read, errors, (*above, name))
            if other not in read:
                place.at("imports").wrong(f"{other} is not there, or can't be read itself")
        read[name] = pathway(place, text, shared, {other: read[other] for other in wanted})
    except LibraryError as error:
        errors.append(error)


def _shared(root: Path) -> tuple[Shared, list[LibraryError]]:
    errors: list[LibraryError] = []
    shelves: dict[str, Any] = {}
    raw: dict[str, dict[str, Any]] = {}
    for shelf, make in SHELVES.items():
        shelves[shelf], raw[shelf] = _shelf(root, shelf, make, errors)
    net = root / "_library" / "safety_net.yaml"
    standard = document(net, root) if net.exists() else Place(None, str(net))
    raw["safety_net"] = {"standard": standard.value}
    return Shared(**shelves, safety_net=tuple(item.words() for item in standard.items()), raw=raw), errors


def _shelf(
    root: Path, shelf: str, make: Callable[[str, Place], Any], errors: list[LibraryError]
) -> tuple[dict[str, Any], dict[str, Any]]:
    made: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    for file in sorted((root / "_library" / shelf).glob("*.yaml")):
        try:
            for key, place in document(file, root).entries():
                _entry(key, place, make, made, raw, errors)
        except LibraryError as error:
            errors.append(error)
    return made, raw


def _entry(
    key: str,
    place: Place,
    make: Callable[[str, Place], Any],
    made: dict[str, Any],
    raw: dict[str, Any],
    errors: list[LibraryError],
) -> None:
    try:
        if key in made:
            place.wrong("stands twice in the library: use the one that is there")
        made[key], raw[key] = make(key, place), place.value
    except LibraryError as error:
        errors.append(error)


def from_bundle(bundle: Mapping[str, Any]) -> Pathway:
    """The pathway that a version keeps, read by the same code as when it was written."""
    name = str(bundle["pathway"]["id"])
    shelves: dict[str, Any] = {
        shelf: {key: make(key, Place(raw, name, f"{shelf}.{key}")) for key, raw in bundle["library"][shelf].items()}
        for shelf, make in SHELVES.items()
    }
    net = tuple(item.words() for item in Place(bundle["safety_net"], name, "safety_net").items())
    raw = {**bundle["library"], "safety_net": {"standard": bundle["safety_net"]}}
    shared = Shared(**shelves, safety_net=net, raw=raw)
    imported = {key: from_bundle(inner) for key, inner in bundle["imports"].items()}
    return pathway(Place(bundle["pathway"], name), Place(bundle["chapter"], name, "chapter"), shared, imported)


def digest(bundle: Mapping[str, Any]) -> str:
    """SHA-256 of a bundle: the same content, the same version."""
    text = json.dumps(bundle, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
