"""Which other hospital may be asked next: those that take such a child, the one suggested on a decline first."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.queries.intake import why_not
from referrals.models import Offer, Referral
from referrals.states import OfferStep


def place_choices(referral: Referral) -> list[tuple[str, str]]:
    """(service, its name with hospital) of the services that take the child and are not asked now. Two queries."""
    case = referral.case
    asked = list(Offer.objects.filter(case_id=case.pk).order_by("-number"))
    waiting = {offer.service_id for offer in asked if offer.step in (OfferStep.REQUESTED, OfferStep.SEEN)}
    named = next((offer.alternative_id for offer in asked if offer.alternative_id), None)
    rows = Service.objects.filter(is_open=True).exclude(institution_id=case.asking_institution_id)
    rows = rows.exclude(pk__in=waiting).select_related("institution", "specialty")
    able = [s for s in rows if not why_not(s, case.age_days, case.priority)]
    ordered = sorted(able, key=lambda s: (s.pk != named, not _same(s, case.service), s.institution.name_en, s.name_en))
    return [(str(s.pk), _words(s, named)) for s in ordered]


def _same(service: Service, other: Service | None) -> bool:
    """Of the specialty that was asked first."""
    return other is not None and service.specialty_id == other.specialty_id


def _words(service: Service, named: UUID | None) -> str:
    place = f"{service.name}, {service.institution.name}"
    return _("%(place)s (named by who declined)") % {"place": place} if service.pk == named else place


def other_services(referral: Referral) -> dict[str, Any]:
    return {"service_id": place_choices(referral)}
