"""Live pages' sockets: one WebSocket a page (`page`), and what all sockets of a process share (`process`)."""

from consortium.live.consumers.page import PageConsumer
from consortium.live.consumers.process import start_hub, stop_hub, the_process

__all__ = ["PageConsumer", "start_hub", "stop_hub", "the_process"]
