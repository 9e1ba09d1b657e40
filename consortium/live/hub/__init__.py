"""The hub: one Redis subscription a process, fanned out to sockets through bounded queues.

Pure: knows asyncio and Redis, and nothing of Django, people or topics' meaning.
A frame travels over Redis as ``b"<seq>:<text>"``; the text goes to every listening socket as it is.
"""

from .bell import Bell, Frame
from .engine import RESYNC, Hub, Listener
from .line import OVERFLOW, Line

__all__ = ["OVERFLOW", "RESYNC", "Bell", "Frame", "Hub", "Line", "Listener"]
