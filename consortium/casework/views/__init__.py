"""The worklist and the services; duty; calendars and bookings; working time."""

from consortium.casework.views.worklist import (
    edit_service,
    go_off_duty,
    go_on_duty,
    leave,
    service,
    services,
    worklist,
)

__all__ = [
    "edit_service",
    "go_off_duty",
    "go_on_duty",
    "leave",
    "service",
    "services",
    "worklist",
]
