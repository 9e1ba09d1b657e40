"""After a lecture."""

from django.urls import path

from courses.live.views import afterwards

urlpatterns = [
    path("recommendations/", afterwards.recommendations, name="recommendations"),
    path("recommendations/<uuid:recommendation_id>/", afterwards.recommendation, name="recommendation"),
    path("<uuid:lecture_id>/afterwards/", afterwards.afterwards, name="afterwards"),
    path("<uuid:lecture_id>/afterwards/publish/", afterwards.lesson_publish, name="lesson_publish"),
]
