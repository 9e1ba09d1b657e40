from django.urls import path

from referrals import views

app_name = "referrals"
urlpatterns = [
    path("<uuid:case_id>/", views.show, name="show"),
]
