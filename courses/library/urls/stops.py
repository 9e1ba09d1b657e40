"""Questions in videos: the builder's page of them, and answers."""

from django.urls import path

from courses.library.views import stops

urlpatterns = [
    path("build/lessons/<uuid:lesson_id>/questions/", stops.stops, name="stops"),
    path("build/questions/<uuid:stop_id>/drop/", stops.stop_drop, name="stop_drop"),
    path("watching/questions/<uuid:stop_id>/", stops.answer, name="stop_answer"),
]
