"""Break-the-glass: a reason, three hours, the privacy officer told; then it closes, with every open socket."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record, seal_text
from consortium.kernel import clock
from consortium.kernel.actors import Actor, system
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.events import AccessEnded, GlassBroken
from consortium.patients.models import AccessGrant, Patient, RecordNumber
from consortium.patients.operations.rules import told
from consortium.patients.policies import may_break_glass, may_end_grant, may_review_grant
from consortium.patients.states import GrantReason, GrantVerdict

SHORTEST_EXPLANATION = 10
CLOCK = system("its time is over")


def _check(reason: str, explanation: str) -> None:
    wrong: dict[str, Any] = {}
    if reason not in GrantReason.values:
        wrong["reason"] = _("Choose a reason.")
    if len(explanation.strip()) < SHORTEST_EXPLANATION:
        wrong["explanation"] = _("Say in a sentence why you need this record now.")
    if wrong:
        raise InvalidInput(wrong)


@transaction.atomic
def break_glass(
    *,
    actor: Actor,
    patient_id: UUID,
    institution_id: UUID,
    reason: str,
    explanation: str,
    proven: bool = False,
    key: UUID | None = None,
) -> tuple[AccessGrant, bool]:
    """Open a record that is not the actor's to see: (grant, whether it is new). A running grant is found, not doubled.

    `proven`: the person has shown who they are just now (a second factor at sign-in does as well).
    """
    require(may_break_glass(actor, institution_id, proven=proven))
    _check(reason, explanation)
    rows = unfiltered(Patient, why="breaking the glass").current().select_for_update(of=("self",))
    patient = rows.filter(pk=patient_id).first()
    if patient is None:
        raise NotVisible
    _end_expired(AccessGrant.objects.filter(patient=patient, user_id=actor.user_id))
    running: AccessGrant | None = AccessGrant.objects.running().filter(patient=patient, user_id=actor.user_id).first()
    if running is not None:
        return running, False
    key = key or uuid4()
    at = clock.now()

    def make() -> AccessGrant:
        grant = AccessGrant(
            patient=patient, user_id=actor.user_id, institution_id=institution_id, reason=reason,
            explanation=seal_text(patient_id, explanation.strip()), granted_at=at,
            expires_at=at + timedelta(hours=settings.GLASS_HOURS), created_by_id=actor.author_id, request_key=key,
        )  # fmt: skip
        grant.save(force_insert=True)
        return grant

    with told():
        grant, fresh = once(AccessGrant, actor=actor, key=key, make=make)
    if fresh:
        _tell(actor, grant, explanation)
    return grant, fresh


def _tell(actor: Actor, grant: AccessGrant, explanation: str) -> None:
    known = unfiltered(RecordNumber, why="whose privacy officers are told").filter(patient_id=grant.patient_id)
    places = {grant.institution_id, *known.values_list("institution_id", flat=True)}
    record(
        actor=actor, verb="break-glass", subject=grant, patient_id=grant.patient_id,
        institution_id=grant.institution_id, text=explanation.strip(),
        facts={"reason": grant.reason, "until": grant.expires_at.isoformat()},
        event=GlassBroken(grant.pk, grant.patient_id, grant.user_id, sorted(str(p) for p in places)),
    )  # fmt: skip


def _locked_grant(grant_id: UUID) -> AccessGrant:
    grant: AccessGrant | None = AccessGrant.objects.select_for_update(of=("self",)).filter(pk=grant_id).first()
    if grant is None:
        raise NotVisible
    return grant


@transaction.atomic
def end_grant(*, actor: Actor, grant_id: UUID) -> AccessGrant:
    """Close it now: by its holder, who needs it no more, or by a privacy officer. Ending an ended one does nothing."""
    grant = _locked_grant(grant_id)
    require(may_end_grant(actor, grant))
    if grant.ended_at is None:
        _end(actor, grant, clock.now())
    return grant


def _end(actor: Actor, grant: AccessGrant, at: datetime) -> None:
    grant.ended_at = at
    grant.save(update_fields=["ended_at"])
    record(
        actor=actor, verb="end-access", subject=grant, patient_id=grant.patient_id,
        institution_id=grant.institution_id, event=AccessEnded(grant.patient_id, grant.user_id),
    )  # fmt: skip


def _end_expired(grants: Any, *, skip_locked: bool = False) -> int:
    """End those of `grants` whose time is over; each in the journal as the clock's doing."""
    due = grants.filter(ended_at=None, expires_at__lte=clock.now())
    locked = due.select_for_update(of=("self",), skip_locked=skip_locked)
    expired = list(locked.order_by("expires_at")[:200])
    for grant in expired:
        _end(CLOCK, grant, grant.expires_at)
    return len(expired)


@transaction.atomic
def end_expired_grants(*, actor: Actor) -> int:
    """Close every grant whose three hours are over: how many there were."""
    return _end_expired(AccessGrant.objects.all(), skip_locked=True)


@transaction.atomic
def review_grant(*, actor: Actor, grant_id: UUID, verdict: str, note: str = "") -> AccessGrant:
    """The privacy officer's mark, once; whoever comes second is told that it was reviewed."""
    grant = _locked_grant(grant_id)
    require(may_review_grant(actor, grant))
    if verdict not in GrantVerdict.values:
        raise InvalidInput({"verdict": _("Choose one of the list.")})
    if verdict == GrantVerdict.QUESTIONED and not note.strip():
        raise InvalidInput({"note": _("Say what is to be followed up.")})
    if grant.reviewed_at is not None:
        raise WrongStep(_("This was reviewed already."))
    grant.reviewed_at, grant.reviewed_by_id, grant.verdict = clock.now(), actor.user_id, verdict
    grant.review_note = seal_text(grant.patient_id, note.strip())
    grant.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "review_note"])
    record(
        actor=actor, verb="review-access", subject=grant, patient_id=grant.patient_id,
        institution_id=grant.institution_id, text=note.strip(), facts={"verdict": verdict},
    )  # fmt: skip
    return grant
