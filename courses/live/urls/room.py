from django.urls import path

from courses.live.views import room

urlpatterns = [
    path("<uuid:lecture_id>/room/", room.room, name="room"),
    path("<uuid:lecture_id>/studio/", room.studio, name="studio"),
    path("<uuid:lecture_id>/room/ticket/", room.ticket, name="room_ticket"),
    path("<uuid:lecture_id>/room/since/", room.since, name="room_since"),
]
