"""Append-only entries: audit trail, timeline and outbox in one table."""
