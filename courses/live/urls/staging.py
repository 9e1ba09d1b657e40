from django.urls import path

from courses.live.views import staging

_LECTURE = "<uuid:lecture_id>/"

urlpatterns = [
    path(f"{_LECTURE}votes/", staging.votes, name="votes"),
    path(f"{_LECTURE}votes/<uuid:poll_id>/drop/", staging.vote_drop, name="vote_drop"),
    path(f"{_LECTURE}staged/", staging.staged, name="staged"),
    path(f"{_LECTURE}staged/<uuid:picture_id>/", staging.staged_picture, name="staged_picture"),
]
