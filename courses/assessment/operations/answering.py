"""One answer is kept: the highest sequence number wins, and what comes too late is refused without harm."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError, InvalidInput, WrongStep, database_rules
from consortium.kernel.sealing import derive
from courses.assessment.models import Attempt, FormQuestion, GivenAnswer
from courses.assessment.operations.attending import locked_attempt
from courses.assessment.sitting import Given, Stamps, Verdict, judge
from courses.assessment.states.exams import AttemptStep

#: sequence numbers of one page: milliseconds since the attempt began, so that two tabs never count the same (3 years)
EPOCH: Final = 10**11


class OtherDevice(DomainError):
    status, code = 409, "other-device"
    default = _("This attempt goes on on another device.")


class TimeOver(WrongStep):
    code = "time-over"
    default = _("The time is over: this answer came too late.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a page sends. `seq` grows with each answer it gives; `stamp` and `held` say when it was given."""

    position: int
    seq: int
    given: Any
    flagged: bool = False
    device: UUID | None = None
    stamp: str = ""
    held: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Saved:
    """What stands now. `kept` False: another answer stood there already, with this number or a higher one."""

    position: int
    seq: int
    kept: bool
    flagged: bool
    saved_at: datetime
    ends_at: datetime | None


def stamps_of(attempt: Attempt) -> Stamps:
    """Makes and reads the stamps of the page that has the attempt."""
    return Stamps(derive(settings.SEALING_KEY, "exam-stamp"), attempt.pk, attempt.device)


@transaction.atomic
def save_answer(*, actor: Actor, attempt_id: UUID, sent: Sent) -> Saved:
    """Keep one answer. The same again changes nothing and is told the same.

    Raises OtherDevice (409), TimeOver or WrongStep (422), InvalidInput for a question that the form has not.
    """
    attempt = locked_attempt(actor, attempt_id)
    question = FormQuestion.objects.filter(form_id=attempt.form_id, position=sent.position).first()
    if question is None:
        raise InvalidInput({"position": _("There is no such question.")})
    standing: GivenAnswer | None = GivenAnswer.objects.filter(attempt=attempt, question=question).first()
    if standing is not None and sent.seq <= standing.seq:
        return _saved(attempt, standing, sent)
    _check(attempt, sent)
    return _saved(attempt, _keep(attempt, question, standing, sent), sent)


def _saved(attempt: Attempt, row: GivenAnswer, sent: Sent) -> Saved:
    kept = (row.seq, row.given, row.flagged) == (sent.seq, sent.given, sent.flagged)
    return Saved(sent.position, row.seq, kept, row.flagged, row.saved_at, attempt.ends_at)


def _check(attempt: Attempt, sent: Sent) -> None:
    if attempt.step != AttemptStep.RUNNING:
        raise WrongStep(_("This attempt has been handed in."), code="handed-in")
    if sent.device is not None and sent.device != attempt.device:
        raise OtherDevice
    if not 0 < sent.seq < (attempt.epoch + 1) * EPOCH:
        raise InvalidInput({"seq": _("This is no number of an answer.")})
    if _verdict(attempt, sent) is Verdict.OVER:
        raise TimeOver


def _verdict(attempt: Attempt, sent: Sent) -> Verdict:
    stamped = stamps_of(attempt).read(sent.stamp) if sent.stamp else None
    return judge(clock.now(), attempt.ends_at, Given(stamped, sent.held) if stamped else None)


def _keep(attempt: Attempt, question: FormQuestion, standing: GivenAnswer | None, sent: Sent) -> GivenAnswer:
    row = standing or GivenAnswer(attempt=attempt, question=question)
    row.seq, row.given, row.flagged, row.saved_at = sent.seq, sent.given, sent.flagged, clock.now()
    row.late = _verdict(attempt, sent) is Verdict.LATE
    with database_rules():
        row.save()
    return row
