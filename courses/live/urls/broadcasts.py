from django.urls import path

from courses.live.views import broadcasts, encoders

urlpatterns = [
    path("<uuid:lecture_id>/stage/", broadcasts.stage, name="stage"),
    path("<uuid:lecture_id>/encoder/", encoders.encoder, name="encoder"),
    path("<uuid:lecture_id>/encoder/<slug:verb>/", encoders.encoder_act, name="encoder_act"),
]
