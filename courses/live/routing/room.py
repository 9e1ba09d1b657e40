"""The room's socket, and that between a guest and whoever sends the lecture."""

from typing import Any, Final

from django.urls import path

from courses.live.consumers.guests import GuestConsumer
from courses.live.consumers.process import stop_rooms
from courses.live.consumers.room import RoomConsumer

websocket_urlpatterns: Final[list[Any]] = [
    path("ws/lectures/<uuid:lecture_id>/room/", RoomConsumer.as_asgi()),
    path("ws/lectures/<uuid:lecture_id>/guest/", GuestConsumer.as_asgi()),
]
on_stop: Final[list[Any]] = [stop_rooms]
