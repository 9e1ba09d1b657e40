"""Where the player of a video lesson stops and asks."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium.kernel.scoping import Scoped, ScopedManager
from courses.library.models.bases import fixed_once_published
from courses.library.models.lessons import VERSION_OF_LESSON, Lesson, OfVisibleLesson


class Stop(Scoped):
    """A question of the bank at a moment (`at`, ms) of a video lesson. It is the lesson's and not the film's: another
    film keeps it. What learners answered are rows of `assessment.Response`, by their `LessonProgress`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="stops")
    at = models.PositiveIntegerField()
    question = models.ForeignKey("assessment.ItemVersion", models.PROTECT, related_name="+")

    objects = ScopedManager.from_queryset(OfVisibleLesson)()

    class Meta(Scoped.Meta):
        triggers = [fixed_once_published("stop_fixed", VERSION_OF_LESSON)]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "at"], name="library_stop_moment",
                violation_error_message=_("The video stops at this moment already."),
            ),
            models.UniqueConstraint(
                fields=["lesson", "question"], name="library_stop_once",
                violation_error_message=_("This question is asked in the video already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"stop at {self.at} of {self.lesson_id}"
