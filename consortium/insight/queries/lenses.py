"""Whose questions a reader may count: all of them, those a place or a service answers, those a place asks."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Service, ServiceMember
from consortium.insight.measures import CONSULTATIONS, Subject
from consortium.insight.policies import may_see_measures
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.people.models import Institution
from consortium.people.states import Role

WHOLE = "all"


@dataclass(frozen=True, slots=True)
class Lens:
    """One point of view. `services`: only what these answer (None: all); `institution_id`: only what it asks."""

    key: str
    label: str
    services: tuple[UUID, ...] | None = None
    institution_id: UUID | None = None

    @property
    def asks(self) -> bool:
        return self.institution_id is not None


def _answered(place: Institution, services: list[Service], subject: Subject) -> Lens | None:
    own = tuple(sorted(s.pk for s in services if s.institution_id == place.pk))
    label = str(subject.answered_by) % {"place": place.name}
    return Lens(f"answered:{place.pk}", label, services=own) if own else None


def _asked(place: Institution, subject: Subject) -> Lens:
    return Lens(f"asked:{place.pk}", str(subject.asked_by) % {"place": place.name}, institution_id=place.pk)


def lenses(actor: Actor, subject: Subject = CONSULTATIONS) -> list[Lens]:
    """The points of view that this person has, the widest first; 403 for who has none. Three queries at most."""
    require(may_see_measures(actor))
    found = [Lens(WHOLE, _("The whole consortium"))] if actor.has(Role.CONSORTIUM_MANAGER) else []
    admin = actor.institution_ids(Role.INSTITUTION_ADMIN)
    office = admin | actor.institution_ids(Role.COORDINATOR)
    places = list(Institution.objects.filter(pk__in=office).order_by("tier", "name_en")) if office else []
    services = list(Service.objects.filter(institution_id__in=office).order_by("name_en")) if office else []
    found += [lens for place in places if (lens := _answered(place, services, subject))]
    found += [_asked(place, subject) for place in places if place.pk in admin]
    return found + _led(actor, subject)


def _led(actor: Actor, subject: Subject) -> list[Lens]:
    if not actor.has(Role.SERVICE_LEAD):
        return []
    seats = ServiceMember.objects.filter(user_id=actor.user_id, is_lead=True, left_at=None)
    led = Service.objects.filter(pk__in=seats.values("service_id")).order_by("name_en")
    label = str(subject.answered_by_service)
    return [Lens(f"service:{s.pk}", label % {"name": s.name}, services=(s.pk,)) for s in led]


def lens_for(actor: Actor, key: str = "", subject: Subject = CONSULTATIONS) -> Lens:
    """The one that was named, the widest when none was; NotVisible when it is not the actor's."""
    mine = lenses(actor, subject)
    found = next((lens for lens in mine if key in ("", lens.key)), None)
    if found is None:
        raise NotVisible
    return found
