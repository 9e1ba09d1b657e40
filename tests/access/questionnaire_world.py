"""What the access matrix needs of questionnaires: one that may be answered, and a draft."""

from __future__ import annotations

from typing import Any

from tests.factories.questionnaires import make_questionnaire


def questionnaire_rows(world: Any) -> dict[str, Any]:
    trainer = world.people["trainer"]
    return {
        "questionnaire": make_questionnaire(trainer, world.hospital),
        "questionnaire_draft": make_questionnaire(trainer, world.hospital, draft=True),
    }
