"""What notices hear themselves: a closed record was opened in an emergency."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice
from consortium.patients.events import GlassBroken
from consortium.patients.models import AccessGrant
from consortium.people.models import Membership
from consortium.people.states import Role


def _privacy_officers(institution_ids: Sequence[str]) -> list[UUID]:
    seats = unfiltered(Membership, why="who watches over a record").active(clock.today())
    officers = seats.filter(role=Role.PRIVACY_OFFICER, institution_id__in=institution_ids)
    return sorted(set(officers.values_list("user_id", flat=True)), key=str)


@receives(GlassBroken)
def tell_privacy_officers(entry_id: int, event: GlassBroken) -> None:
    """Those of the institutions that know the child and of the reader's own, now: the access lasts three hours."""
    grants = unfiltered(AccessGrant, why="telling the privacy officers")
    grant: AccessGrant = grants.select_related("user", "institution").get(pk=event.grant_id)
    facts = {
        "person": {"en": grant.user.full_name, "zh": grant.user.full_name_zh},
        "place": {"en": grant.institution.name_en, "zh": grant.institution.name_zh},
    }
    for recipient_id in _privacy_officers(event.institution_ids):
        if recipient_id != event.user_id:
            send_notice(
                actor=current_actor(), recipient_id=recipient_id, kind="patients.glass", subject=grant,
                url=reverse("patients:grant", args=[grant.pk]), once=f"glass:{grant.pk}", facts=facts, urgent=True,
            )  # fmt: skip
