"""From an empty form to a referral that can be sent (R0, R1)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.casework.operations.drafting import seen_patient
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import database_rules
from consortium.kernel.policies import require
from consortium.people.states import Role
from referrals.models import Referral
from referrals.operations.beginning import begin_referral, check, fill
from referrals.operations.moving import begin, close, finish
from referrals.policies import may_refer
from referrals.states import ErrorReason


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    fields: Mapping[str, Any],
    case_id: UUID | None = None,
    key: UUID | None = None,
    version: int | None = None,
) -> Referral:
    """Keep what has been typed so far; the first time (no `case_id`) makes the draft, once per `key`.

    `fields`, any of them: `patient_id` (needed the first time), `institution_id`, `service_id`, `priority` (1-3),
    `weight_grams`, `symptom`, `reason` (states.Reason), the texts of `beginning.TEXT_FIELDS`, `consent_given`,
    `may_be_redirected`, `guardian_agreed`, `needs_capabilities` (of people's Capability), `indication` ({"pathway",
    "version", "id", "urgency"}; empty takes it away). What is not named stays.
    Raises InvalidInput, NotVisible, NotPermitted, StaleVersion.
    """
    if case_id is not None:
        return _save_again(actor, fields, case_id, version)
    patient = seen_patient(fields.get("patient_id"))
    institution_id = _referring_institution(actor, fields.get("institution_id"))
    return begin_referral(actor=actor, patient=patient, institution_id=institution_id, fields=fields, key=key)


def _referring_institution(actor: Actor, wanted: UUID | None) -> UUID:
    require(may_refer(actor, wanted))
    return wanted or min(actor.institution_ids(Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD))


def _save_again(actor: Actor, fields: Mapping[str, Any], case_id: UUID, version: int | None) -> Referral:
    """A later save. Autosaves every few seconds, so it leaves no journal entry: only the author sees a draft."""
    check(fields)
    move = begin(actor, case_id, "save", version)
    fill(move.referral, fields, seen_patient(fields.get("patient_id") or move.case.patient_id))
    move.case.version += 1
    with database_rules():
        move.case.save()
        move.referral.save()
    return move.referral


@transaction.atomic
def discard(*, actor: Actor, case_id: UUID) -> Referral:
    """Throw a draft away; it is kept as entered in error, and nobody but its author ever saw it."""
    move = begin(actor, case_id, "discard")
    move.referral.error_reason = ErrorReason.OTHER
    move.case.entered_in_error_at = clock.now()
    close(move)
    return finish(move)
