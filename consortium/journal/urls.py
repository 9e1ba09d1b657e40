from django.urls import path

from consortium.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("export/", views.export, name="export"),
]
