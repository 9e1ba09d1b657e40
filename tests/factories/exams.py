"""Approved questions and exams made of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.items import read, written
from courses.assessment.models import Attempt, Exam, Item, ItemVersion
from courses.assessment.operations.answering import Sent, save_answer
from courses.assessment.operations.attending import begin_attempt
from courses.assessment.operations.building import create_exam, set_blueprint, set_questions
from courses.assessment.operations.handing_in import hand_in
from courses.assessment.operations.publishing import publish_exam
from tests.cast import actor_for
from tests.factories.people import make_staff, number

SINGLE: dict[str, Any] = {
    "stem": {"en": "Fast breathing at 7 months begins at", "zh": "7\u6708\u9f84\u547c\u5438\u589e\u5feb\u662f"},
    "options": [
        {"id": "a", "text": {"en": "50 a minute", "zh": "50\u6b21"}, "right": True},
        {"id": "b", "text": {"en": "40 a minute", "zh": "40\u6b21"}},
    ],
    "feedback": {"en": "50 up to 12 months.", "zh": "12\u6708\u9f84\u524d50\u6b21\u3002"},
}
ESSAY: dict[str, Any] = {
    "stem": {"en": "How do you prepare the transfer?", "zh": "\u5982\u4f55\u51c6\u5907\u8f6c\u8fd0\uff1f"},
    "rubric": [
        {"id": "safe", "text": {"en": "Airway safe", "zh": "\u6c14\u9053\u5b89\u5168"}, "points": "4"},
        {"id": "told", "text": {"en": "Family told", "zh": "\u544a\u77e5\u5bb6\u5c5e"}, "points": "6"},
    ],
}
RIGHT, WRONG = {"option": "a"}, {"option": "b"}


def make_version(institution: Institution, kind: str = "single", content: Any = None, **tags: Any) -> ItemVersion:
    """An approved question."""
    author = make_staff(f"author{number()}", institution, Role.LECTURER)
    reviewer = make_staff(f"reviewer{number()}", institution, Role.CLINICAL_REVIEWER)
    item = Item.unscoped.create(
        institution=institution, code=f"Q{number()}", kind=kind, created_at=clock.now(), created_by=author, **tags
    )
    version: ItemVersion = ItemVersion.unscoped.create(
        item=item, number=1, content=written(read(kind, content or (ESSAY if kind == "essay" else SINGLE))), words="",
        created_by=author, created_at=clock.now(),
    )  # fmt: skip
    rows = ItemVersion.unscoped.filter(pk=version.pk)
    rows.update(step="in_review")
    rows.update(step="approved", reviewer=reviewer, reviewed_at=clock.now())
    version.refresh_from_db()
    return version


def make_trainer(institution: Institution) -> User:
    return make_staff(f"trainer{number()}", institution, Role.TRAINING_ADMIN)


def make_exam(
    trainer: User, institution: Institution, versions: list[ItemVersion] | None = None, *, draft: bool = False,
    points: Decimal = Decimal(1), rows: list[dict[str, Any]] | None = None, **fields: Any,
) -> Exam:  # fmt: skip
    """An exam of `versions`, or of a blueprint's `rows`; open unless `draft`."""
    actor = actor_for(trainer)
    said = {"title_en": "Breathing", "title_zh": "\u547c\u5438", "shuffled": False, **fields}
    with acting_as(actor):
        if rows is not None:
            said["drawing"] = "blueprint"
        exam, _fresh = create_exam(actor=actor, institution_id=institution.pk, fields=said)
        if versions:
            set_questions(actor=actor, exam_id=exam.pk, questions=[(version.pk, points) for version in versions])
        if rows:
            set_blueprint(actor=actor, exam_id=exam.pk, rows=rows)
        exam.refresh_from_db()
        return exam if draft else publish_exam(actor=actor, exam_id=exam.pk)


def begin(exam: Exam, user: User) -> Attempt:
    """Sit down to it."""
    actor = actor_for(user)
    with acting_as(actor):
        return begin_attempt(actor=actor, exam_id=exam.pk)[0]


def sit(exam: Exam, user: User, given: Any = RIGHT) -> Attempt:
    """Answer its first question and hand in."""
    attempt = begin(exam, user)
    actor = actor_for(user)
    with acting_as(actor):
        save_answer(actor=actor, attempt_id=attempt.pk, sent=Sent(1, 1, given))
        return hand_in(actor=actor, attempt_id=attempt.pk)
