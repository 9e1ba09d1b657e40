"""Courses: programmes, lessons, video, and honest progress."""
