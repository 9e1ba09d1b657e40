"""Certificates are issued, issued again under another name, and revoked."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.scoping import unfiltered
from consortium.people.models import User
from courses.assessment.crediting import new_code
from courses.assessment.events import CertificateIssued, CertificateRevoked
from courses.assessment.models import Certificate, CreditEntry
from courses.assessment.states.credits import CERTIFICATE, CertificateStep, EntryKind

_WHY = "a certificate of what somebody has completed"
#: what a certificate that is issued again takes over
_KEPT = (
    "user_id", "activity", "subject_id", "title_en", "title_zh", "institution_id", "hours", "completed_on",
)  # fmt: skip


@transaction.atomic
def issue_certificate(
    *,
    actor: Actor,
    person_id: UUID,
    activity: str,
    subject_id: UUID,
    institution_id: UUID,
    hours: Decimal,
    day: date,
    titles: tuple[str, str],
) -> Certificate:
    """The certificate of what the person has completed: the one that there is, valid or not, else a new one.

    For `awarding.award`, which holds the person and has written the credits.
    """
    rows = unfiltered(Certificate, why=_WHY).filter(user_id=person_id, activity=activity, subject_id=subject_id)
    found: Certificate | None = rows.order_by("issued_at").last()
    if found is not None:
        return found
    certificate = Certificate(
        user_id=person_id, activity=activity, subject_id=subject_id, institution_id=institution_id, hours=hours,
        title_en=titles[0], title_zh=titles[1], completed_on=day, credits=_credits(person_id, activity, subject_id),
    )  # fmt: skip
    return _issue(actor, certificate)


def _credits(person_id: UUID, activity: str, subject_id: UUID) -> list[dict[str, Any]]:
    """What stands in the ledger of it, as the certificate keeps it."""
    rows = unfiltered(CreditEntry, why=_WHY).filter(user_id=person_id, activity=activity, subject_id=subject_id)
    words = ("title_en", "title_zh", "category_en", "category_zh", "verified")
    return [
        {**{name: getattr(entry.rule, name) for name in words}, "credits": str(entry.credits)}
        for entry in rows.filter(kind=EntryKind.AWARDED, reversal=None).select_related("rule").order_by("scheme")
    ]


def _issue(actor: Actor, certificate: Certificate) -> Certificate:
    """Under the name that the person bears now."""
    person = User.objects.get(pk=certificate.user_id)
    certificate.name, certificate.name_zh = person.full_name, person.full_name_zh
    certificate.code, certificate.issued_at = new_code(), clock.now()
    with database_rules():
        certificate.save(force_insert=True)
    event = CertificateIssued(certificate.pk, certificate.user_id)
    _note(actor, certificate, "issue", event)
    return certificate


def _note(actor: Actor, certificate: Certificate, verb: str, event: Any = None, text: str = "") -> None:
    record(
        actor=actor, verb=verb, subject=certificate, institution_id=certificate.institution_id, text=text, event=event,
        facts={"user": str(certificate.user_id), "step": certificate.step},
    )  # fmt: skip


def _locked(certificate_id: UUID) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",))
    found: Certificate | None = rows.filter(pk=certificate_id).first()
    if found is None:
        raise NotVisible
    return found


def _end(actor: Actor, certificate: Certificate, reason: str) -> None:
    certificate.reason, certificate.ended_at = reason.strip()[:500], clock.now()
    certificate.ended_by_id = actor.author_id
    with database_rules():
        certificate.save(update_fields=["step", "reason", "ended_at", "ended_by"])


@transaction.atomic
def revoke_certificate(*, actor: Actor, certificate_id: UUID, reason: str) -> Certificate:
    """End it, with a reason that the public page shows from now on. Revoked already: nothing happens."""
    certificate = _locked(certificate_id)
    if certificate.step == CertificateStep.REVOKED:
        return certificate
    CERTIFICATE.take("revoke", actor, certificate)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    _end(actor, certificate, reason)
    event = CertificateRevoked(certificate.pk, certificate.user_id)
    _note(actor, certificate, "revoke", event, certificate.reason)
    return certificate


@transaction.atomic
def reissue_certificate(*, actor: Actor, certificate_id: UUID) -> Certificate:
    """A new one under the name that the person bears now; the old one says that it was replaced.

    Raises InvalidInput while the name is the same.
    """
    old = _locked(certificate_id)
    CERTIFICATE.take("reissue", actor, old)
    if (old.name, old.name_zh) == (old.user.full_name, old.user.full_name_zh):
        raise InvalidInput({"name": _("It bears your name of now. Change the name in your profile first.")})
    return _replace(actor, old)


def _replace(actor: Actor, old: Certificate) -> Certificate:
    """With the credits that count now; `old` has taken its step."""
    _end(actor, old, "")
    _note(actor, old, "replace")
    counting = _credits(old.user_id, old.activity, old.subject_id)
    return _issue(actor, Certificate(replaces=old, credits=counting, **{name: getattr(old, name) for name in _KEPT}))


def follow_credits(*, actor: Actor, person_id: UUID, activity: str, subject_id: UUID) -> None:
    """The valid certificate says which credits count: where it says others, one with those of now replaces it.

    For `awarding`, in its transaction and with the person held.
    """
    rows = unfiltered(Certificate, why=_WHY).filter(user_id=person_id, activity=activity, subject_id=subject_id)
    valid: Certificate | None = rows.select_for_update(of=("self",)).filter(step=CertificateStep.VALID).first()
    if valid is not None and valid.credits != _credits(person_id, activity, subject_id):
        valid.step = CertificateStep.REPLACED
        _replace(actor, valid)
