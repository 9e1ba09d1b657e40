"""Sockets of live lectures and what is served beside the pages, a module for each part."""

from courses.live.routing import broadcasts, room

websocket_urlpatterns = [*room.websocket_urlpatterns, *broadcasts.websocket_urlpatterns]
http_routes = [*broadcasts.http_routes]
on_stop = [*room.on_stop, *broadcasts.on_stop]
