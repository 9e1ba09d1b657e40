"""A version on its way from draft to approved: two people, neither of them its author."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from decision_manual.events import VersionApproved, VersionRetired
from decision_manual.models import VersionState
from decision_manual.queries.comparing import branches_changed
from decision_manual.states import MACHINE


def _locked(version_id: UUID) -> VersionState:
    state = VersionState.objects.select_for_update().filter(pk=version_id).first()
    if state is None:
        raise NotVisible
    return state


def _finish(actor: Actor, state: VersionState, verb: str, came_from: str, event: DomainEvent | None = None) -> None:
    with database_rules():
        state.save()
    facts = {"from": came_from, "to": state.step, "demonstration": state.demonstration}
    record(actor=actor, verb=verb, subject=state.version, facts=facts, text=state.reason, event=event)


@transaction.atomic
def send_to_review(*, actor: Actor, version_id: UUID) -> VersionState:
    """A draft is whole: a clinician is to read it."""
    state = _locked(version_id)
    came_from = state.step
    MACHINE.take("send_to_review", actor, state)
    state.reason = ""
    _finish(actor, state, "send_to_review", came_from)
    return state


@transaction.atomic
def approve_clinically(*, actor: Actor, version_id: UUID) -> VersionState:
    """A clinician who did not write it has read it; its doses are the pharmacist's to read."""
    state = _locked(version_id)
    came_from = state.step
    MACHINE.take("approve_clinically", actor, state)
    state.clinician_id, state.clinician_at = actor.author_id, clock.now()
    _finish(actor, state, "approve_clinically", came_from)
    return state


@transaction.atomic
def approve_doses(*, actor: Actor, version_id: UUID) -> VersionState:
    """The second of the two: now it is approved. In a demonstration it is marked so for good."""
    state = _locked(version_id)
    came_from = state.step
    MACHINE.take("approve_doses", actor, state)
    state.pharmacist_id, state.pharmacist_at = actor.author_id, clock.now()
    state.demonstration = settings.DEMO_MODE
    event = VersionApproved(state.pk, state.version.pathway, branches_changed(state.version))
    _finish(actor, state, "approve_doses", came_from, event)
    return state


@transaction.atomic
def send_back(*, actor: Actor, version_id: UUID, reason: str) -> VersionState:
    """Back to its author: approvals given so far are gone."""
    state = _locked(version_id)
    came_from = state.step
    MACHINE.take("send_back", actor, state)
    state.clinician_id = state.clinician_at = None
    state.reason = _said(reason)
    _finish(actor, state, "send_back", came_from)
    return state


@transaction.atomic
def retire(*, actor: Actor, version_id: UUID, reason: str) -> VersionState:
    """Nobody begins with it any more; `reason` is told to who looks for it."""
    state = _locked(version_id)
    came_from = state.step
    MACHINE.take("retire", actor, state)
    state.reason = _said(reason)
    _finish(actor, state, "retire", came_from, VersionRetired(state.pk, state.version.pathway))
    return state


def _said(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    return reason.strip()[:500]
