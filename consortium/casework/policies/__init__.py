"""Who may do what in casework."""

from consortium.casework.policies.cases import (
    coordinates,
    is_clinical,
    leads,
    may_act_as_author,
    may_act_as_responder,
    may_act_for_asker,
    may_allocate,
    may_change_duty,
    may_claim,
    may_post,
    may_read_identity,
    may_read_thread,
    may_run_service,
    serves,
)

__all__ = [
    "coordinates",
    "is_clinical",
    "leads",
    "may_act_as_author",
    "may_act_as_responder",
    "may_act_for_asker",
    "may_allocate",
    "may_change_duty",
    "may_claim",
    "may_post",
    "may_read_identity",
    "may_read_thread",
    "may_run_service",
    "serves",
]
