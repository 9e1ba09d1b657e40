"""From a referral's rows to one row of numbers: each leg, and what became of the child."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from consortium.insight.models import Journey
from consortium.kernel import clock

# What is asked of those that were sent is NULL of children who came unannounced; what is asked of children who come up,
# NULL of back-referrals.
_FACTS = """
INSERT INTO insight_journey (
  case_id, month, priority, service_id, institution_id, region_id, kind, step, age_days, indication, seeing, accepting,
  booking, coming, travelling, noting, reporting, acknowledging, taking_over, to_arrival, to_close, unannounced, dated,
  attended_30, attended_90, ran_over, arrived, left_care, returned, acknowledged, admitted, home_in_day, avoidable,
  sent_back, transported, incident, usefulness, concordance, appropriateness, declined_by_id, disputed, visits_over,
  visits_on_time)
SELECT c.id, date_trunc('month', c.submitted_at AT TIME ZONE %(zone)s)::date, c.priority, c.service_id,
  c.asking_institution_id, i.region_id, r.kind, r.step, c.age_days,
  CASE WHEN r.indication_id = '' THEN '' ELSE r.indication_pathway || ':' || r.indication_id END,
  {seeing}, {accepting}, {booking}, {coming}, {travelling}, {noting}, {reporting}, {acknowledging}, {taking_over},
  {to_arrival}, {to_close}, is_up AND r.unannounced,
  {dated}, {attended_30}, {attended_90},
  EXISTS (SELECT FROM casework_escalation e WHERE e.case_id = c.id AND e.percent >= 100),
  {arrived}, {left_care}, {returned}, {acknowledged}, {admitted}, {home_in_day}, {avoidable}, {sent_back},
  {transported}, {incident}, ack.usefulness, coalesce(ack.concordance, ''),
  CASE WHEN is_up THEN coalesce(o.appropriateness, '') ELSE '' END,
  (SELECT service_id FROM referrals_offer WHERE case_id = c.id AND step = 'declined' ORDER BY number DESC LIMIT 1),
  r.disputed_at IS NOT NULL, f.over, f.on_time
FROM casework_case c
JOIN referrals_referral r ON r.case_id = c.id
JOIN people_institution i ON i.id = c.asking_institution_id
CROSS JOIN LATERAL (
  SELECT r.kind <> 'back' AS is_up, r.kind <> 'back' AND NOT r.unannounced AS is_sent) k
CROSS JOIN LATERAL (
  SELECT least(min(seen_at), r.accepted_at) AS seen FROM referrals_offer WHERE case_id = c.id) s
CROSS JOIN LATERAL (SELECT min(booked_at) AS booked FROM referrals_visit WHERE case_id = c.id) v
LEFT JOIN referrals_transport t ON t.case_id = c.id
CROSS JOIN LATERAL (
  SELECT max(ended_at) AS ended, bool_or(ended_at IS NULL) AS there, bool_or(place = 'clinic') AS visited
  FROM referrals_encounter WHERE case_id = c.id) e
CROSS JOIN LATERAL (SELECT min(signed_at) AS first FROM referrals_outcome WHERE case_id = c.id) told
LEFT JOIN LATERAL (
  SELECT destination, avoidable, appropriateness FROM referrals_outcome WHERE case_id = c.id
  ORDER BY number DESC LIMIT 1) o ON true
CROSS JOIN LATERAL (SELECT min(at) AS first FROM referrals_acknowledgement WHERE case_id = c.id) heard
LEFT JOIN LATERAL (
  SELECT usefulness, concordance FROM referrals_acknowledgement WHERE case_id = c.id
  ORDER BY at DESC LIMIT 1) ack ON true
CROSS JOIN LATERAL (
  SELECT min(created_at) AS first FROM casework_message WHERE case_id = c.id AND kind = 'interim') note
CROSS JOIN LATERAL (
  SELECT min(started_at) AS taken FROM casework_clock WHERE case_id = c.id AND leg = 'follow_up') near
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE step IN ('done', 'missed', 'worsened', 'recall')) AS over,
    count(*) FILTER (WHERE step = 'done' AND (done_at AT TIME ZONE %(zone)s)::date <= due_on) AS on_time
  FROM referrals_followup WHERE case_id = c.id) f
