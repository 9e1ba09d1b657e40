"""Who is on duty, which rooms and clinics there are, and when people work: by the operations that everybody uses."""

from datetime import datetime, time, timedelta

from consortium.casework import operations
from consortium.casework.models import Calendar
from consortium.casework.queries.working import zone
from consortium.casework.states import BookingKind, Rank, ResourceKind, Weekday
from consortium.demo.operations.settling import World
from consortium.demo.story.holidays import days
from consortium.demo.story.people import STAFF
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system

_HOURS = ((time(8), time(12)), (time(14), time(17, 30)))
_DAYS = 14
_SHIFT = timedelta(hours=24)
#: (service, English, Chinese, weekday, first slot, minutes, slots, places, kept for referrals, who)
_CLINICS = (
    ("respiratory", "Asthma clinic", "哮喘门诊", Weekday.TUESDAY, time(8, 30), 30, 6, 2, 1, "specialist"),
    ("respiratory", "Chronic cough clinic", "慢性咳嗽门诊", Weekday.THURSDAY, time(14), 30, 6, 1, 1, "gulan"),
    ("cardiology", "Murmur clinic", "心脏杂音门诊", Weekday.WEDNESDAY, time(8, 30), 30, 6, 2, 1, "qianwen"),
    ("neonatology", "Preterm follow-up", "早产儿随访门诊", Weekday.FRIDAY, time(14), 40, 4, 1, 1, "fengmei"),
)


def roster(world: World) -> None:
    """Two weeks of duty, with a gap to be found; working time with its holidays; rooms, an ambulance, and clinics."""
    seeder = system("loading the demonstration")
    with acting_as(seeder):
        _working_time(world, seeder)
        _shifts(world, seeder)
        _clinics(world, seeder)


def _working_time(world: World, seeder: Actor) -> None:
    hours = dict.fromkeys(range(Weekday.SATURDAY), _HOURS)
    for region_id in {place.region_id for place in world.places.values()}:
        made = operations.open_working_calendar(actor=seeder, region_id=region_id, hours=hours)
        operations.set_days(actor=seeder, calendar_id=made.pk, days=days())


def _shifts(world: World, seeder: Actor) -> None:
    """The respiratory service day by day in turn, from this morning; one night of next week is left open."""
    team = [s.username for s in STAFF if "respiratory" in s.services]
    morning = datetime.combine(clock.today(), time(8), zone())
    first = morning if morning <= clock.now() else morning - _SHIFT
    for n in range(_DAYS):
        begins = first + n * _SHIFT
        length = timedelta(hours=10) if n == _DAYS // 2 else _SHIFT
        _shift(world, seeder, team[n % len(team)], begins, length, Rank.FIRST)
        _shift(world, seeder, team[(n + 1) % len(team)], begins, timedelta(hours=10), Rank.SECOND)


def _shift(world: World, seeder: Actor, who: str, begins: datetime, length: timedelta, rank: int) -> None:
    if begins + length > clock.now():
        operations.add_shift(
            actor=seeder, service_id=world.services["respiratory"].pk, user_id=world.people[who].pk, begins=begins,
            ends=begins + length, rank=rank,
        )  # fmt: skip


def _clinics(world: World, seeder: Actor) -> None:
    hospital = world.places["children"]
    rooms = {}
    for kind, en, zh in (
        (ResourceKind.ROOM, "Outpatient room 3", "门诊3诊室"),
        (ResourceKind.ROOM, "Video room", "视频会诊室"),
        (ResourceKind.VEHICLE, "Transport incubator ambulance", "新生儿转运救护车"),
    ):
        rooms[en] = operations.add_resource(actor=seeder, institution_id=hospital.pk, kind=kind, name_en=en, name_zh=zh)
    for service, en, zh, weekday, starts, minutes, count, places, kept, who in _CLINICS:
        made = operations.open_calendar(
            actor=seeder, service_id=world.services[service].pk, name_en=en, name_zh=zh,
            room_id=rooms["Outpatient room 3"].pk,
        )  # fmt: skip
        fields = {
            "weekday": weekday, "starts": starts, "minutes": minutes, "count": count, "capacity": places,
            "quota": kept, "begins_on": clock.today(),
        }  # fmt: skip
        operations.add_rule(actor=seeder, calendar_id=made.pk, fields=fields, person_id=world.people[who].pk)
    _book_some(world, seeder)


def _book_some(world: World, seeder: Actor) -> None:
    """The next two places of the asthma clinic, and a video call of the same specialist tomorrow."""
    asthma = Calendar.objects.get(name_en="Asthma clinic")
    for slot in asthma.slots.ahead().order_by("period")[:2]:
        operations.book_slot(actor=seeder, slot_id=slot.pk)
    who = operations.person_resource(world.people["specialist"].pk)
    begins = datetime.combine(clock.today() + timedelta(days=1), time(16), zone())
    period = (begins, begins + timedelta(minutes=30))
    operations.book(actor=seeder, what=BookingKind.VIDEO, resources=[who.pk], period=period)
