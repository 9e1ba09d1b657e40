from django.urls import path

from referrals import views

app_name = "referrals"
urlpatterns = [
    path("<uuid:case_id>/", views.show, name="show"),
    path("<uuid:case_id>/live/", views.live, name="live"),
    path("<uuid:case_id>/message/", views.message, name="message"),
    path("<uuid:case_id>/thread/", views.thread, name="thread"),
    # addresses of a referral's own pages stand above: this one takes every other word for an act
    path("<uuid:case_id>/<slug:verb>/", views.act, name="act"),
]
