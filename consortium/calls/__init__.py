"""Video calls about a case: rooms, seats, the guardian's link, signalling, and the ladder down to the written word."""
