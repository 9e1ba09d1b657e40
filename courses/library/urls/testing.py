"""Tests before and after a course."""

from django.urls import path

from courses.library.views import testing

urlpatterns = [
    path("<uuid:course_id>/tests/", testing.tests, name="tests"),
    path("<uuid:course_id>/tests/end/", testing.tests_end, name="tests_end"),
    path("<uuid:course_id>/tests/results/", testing.gains, name="gains"),
    path("<uuid:course_id>/tests/results/file.<slug:form>", testing.gains_file, name="gains_file"),
]