CROSS JOIN LATERAL (SELECT coalesce(e.ended, told.first) - r.arrived_at <= interval '24 hours'
  AND o.destination = 'home' AS home) soon
WHERE c.id = ANY(%(cases)s::uuid[]) AND c.kind = 'referral' AND c.submitted_at IS NOT NULL
  AND c.entered_in_error_at IS NULL AND c.service_id IS NOT NULL
ON CONFLICT (case_id) DO UPDATE SET ({columns}) = ROW ({excluded})
"""
_BACK = """EXISTS (SELECT FROM referrals_referral b JOIN casework_case bc ON bc.id = b.case_id WHERE b.parent_id = c.id
  AND b.kind = 'back' AND bc.submitted_at IS NOT NULL AND bc.entered_in_error_at IS NULL)"""
#: seconds from one instant to the next: (of which referrals, from, to)
_STAGES = {
    "seeing": ("is_sent", "c.submitted_at", "s.seen"),
    "accepting": ("is_sent", "s.seen", "r.accepted_at"),
    "booking": ("is_sent", "r.accepted_at", "v.booked"),
    "coming": ("is_sent AND r.arrived_at >= r.accepted_at", "r.accepted_at", "r.arrived_at"),
    "travelling": ("is_up", "t.departed_at", "t.arrived_at"),
    "noting": ("is_up", "r.arrived_at", "least(note.first, told.first)"),
    "reporting": ("is_up", "e.ended", "told.first"),
    "acknowledging": ("is_up", "told.first", "heard.first"),
    "taking_over": ("NOT is_up", "c.submitted_at", "near.taken"),
    "to_arrival": ("is_sent", "c.submitted_at", "r.arrived_at"),
    "to_close": ("is_sent AND r.step = 'closed'", "c.submitted_at", "c.closed_at"),
}
#: yes and no: (of which referrals, the question)
_ANSWERS = {
    "dated": ("is_sent", "v.booked IS NOT NULL OR t.case_id IS NOT NULL OR r.arrived_at IS NOT NULL"),
    "arrived": ("is_up", "r.arrived_at IS NOT NULL"),
    "left_care": ("is_up AND r.arrived_at IS NOT NULL",
                  "told.first IS NOT NULL OR NOT c.is_open OR e.ended IS NOT NULL AND NOT e.there"),
    "returned": ("is_up", "told.first IS NOT NULL"),
    "acknowledged": ("is_up AND told.first IS NOT NULL", "heard.first IS NOT NULL"),
    "admitted": ("is_up AND told.first IS NOT NULL", "NOT coalesce(e.visited, false)"),
    "home_in_day": ("is_up AND NOT coalesce(e.visited, false)", "soon.home"),
    "avoidable": ("is_up", "o.avoidable"),
    "sent_back": ("is_up", _BACK),
    "transported": ("is_up", "t.departed_at IS NOT NULL"),
    "incident": ("is_up AND t.departed_at IS NOT NULL",
                 "EXISTS (SELECT FROM referrals_incident n WHERE n.case_id = c.id)"),
    **{f"attended_{days}": (f"is_sent AND c.submitted_at <= %(now)s - interval '{days} days'",
                            f"coalesce(r.arrived_at <= c.submitted_at + interval '{days} days', false)")
       for days in (30, 90)},
}  # fmt: skip


def _seconds(which: str, since: str, until: str) -> str:
    """None where either end is unknown; nothing at all where the later act came first."""
    took = f"floor(extract(epoch FROM {until} - {since}))::int"
    return f"CASE WHEN NOT ({which}) THEN NULL WHEN {until} < {since} THEN 0 ELSE {took} END"


def _statement() -> str:
    columns = [str(field.column) for field in Journey._meta.concrete_fields if not field.primary_key]
    stages = {name: _seconds(*told) for name, told in _STAGES.items()}
    answers = {name: f"CASE WHEN {which} THEN {question} END" for name, (which, question) in _ANSWERS.items()}
    excluded = ", ".join(f"excluded.{name}" for name in columns)
    return _FACTS.format(columns=", ".join(columns), excluded=excluded, **stages, **answers)


def make_journeys(case_ids: Sequence[UUID]) -> None:
    """Make the rows of these referrals anew; of those that were not sent, or in error, none."""
    given: Any = {"cases": [str(pk) for pk in case_ids], "zone": settings.TIME_ZONE, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_statement(), given)
