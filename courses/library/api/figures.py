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
from courses.library.queries.funnel import Way, ways_by_place, ways_of
from courses.library.queries.page import course_seen

_COUNTS = ("enrolled", "begun", "half", "learnt", "passed", "certified", "completed")


class WayShown(Output):
    place = serializers.CharField(allow_blank=True, help_text="Empty: everybody.")
    enrolled = serializers.IntegerField()
    begun = serializers.IntegerField()
    half = serializers.IntegerField()
    learnt = serializers.IntegerField(help_text="All required lessons but exams.")
    passed = serializers.IntegerField(help_text="The exams too.")
    certified = serializers.IntegerField()
    completed = serializers.IntegerField()
    median_days = serializers.FloatField(allow_null=True)
    tenth_days = serializers.FloatField(allow_null=True, help_text="Nine of ten within; null under five people.")


class CurveShown(Output):
    lesson_id = serializers.UUIDField()
    viewers = serializers.IntegerField()
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
        "place": way.label, **{name: getattr(way, name) for name in _COUNTS}, "median_days": median,
        "tenth_days": tenth,
    }  # fmt: skip


class CourseFigures(ApiView):
    @described("How far a course's people come, and where its videos lose them", gives=CourseFiguresShown)
    def get(self, request: Request, course_id: UUID) -> Response:
        course = course_seen(course_id)
        require(may_see_figures(self.actor, course))
        videos = [
            {"lesson_id": one.lesson.pk, "viewers": one.viewers, "shares": one.shares if one.enough else []}
            for one in curves_of(course)
        ]
        whole = ways_of([course.pk]).get(course.pk, Way(""))
        return self.one({
            "everybody": _way(whole), "places": [_way(way) for way in ways_by_place(course)], "videos": videos,
        })  # fmt: skip


urlpatterns = [path("courses/<uuid:course_id>/figures/", CourseFigures.as_view(), name="course-figures")]
