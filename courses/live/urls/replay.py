"""What is said from beside the player of a recording."""

from django.urls import path

from courses.live.views import replay

urlpatterns = [
    path("replay/<uuid:lesson_id>/polls/<uuid:poll_id>/", replay.vote, name="replay_vote"),
]
