"""Lectures over the API."""

from django.urls import URLPattern

from courses.live.api import lectures

urlpatterns: list[URLPattern] = [*lectures.urlpatterns]
