"""iCalendar (RFC 5545): holidays read, feeds written. Pure, no database."""

from consortium.casework.icalendars.reading import CalendarUnreadable, Day, days_of
from consortium.casework.icalendars.writing import Happening, feed

__all__ = ["CalendarUnreadable", "Day", "Happening", "days_of", "feed"]
