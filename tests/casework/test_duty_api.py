"""Duty, bookings and working time over the API: the same operations, the same refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from consortium.casework import operations
from consortium.casework.models import Booking, Calendar, FeedLink, Service, Shift, SpecialDay, WorkingCalendar
from consortium.casework.states import Rank
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.casework.rosters import booked, calendar, first_slot, person, room, rule, shift, soon, working_week
from tests.cast import client_for
from tests.consultations.cases import by, claimed

pytestmark = pytest.mark.django_db


class Api:
    """Somebody's JSON calls."""

    def __init__(self, user: User) -> None:
        self.client: Client = client_for(user)

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return self._read(self.client.get(f"/api/v1/{path}", query), status)

    def send(
        self, path: str, body: dict[str, Any] | None = None, status: Any = 200, method: Any = "post", **headers: str
    ) -> Any:  # fmt: skip
        call = getattr(self.client, method)
        sent = call(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)
        return self._read(sent, status)

    @staticmethod
    def _read(answer: Any, status: int) -> Any:
        assert answer.status_code == status, (answer.status_code, answer.content)
        return answer.json() if answer.content else None


def shift_body(user: User, begins: float = 24, hours: float = 8, **more: Any) -> dict[str, Any]:
    starts = soon(begins)
    ends = starts + timedelta(hours=hours)
    return {"user_id": str(user.pk), "begins": starts.isoformat(), "ends": ends.isoformat(), **more}


def span(begins: float, hours: float = 1) -> dict[str, str]:
    starts = soon(begins)
    return {"begins": starts.isoformat(), "ends": (starts + timedelta(hours=hours)).isoformat()}


# -- rosters ----------------------------------------------------------------------------------------------------------


def test_a_shift_is_made_once_for_a_key(lead: User, specialist: User, service: Service) -> None:
    key = str(uuid4())
    body = shift_body(specialist)
    made = [
        Api(lead).send(f"services/{service.pk}/roster/", body, 201, **{"Idempotency-Key": key})["id"] for _ in range(2)
    ]
    assert made[0] == made[1]


def test_the_week_tells_shifts_and_gaps(asker: User, specialist: User, service: Service) -> None:
    made = shift(service, specialist, 24 * 7)
    days = Api(asker).get(f"services/{service.pk}/roster/", week=str(timezone.localdate(made.begins)))["results"]
    assert len(days) == 7
    assert [s["person"]["name"] for d in days for s in d["shifts"]] == [specialist.full_name]
    assert any(gap["words"].startswith("Nobody on") for d in days for gap in d["gaps"])


def test_this_week_is_told_unless_asked(asker: User, service: Service) -> None:
    days = Api(asker).get(f"services/{service.pk}/roster/")["results"]
    assert str(clock.today()) in [day["on"] for day in days]


def test_a_person_on_duty_elsewhere_is_a_422(lead: User, specialist: User, service: Service) -> None:
    shift(service, specialist, 24)
    said = Api(lead).send(f"services/{service.pk}/roster/", shift_body(specialist, 25), 422)
    assert "on duty twice" in said["detail"] or "on duty twice" in str(said)


def test_a_shift_is_read_changed_and_taken_off(
    lead: User, specialist: User, other_specialist: User, service: Service
) -> None:
    made, api = shift(service, specialist, 24), Api(lead)
    assert api.get(f"shifts/{made.pk}/")["person"]["id"] == str(specialist.pk)
    body = shift_body(other_specialist, 30, rank=2)
    assert api.send(f"shifts/{made.pk}/", body, method="put", **{"If-Match": '"1"'})["rank"] == Rank.SECOND
    api.send(f"shifts/{made.pk}/", body, 409, method="put", **{"If-Match": '"1"'})
    api.send(f"shifts/{made.pk}/cancel/", {"version": 2})
    api.get(f"shifts/{made.pk}/", 404)


def test_my_shifts_are_mine(specialist: User, other_specialist: User, service: Service) -> None:
    made = shift(service, specialist)
    shift(service, other_specialist)
    assert [s["id"] for s in Api(specialist).get("shifts/")["results"]] == [str(made.pk)]


