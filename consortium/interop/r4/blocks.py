"""Building blocks of resources (http://hl7.org/fhir/R4/datatypes.html). Each gives plain JSON-able data.

Whatever is empty is left out: FHIR knows no null, no empty string and no empty list.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import translation

from consortium.kernel.errors import NotVisible

Resource = dict[str, Any]

#: where our own identifiers, codes and extensions have their names
OUR_IDS, OUR_CODES, OUR_EXTENSIONS = "urn:consortium:id", "urn:consortium:code", "urn:consortium:extension"
_HL7 = "http://hl7.org/fhir/StructureDefinition"
_TRANSLATION = f"{_HL7}/translation"
_ABSENT = f"{_HL7}/data-absent-reason"
_LANGUAGES = {"en": "en", "zh": "zh-hans"}


def said(**members: Any) -> dict[str, Any]:
    """The members that say something; a trailing underscore is dropped (`for_`), a leading one kept (`_name`)."""
    return {name.rstrip("_"): value for name, value in members.items() if value not in (None, "", [], {}, ())}


def resource(
    kind: str,
    id_: object,
    *,
    updated: datetime | None = None,
    version: int | None = None,
    profile: str = "",
    **members: Any,
) -> Resource:
    """A resource with its meta; without a version of its own the version is that instant, in milliseconds."""
    stamp = version if version is not None else int(updated.timestamp() * 1000) if updated else None
    meta = said(
        versionId=str(stamp) if stamp is not None else "",
        lastUpdated=instant(updated),
        profile=[f"{_HL7}/{profile or kind}"],
    )
    return {"resourceType": kind, "id": str(id_), "meta": meta, **said(**members)}


# -- times and numbers ----------------------------------------------------------------------------------------------


def instant(at: datetime | None) -> str | None:
    """An instant in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def period(start: datetime | date | None, end: datetime | date | None = None) -> dict[str, Any]:
    return said(start=_time(start), end=_time(end))


def _time(at: datetime | date | None) -> str | None:
    return instant(at) if isinstance(at, datetime) else at.isoformat() if at else None


def quantity(value: Decimal, unit: str, label: str) -> dict[str, Any]:
    """A UCUM quantity. Whole numbers stay whole."""
    number = int(value) if value == value.to_integral_value() else float(value)
    return {"value": number, "unit": label, "system": "http://unitsofmeasure.org", "code": unit}


# -- words in two languages -----------------------------------------------------------------------------------------


def extension(name: str, **value: Any) -> dict[str, Any]:
    """An extension of our own."""
    return {"url": f"{OUR_EXTENSIONS}:{name}", **value}


def translated(chinese: str) -> dict[str, Any]:
    """What stands beside a string (`_name`): the same in Chinese; nothing where there is none."""
    if not chinese:
        return {}
    inner = [{"url": "lang", "valueCode": "zh-Hans"}, {"url": "content", "valueString": chinese}]
    return {"extension": [{"url": _TRANSLATION, "extension": inner}]}


def both(label: Any) -> tuple[str, str]:
    """A label of ours in English and Chinese; "" where the Chinese is not another."""
    with translation.override(_LANGUAGES["en"]):
        english = str(label)
    with translation.override(_LANGUAGES["zh"]):
        chinese = str(label)
    return english, chinese if chinese != english else ""


def named(english: str, chinese: str) -> dict[str, Any]:
    """`name` and its translation, for a resource whose name is a string."""
    return said(name=english or chinese, _name=translated(chinese if english else ""))


# -- codes and names ------------------------------------------------------------------------------------------------


def coding(system: str, code: str, label: Any = "") -> dict[str, Any]:
    """`system` "" is one of ours, named by the code's part before the slash: `priority/stat`."""
    english, chinese = both(label) if label else ("", "")
    if not system:
        group, _slash, code = code.partition("/")
        system = f"{OUR_CODES}:{group}"
    return said(system=system, code=code, display=english, _display=translated(chinese))


def concept(*codings: Mapping[str, Any], text: Any = "", chinese: str = "") -> dict[str, Any]:
    """A CodeableConcept; `text` may be one of our labels, which then comes in both languages."""
    english, zh = both(text) if text and not isinstance(text, str) else (str(text), chinese)
    return said(coding=list(codings), text=english, _text=translated(zh))


def identifier(system: str, value: str, **more: Any) -> dict[str, Any]:
    return {"system": f"{OUR_IDS}:{system}", "value": value, **said(**more)}


def human_name(english: str, chinese: str = "") -> list[dict[str, Any]]:
    """A name as it is said: Chinese and English names are not cut into given and family here."""
    return [said(text=english or chinese, _text=translated(chinese if english else ""))] if english or chinese else []


def telecom(phone: str) -> list[dict[str, Any]]:
    return [{"system": "phone", "value": phone}] if phone else []


# -- references -----------------------------------------------------------------------------------------------------


def reference(kind: str, id_: object, display: str = "") -> dict[str, Any]:
    return said(reference=f"{kind}/{id_}", display=display)


def masked(display: str) -> dict[str, Any]:
    """Somebody whom the reader may not know: what they may see in words, and that the rest is withheld."""
    return said(extension=[{"url": _ABSENT, "valueCode": "masked"}], display=display)


def references_in(value: Any) -> set[str]:
    """Every `Kind/id` that is referred to anywhere in `value`."""
    if isinstance(value, Mapping):
        own = {value["reference"]} if isinstance(value.get("reference"), str) else set()
        return own.union(*(references_in(inner) for inner in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(references_in(inner) for inner in value))
    return set()


def ids_of(kind: str, references: Sequence[str] | set[str]) -> list[str]:
    """The ids of those of `references` that name a `kind`, in their order as text."""
    return sorted(name.partition("/")[2] for name in references if name.startswith(f"{kind}/"))


def uuid_in(text: str) -> UUID:
    """A resource's id as the key of a row; what cannot be one names nothing here."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotVisible from error
