"""Tasks that only a stack of the fault tests knows: one effect each, counted by PostgreSQL."""

from __future__ import annotations

import time

from celery import shared_task
from django.db import connection, transaction

TABLES = """
CREATE TABLE IF NOT EXISTS fault_effect (id bigint PRIMARY KEY, at timestamptz DEFAULT clock_timestamp());
CREATE TABLE IF NOT EXISTS fault_try (id bigint, at timestamptz DEFAULT clock_timestamp());
"""


@shared_task(name="faults.effect")
def effect(number: int, seconds: float = 0.05) -> None:
    """Slow work with one effect: begun (counted apart), then written once however often it runs."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_try (id) VALUES (%s)", [number])
    time.sleep(seconds)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_effect (id) VALUES (%s) ON CONFLICT DO NOTHING", [number])
