"""What the notices of lectures say."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_OUTSIDE = _("Something waits for you in the consortium.")
_NEAR = _("A lecture of the consortium begins soon.")

NOTICE_KINDS: tuple[tuple[str, Any, Any, str], ...] = (
    ("lecture.day", _("A lecture comes near: %(title)s, %(when)s"), _NEAR, "calendar-clock"),
    ("lecture.soon", _("Begins in a moment: %(title)s. Its room is open."), _NEAR, "presentation"),
    ("lecture.moved", _("A lecture has another time: %(title)s, %(when)s"), _OUTSIDE, "calendar-clock"),
    ("lecture.cancelled", _("A lecture is cancelled: %(title)s, %(when)s"), _OUTSIDE, "calendar-x"),
    ("lecture.crew", _("You have a part in a lecture: %(title)s, %(when)s"), _OUTSIDE, "presentation"),
)
