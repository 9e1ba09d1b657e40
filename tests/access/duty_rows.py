"""The rows of duty, calendars, bookings and working time: pages and API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consortium.kernel import clock
from tests.access.api_rows import _id, _user, _words
from tests.access.page_rows import ADMINS, _at, _both, _but, _form, _others
from tests.access.rows import ANYBODY, EVERYBODY, Row

SERVICE = "specialist other_specialist lead"
KEEPERS = "lead coordinator admin manager"
#: who sees a swap of the service
CONCERNED = f"{SERVICE} coordinator admin"
#: whose time or whose room the booking takes
#: who reads the notes of a hand-over: they are clinical
HEARS = f"{SERVICE} coordinator"
TAKEN = "specialist coordinator admin"
REFER = f"asker colleague nurse {SERVICE} coordinator admin manager district stranger"
OFFICE = "coordinator admin manager"


def _day(ahead: int = 9) -> str:
    return str(clock.today() + timedelta(days=ahead))


def _shift(**more: Any) -> Any:
    begins = clock.now() + timedelta(days=20)
    return _words(user_id=_user("lead"), begins=begins.isoformat(),
                  ends=(begins + timedelta(hours=8)).isoformat(), rank=1, **more)  # fmt: skip


_SPAN = {
    "begins": (clock.now() + timedelta(days=40)).isoformat(),
    "ends": (clock.now() + timedelta(days=40, hours=1)).isoformat(),
}
_RULE = _words(weekday=1, starts="08:00", minutes=20, count=2, begins_on=_day())
_WORKING = _at(calendar_id=lambda w: w.working.pk)
_HOURS = [{"weekday": 0, "opens": "08:00", "closes": "12:00"}]
_REASON = _words(reason="Nights")
_ROWS = [{"day": _day(), "begins": "08:00", "ends": "18:00", "person": "lead"}]
_OVER_API = {
    "booking": _words(reason="Ill", version=lambda w: w.booking.version),
    "hours": _words(hours=_HOURS, version=lambda w: w.working.version),
}


def _kept(route: str, **more: Any) -> list[Row]:
    return _both(route, KEEPERS, _others(KEEPERS), **more)


PAGES = [
    Row("casework:my_duty", "GET", EVERYBODY, note="each their own"),
    Row("casework:roster", "GET", EVERYBODY),
    *_kept("casework:shift_new"),
    *_kept("casework:roster_import"),
    *_both("casework:hand_over", SERVICE, _others(SERVICE)),
    *_kept("casework:shift_edit"),
    Row("casework:shift_cancel", "POST", KEEPERS, _others(KEEPERS)),
    *_both("casework:swap_offer", "specialist", _others("specialist")),
    *_both("casework:swap_overrule", "lead coordinator admin", "specialist other_specialist"),
    Row("casework:swap_answer", "POST", "other_specialist", _but(CONCERNED, "other_specialist"),
        args=_at(verb=lambda w: "accept")),
    Row("casework:handover", "GET", HEARS),
    Row("casework:handover_take", "POST", "other_specialist lead", "specialist coordinator"),
    Row("casework:handover_withdraw", "POST", "specialist", _but(HEARS, "specialist")),
    Row("casework:calendars", "GET", EVERYBODY),
    *_kept("casework:calendar_new"),
    Row("casework:calendar", "GET", EVERYBODY),
    *_kept("casework:rule_new"),
    *_kept("casework:day_close"),
    *_both("casework:slot_book", REFER, _others(REFER), note="a place is kept for referrals"),
    *_both("casework:booking_new", EVERYBODY),
    Row("casework:booking", "GET", TAKEN),
    *_both("casework:booking_cancel", TAKEN),
    *_both("casework:booking_move", TAKEN),
    Row("casework:booking_ics", "GET", TAKEN),
    Row("casework:booking_settle", "POST", TAKEN, args=_at(verb=lambda w: "confirm")),
    Row("casework:feed_make", "POST", EVERYBODY),
    Row("casework:feed_revoke", "POST", EVERYBODY),
    Row("casework:feed", "GET", ANYBODY, args=_at(token=lambda w: w.feed), note="whoever holds the address"),
    Row("casework:working_list", "GET", EVERYBODY),
    Row("casework:working", "GET", EVERYBODY, args=_WORKING),
    *_both("casework:working_place", ADMINS, _others(ADMINS), args=_at(owner_id=lambda w: w.hospital.pk)),
    *_both("casework:working_region", "manager", _others("manager"), args=_at(owner_id=lambda w: w.region.pk)),
    *_both("casework:working_hours", ADMINS, _others(ADMINS), args=_WORKING),
    Row("casework:working_day", "POST", ADMINS, _others(ADMINS), args=_WORKING),
    Row("casework:working_file", "POST", ADMINS, _others(ADMINS), args=_WORKING),
    Row("casework:working_day_remove", "POST", ADMINS, _others(ADMINS), body=_form(on=_day()), args=_WORKING),
]  # fmt: skip

DUTY_API = [
    Row("api:roster", "GET", EVERYBODY),
    Row("api:roster", "POST", KEEPERS, _others(KEEPERS), body=_shift()),
    Row("api:roster-import", "POST", KEEPERS, _others(KEEPERS), body=_words(rows=_ROWS, preview=True)),
    Row("api:open-items", "GET", SERVICE),
    Row("api:handovers", "POST", body=_words(to_user_id=_user("nurse")),
        else_=dict.fromkeys(SERVICE.split(), "422"), note="to nobody of another house"),
    Row("api:shifts", "GET", EVERYBODY, note="each their own"),
    Row("api:shift", "GET", EVERYBODY),
    Row("api:shift", "PUT", KEEPERS, _others(KEEPERS), body=_shift(version=1)),
    Row("api:shift-cancel", "POST", KEEPERS, _others(KEEPERS), body=_words(version=1)),
    Row("api:shift-swap", "POST", "specialist", _others("specialist"),
        body=_words(to_user_id=_user("other_specialist"))),
    Row("api:swaps", "GET", EVERYBODY, note="each their own"),
    Row("api:swap-accept", "POST", "other_specialist", _but(CONCERNED, "other_specialist")),
    Row("api:swap-decline", "POST", "other_specialist", _but(CONCERNED, "other_specialist")),
    Row("api:swap-withdraw", "POST", "specialist", _but(CONCERNED, "specialist")),
    Row("api:swap-overrule", "POST", "lead coordinator admin", "specialist other_specialist", body=_REASON),
    Row("api:handover", "GET", HEARS),
    Row("api:handover-take-over", "POST", "other_specialist lead", "specialist coordinator"),
    Row("api:handover-lapse", "POST", "specialist", _but(HEARS, "specialist")),
]  # fmt: skip

BOOKING_API = [
    Row("api:resources", "GET", EVERYBODY),
    Row("api:resources", "POST", OFFICE, _others(OFFICE),
        body=_words(institution_id=_id("hospital"), kind="room", name_en="Room 9")),
    Row("api:resource-retire", "POST", OFFICE, _others(OFFICE)),
    Row("api:calendars", "GET", EVERYBODY),
    Row("api:calendars", "POST", KEEPERS, _others(KEEPERS), body=_words(service_id=_id("service"), name_en="New")),
    Row("api:calendar-slots", "GET", EVERYBODY),
    Row("api:calendar-rules", "POST", KEEPERS, _others(KEEPERS), body=_RULE),
    Row("api:calendar-close-day", "POST", KEEPERS, _others(KEEPERS), body=_words(on=_day())),
    Row("api:calendar-reopen-day", "POST", KEEPERS, _others(KEEPERS), body=_words(on=_day())),
    Row("api:slot-rule-end", "POST", KEEPERS, _others(KEEPERS), body=_words(on=_day())),
    Row("api:bookings", "GET", EVERYBODY, note="each their own"),
    Row("api:bookings", "POST", REFER, _others(REFER), body=_words(slot_id=_id("slot"))),
    Row("api:booking", "GET", TAKEN),
    Row("api:booking-move", "POST", TAKEN, body=_words(version=lambda w: w.booking.version, **_SPAN)),
    Row("api:booking-confirm", "POST", TAKEN, body=_OVER_API["booking"]),
    Row("api:booking-cancel", "POST", TAKEN, body=_OVER_API["booking"]),
    Row("api:booking-attend", "POST", else_=dict.fromkeys(TAKEN.split(), "422"), body=_OVER_API["booking"],
        note="a hold is not attended"),
    Row("api:booking-no-show", "POST", else_=dict.fromkeys(TAKEN.split(), "422"), body=_OVER_API["booking"],
        note="a hold is not missed"),
    Row("api:calendar-feed", "POST", EVERYBODY),
    Row("api:calendar-feed", "DELETE", EVERYBODY),
]  # fmt: skip

WORKING_API = [
    Row("api:working-calendars", "GET", EVERYBODY),
    Row("api:working-calendars", "POST", ADMINS, _others(ADMINS),
        body=_words(hours=_HOURS, institution_id=_id("hospital"))),
    Row("api:working-calendar", "GET", EVERYBODY, args=_WORKING),
    Row("api:working-calendar", "PUT", ADMINS, _others(ADMINS), body=_OVER_API["hours"], args=_WORKING),
    Row("api:working-days", "POST", ADMINS, _others(ADMINS), args=_WORKING,
        body=_words(days=[{"on": _day(), "kind": "holiday"}])),
    Row("api:working-days-remove", "POST", ADMINS, _others(ADMINS), body=_words(on=_day()), args=_WORKING),
]  # fmt: skip

ROWS = [*PAGES, *DUTY_API, *BOOKING_API, *WORKING_API]
