"""Where a child may go: the open services of the same or a higher tier, the fittest first, each with the reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium.casework.models import Booking, Case, Service, Slot
from consortium.casework.queries.intake import why_not
from consortium.casework.queries.on_duty import members_on_duty
from consortium.casework.states import TAKES_TIME, Priority, Symptom
from consortium.clinical.diagnoses import diagnoses, read
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered
from consortium.kernel.templatetags.when import moment_words
from consortium.patients.models import PathwayMember
from consortium.people.models import Institution
from consortium.people.states import Tier
from referrals.models import Referral
from referrals.queries.beds import bed_words, beds_of
from referrals.queries.matching import lacking, named
from referrals.queries.specialties import BY_SYMPTOM, GENERAL, by_code, wanted

#: how far ahead free places are looked for
AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Need:
    """What is known of the child that has to go somewhere."""

    institution: Institution
    age_days: int | None
    priority: int
    symptom: str = ""
    diagnosis_code: str = ""
    capabilities: Sequence[str] = ()
    pathway_id: UUID | None = None
    #: the service that has answered about the child
    asked_id: UUID | None = None

    @classmethod
    def of_case(cls, case: Case, **more: Any) -> Self:
        """Of a question or a referral; `more` overrides."""
        known = {
            "institution": case.asking_institution, "age_days": case.age_days, "priority": case.priority,
            "symptom": case.symptom, "pathway_id": case.pathway_id,
        }  # fmt: skip
        return cls(**{**known, **more})

    @classmethod
    def of_referral(cls, referral: Referral, **more: Any) -> Self:
        known = {"diagnosis_code": referral.diagnosis_code, "capabilities": referral.needs_capabilities}
        return cls.of_case(referral.case, **{**known, **more})


@dataclass(frozen=True, slots=True)
class Place:
    """One service. `fit`: 0 its specialty is the one wanted first, then the next, `GENERAL` ones after all wanted, any
    other last; `refusal` why it does not take the child, "" when it does; `free_at` its first free place kept for
    referrals; `reasons` in words, the weightiest first."""

    service: Service
    fit: int
    refusal: str
    lacks: tuple[str, ...]
    on_duty: bool
    same_region: bool
    knows: bool
    free_at: datetime | None
    #: the free beds that its board tells of, in words
    beds: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.service.name} · {self.service.institution.name}"

    @property
    def words(self) -> str:
        """The place and why, in one line."""
        return " · ".join([self.name, *self.reasons])

    def rank(self, need: Need) -> tuple[Any, ...]:
        """Sorts the fittest first: who takes the child, can do what it needs, is of the right specialty; then for a
        child in danger who is there now and has a bed, for others who knows it, who is near, who has a place soon.
        Another community centre comes after every hospital."""
        now = (not self.on_duty, not self.beds) if need.priority <= Priority.URGENT else (False, False)
        soon = self.free_at.timestamp() if self.free_at else float("inf")
        asked, tier = self.service.pk != need.asked_id, self.service.institution.tier
        return (
            bool(self.refusal), len(self.lacks), tier == Tier.COMMUNITY, self.fit, now, asked, not self.knows,
            not self.same_region, tier, soon, self.service.institution.name_en, self.service.name_en,
        )  # fmt: skip


def places(need: Need, *, also: UUID | None = None) -> list[Place]:
    """Every open service of another institution of the same or a higher tier (`also`: one of any tier that somebody has
    named), the fittest first. Five queries."""
    services = _candidates(need, also)
    ids = [service.pk for service in services]
    on_duty = set(members_on_duty(service_id__in=ids).values_list("service_id", flat=True))
    free, beds, knowing = free_places(ids), _beds(ids), _knowing(need.pathway_id)
    order = wanted(need.symptom, need.diagnosis_code, need.age_days, need.priority)
    made = partial(_place, need, order, on_duty, free, knowing)
    found = [_with_reasons(replace(made(service), beds=beds.get(service.pk, "")), need) for service in services]
    return sorted(found, key=lambda place: place.rank(need))


def _candidates(need: Need, also: UUID | None) -> list[Service]:
    fitting = Q(institution__tier__gte=need.institution.tier) | Q(pk=also)
    rows = Service.objects.filter(fitting, is_open=True, institution__closed_at=None)
    return list(
        rows.exclude(institution=need.institution).select_related("institution__region", "specialty").order_by("pk")
    )


def free_places(service_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """The beginning of each service's first slot ahead with a free place kept for referrals. One query.

    A slot whose person or room is taken by something else may stand here: the calendar itself says so.
    """
    kept = unfiltered(Booking, why="how many places are free: not for whom").filter(
        slot=OuterRef("pk"), step__in=TAKES_TIME, place__lte=OuterRef("quota")
    )
    taken = kept.order_by().values("slot").annotate(count=Count("pk")).values("count")
    rows = Slot.objects.ahead().filter(
        calendar__service_id__in=list(service_ids), calendar__closed_at=None, quota__gt=0,
        period__startswith__lt=clock.now() + AHEAD,
    )  # fmt: skip
    free = rows.annotate(taken=Coalesce(Subquery(taken), 0)).filter(taken__lt=F("quota")).order_by("period")
    found: dict[UUID, datetime] = {}
    for service_id, period in free.values_list("calendar__service_id", "period"):
        found.setdefault(service_id, period.lower)
    return found


def _beds(service_ids: list[UUID]) -> dict[UUID, str]:
    """Of each service the first board with a free bed, in words. One query."""
    found: dict[UUID, str] = {}
    for board in beds_of(service_ids):
        if board.free:
            found.setdefault(board.service_id, bed_words(board))
    return found


def _knowing(pathway_id: UUID | None) -> set[UUID]:
    """The institutions that take part in the episode already. One query; none without an episode."""
    if pathway_id is None:
        return set()
    members = unfiltered(PathwayMember, why="which hospital knows the child").running().filter(pathway=pathway_id)
    return set(members.values_list("institution_id", flat=True))


def _place(
    need: Need,
    order: Sequence[str],
    on_duty: set[UUID],
    free: Mapping[UUID, datetime],
    knowing: set[UUID],
    service: Service,
) -> Place:
    place = service.institution
    return Place(
        service,
        fit=_fit(service.specialty.code, order),
        refusal=str(why_not(service, need.age_days, need.priority)),
        lacks=tuple(lacking(place, need.capabilities)),
        on_duty=service.pk in on_duty,
        same_region=place.region_id == need.institution.region_id,
        knows=place.pk in knowing,
        free_at=free.get(service.pk),
    )


def _fit(code: str, order: Sequence[str]) -> int:
    if code in order:
        return order.index(code)
    return len(order) + (0 if code in GENERAL else 1)


def _with_reasons(place: Place, need: Need) -> Place:
    """The same place, with why it stands where it stands."""
    service, tier = place.service, Tier(place.service.institution.tier).label
    has = [code for code in need.capabilities if code not in place.lacks]
    said = [
        place.refusal,
        _("lacks %(what)s") % {"what": named(place.lacks)} if place.lacks else "",
        _belongs(service.specialty.code, need),
        _("has answered about the child") if service.pk == need.asked_id else "",
        _("has %(what)s") % {"what": named(has)} if has else "",
        _("somebody is on duty now") if place.on_duty else "",
        _("knows the child") if place.knows and service.pk != need.asked_id else "",
        _("%(tier)s of your region") % {"tier": tier} if place.same_region else str(tier),
        place.beds,
        _("free place on %(day)s") % {"day": moment_words(place.free_at)} if place.free_at else "",
    ]
    return replace(place, reasons=tuple(filter(None, said)))


def _belongs(code: str, need: Need) -> str:
    """Why the specialty is the one that is wanted."""
    if code in by_code(need.diagnosis_code):
        listed = diagnoses().get(need.diagnosis_code)
        return _("for %(what)s") % {"what": listed.said(get_language() or "") if listed else need.diagnosis_code}
    if code in BY_SYMPTOM.get(need.symptom, ()):
        return _("for %(what)s") % {"what": Symptom(need.symptom).label}
    if code in wanted("", "", need.age_days, need.priority):
        return {"neonatology": _("for newborns"), "emergency": _("takes any child in danger")}.get(
            code, _("sees any child")
        )
    return _("sees any child") if code in GENERAL else ""


class Places:
    """The port through which other features suggest where a child may go (settings.REFERRAL_PLACES)."""

    def suggested(self, case: Case, diagnosis: str = "") -> list[tuple[str, str]]:
        """(service, place with its reasons) for the child of a question, the fittest first."""
        code, _words = read(diagnosis)
        need = Need.of_case(case, diagnosis_code=code, asked_id=case.service_id)
        return [(str(place.service.pk), place.words) for place in places(need) if not place.refusal]
