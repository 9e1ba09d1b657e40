"""Which other hospital may be asked next: the one suggested on a decline first, then as the child was first routed; a
child that goes home as its centres were matched."""

from uuid import UUID

from django.utils.translation import gettext as _

from referrals.models import Offer, Referral
from referrals.queries.matching import matches
from referrals.queries.routing import Need, places
from referrals.states import OfferStep


def place_choices(referral: Referral) -> list[tuple[str, str]]:
    """(service, its name with hospital and why it stands there) of the services that take the child and are not asked
    now; those that declined it stand last, unless somebody has named them. Six queries."""
    asked = list(Offer.objects.filter(case_id=referral.pk).order_by("-number"))
    waiting = {offer.service_id for offer in asked if offer.step in (OfferStep.REQUESTED, OfferStep.SEEN)}
    named = next((offer.alternative_id for offer in asked if offer.alternative_id), None)
    found = [pair for pair in _ranked(referral, named) if pair[0] not in waiting]
    declined = {offer.service_id for offer in asked if offer.step == OfferStep.DECLINED}
    found.sort(key=lambda pair: (pair[0] != named, pair[0] in declined))
    return [
        (str(service_id), _words(words, is_named=service_id == named, declined=service_id in declined))
        for service_id, words in found
    ]


def _ranked(referral: Referral, named: UUID | None) -> list[tuple[UUID, str]]:
    """The services that take the child, the fittest first."""
    if referral.is_back and referral.parent is not None:
        fitting = matches(referral.parent, referral.needs_capabilities, priority=referral.case.priority)
        return [(match.service.pk, match.words) for match in fitting if match.takes]
    return [(p.service.pk, p.words) for p in places(Need.of_referral(referral), also=named) if not p.refusal]


def _words(place: str, *, is_named: bool, declined: bool) -> str:
    if is_named:
        return _("%(place)s (named by who declined)") % {"place": place}
    return _("%(place)s (has declined it)") % {"place": place} if declined else place
