"""Addresses of a call's sockets: a member of staff's in a room, and a guardian's, whose device says which room."""

from django.urls import path

from consortium.calls.consumers import SeatConsumer

websocket_urlpatterns = [
    path("ws/calls/visit/", SeatConsumer.as_asgi()),
    path("ws/calls/<uuid:room_id>/", SeatConsumer.as_asgi()),
]
