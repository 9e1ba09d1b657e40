"""The room's socket."""

from typing import Any, Final

from django.urls import path

from courses.live.consumers.process import stop_rooms
from courses.live.consumers.room import RoomConsumer

websocket_urlpatterns: Final[list[Any]] = [path("ws/lectures/<uuid:lecture_id>/room/", RoomConsumer.as_asgi())]
on_stop: Final[list[Any]] = [stop_rooms]
