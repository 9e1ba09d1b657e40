"""Working time as arithmetic: pure, no database. Hours are local; instants are aware."""

from consortium.casework.worktime.hours import NoWorkingTime, WorkingTime

__all__ = ["NoWorkingTime", "WorkingTime"]