def row(user: User, ahead: int = 3, **more: Any) -> dict[str, Any]:
    day = str(clock.today() + timedelta(days=ahead))
    return {"day": day, "begins": "08:00", "ends": "20:00", "person": user.username, **more}


def test_rows_are_looked_at_then_imported_once(lead: User, specialist: User, service: Service) -> None:
    api, path, body = Api(lead), f"services/{service.pk}/roster/import/", {"rows": [row(specialist)]}
    looked = api.send(path, {**body, "preview": True})
    assert (looked["id"], looked["rows"][0]["errors"]) == (None, [])
    assert not Shift.objects.exists()
    key = str(uuid4())
    made = [api.send(path, body, 201, **{"Idempotency-Key": key}) for _ in range(2)]
    assert made[0] == made[1]
    assert Shift.objects.count() == 1


def test_one_wrong_row_imports_nothing_and_says_which(lead: User, specialist: User, service: Service) -> None:
    body = {"rows": [row(specialist), row(specialist, 5, rank="9")]}
    said = Api(lead).send(f"services/{service.pk}/roster/import/", body, 422)
    assert said["fields"]["row 2"] == "The rank is 1 or 2."
    assert not Shift.objects.exists()


# -- swaps and hand-overs ---------------------------------------------------------------------------------------------


def test_a_swap_offers_the_acts_that_each_may_do(
    specialist: User, other_specialist: User, lead: User, service: Service
) -> None:
    made = shift(service, specialist, 24)
    body = {"to_user_id": str(other_specialist.pk)}
    swap = Api(specialist).send(f"shifts/{made.pk}/swap/", body, 201)
    assert [a["verb"] for a in swap["available_actions"]] == ["withdraw"]
    (theirs,) = Api(other_specialist).get("swaps/")["results"]
    assert [a["verb"] for a in theirs["available_actions"]] == ["accept", "decline"]
    accepted = Api(other_specialist).send(theirs["available_actions"][0]["href"].removeprefix("/api/v1/"))
    assert accepted["step"] == "accepted"
    assert Api(lead).send(f"swaps/{swap['id']}/overrule/", {"reason": "Nights"})["step"] == "overruled"


@pytest.mark.parametrize(("verb", "who"), [("decline", "other_specialist"), ("withdraw", "specialist")])
def test_a_swap_ends(
    verb: str, who: str, specialist: User, other_specialist: User, service: Service, request: pytest.FixtureRequest
) -> None:
    made = by(specialist, operations.offer_swap, shift_id=shift(service, specialist, 24).pk,
              to_user_id=other_specialist.pk)  # fmt: skip
    assert Api(request.getfixturevalue(who)).send(f"swaps/{made.pk}/{verb}/")["step"].startswith(verb[:7])


