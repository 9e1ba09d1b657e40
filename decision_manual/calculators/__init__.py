"""Calculators: each with its inputs, limits, units, trace, source and what its result means. Pure: no rows, no requests."""
