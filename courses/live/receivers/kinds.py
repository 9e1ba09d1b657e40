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
    ("lecture.ready", _("A lesson was made of your lecture, look at it and publish it: %(title)s"), _OUTSIDE,
     "clapperboard"),
    ("lecture.recording", _("The recording of a lecture is there: %(title)s"), _OUTSIDE, "clapperboard"),
    ("lecture.recommended", _("A lecture recommends something for your patient: %(title)s"), _OUTSIDE,
     "clipboard-check"),
    ("lecture.recommended_due", _("A lecture’s recommendation for your patient waits for your word: %(title)s"),
     _OUTSIDE, "clipboard-check"),
    ("lecture.answered", _("Your recommendation was answered: %(title)s"), _OUTSIDE, "clipboard-check"),
    ("lecture.crew", _("You have a part in a lecture: %(title)s, %(when)s"), _OUTSIDE, "presentation"),
)  # fmt: skip
