"""Which centre can carry the plan of a child that goes home: equipment, medicines and trained staff that it publishes,
the ages it takes, how near it is, and what it declined before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.casework.models import Case, Service
from consortium.casework.queries.intake import why_not
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Institution
from consortium.people.states import Capability
from referrals.models import Offer, Referral
from referrals.states import DeclineReason, Kind, OfferStep

#: how long a decline for want of means counts
REMEMBERED = timedelta(days=180)
#: centres that are shown
MOST = 12


@dataclass(frozen=True, slots=True)
class Match:
    """One service closer to home. `fits`: it has all that the plan needs and takes the child; `reasons` say why so, and
    why not, in words; `near`: 0 the centre that sent the child, 1 its region, 2 elsewhere; `takes`: children of
    this age and urgency."""

    service: Service
    fits: bool
    near: int
    reasons: tuple[str, ...]
    declined: int = 0
    takes: bool = True

    @property
    def words(self) -> str:
        return " · ".join([f"{self.service.institution.name}, {self.service.name}", *self.reasons])


def matches(case: Case, needs: Iterable[str], *, priority: int = Priority.ROUTINE) -> list[Match]:
    """Services of lower tiers than the one that has the child: who can carry it first, then the nearest. Two
    queries."""
    if case.service is None:
        return []
    rows = Service.objects.filter(is_open=True, institution__tier__lt=case.service.institution.tier)
    services = list(rows.select_related("institution", "specialty").order_by("name_en", "pk"))
    declined = declines(service.pk for service in services)
    found = [_match(case, service, list(needs), priority, declined[service.pk]) for service in services]
    return sorted(found, key=lambda m: (not m.fits, m.near, m.declined, m.service.institution.name_en))[:MOST]


def declines(service_ids: Iterable[UUID]) -> Counter[UUID]:
    """How often each service has lately declined a back-referral for want of means: the next match is better for it."""
    rows = unfiltered(Offer, why="how often a service declined; no child stands in it").filter(
        service_id__in=list(service_ids), step=OfferStep.DECLINED, decline_reason=DeclineReason.NO_CAPABILITY,
        answered_at__gte=clock.now() - REMEMBERED,
        case__in=unfiltered(Referral, why="counted").filter(kind=Kind.BACK).values("pk"),
    )  # fmt: skip
    return Counter(rows.values_list("service_id", flat=True))


def _match(case: Case, service: Service, needs: Sequence[str], priority: int, declined: int) -> Match:
    lacks = lacking(service.institution, needs)
    refused, near = str(why_not(service, case.age_days, priority)), nearness(case, service)
    has = [code for code in needs if code not in lacks]
    reasons = [
        (_("sent the child"), _("same region"), "")[near],
        _("has %(what)s") % {"what": named(has)} if has else "",
        _("lacks %(what)s") % {"what": named(lacks)} if lacks else "",
        refused,
        ngettext(
            "declined %(count)d child for want of means", "declined %(count)d children for want of means", declined
        ) % {"count": declined} if declined else "",
    ]  # fmt: skip
    return Match(service, not lacks and not refused, near, tuple(filter(None, reasons)), declined, not refused)


def nearness(case: Case, service: Service) -> int:
    """0 the centre that sent the child, 1 its region, 2 elsewhere."""
    if service.institution_id == case.asking_institution_id:
        return 0
    return 1 if service.institution.region_id == case.asking_institution.region_id else 2


def lacking(place: Institution, needs: Iterable[str]) -> list[str]:
    """What of `needs` an institution does not say that it has: equipment, medicines, trained staff."""
    return [code for code in needs if code not in place.capabilities]


def named(codes: Iterable[str]) -> str:
    """Capabilities in words."""
    return ", ".join(str(Capability(code).label) for code in codes)
