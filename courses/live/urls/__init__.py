"""Addresses of live lectures."""

from courses.live.urls import broadcasts, cases, lectures, room

app_name = "lectures"
urlpatterns = [*lectures.urlpatterns, *broadcasts.urlpatterns, *cases.urlpatterns, *room.urlpatterns]
