"""What beat starts and how often: everything due is a row in PostgreSQL that one of these polls.

`expires` keeps a stopped worker's queue short. Periods in seconds.
"""

from typing import Any

BEATS: dict[str, dict[str, Any]] = {
    "relay": {"task": "journal.relay", "schedule": 2.0, "options": {"expires": 10}},
    "advance-pages": {"task": "notices.advance_pages", "schedule": 5.0, "options": {"expires": 20}},
    "end-duties": {"task": "casework.end_duties", "schedule": 60.0, "options": {"expires": 120}},
    "expire-holds": {"task": "casework.expire_holds", "schedule": 60.0, "options": {"expires": 120}},
    "publish-slots": {"task": "casework.publish_slots", "schedule": 3600.0, "options": {"expires": 3600}},
    "relay-notices": {"task": "notices.relay", "schedule": 5.0, "options": {"expires": 20}},
    "end-grants": {"task": "patients.end_grants", "schedule": 5.0, "options": {"expires": 20}},
    "pass-on": {"task": "consultations.pass_on", "schedule": 15.0, "options": {"expires": 30}},
    "pass-on-referrals": {"task": "referrals.pass_on", "schedule": 15.0, "options": {"expires": 30}},
    "call-times": {"task": "consultations.call_times", "schedule": 30.0, "options": {"expires": 60}},
    "delete-recordings": {"task": "consultations.delete_recordings", "schedule": 60.0, "options": {"expires": 120}},
    "assign": {"task": "consultations.assign", "schedule": 10.0, "options": {"expires": 20}},
    "chase-outcomes": {"task": "consultations.chase_outcomes", "schedule": 300.0, "options": {"expires": 300}},
    "tend-reviews": {"task": "consultations.tend_reviews", "schedule": 900.0, "options": {"expires": 900}},
    "escalate": {"task": "consultations.escalate", "schedule": 15.0, "options": {"expires": 30}},
    "fill-places": {"task": "referrals.fill_places", "schedule": 300.0, "options": {"expires": 600}},
    "remind-visits": {"task": "referrals.remind_visits", "schedule": 300.0, "options": {"expires": 600}},
    "escalate-referrals": {"task": "referrals.escalate", "schedule": 15.0, "options": {"expires": 30}},
    "refresh-measures": {"task": "insight.refresh", "schedule": 60.0, "options": {"expires": 90}},
    "recompute-measures": {"task": "insight.recompute", "schedule": 600.0, "options": {"expires": 600}},
    "freeze-reports": {"task": "insight.freeze_reports", "schedule": 1800.0, "options": {"expires": 1800}},
    "relay-exports": {"task": "insight.relay", "schedule": 30.0, "options": {"expires": 60}},
    "verify-journal": {"task": "journal.verify_when_due", "schedule": 120.0, "options": {"expires": 100}},
    "end-abandoned-calls": {"task": "calls.end_abandoned", "schedule": 60.0, "options": {"expires": 120}},
    "sweep-videos": {"task": "video.sweep", "schedule": 30.0, "options": {"expires": 60}},
    "sweep-files": {"task": "files.sweep", "schedule": 30.0, "options": {"expires": 60}},
    "remind-lectures": {"task": "lectures.remind", "schedule": 30.0, "options": {"expires": 60}},
    "end-absent-guests": {"task": "lectures.end_absent_guests", "schedule": 15.0, "options": {"expires": 30}},
    "follow-up-lectures": {"task": "lectures.follow_up", "schedule": 300.0, "options": {"expires": 300}},
    "later-tests": {"task": "courses.later_tests", "schedule": 300.0, "options": {"expires": 300}},
    "end-attempts": {"task": "assessment.end_attempts", "schedule": 5.0, "options": {"expires": 20}},
}
