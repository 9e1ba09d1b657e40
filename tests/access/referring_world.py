"""What the rows of referring speak of: a draft, about a child of its own."""

from __future__ import annotations

from typing import Any

from referrals.operations.drafting import save_draft
from tests.factories.patients import make_patient


def referring_rows(world: Any) -> dict[str, Any]:
    """Begun by the centre, which alone knows this child."""
    child = make_patient(world.centre, "Sun Li")
    return {"refer_draft": world.does("asker", save_draft, fields={"patient_id": child.pk})}
