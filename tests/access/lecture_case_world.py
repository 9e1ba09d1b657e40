"""What the access matrix needs of teaching cases: one that is written, one in review, one that is approved."""

from __future__ import annotations

from typing import Any

from consortium.patients.states import ConsentKind
from tests.courses.live.teaching import approved, begun, pictured, sent, told
from tests.factories.patients import make_consent


def lecture_case_rows(world: Any) -> dict[str, Any]:
    """All made by the asker; a colleague has approved the last."""
    asker, colleague, case = world.people["asker"], world.people["colleague"], world.case["received"]
    make_consent(world.patient, asker, kind=ConsentKind.TEACHING)
    draft, review = begun(asker, case), begun(asker, case)
    for row in (draft, review):
        told(asker, row)
    written = pictured(asker, draft, world.attachment["received"])
    looked_at = pictured(asker, review, world.attachment["received"])
    return {
        "teaching_draft": draft, "teaching_review": sent(asker, review),
        "teaching_approved": approved(asker, colleague, case),
        "teaching_picture": looked_at, "teaching_written_picture": written,
    }  # fmt: skip
