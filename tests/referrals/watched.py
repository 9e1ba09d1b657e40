"""The rules of the radar and of the card of the children who come as one reads them, put to PostgreSQL: which referrals
stand there and should not, or the other way round."""

from __future__ import annotations

from typing import Any

from django.db import connection

from referrals.states import COMING_STEPS, DAY_STEPS

_DIFFERENT = """
WITH told AS (SELECT case_id FROM casework_clock WHERE stopped_at IS NULL AND paused_at IS NULL
  AND escalates_at IS NOT NULL),
rule AS (SELECT r.case_id, s.institution_id AS receiver, c.asking_institution_id AS sender, c.priority, c.due_at
  FROM casework_case c JOIN referrals_referral r ON r.case_id = c.id JOIN casework_service s ON s.id = c.service_id
  WHERE c.kind = 'referral' AND c.is_open AND c.submitted_at IS NOT NULL
    AND (r.step = ANY(%(day_steps)s) OR c.id NOT IN (SELECT case_id FROM told))),
kept AS (SELECT case_id, receiver_id, sender_id, priority, due_at FROM referrals_unwatched)
(TABLE rule EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE rule)
"""


def wrongly_watched() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, {"day_steps": list(DAY_STEPS)})
        return list(cursor.fetchall())


_COMING = """
WITH rule AS (SELECT r.case_id, s.institution_id AS receiver, c.priority, c.due_at
  FROM casework_case c JOIN referrals_referral r ON r.case_id = c.id JOIN casework_service s ON s.id = c.service_id
  WHERE c.kind = 'referral' AND c.is_open AND c.submitted_at IS NOT NULL AND r.step = ANY(%(steps)s)),
kept AS (SELECT case_id, receiver_id, priority, due_at FROM referrals_expected)
(TABLE rule EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE rule)
"""


def wrongly_expected() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_COMING, {"steps": list(COMING_STEPS)})
        return list(cursor.fetchall())
