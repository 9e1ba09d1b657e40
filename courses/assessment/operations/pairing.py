"""An exam gets tests beside it that ask the same by other questions: one for afterwards, perhaps one for later."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.assessment.models import Exam, TestPair
from courses.assessment.operations.building import change_exam, copy_exam, locked_exam
from courses.assessment.operations.publishing import publish_exam
from courses.assessment.policies.exams import may_run_exam
from courses.assessment.queries.pairs import pair_with
from courses.assessment.states.exams import Drawing, ExamStep

#: how the titles of the tests end, in English and in Chinese
_AFTER = (" (afterwards)", "（课后）")
_LATER = (" (weeks later)", "（数周后）")
_LONGEST = 200
_UNFIT = gettext_lazy("A pair is made of an open exam that draws its questions by a blueprint.")


@transaction.atomic
def pair_tests(*, actor: Actor, exam_id: UUID, later: bool = False, key: UUID | None = None) -> tuple[TestPair, bool]:
    """The exam comes before; a parallel one (`later`: two) is made of its blueprint and opened: (pair, whether new).

    Raises InvalidInput where the exam draws no questions or is in a pair already.
    """
    exam = locked_exam(exam_id)
    require(may_run_exam(actor, exam))
    return once(TestPair, actor=actor, key=key, make=lambda: _pair(actor, exam, later=later, key=key))


def _pair(actor: Actor, exam: Exam, *, later: bool, key: UUID | None) -> TestPair:
    if exam.drawing != Drawing.BLUEPRINT or exam.step != ExamStep.OPEN:
        raise InvalidInput({"exam_id": _UNFIT})
    if pair_with(exam.pk) is not None:
        raise InvalidInput({"exam_id": _("This exam is one of a pair already. Copy it, and take the copy.")})
    row = TestPair(
        before=exam, after=_parallel(actor, exam, _AFTER), later=_parallel(actor, exam, _LATER) if later else None,
        made_at=clock.now(), created_by_id=actor.author_id, **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules(), transaction.atomic():
        row.save(force_insert=True)
    record(
        actor=actor, verb="pair_tests", subject=exam, institution_id=exam.institution_id,
        facts={"after": str(row.after_id), "later": str(row.later_id or "")},
    )  # fmt: skip
    return row


def _parallel(actor: Actor, exam: Exam, ends: tuple[str, str]) -> Exam:
    """The same blueprint and rules, open at all times, once for each; every attempt draws its own form."""
    copy, _fresh = copy_exam(actor=actor, exam_id=exam.pk)
    fields: dict[str, Any] = {"forms": 0, "attempts_allowed": 1, "opens_at": None, "closes_at": None}
    titles = (("title_en", exam.title_en, ends[0]), ("title_zh", exam.title_zh, ends[1]))
    fields |= {name: title[: _LONGEST - len(end)] + end for name, title, end in titles if title}
    change_exam(actor=actor, exam_id=copy.pk, fields=fields)
    return publish_exam(actor=actor, exam_id=copy.pk)
