"""Addresses of live lectures."""

from courses.live.urls import afterwards, broadcasts, cases, lectures, replay, room, staging

app_name = "lectures"
urlpatterns = [
    *afterwards.urlpatterns,
    *lectures.urlpatterns,
    *broadcasts.urlpatterns,
    *cases.urlpatterns,
    *room.urlpatterns,
    *replay.urlpatterns,
    *staging.urlpatterns,
]
