from django.urls import path

from consortium.casework import views
from consortium.casework.views import booking, duty, intake, journey, working

app_name = "casework"
_SERVICE = "services/<uuid:service_id>/"
_WORKING = "working-time/<uuid:calendar_id>/"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("services/", views.services, name="services"),
    path(_SERVICE, views.service, name="service"),
    path(f"{_SERVICE}edit/", views.edit_service, name="edit_service"),
    path(f"{_SERVICE}intake/", intake.edit_intake, name="edit_intake"),
    path(f"{_SERVICE}escalation/", intake.rules, name="rules"),
    path(f"{_SERVICE}escalation/<slug:leg>/<slug:urgency>/", intake.edit_rule, name="edit_rule"),
    path(f"{_SERVICE}on-duty/", views.go_on_duty, name="on_duty"),
    path(f"{_SERVICE}off-duty/", views.go_off_duty, name="off_duty"),
    path(f"{_SERVICE}leave/", views.leave, name="leave_service"),
    path("pathways/<uuid:pathway_id>/", journey.journey, name="journey"),
    path("duty/", duty.my_duty, name="my_duty"),
    path(f"{_SERVICE}roster/", duty.service_roster, name="roster"),
    path(f"{_SERVICE}roster/new/", duty.shift_new, name="shift_new"),
    path(f"{_SERVICE}roster/import/", duty.roster_import, name="roster_import"),
    path(f"{_SERVICE}hand-over/", duty.hand_over, name="hand_over"),
    path("shifts/<uuid:shift_id>/", duty.shift_edit, name="shift_edit"),
    path("shifts/<uuid:shift_id>/cancel/", duty.shift_cancel, name="shift_cancel"),
    path("shifts/<uuid:shift_id>/swap/", duty.swap_offer, name="swap_offer"),
    path("swaps/<uuid:swap_id>/overrule/", duty.swap_overrule, name="swap_overrule"),
    path("swaps/<uuid:swap_id>/<slug:verb>/", duty.swap_answer, name="swap_answer"),
    path("hand-overs/<uuid:handover_id>/", duty.handover, name="handover"),
    path("hand-overs/<uuid:handover_id>/take-over/", duty.handover_take, name="handover_take"),
    path("hand-overs/<uuid:handover_id>/withdraw/", duty.handover_withdraw, name="handover_withdraw"),
    path("calendars/", booking.calendar_list, name="calendars"),
    path("calendars/new/", booking.calendar_new, name="calendar_new"),
    path("calendars/<uuid:calendar_id>/", booking.calendar, name="calendar"),
    path("calendars/<uuid:calendar_id>/slots/", booking.rule_new, name="rule_new"),
    path("calendars/<uuid:calendar_id>/day/", booking.day_close, name="day_close"),
    path("slots/<uuid:slot_id>/", booking.slot_book, name="slot_book"),
    path("bookings/new/", booking.booking_new, name="booking_new"),
    path("bookings/<uuid:booking_id>/", booking.booking, name="booking"),
    path("bookings/<uuid:booking_id>/cancel/", booking.booking_cancel, name="booking_cancel"),
    path("bookings/<uuid:booking_id>/move/", booking.booking_move, name="booking_move"),
    path("bookings/<uuid:booking_id>/booking.ics", booking.booking_ics, name="booking_ics"),
    path("bookings/<uuid:booking_id>/<slug:verb>/", booking.booking_settle, name="booking_settle"),
    path("feed/new/", booking.feed_make, name="feed_make"),
    path("feed/revoke/", booking.feed_revoke, name="feed_revoke"),
    path("feed/<str:token>.ics", booking.feed, name="feed"),
    path("working-time/", working.working_list, name="working_list"),
    path(
        "working-time/institution/<uuid:owner_id>/", working.working_new, {"owner": "institution"}, name="working_place"
    ),
    path("working-time/region/<uuid:owner_id>/", working.working_new, {"owner": "region"}, name="working_region"),
    path(_WORKING, working.working, name="working"),
    path(f"{_WORKING}hours/", working.working_hours, name="working_hours"),
    path(f"{_WORKING}day/", working.working_day, name="working_day"),
    path(f"{_WORKING}file/", working.working_file, name="working_file"),
    path(f"{_WORKING}day/remove/", working.working_day_remove, name="working_day_remove"),
]
