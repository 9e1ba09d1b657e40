"""Where an alarm goes, what became of it, and what is still missing of a child that was sent without waiting."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.queries.intake import why_not
from consortium.casework.queries.on_duty import members_on_duty
from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as, system
from consortium.notices.models import Page, PageCall
from consortium.notices.states import PageStep
from consortium.patients.models import Patient
from consortium.people.models import Institution
from consortium.people.states import Tier
from referrals.models import Referral
from referrals.queries.checking import is_weighed, open_items, traveller_of
from referrals.states import WAITING_STEPS

#: specialties that take any child in danger, the first one first; codes as the consortium's own directory has them
GREEN_CHANNEL = ("emergency", "intensive_care", "picu")


def alarm_services(institution: Institution, age_days: int, *, at: Iterable[UUID] = ()) -> list[Service]:
    """The services of children's hospitals that take this stat child, best first: those with somebody on duty, of the
    emergency and intensive care, of the own region. `at`: only these institutions. Two queries."""
    rows = Service.objects.filter(is_open=True, institution__tier=Tier.TERTIARY, institution__closed_at=None)
    wanted = rows.exclude(institution=institution)
    if at := list(at):
        wanted = wanted.filter(institution_id__in=at)
    found = [
        service
        for service in wanted.select_related("institution", "specialty")
        if not why_not(service, age_days, Priority.STAT)
    ]
    on_duty = set(members_on_duty(service_id__in=[s.pk for s in found]).values_list("service_id", flat=True))

    def nearness(service: Service) -> tuple[Any, ...]:
        code, here = service.specialty.code, service.institution.region_id == institution.region_id
        first = GREEN_CHANNEL.index(code) if code in GREEN_CHANNEL else len(GREEN_CHANNEL)
        return (service.pk not in on_duty, first, not here, service.name_en)

    return sorted(found, key=nearness)


def alarm_running(patient: Patient) -> Referral | None:
    """A stat referral of this child that nobody has accepted yet: a second alarm would only divide who hears it."""
    rows = Referral.objects.filter(patient=patient, is_stat=True, step__in=WAITING_STEPS)
    found: Referral | None = rows.select_related("case__service__institution").order_by("-case__submitted_at").first()
    return found


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the sender of an alarm looks at: who was called, who has it, and what to do meanwhile."""

    page: Page | None
    calls: list[PageCall]
    phone: str
    missing: list[tuple[str, str]]
    #: kg by which the checklist gives doses, be it an old one; None without any
    weight: Decimal | None

    @property
    def called(self) -> list[PageCall]:
        return [call for call in self.calls if call.called_at is not None]

    @property
    def next_up(self) -> list[PageCall]:
        return [call for call in self.calls if call.called_at is None]

    @property
    def taken_by(self) -> str:
        by = self.page.acknowledged_by if self.page else None
        return by.get_full_name() if by else ""

    @property
    def nobody_answers(self) -> bool:
        return self.page is not None and self.page.step == PageStep.EXHAUSTED


def alarm_of(referral: Referral) -> Alarm:
    """The newest page about a referral that the actor sees, and each call of it. Four queries besides the list."""
    case = referral.case
    with acting_as(system("who was called about a child one sent")):
        pages = Page.objects.of_subject(case).select_related("acknowledged_by")
        page: Page | None = pages.order_by("-started_at").first()
        calls = list(page.calls.select_related("user").order_by("position")) if page else []
    service = case.service
    phone = (service.duty_phone or service.institution.duty_phone) if service else ""
    return Alarm(page, _each_once(calls), phone, missing_of(referral), traveller_of(referral).weight)


def _each_once(calls: list[PageCall]) -> list[PageCall]:
    """Each person with their first call: by which channel does not matter to who waits."""
    first: dict[UUID, PageCall] = {}
    for call in calls:
        first.setdefault(call.user_id, call)
    return list(first.values())


def missing_of(referral: Referral) -> list[tuple[str, str]]:
    """(what, in words) that a stat child was sent without: shown and chased, never waited for."""
    lacks = []
    if not is_weighed(referral):
        lacks.append(("weight", _("The weight, for every dose")))
    if not (referral.consent_given or referral.guardian_agreed):
        lacks.append(("consent", _("The guardian's consent to share the record")))
    if not referral.whereabouts:
        lacks.append(("whereabouts", _("Where the child is, and who is with it")))
    if count := len(open_items(referral)):
        lacks.append(("checklist", _("%(count)d items of the checklist") % {"count": count}))
    return lacks
