"""Addresses that exist in demo mode only."""

from django.urls import path

from consortium.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/sign-in/<slug:username>/", views.sign_in, name="sign_in"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/<slug:page>/", views.styleguide, name="styleguide_page"),
    path("styleguide/<slug:pk>/<slug:verb>/", views.act, name="sample_act"),
]
