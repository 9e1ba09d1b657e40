"""Regions, institutions, departments, and the people who hold seats in them."""
