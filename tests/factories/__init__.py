"""Plain functions that make real rows, with sensible values for whatever a test does not care about."""
