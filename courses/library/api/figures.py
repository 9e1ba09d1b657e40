"""Figures of a course over the API."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Output, described
from consortium.kernel.policies import require
from courses.library.policies import may_see_figures
from courses.library.queries.curves import curves_of
from courses.library.queries.funnel import Way, ways_of
from courses.library.queries.page import course_seen

_COUNTS = ("enrolled", "begun", "half", "learnt", "passed", "certified", "completed")


class WayShown(Output):
    place = serializers.CharField(allow_blank=True, help_text="Empty: everybody.")
    enrolled = serializers.IntegerField(allow_null=True, help_text="Null, as all else: fewer than five people.")
    begun = serializers.IntegerField(allow_null=True)
    half = serializers.IntegerField(allow_null=True)
    learnt = serializers.IntegerField(allow_null=True, help_text="All required lessons but exams.")
    passed = serializers.IntegerField(allow_null=True, help_text="The exams too.")
    certified = serializers.IntegerField(allow_null=True)
    completed = serializers.IntegerField(allow_null=True)
    median_days = serializers.FloatField(allow_null=True)
    tenth_days = serializers.FloatField(allow_null=True, help_text="Nine of ten within; null under five people.")


class CurveShown(Output):
    lesson_id = serializers.UUIDField()
    viewers = serializers.IntegerField(allow_null=True, help_text="Null: fewer than five.")
    shares = serializers.ListField(
        child=serializers.IntegerField(), help_text="Per cent of the viewers, for each twentieth; none under five."
    )


class CourseFiguresShown(Output):
    everybody = WayShown()
    places = WayShown(many=True)
    videos = CurveShown(many=True)


def _way(way: Way) -> dict[str, Any]:
    median, tenth = way.days or (None, None)
    return {
        "place": way.label, **{name: None if way.untold else getattr(way, name) for name in _COUNTS},
        "median_days": median, "tenth_days": tenth,
    }  # fmt: skip


class CourseFigures(ApiView):
    @described("How far a course's people come, and where its videos lose them", gives=CourseFiguresShown)
    def get(self, request: Request, course_id: UUID) -> Response:
        course = course_seen(course_id)
        require(may_see_figures(self.actor, course))
        videos = [
            {
                "lesson_id": one.lesson.pk, "viewers": one.viewers if one.enough else None,
                "shares": one.shares if one.enough else [],
            } for one in curves_of(course)
        ]  # fmt: skip
        whole, places = ways_of(self.actor, course)
        return self.one({"everybody": _way(whole), "places": [_way(way) for way in places], "videos": videos})


urlpatterns = [path("courses/<uuid:course_id>/figures/", CourseFigures.as_view(), name="course-figures")]
