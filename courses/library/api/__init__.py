"""Courses and their videos over the API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
