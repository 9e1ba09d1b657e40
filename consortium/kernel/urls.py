"""Addresses that browsers ask for by themselves."""

from django.urls import path

from consortium.kernel import views

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("offline/", views.offline, name="offline"),
]
