"""The pages of lectures: finding them, planning them, coming to them."""

from django.urls import path

from courses.live.views import lectures, planning

_LECTURE = "<uuid:lecture_id>/"

urlpatterns = [
    path("", lectures.lectures, name="lectures"),
    path("new/", planning.new, name="new"),
    path("series/new/", planning.series_new, name="series_new"),
    path("series/<uuid:series_id>/", lectures.series, name="series"),
    path("rooms/<uuid:seat_id>/", lectures.classroom, name="classroom"),
    path("rooms/<uuid:seat_id>/in/<slug:code>/", lectures.sit_down, name="check_in"),
    path("seats/<uuid:seat_id>/give-up/", lectures.give_up, name="give_up"),
    path(_LECTURE, lectures.lecture, name="lecture"),
    path(f"{_LECTURE}lecture.ics", lectures.ics, name="ics"),
    path(f"{_LECTURE}register/", lectures.register, name="register"),
    path(f"{_LECTURE}classroom/", lectures.classroom_new, name="classroom_new"),
    path(f"{_LECTURE}edit/", planning.edit, name="edit"),
    path(f"{_LECTURE}crew/", planning.crew, name="crew"),
    path(f"{_LECTURE}crew/<uuid:user_id>/drop/", planning.crew_drop, name="crew_drop"),
    path(f"{_LECTURE}act/<slug:verb>/", planning.act, name="act"),
]
