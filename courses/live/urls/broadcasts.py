from django.urls import path

from courses.live.views import broadcasts

urlpatterns = [path("<uuid:lecture_id>/stage/", broadcasts.stage, name="stage")]
