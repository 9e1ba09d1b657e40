"""Figures of courses."""

from django.urls import path

from courses.library.views import figures

urlpatterns = [
    path("figures/", figures.courses_figures, name="courses_figures"),
    path("<uuid:course_id>/figures/", figures.figures, name="figures"),
    path("<uuid:course_id>/figures/file/", figures.figures_file, name="figures_file"),
]
