"""What the notices of courses say."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_OUTSIDE = _("Something waits for you in the consortium.")

NOTICE_KINDS: tuple[tuple[str, Any, Any, str], ...] = (
    ("course.required", _("A course is required of you: %(title)s"), _OUTSIDE, "graduation-cap"),
    ("course.enrolled", _("You were enrolled in a course: %(title)s"), _OUTSIDE, "graduation-cap"),
    ("course.completed", _("You have completed a course: %(title)s"), _OUTSIDE, "award"),
    ("course.later_test", _("Do you still know it? A short test after the course: %(title)s"), _OUTSIDE, "list-checks"),
    ("course.stale", _("The manual has changed, look at your lessons: %(title)s"), _OUTSIDE, "triangle-alert"),
)
