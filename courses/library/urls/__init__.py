"""Addresses of courses: for learners, for builders; each part in a module of its own."""

from courses.library.urls import building, figures, learning, stops, testing, videos, watching

app_name = "library"
urlpatterns = [
    *building.urlpatterns, *learning.urlpatterns, *videos.urlpatterns, *watching.urlpatterns, *figures.urlpatterns,
    *stops.urlpatterns, *testing.urlpatterns,
]  # fmt: skip
