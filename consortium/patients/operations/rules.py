"""What the database refuses around a record, told as an error of the right field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from consortium.kernel.errors import DomainError, InvalidInput, Taken

#: constraint -> (field, message)
_FIELDS: dict[str, tuple[str, Any]] = {
    "patients_record_number": ("record_number", _("This record number is already in use here.")),
    "patients_patient_named": ("name", _("Give the child's name, or for a newborn the mother's.")),
    "patients_patient_gestation": ("gestation_weeks", _("Weeks of gestation lie between 20 and 45.")),
    "patients_patient_sex": ("sex", _("Choose one of the list.")),
    "patients_guardian_relation": ("relation", _("Choose one of the list.")),
    "patients_consent_kind": ("kind", _("Choose one of the list.")),
    "patients_consent_status": ("status", _("Choose one of the list.")),
    "patients_grant_reason": ("reason", _("Choose one of the list.")),
}


class RecordExists(Taken):
    """A record with this identity number exists already; it says neither whose nor where."""

    code = "record-exists"
    default = _("A record with this identity number exists: link it with the guardian's consent.")


@contextmanager
def told() -> Iterator[None]:
    """Turn a broken constraint of this app into what the person can act on."""
    try:
        yield
    except IntegrityError as error:
        raise _as_domain(error) or error from error


def _as_domain(error: IntegrityError) -> DomainError | None:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name == "patients_patient_identity":
        return RecordExists()
    field = _FIELDS.get(name)
    return InvalidInput({field[0]: field[1]}) if field else None
