"""The catalogue, courses and lessons, as learners use them."""

from django.urls import path

from courses.library.views import learning, materials

urlpatterns = [
    path("", learning.courses, name="courses"),
    path("programmes/<uuid:programme_id>/", learning.programme, name="programme"),
    path("lessons/<uuid:lesson_id>/", learning.lesson, name="lesson"),
    path("lessons/<uuid:lesson_id>/open/", learning.open_lesson, name="open_lesson"),
    path("lessons/<uuid:lesson_id>/stage/", learning.next_stage, name="next_stage"),
    path("lessons/<uuid:lesson_id>/done/", learning.confirm, name="confirm_lesson"),
    path("materials/<uuid:material_id>/<slug:size>/", materials.picture, name="picture"),
    path("materials/<uuid:material_id>/", materials.file, name="file"),
    path("<uuid:course_id>/", learning.course, name="course"),
    path("<uuid:course_id>/enrol/", learning.enrol, name="enrol"),
    path("<uuid:course_id>/leave/", learning.leave, name="leave"),
]
