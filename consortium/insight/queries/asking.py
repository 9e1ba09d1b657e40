"""What is asked of the measures: whose questions, of which months, narrowed to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.insight.measures import CONSULTATIONS, SUBJECTS, Subject
from consortium.insight.queries.lenses import Lens, lens_for
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible

#: before it nobody asked anything
BEGINNING = date(2000, 1, 1)


class Period(TextChoices):
    YEAR = "year", _("The last 12 months")
    QUARTER = "quarter", _("The last 3 months")
    MONTH = "month", _("This month")
    LAST_MONTH = "last-month", _("Last month")
    THIS_YEAR = "this-year", _("This year")
    LAST_YEAR = "last-year", _("Last year")
    ALWAYS = "always", _("From the beginning")


def months_before(month: date, number: int) -> date:
    """The first day of the month so many months before."""
    counted = month.year * 12 + month.month - 1 - number
    return date(counted // 12, counted % 12 + 1, 1)


def period_of(name: str, today: date | None = None) -> tuple[date, date]:
    """(first month, last month) of a named period."""
    this = (today or clock.today()).replace(day=1)
    return {
        Period.YEAR: (months_before(this, 11), this),
        Period.QUARTER: (months_before(this, 2), this),
        Period.MONTH: (this, this),
        Period.LAST_MONTH: (months_before(this, 1), months_before(this, 1)),
        Period.THIS_YEAR: (this.replace(month=1), this),
        Period.LAST_YEAR: (date(this.year - 1, 1, 1), date(this.year - 1, 12, 1)),
        Period.ALWAYS: (BEGINNING, this),
    }[Period(name)]


@dataclass(frozen=True, slots=True)
class Asked:
    """One selection of questions or referrals. `own`: the reader's institutions, whose every number they may know."""

    lens: Lens
    since: date
    until: date
    service_id: UUID | None = None
    priority: int | None = None
    institution_id: UUID | None = None
    region_id: UUID | None = None
    own: frozenset[UUID] = frozenset()
    subject: Subject = CONSULTATIONS

    @property
    def place_id(self) -> UUID | None:
        """The asking institution that the selection is narrowed to, by the lens or by the reader."""
        return self.lens.institution_id or self.institution_id

    @property
    def guarded(self) -> bool:
        """Whether small numbers would tell of one place that is not the reader's own."""
        foreign = self.place_id is not None and self.place_id not in self.own
        return foreign or self.region_id is not None

    def kept(self) -> dict[str, str]:
        """As plain words, from which `asked_of` makes the same again."""
        named = {
            "subject": self.subject.key, "lens": self.lens.key, "since": f"{self.since:%Y-%m}",
            "until": f"{self.until:%Y-%m}", "service": self.service_id, "priority": self.priority,
            "institution": self.institution_id, "region": self.region_id,
        }  # fmt: skip
        return {name: str(value) for name, value in named.items() if value}


def asked_of(actor: Actor, given: Mapping[str, Any]) -> Asked:
    """The selection of checked parameters: `subject` (a key of SUBJECTS), `lens`, `period` or `since` and `until`
    (months), `service`, `priority`, `institution`, `region`. What is not the actor's is NotVisible."""
    subject = SUBJECTS[given.get("subject") or CONSULTATIONS.key]
    lens = lens_for(actor, given.get("lens") or "", subject)
    since, until = period_of(given.get("period") or Period.YEAR)
    service = given.get("service")
    institution, region = given.get("institution"), given.get("region")
    if service and lens.services is not None and service not in lens.services:
        raise NotVisible
    if lens.asks and (region or institution not in (None, lens.institution_id)):
        raise NotVisible
    return Asked(
        lens, given.get("since") or since, given.get("until") or until, service, given.get("priority"),
        None if lens.asks else institution, None if institution else region, actor.institution_ids(), subject,
    )  # fmt: skip
