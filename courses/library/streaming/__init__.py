"""The bytes of films, beside the pages: one ASGI endpoint that trusts nothing but a signed address and its session.

No rows and no settings: whether a session stands is asked of the caller, and what was fetched is told to it in batches.
"""
