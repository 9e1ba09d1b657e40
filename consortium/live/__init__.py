"""Live pages: the hub, its topics, one WebSocket per page, and catch-up over HTTP."""
