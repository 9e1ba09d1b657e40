"""Addresses of WebSockets, and the hub's life with the server; `asgi.py` gathers both."""

from django.urls import path

from consortium.live.consumers import PageConsumer, start_hub, stop_hub

websocket_urlpatterns = [path("ws/", PageConsumer.as_asgi())]
on_start = [start_hub]
on_stop = [stop_hub]
