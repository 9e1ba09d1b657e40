"""Pages of calls: preflight, lobby and room, the guardian's way in, and what a page tells of its ladder."""
