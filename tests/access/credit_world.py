"""What the access matrix needs of credits: the asker's certificate, with the credits it stands for."""

from __future__ import annotations

from typing import Any

from courses.assessment.models import CreditEntry
from tests.factories.credits import make_certificate, make_rule


def credit_rows(world: Any) -> dict[str, Any]:
    make_rule(world.hospital)
    certificate = make_certificate(world.people["asker"], world.hospital)
    return {"certificate": certificate, "credit": CreditEntry.unscoped.get(subject_id=certificate.subject_id)}
