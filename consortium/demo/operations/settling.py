"""Places and people: institutions, services, staff with their seats."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test.utils import override_settings

from consortium.casework.models import Service
from consortium.casework.operations import join_service, open_service, set_duty
from consortium.demo.story.people import STAFF, Somebody
from consortium.demo.story.places import CLOSE_TO_HOME, DEPARTMENTS, PLACES, REGIONS, SERVICES, SPECIALTIES
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.people.models import Institution, Region, Specialty, User
from consortium.people.operations import accept_as_new, add_department, add_institution, give_seat, invite
from consortium.people.queries import actor_of
from consortium.people.states import Role

#: How long the consortium has been at work.
LONG_AGO = timedelta(days=400)

PASSWORD = "demo"  # noqa: S105 - the demonstration's, told on its sign-in page


@dataclass
class World:
    """What has been settled so far, by the keys of the story."""

    places: dict[str, Institution] = field(default_factory=dict)
    specialties: dict[str, Specialty] = field(default_factory=dict)
    #: those of the children's hospital by specialty; elsewhere by the place
    services: dict[str, Service] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    #: the demonstration's password, hashed once for all
    password: str = ""

    def actor(self, username: str) -> Actor:
        """Who acts, with the seats held at this moment."""
        return actor_of(self.people[username], second_factor=True)


def settle() -> World:
    world = World(password=make_password(PASSWORD))
    seeder = system("loading the demonstration")
    with acting_as(seeder):
        _found(world, seeder)
        # The first password lives for an instant: two dozen costly hashes of it would hold up the first page.
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            for person in STAFF:
                _welcome(world, seeder, person)
        _serve(world, seeder)
    return world


def found_again() -> World:
    """The world that was settled before, read back."""
    world = World()
    world.places = {p.key: Institution.objects.get(name_en=p.en) for p in PLACES}
    world.specialties = {code: Specialty.objects.get(code=code) for code in SPECIALTIES}
    hospital = world.places["children"]
    world.services = {code: hospital.services.get(specialty__code=code) for code in SERVICES}
    world.services |= {place: world.places[place].services.get() for place in CLOSE_TO_HOME}
    world.people = {s.username: User.objects.get(username=s.username) for s in STAFF}
    return world


def _found(world: World, seeder: Actor) -> None:
    regions = {key: Region.objects.create(name_en=en, name_zh=zh) for key, (en, zh) in REGIONS.items()}
    for code, (en, zh) in SPECIALTIES.items():
        world.specialties[code] = Specialty.objects.create(code=code, name_en=en, name_zh=zh)
    for place in PLACES:
        fields: dict[str, Any] = {
            "name_en": place.en, "name_zh": place.zh, "region_id": regions[place.region].pk, "tier": place.tier,
            "capabilities": list(place.capabilities), "phone": place.phone, "duty_phone": place.duty,
        }  # fmt: skip
        world.places[place.key] = institution = add_institution(actor=seeder, fields=fields)
        for code in DEPARTMENTS.get(place.key, ()):
            specialty = world.specialties[code]
            named = {"name_en": specialty.name_en, "name_zh": specialty.name_zh, "specialty_id": specialty.pk}
            add_department(actor=seeder, institution_id=institution.pk, fields=named)


def _welcome(world: World, seeder: Actor, person: Somebody) -> None:
    """Invited and accepted, as every member of staff is; then the demonstration's own short password."""
    place = world.places[person.place]
    specialty = world.specialties.get(person.specialty)
    offer = {"full_name": person.en, "role": person.roles[0], "specialty_id": specialty.pk if specialty else None}
    invitation = invite(actor=seeder, institution_id=place.pk, fields=offer)
    number = 110_310_000_000_000 + 137 * len(world.people)
    seat = accept_as_new(
        token=invitation.token(),
        fields={
            "username": person.username, "password": f"first-{invitation.pk}", "full_name": person.en,
            "full_name_zh": person.zh, "title": " · ".join(filter(None, person.title)), "language": person.language,
            "licence_number": str(number) if Role.ASKER in person.roles or person.services else "",
            "phone": f"0555 8100 0{len(world.people) + 200}",
        },
    )  # fmt: skip
    user = seat.user
    user.password = world.password
    user.save(update_fields=["password"])
    world.people[person.username] = user
    for role in person.roles[1:]:
        give_seat(actor=seeder, user_id=user.pk, institution_id=place.pk, role=role)


def _serve(world: World, seeder: Actor) -> None:
    hospital = world.places["children"]
    for code, (en, zh) in SERVICES.items():
        specialty = world.specialties[code]
        service = open_service(
            actor=seeder, institution_id=hospital.pk, specialty_id=specialty.pk, name_en=specialty.name_en,
            name_zh=specialty.name_zh, duty_phone=hospital.duty_phone,
        )  # fmt: skip
        service.intake_note_en, service.intake_note_zh = en, zh
        service.save(update_fields=["intake_note_en", "intake_note_zh"])
        world.services[code] = service
    for place, code in CLOSE_TO_HOME.items():
        at, specialty = world.places[place], world.specialties[code]
        world.services[place] = open_service(
            actor=seeder, institution_id=at.pk, specialty_id=specialty.pk, name_en=specialty.name_en,
            name_zh=specialty.name_zh, duty_phone=at.duty_phone or at.phone,
        )  # fmt: skip
    for person in STAFF:
        for code in person.services:
            lead = Role.SERVICE_LEAD in person.roles
            user_id = world.people[person.username].pk
            join_service(actor=seeder, service_id=world.services[code].pk, user_id=user_id, is_lead=lead)


def put_on_duty(world: World) -> None:
    """Everybody answers for their services for the next month."""
    seeder = system("loading the demonstration")
    until = clock.now() + timedelta(days=30)
    with acting_as(seeder):
        for person in STAFF:
            for code in person.services:
                user_id = world.people[person.username].pk
                set_duty(actor=seeder, service_id=world.services[code].pk, user_id=user_id, until=until)
