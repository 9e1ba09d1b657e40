"""Sockets of a lecture: its room, its stream on the way in and on the way out."""
