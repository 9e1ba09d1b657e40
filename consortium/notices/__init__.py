"""Notices: the inbox, the ways out of the house, and pages that go on until somebody takes them."""
