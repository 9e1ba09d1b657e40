"""What a training admin of the answering hospital is told, over every route of courses, questions, exams and videos."""

from __future__ import annotations

from tests.access import (
    bank_rows,
    course_rows,
    exam_rows,
    figures_rows,
    lecture_rows,
    questionnaire_rows,
    stop_rows,
    video_rows,
)
from tests.access.rows import ALLOWED, Row

ROWS: list[Row] = [
    *course_rows.ROWS, *exam_rows.ROWS, *bank_rows.ROWS, *video_rows.ROWS, *figures_rows.ROWS, *questionnaire_rows.ROWS,
    *stop_rows.ROWS, *lecture_rows.ROWS,
]  # fmt: skip
#: All else is theirs to do. 403: others' attempts, which they may read; 404: what is not there, or another's upload or
#: import; 409 and 422: past the check of rights, stopped by something else.
OTHERWISE: dict[str, str] = {
    "GET lectures:classroom": "403",
    "POST lectures:give_up": "403",
    "POST lectures:check_in @an old code": "422",
    "POST lectures:act @open": "403",
    "POST api:lecture-act": "403",
    "DELETE api:lecture-seat": "403",
    "POST library:leave @who takes it": "404",
    "GET library:picture @no picture": "404",
    "POST library:take_out @nobody": "404",
    "POST library:order @unreadable": "422",
    "DELETE api:course-enrolment @who takes it": "404",
    "POST api:course-needs @a training admin's": "422",
    "PUT api:course-version-order @a training admin's": "409",
    "POST api:course-version-publish @a training admin's": "409",
    "POST api:course-version-withdraw @a training admin's": "422",
    "GET assessment:attempt @its learner's": "403",
    "GET assessment:attempt_state @its learner's": "403",
    "POST assessment:attempt_save @its learner's": "403",
    "POST assessment:attempt_answer @its learner's": "403",
    "POST assessment:go_on_here @its learner's": "403",
    "GET assessment:hand_in @its learner's": "403",
    "POST assessment:hand_in @its learner's": "403",
    "POST assessment:exam_questions @a training admin's": "404",
    "POST assessment:exam_blueprint @a training admin's": "422",
    "PATCH api:exam @a training admin's": "422",
    "PUT api:exam-questions @a training admin's": "422",
    "PUT api:exam-blueprint @a training admin's": "422",
    "GET api:attempt @its learner's": "403",
    "POST api:attempt-take-over @its learner's": "403",
    "PUT api:attempt-answer @its learner's": "403",
    "POST api:attempt-hand-in @its learner's": "403",
    "GET assessment:item_rescore @a training admin's or lecturer's": "404",
    "GET assessment:import @whoever brought the file": "404",
    "GET assessment:import_faults @whoever brought the file": "404",
    "GET assessment:picture @one that is not there": "404",
    "PATCH api:item @a training admin's or lecturer's": "422",
    "POST api:item-rescore @a training admin's or lecturer's": "422",
    "POST library:film_act @a training admin's": "404",
    "POST api:film-act @a training admin's": "404",
    "POST api:video-uploads @a training admin's": "422",
    "HEAD api:video-upload @who sends it": "404",
    "DELETE api:video-upload @who sends it": "404",
    "PATCH api:video-upload @who sends it": "404",
}


def expected(row: Row) -> str:
    return OTHERWISE.get(row.id, ALLOWED)
