"""Rooms, the seats in them, guardians' links, tries at a rung, and preflights."""

from consortium.calls.models.attempts import Attempt, Preflight
from consortium.calls.models.rooms import GuestLink, Room, Seat

__all__ = ["Attempt", "GuestLink", "Preflight", "Room", "Seat"]
