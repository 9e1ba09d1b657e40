from django.urls import path

from consortium.calls.views import guests, ladder, pictures, preflight, rooms

app_name = "calls"
urlpatterns = [
    path("preflight/", preflight.preflight, name="preflight"),
    path("preflight/echo/", preflight.echo, name="echo"),
    path("cases/<uuid:case_id>/now/", rooms.now, name="now"),
    path("g/<str:token>/", guests.open_link, name="guest_link"),
    path("visit/", guests.visit, name="visit"),
    path("visit/agree/", guests.agree, name="visit_agree"),
    path("visit/leave/", guests.leave_visit, name="visit_leave"),
    path("visit/ladder/", guests.visit_ladder, name="visit_ladder"),
    path("visit/still/", guests.visit_still, name="visit_still"),
    path("visit/stills/<uuid:seat_id>/", guests.visit_still_of, name="visit_still_of"),
    path("<uuid:room_id>/", rooms.room, name="room"),
    path("<uuid:room_id>/join/", rooms.join_room, name="join"),
    path("<uuid:room_id>/leave/", rooms.leave_room, name="leave"),
    path("<uuid:room_id>/end/", rooms.end, name="end"),
    path("<uuid:room_id>/guardian/", rooms.guardian, name="guardian"),
    path("<uuid:room_id>/guardian/revoke/", rooms.guardian_revoke, name="guardian_revoke"),
    path("<uuid:room_id>/pictures/", pictures.choose, name="pictures"),
    path("<uuid:room_id>/pictures/<uuid:attachment_id>/", pictures.show, name="picture"),
    path("<uuid:room_id>/ladder/", ladder.climb, name="ladder"),
    path("<uuid:room_id>/still/", ladder.still, name="still"),
    path("<uuid:room_id>/stills/<uuid:seat_id>/", ladder.still_of_seat, name="still_of"),
    path("<uuid:room_id>/seats/<uuid:seat_id>/admit/", rooms.admit_seat, name="admit"),
    path("<uuid:room_id>/seats/<uuid:seat_id>/send-out/", rooms.send_out_seat, name="send_out"),
]
