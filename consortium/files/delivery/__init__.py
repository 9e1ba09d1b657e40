"""Sends the bytes that a checked view has released with X-Accel-Redirect, when no nginx stands in front."""
