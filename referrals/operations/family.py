"""The family's link: made, taken back, opened with the child's birth date, and what the family says on its page."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from referrals.events import FamilyAnswered, FamilyLinkLocked
from referrals.models import FamilyLink, Referral
from referrals.operations.moving import locked
from referrals.policies import may_invite_family
from referrals.queries.family import answer_now, link_of, visit_ahead
from referrals.states import FamilyAnswer

#: a link opens so long, or as long after the visit
LINK_LASTS = timedelta(days=30)
_WHY = "the family's link"


@transaction.atomic
def make_family_link(*, actor: Actor, case_id: UUID, language: str = "", key: UUID | None = None) -> FamilyLink:
    """The link of this referral's family, made when none stands; `link.token()` is its secret, shown as often as one
    asks. `language`: in which its page speaks first."""
    referral = locked(case_id)
    require(may_invite_family(actor, referral))
    found = link_of(case_id)
    if found is not None and found.stands:
        return found
    if found is not None:
        _revoke(found)
    return once(FamilyLink, actor=actor, key=key, make=lambda: _new_link(actor, referral, language, key))[0]


def _new_link(actor: Actor, referral: Referral, language: str, key: UUID | None) -> FamilyLink:
    link = FamilyLink(
        id=uuid4(), case=referral.case, language=language, created_at=clock.now(), expires_at=_until(referral),
        created_by_id=actor.author_id, **({"request_key": key} if key else {}),
    )  # fmt: skip
    link.token_hash = FamilyLink.hash_of(link.token())
    with database_rules():
        link.save(force_insert=True)
    _note(actor, link, "family-link")
    return link


def _until(referral: Referral) -> datetime:
    visit = visit_ahead(referral)
    return max(clock.now(), visit.booking.begins if visit else clock.now()) + LINK_LASTS


def _revoke(link: FamilyLink) -> None:
    link.revoked_at = clock.now()
    link.save(update_fields=["revoked_at"])


@transaction.atomic
def revoke_family_link(*, actor: Actor, case_id: UUID) -> None:
    """Take the link back: it opens nothing any more, also where it is open now. The next one is a new link."""
    require(may_invite_family(actor, locked(case_id)))
    link = link_of(case_id)
    if link is not None:
        _revoke(link)
        _note(actor, link, "family-link-revoke")


def _note(actor: Actor, link: FamilyLink, verb: str, event: Any = None, **facts: Any) -> None:
    case = link.case
    record(
        actor=actor, verb=verb, subject=case, patient_id=case.patient_id, institution_id=case.asking_institution_id,
        facts=facts, event=event,
    )  # fmt: skip


def _standing(**which: Any) -> FamilyLink:
    """The link, locked; NotVisible when it opens nothing (never made, taken back, run out, tried too often)."""
    rows = unfiltered(FamilyLink, why=_WHY).select_related("case__patient").select_for_update(of=("self",))
    link: FamilyLink | None = rows.filter(**which).first()
    if link is None or not link.stands or link.case.entered_in_error_at is not None:
        raise NotVisible
    return link


@transaction.atomic
def open_family_page(*, actor: Actor, token: str, birth_date: date) -> FamilyLink | None:
    """The link, when this is the child's birth date; None when it is not, which counts as a try: after five the link
    opens nothing any more and those who care for the child are told. NotVisible where it opens nothing."""
    link = _standing(token_hash=FamilyLink.hash_of(token))
    if birth_date != link.case.patient.birth_date:
        _count_try(actor, link)
        return None
    now = clock.now()
    link.first_opened_at, link.last_opened_at, link.wrong_tries = link.first_opened_at or now, now, 0
    link.save(update_fields=["first_opened_at", "last_opened_at", "wrong_tries"])
    _note(actor, link, "family-open")
    return link


def _count_try(actor: Actor, link: FamilyLink) -> None:
    link.wrong_tries += 1
    link.save(update_fields=["wrong_tries"])
    event = FamilyLinkLocked(link.case_id, link.created_by_id) if link.is_locked and link.created_by_id else None
    _note(actor, link, "family-try", event, tries=link.wrong_tries)


@transaction.atomic
def answer_visit(*, actor: Actor, link_id: UUID, answer: str) -> FamilyLink:
    """The family comes, or cannot; the last word counts, and the service hears it. WrongStep without a visit ahead."""
    link = _standing(pk=link_id, first_opened_at__isnull=False)
    referral = unfiltered(Referral, why=_WHY).get(pk=link.case_id)
    if answer not in FamilyAnswer.values:
        raise InvalidInput({"answer": _("Say whether you are coming.")})
    visit = visit_ahead(referral)
    if visit is None:
        raise WrongStep(_("There is no visit ahead."))
    if answer == answer_now(link, visit):
        return link
    link.answer, link.answered_at = answer, clock.now()
    link.save(update_fields=["answer", "answered_at"])
    _note(actor, link, "family-answer", FamilyAnswered(link.case_id, answer == FamilyAnswer.COMING), answer=answer)
    return link
