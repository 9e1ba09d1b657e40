"""A version number on what people edit, so that nobody overwrites unseen work."""

from typing import Any

from django.db import models

from consortium.kernel.errors import StaleVersion


class Versioned(models.Model):
    """`version` grows by one with each saved edit."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


#: Says who changed a subject since a version: (subject) -> detail for the 409. The journal fills it in.
_explainers: list[Any] = []


def explain_changes_with(explainer: Any) -> None:
    _explainers.append(explainer)


def check_version(obj: Versioned, expected: int | None) -> None:
    """Raise StaleVersion (409, with who changed what) unless `obj` is still at the `expected` version.

    None means that the caller saw no version, as when a button acts on whatever is there.
    """
    if expected is None or expected == obj.version:
        return
    detail: dict[str, Any] = {"version": obj.version, "expected": expected}
    for explainer in _explainers:
        detail.update(explainer(obj))
    raise StaleVersion(detail=detail)
