"""Whether something is FHIR R4: the models of `fhir.resources` (R4B), our own reader, and FHIRPath."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import fhirpathpy
from fhir.resources.R4B import get_fhir_model_class
from fhirpathpy.models import models

from consortium.interop.r4.reading import Read, read
from consortium.kernel.api.rendering import to_json


@cache
def _compiled(path: str) -> Any:
    return fhirpathpy.compile(path, models["r4"])


def path(resource: Any, expression: str) -> list[Any]:
    """What a FHIRPath expression finds, choice types included."""
    found: list[Any] = _compiled(expression)(resource)
    return found


def accepted(given: Any) -> Read:
    """As JSON, through the R4B model of its kind, and through our reader; raises when either refuses it."""
    text = to_json(given)
    get_fhir_model_class(json.loads(text)["resourceType"]).model_validate_json(text)
    return read(json.loads(text))


def resources(bundle: Any, kind: str = "") -> list[Any]:
    """The resources of a bundle, of one kind perhaps."""
    found = [entry["resource"] for entry in bundle.get("entry", [])]
    return [each for each in found if not kind or each["resourceType"] == kind]
