"""Reads of notices: the inbox, pages, and by which ways a person is reached."""
