"""An exam is built while it is a draft: its rules, and the fixed list or blueprint that its questions come from."""

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from courses.assessment.models import BlueprintRow, Exam, ExamQuestion
from courses.assessment.policies.exams import may_build_exams, may_run_exam
from courses.assessment.queries.forms import AXES, MANUAL, usable_versions
from courses.assessment.states import Kind
from courses.assessment.states.exams import ExamStep

#: what a trainer says of an exam
FIELDS = (
    "title_en", "title_zh", "intro_en", "intro_zh", "self_check", "drawing", "forms", "layout", "shuffled",
    "pass_percent", "attempts_allowed", "minutes", "opens_at", "closes_at", "show_own", "show_key", "show_feedback",
    "dispute_percent",
)  # fmt: skip
MOST_QUESTIONS = 200


def locked_exam(exam_id: UUID) -> Exam:
    """The exam, when the actor sees it, held until the transaction ends."""
    exam: Exam | None = Exam.objects.select_for_update(of=("self",)).filter(pk=exam_id).first()
    if exam is None:
        raise NotVisible
    return exam


def save_exam(actor: Actor, exam: Exam, verb: str, **words: Any) -> None:
    """Save, with the next version, and tell the journal."""
    exam.version += 1
    with database_rules():
        exam.save()
    record(actor=actor, verb=verb, subject=exam, institution_id=exam.institution_id, **words)


@transaction.atomic
def create_exam(
    *, actor: Actor, institution_id: UUID, fields: Mapping[str, Any], key: UUID | None = None
) -> tuple[Exam, bool]:
    """A draft: (exam, whether it is new). `fields` are some of FIELDS. Raises NotPermitted, InvalidInput."""
    require(may_build_exams(actor, institution_id))

    def make() -> Exam:
        exam = Exam(
            institution_id=institution_id, created_at=clock.now(), created_by_id=actor.author_id,
            seed=secrets.token_hex(16), **({"request_key": key} if key else {}),
        )  # fmt: skip
        _take_in(exam, fields)
        with database_rules(), transaction.atomic():
            exam.save(force_insert=True)
        record(actor=actor, verb="create_exam", subject=exam, institution_id=institution_id)
        return exam

    return once(Exam, actor=actor, key=key, make=make)


def _take_in(exam: Exam, fields: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in fields:
            setattr(exam, name, fields[name])
    if exam.opens_at and exam.closes_at and exam.opens_at >= exam.closes_at:
        raise InvalidInput({"closes_at": _("An exam closes after it has opened.")})
    try:
        exam.clean_fields(exclude={"institution", "created_by", "published_at", "closed_at"})
    except ValidationError as error:
        raise InvalidInput({name: lines[0] for name, lines in error.message_dict.items()}) from error


def _draft(actor: Actor, exam_id: UUID, version: int | None) -> Exam:
    exam = locked_exam(exam_id)
    require(may_run_exam(actor, exam))
    check_version(exam, version)
    if exam.step != ExamStep.DRAFT:
        raise WrongStep(_("A published exam is not changed. Copy it, and publish the copy."))
    return exam


@transaction.atomic
def change_exam(*, actor: Actor, exam_id: UUID, fields: Mapping[str, Any], version: int | None = None) -> Exam:
    """Other rules. Raises WrongStep once it is published, StaleVersion when somebody else changed it."""
    exam = _draft(actor, exam_id, version)
    before = {name: getattr(exam, name) for name in FIELDS}
    _take_in(exam, fields)
    changed = {
        name: [str(before[name]), str(getattr(exam, name))] for name in FIELDS if before[name] != getattr(exam, name)
    }
    save_exam(actor, exam, "change_exam", changes=changed)
    return exam


@transaction.atomic
def set_questions(
    *, actor: Actor, exam_id: UUID, questions: Sequence[tuple[UUID, Decimal]], version: int | None = None
) -> Exam:
    """The fixed list, whole: (item version, points) in the order in which they are asked."""
    exam = _draft(actor, exam_id, version)
    if len(questions) > MOST_QUESTIONS:
        raise InvalidInput({"questions": _("An exam has at most %(most)d questions.") % {"most": MOST_QUESTIONS}})
    known = usable_versions(exam, [pk for pk, _points in questions])
    if missing := [str(pk) for pk, _points in questions if pk not in known]:
        raise InvalidInput({"questions": _("These are no approved questions: %(ids)s") % {"ids": ", ".join(missing)}})
    exam.questions.all().delete()
    rows = [
        ExamQuestion(exam=exam, position=place, version_id=pk, points=points)
        for place, (pk, points) in enumerate(questions, 1)
    ]
    with database_rules():
        ExamQuestion.objects.bulk_create(rows)
    save_exam(actor, exam, "set_questions", facts={"questions": len(rows)})
    return exam


@transaction.atomic
def set_blueprint(
    *, actor: Actor, exam_id: UUID, rows: Sequence[Mapping[str, Any]], version: int | None = None
) -> Exam:
    """The blueprint, whole: rows of `tags`, `kinds`, `count` and `points`."""
    exam = _draft(actor, exam_id, version)
    if sum(row["count"] for row in rows) > MOST_QUESTIONS:
        raise InvalidInput({"rows": _("An exam has at most %(most)d questions.") % {"most": MOST_QUESTIONS}})
    for row in rows:
        _check_row(row)
    exam.blueprint.all().delete()
    made = [BlueprintRow(exam=exam, position=place, **row) for place, row in enumerate(rows, 1)]
    with database_rules():
        BlueprintRow.objects.bulk_create(made)
    save_exam(actor, exam, "set_blueprint", facts={"rows": len(made)})
    return exam


def _check_row(row: Mapping[str, Any]) -> None:
    """Tags that the bank knows: "axis:value"."""
    for tag in row.get("tags", ()):
        axis, _colon, value = tag.partition(":")
        if axis != MANUAL and (axis not in AXES or value not in AXES[axis].values):
            raise InvalidInput({"tags": _("The bank has no such tag: %(tag)s") % {"tag": tag}})
    if unknown := [kind for kind in row.get("kinds", ()) if kind not in Kind.values]:
        raise InvalidInput({"kinds": _("There is no such kind of question: %(kind)s") % {"kind": unknown[0]}})


@transaction.atomic
def copy_exam(*, actor: Actor, exam_id: UUID, key: UUID | None = None) -> tuple[Exam, bool]:
    """A draft with the same rules and questions, to be changed and published anew: (exam, whether it is new)."""
    source = locked_exam(exam_id)
    require(may_run_exam(actor, source))
    copy, fresh = create_exam(
        actor=actor, institution_id=source.institution_id,
        fields={name: getattr(source, name) for name in FIELDS}, key=key,
    )  # fmt: skip
    if fresh:
        for model in (ExamQuestion, BlueprintRow):
            rows = list(model.objects.filter(exam=source).order_by("position"))
            for row in rows:
                row.pk, row.exam = None, copy
            model.objects.bulk_create(rows)
    return copy, fresh
