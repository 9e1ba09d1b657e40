"""The builder's pages."""

from django.urls import path

from courses.library.views import building, enrolling, outlining, programmes

_VERSION = "build/versions/<uuid:version_id>/"
_CHAPTER = "build/chapters/<uuid:chapter_id>/"
_LESSON = "build/lessons/<uuid:lesson_id>/"

urlpatterns = [
    path("build/", building.desk, name="desk"),
    path("build/new/", building.new, name="build_new"),
    path("build/file/", building.new_from_file, name="build_from_file"),
    path("build/programmes/new/", programmes.programme_new, name="programme_new"),
    path("build/programmes/<uuid:programme_id>/", programmes.programme_edit, name="programme_edit"),
    path(_VERSION, building.build, name="build"),
    path(f"{_VERSION}about/", building.edit_about, name="build_about"),
    path(f"{_VERSION}preview/", building.preview, name="preview"),
    path(f"{_VERSION}publish/", building.publish, name="publish"),
    path(f"{_VERSION}withdraw/", building.withdraw, name="withdraw"),
    path(f"{_VERSION}discard/", building.discard, name="discard"),
    path(f"{_VERSION}materials/", outlining.materials, name="materials"),
    path(f"{_VERSION}chapters/", outlining.chapter_new, name="chapter_new"),
    path(f"{_VERSION}move/", outlining.move, name="move"),
    path(f"{_VERSION}order/", outlining.order, name="order"),
    path(_CHAPTER, outlining.chapter_edit, name="chapter_edit"),
    path(f"{_CHAPTER}drop/", outlining.chapter_drop, name="chapter_drop"),
    path(f"{_CHAPTER}lessons/<slug:kind>/", outlining.lesson_new, name="lesson_new"),
    path(_LESSON, outlining.lesson_edit, name="lesson_edit"),
    path(f"{_LESSON}drop/", outlining.lesson_drop, name="lesson_drop"),
    path(f"{_LESSON}settle/", building.settle, name="settle"),
    path("<uuid:course_id>/again/", building.build_again, name="build_again"),
    path("<uuid:course_id>/copy/", building.copy, name="copy"),
    path("<uuid:course_id>/archive/", building.archive, name="archive"),
    path("<uuid:course_id>/needs/", building.needs, name="needs"),
    path("<uuid:course_id>/people/", enrolling.people, name="people"),
    path("<uuid:course_id>/people/out/", enrolling.take_out, name="take_out"),
    path("build/rules/<uuid:rule_id>/end/", enrolling.rule_end, name="rule_end"),
]