def test_open_items_are_offered_with_notes_and_taken_over(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    (item,) = Api(specialist).get(f"services/{service.pk}/open-items/")["results"]
    body = {"to_user_id": str(other_specialist.pk), "notes": {item["key"]: "Recheck at nine"}}
    made = Api(specialist).send(f"services/{service.pk}/handovers/", body, 201)
    assert made["items"][0]["note"] == "Recheck at nine"
    assert patient.name not in str(made)
    seen = Api(other_specialist).get(f"handovers/{made['id']}/")
    assert [a["verb"] for a in seen["available_actions"]] == ["take_over"]
    taken = Api(other_specialist).send(seen["available_actions"][0]["href"].removeprefix("/api/v1/"))
    assert taken["taken_by"]["name"] == other_specialist.full_name


def test_a_hand_over_is_withdrawn(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = by(specialist, operations.offer_handover, service_id=service.pk, to_user_id=other_specialist.pk)
    assert Api(specialist).send(f"handovers/{made.pk}/lapse/")["step"] == "lapsed"


def test_open_items_of_a_service_one_does_not_serve_are_hidden(asker: User, service: Service) -> None:
    Api(asker).get(f"services/{service.pk}/open-items/", 404)


# -- calendars and bookings -------------------------------------------------------------------------------------------


def test_rooms_are_added_listed_and_retired(coordinator: User, hospital: Institution) -> None:
    api = Api(coordinator)
    body = {"institution_id": str(hospital.pk), "kind": "vehicle", "name_en": "Ambulance 2"}
    made = api.send("resources/", body, 201)
    assert [r["name_en"] for r in api.get("resources/")["results"]] == ["Ambulance 2"]
    api.send(f"resources/{made['id']}/retire/")
    assert api.get("resources/")["results"] == []


def test_a_calendar_is_opened_ruled_closed_and_reopened(lead: User, specialist: User, service: Service) -> None:
    api = Api(lead)
    made = api.send("calendars/", {"service_id": str(service.pk), "name_en": "Asthma"}, 201)
    begins = clock.today() + timedelta(days=1)
    body = {
        "weekday": begins.weekday(), "starts": "08:30", "minutes": 20, "count": 2, "begins_on": str(begins),
        "person_id": str(specialist.pk),
    }  # fmt: skip
    ruled = api.send(f"calendars/{made['id']}/rules/", body, 201)
    slots = api.get(f"calendars/{made['id']}/slots/", week=str(begins))["results"]
    assert [s["free"] for s in slots] == [1, 1]
    assert api.send(f"calendars/{made['id']}/close-day/", {"on": str(begins)}) == {"to_move": 0}
    assert api.get(f"calendars/{made['id']}/slots/", week=str(begins))["results"] == []
    api.send(f"calendars/{made['id']}/reopen-day/", {"on": str(begins)}, 204)
    assert api.send(f"slot-rules/{ruled['id']}/end/", {"on": str(begins)})["ends_on"] == str(begins)
    assert [c["name_en"] for c in api.get("calendars/")["results"]] == ["Asthma"]


@pytest.fixture
def clinic(service: Service, specialist: User) -> Calendar:
    made = calendar(service)
    rule(made, specialist, capacity=2, quota=1, count=2)
    return made


def test_a_place_in_a_slot_is_booked_once_for_a_key(specialist: User, clinic: Calendar) -> None:
    key, body = str(uuid4()), {"slot_id": str(first_slot(clinic).pk)}
    made = [Api(specialist).send("bookings/", body, 201, **{"Idempotency-Key": key})["id"] for _ in range(2)]
    assert made[0] == made[1]


def test_people_and_rooms_are_booked_and_who_is_in_the_way_is_named(specialist: User, hospital: Institution) -> None:
    where = room(hospital)
    body = {"what": "video", "user_ids": [str(specialist.pk)], "resource_ids": [str(where.pk)], **span(24)}
    made = Api(specialist).send("bookings/", body, 201)
    assert {r["kind"] for r in made["resources"]} == {"person", "room"}
    refused = Api(specialist).send("bookings/", body, 409)
    assert {each["name"] for each in refused["in_the_way"]} == {specialist.full_name, "Room 3"}


def test_a_booking_without_a_time_is_a_422(specialist: User) -> None:
    said = Api(specialist).send("bookings/", {"what": "video", "user_ids": [str(specialist.pk)]}, 422)
    assert "begins" in said["fields"]


def test_my_bookings_are_mine(specialist: User, other_specialist: User) -> None:
    made = booked(specialist, person(specialist))
    assert [b["id"] for b in Api(specialist).get("bookings/")["results"]] == [str(made.pk)]
    assert Api(other_specialist).get("bookings/")["results"] == []


def test_a_booking_is_moved_and_cancelled_at_the_version_seen(specialist: User) -> None:
    made, api = booked(specialist, person(specialist)), Api(specialist)
    assert [a["verb"] for a in api.get(f"bookings/{made.pk}/")["available_actions"]] == [
        "move", "cancel", "attend", "no_show"
    ]  # fmt: skip
    moved = api.send(f"bookings/{made.pk}/move/", {**span(30), "version": 1})
    assert moved["version"] == 2
    api.send(f"bookings/{made.pk}/cancel/", {"reason": "Ill", "version": 1}, 409)
    assert api.send(f"bookings/{made.pk}/cancel/", {"reason": "Ill", "version": 2})["step"] == "cancelled"


def test_a_booking_moves_to_another_slot(specialist: User, clinic: Calendar) -> None:
    one, two = clinic.slots.order_by("period")[:2]
    made = by(specialist, operations.book_slot, slot_id=one.pk)
    moved = Api(specialist).send(f"bookings/{made.pk}/move/", {"slot_id": str(two.pk), "version": 1})
    assert moved["slot_id"] == str(two.pk)


def test_a_hold_is_confirmed_then_attended(specialist: User) -> None:
    body = {"what": "video", "user_ids": [str(specialist.pk)], "hold": True, **span(1)}
    made = Api(specialist).send("bookings/", body, 201)
    assert made["step"] == "held"
    Api(specialist).send(f"bookings/{made['id']}/confirm/", {"version": 1})
    Booking.unscoped.update(period=(soon(-2), soon(-1)))
    assert Api(specialist).send(f"bookings/{made['id']}/attend/", {"version": 2})["step"] == "attended"


def test_the_address_of_ones_calendar_is_made_and_revoked(specialist: User) -> None:
    path = Api(specialist).send("calendar-feed/", {}, 201)["path"]
    assert Client().get(path).status_code == 200
    Api(specialist).send("calendar-feed/", {}, 204, method="delete")
    assert Client().get(path).status_code == 404
    assert FeedLink.unscoped.get().revoked_at is not None


# -- working time -----------------------------------------------------------------------------------------------------

HOURS = [{"weekday": n, "opens": "08:00", "closes": "12:00"} for n in range(5)]


def test_hours_and_days_are_kept_over_the_api(admin: User, hospital: Institution) -> None:
    api = Api(admin)
    made = api.send("working-calendars/", {"hours": HOURS, "institution_id": str(hospital.pk)})
    day = str(clock.today() + timedelta(days=3))
    path = f"working-calendars/{made['id']}/"
    told = api.send(f"{path}days/", {"days": [{"on": day, "kind": "holiday", "name": "Storm"}]})
    assert told["days"] == [{"on": day, "kind": "holiday", "name": "Storm"}]
    saved = api.send(path, {"hours": HOURS[:2], "version": told["version"]}, method="put")
    assert [h["hours"] for h in saved["hours"]] == [["08:00-12:00"], ["08:00-12:00"]]
    assert api.send(f"{path}days/remove/", {"on": day})["days"] == []
    assert not SpecialDay.objects.exists()


def test_everybody_reads_the_working_calendars(asker: User, hospital: Institution) -> None:
    made = working_week(hospital)
    (told,) = Api(asker).get("working-calendars/")["results"]
    assert told["id"] == str(made.pk)
    whole = Api(asker).get(f"working-calendars/{made.pk}/")
    assert {name: whole[name] for name in told} == told
    assert len(whole["hours"]) == 5


def test_a_calendar_of_nobody_is_hidden(admin: User, db: None) -> None:
    Api(admin).send("working-calendars/", {"hours": HOURS}, 404)
    assert not WorkingCalendar.objects.exists()


# -- lists cost the same for one row and for three --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "queries"),
    [("shifts/", 4), ("swaps/", 4), ("bookings/", 7), ("resources/", 4), ("calendars/", 4), ("working-calendars/", 4)],
)
def test_a_list_costs_the_same_for_one_and_for_three(
    path: str, queries: int, specialist: User, other_specialist: User, service: Service, region: Any,
    hospital: Institution, community: Institution, district: Institution, django_assert_num_queries: Any,
) -> None:  # fmt: skip
    api = Api(specialist)
    api.get(path)
    for n, place in enumerate((hospital, community, district)):
        made = shift(service, specialist, 24 * n + 24)
        by(specialist, operations.offer_swap, shift_id=made.pk, to_user_id=other_specialist.pk)
        booked(specialist, person(specialist), room(hospital, f"Room {n + 1}"), begins=24 * n + 40)
        calendar(service, name=f"Clinic {n}")
        working_week(place)
        with django_assert_num_queries(queries):
            assert len(api.get(path)["results"]) == n + 1


def test_open_items_cost_the_same_for_one_and_for_three(
    asker: User, specialist: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    api = Api(specialist)
    for n in range(3):
        claimed(asker, specialist, patient, service)
        with django_assert_num_queries(10):
            assert len(api.get(f"services/{service.pk}/open-items/")["results"]) == n + 1
