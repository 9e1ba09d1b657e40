"""What the access matrix needs of exams: an open one, an attempt that runs, and an essay that waits for markers."""

from __future__ import annotations

from typing import Any

from courses.assessment.models import GivenAnswer
from courses.assessment.operations.answering import Sent, save_answer
from courses.assessment.operations.handing_in import hand_in
from tests.factories.exams import begin, make_exam, make_trainer, make_version


def exam_rows(world: Any) -> dict[str, Any]:
    trainer = make_trainer(world.hospital)
    exam = make_exam(trainer, world.hospital, [make_version(world.hospital)], attempts_allowed=20)
    essays = make_exam(trainer, world.hospital, [make_version(world.hospital, "essay")])
    written = begin(essays, world.people["colleague"])
    world.does("colleague", save_answer, attempt_id=written.pk, sent=Sent(1, 1, {"text": "Call first."}))
    world.does("colleague", hand_in, attempt_id=written.pk)
    return {
        "exam": exam, "exam_attempt": begin(exam, world.people["asker"]),
        "essay": GivenAnswer.unscoped.get(attempt=written),
    }  # fmt: skip
