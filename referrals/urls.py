from django.urls import path

from referrals import views
from referrals.views import family

app_name = "referrals"
urlpatterns = [
    path("family/", family.family, name="family"),
    path("family/answer/", family.family_answer, name="family_answer"),
    path("family/<str:token>/", family.family_open, name="family_open"),
    path("<uuid:case_id>/family/", family.family_link, name="family_link"),
    path("<uuid:case_id>/family/revoke/", family.family_revoke, name="family_revoke"),
    path("<uuid:case_id>/", views.show, name="show"),
    path("<uuid:case_id>/live/", views.live, name="live"),
    path("<uuid:case_id>/message/", views.message, name="message"),
    path("<uuid:case_id>/thread/", views.thread, name="thread"),
    # addresses of a referral's own pages stand above: this one takes every other word for an act
    path("<uuid:case_id>/<slug:verb>/", views.act, name="act"),
]
