"""Remote consultation: a community doctor asks, a named specialist answers in time."""
