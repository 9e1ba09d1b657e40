"""Screens of people, institutions and accounts. Each view reads the request, calls one operation or query, renders."""
