from django.urls import path

from consortium.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("badge/", views.badge, name="badge"),
    path("read/", views.read_all, name="read_all"),
    path("read/<uuid:batch>/undo/", views.unread_again, name="unread_again"),
    path("preferences/", views.preferences, name="preferences"),
    path("push/", views.push, name="push"),
    path("pages/<uuid:page_id>/", views.page, name="page"),
    path("pages/<uuid:page_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("receipts/<slug:channel>/", views.receipt, name="receipt"),
    path("<uuid:notice_id>/", views.open_notice, name="open"),
]
