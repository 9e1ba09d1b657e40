from django.urls import path

from consortium.live import views

app_name = "live"
urlpatterns = [
    path("catch-up/", views.catch_up, name="catch_up"),
    path("seqs/", views.seqs, name="seqs"),
]
