"""Days of age and completed months, in whole numbers, the same in every language the evaluator is written in.

A month is 365.25 / 12 days; completed months are counted so that day 60 is 2 months, day 365 one year and day 1826 five
years (IMCI's own borders).
"""

DAYS, MONTHS = 1461, 48
OLDEST_DAYS = 6940


def months(days: int) -> int:
    """Completed months at `days`."""
    return (days + 1) * MONTHS // DAYS


def first_day(completed: int) -> int:
    """The first day on which `completed` months are completed."""
    return max(0, -(-completed * DAYS // MONTHS) - 1)
