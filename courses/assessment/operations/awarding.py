"""Credits for what somebody has completed, by the rules in force that day; once, however often it is told."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.people.operations.seats import hold_person
from courses.assessment.crediting import counted, credits_of
from courses.assessment.events import CreditAwarded, CreditReversed
from courses.assessment.models import CreditEntry, CreditRule
from courses.assessment.operations.certificates import follow_credits, issue_certificate
from courses.assessment.policies.credits import may_reverse
from courses.assessment.queries.credits import limits_of
from courses.assessment.states.credits import EntryKind, Evidence

_CENT = Decimal("0.01")
_WHY = "credits for what somebody has completed"


@dataclass(frozen=True, slots=True)
class Learned:
    """What was completed: `activity` of states.credits.Activity, `subject_id` the course or lecture; `hours` of
    learning, and the hours of `credit` that it asks for. `exam_percent`: the worst of its exams' best results, None
    where it has none. `known`: the share of it (0 to 1) that was tested out and not learnt here."""

    activity: str
    subject_id: UUID
    institution_id: UUID
    hours: Decimal
    credit: Decimal = Decimal(0)
    title_en: str = ""
    title_zh: str = ""
    exam_percent: Decimal | None = None
    feedback: bool = False
    known: Decimal = Decimal(0)

    def tested_out(self, hours: Decimal) -> Decimal:
        """What of so many hours was tested out, to two places."""
        return (hours * self.known).quantize(_CENT)

    def credit_by(self, rule: CreditRule) -> Decimal:
        """The hours of credit that the rule counts."""
        return self.credit - (Decimal(0) if rule.counts_known else self.tested_out(self.credit))

    def lacks(self, rule: CreditRule) -> list[str]:
        """What the rule asks for and is not there."""
        passed = self.exam_percent is not None and self.exam_percent >= (rule.pass_percent or 0)
        there = {Evidence.EXAM: passed, Evidence.FEEDBACK: self.feedback}
        return [one for one in rule.evidence if not there[Evidence(one)]]


@transaction.atomic
def award(*, actor: Actor, person_id: UUID, learned: Learned, day: date | None = None) -> list[CreditEntry]:
    """Write what each scheme gives into the person's ledger, and issue the certificate; the entries that are new.

    For who has proven it (a completed course): the caller has checked that it is true. Without hours of credit there
    is a certificate alone.
    """
    hold_person(person_id)
    day = day or clock.today()
    rules = unfiltered(CreditRule, why=_WHY).in_force(day).filter(activity=learned.activity) if learned.credit else []
    entries = [_entry(actor, person_id, learned, rule, day) for rule in rules]
    issue_certificate(
        actor=actor, person_id=person_id, activity=learned.activity, subject_id=learned.subject_id, day=day,
        institution_id=learned.institution_id, hours=learned.hours - learned.tested_out(learned.hours),
        titles=(learned.title_en, learned.title_zh),
    )  # fmt: skip
    follow_credits(actor=actor, person_id=person_id, activity=learned.activity, subject_id=learned.subject_id)
    return [entry for entry in entries if entry]


def _entry(actor: Actor, person_id: UUID, learned: Learned, rule: CreditRule, day: date) -> CreditEntry | None:
    """A new line of the ledger; None where it stands there already."""
    mine = unfiltered(CreditEntry, why=_WHY).filter(user_id=person_id, subject_id=learned.subject_id)
    if mine.filter(kind=EntryKind.AWARDED, scheme=rule.scheme, activity=rule.activity).exists():
        return None
    hours = learned.credit_by(rule)
    entry = CreditEntry(
        user_id=person_id, rule=rule, scheme=rule.scheme, kind=EntryKind.AWARDED, activity=learned.activity,
        subject_id=learned.subject_id, title_en=learned.title_en, title_zh=learned.title_zh,
        institution_id=learned.institution_id, day=day, hours=hours, known=learned.tested_out(learned.credit),
        by_id=actor.author_id, at=clock.now(), earned=credits_of(hours, rule.hours_per_credit), credits=Decimal(0),
        lacks=learned.lacks(rule),
    )  # fmt: skip
    if entry.lacks:
        if mine.filter(kind=EntryKind.WITHHELD, rule=rule).exists():
            return None
        entry.kind = EntryKind.WITHHELD
    else:
        entry.credits, entry.cap = counted(entry.earned, limits_of(person_id, rule, day))
    return _write(actor, entry)


def _write(actor: Actor, entry: CreditEntry) -> CreditEntry:
    with database_rules():
        entry.save(force_insert=True)
    event = {
        EntryKind.AWARDED: CreditAwarded(entry.pk, entry.user_id, str(entry.credits)),
        EntryKind.REVERSED: CreditReversed(entry.pk, entry.user_id),
    }.get(EntryKind(entry.kind))
    facts = {"user": str(entry.user_id), "scheme": entry.scheme, "credits": str(entry.credits), "cap": entry.cap}
    record(
        actor=actor, verb=f"credit-{entry.kind}", subject=entry, institution_id=entry.institution_id, facts=facts,
        text=entry.reason, event=event,
    )  # fmt: skip
    return entry


@transaction.atomic
def reverse_credit(*, actor: Actor, entry_id: UUID, reason: str) -> CreditEntry:
    """Take an award back: a line with the other sign and the reason. The same thing earns no credit again.

    Raises InvalidInput without a reason, WrongStep for what is no award or was taken back already.
    """
    award_: CreditEntry | None = CreditEntry.objects.filter(pk=entry_id).first()
    if award_ is None:
        raise NotVisible
    require(may_reverse(actor, award_))
    hold_person(award_.user_id)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    back = unfiltered(CreditEntry, why=_WHY).filter(reverses=award_)
    if award_.kind != EntryKind.AWARDED or back.exists():
        raise WrongStep(_("Only credits that count can be taken back."))
    words = ("user_id", "rule_id", "scheme", "activity", "subject_id", "title_en", "title_zh", "institution_id", "day",
             "hours", "known")  # fmt: skip
    entry = CreditEntry(
        **{name: getattr(award_, name) for name in words}, kind=EntryKind.REVERSED,
        earned=-award_.credits, credits=-award_.credits, reverses=award_, reason=reason.strip()[:500],
        by_id=actor.author_id, at=clock.now(),
    )  # fmt: skip
    _write(actor, entry)
    follow_credits(actor=actor, person_id=entry.user_id, activity=entry.activity, subject_id=entry.subject_id)
    return entry
