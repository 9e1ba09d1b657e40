"""What privacy officers read: emergency access, and who looked at a child's record."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from consortium.journal.queries import entries_of_patient, open_texts
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.identity.names import plain
from consortium.patients.models import AccessGrant, Patient, RecordNumber
from consortium.patients.policies import may_audit, may_list_grants
from consortium.people.states import Role

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One emergency access with its explanation opened, and the child's record number at the reader's institution."""

    grant: AccessGrant
    explanation: str
    number: str
    note: str = ""

    @property
    def running(self) -> bool:
        return self.grant.ended_at is None and self.grant.expires_at > clock.now()


def grants_page(actor: Actor, *, reviewed: bool, after: str = "") -> Page:
    """Emergency access to review, or reviewed already, the newest first. Three queries."""
    require(may_list_grants(actor))
    rows = AccessGrant.objects.select_related("user", "institution", "reviewed_by").filter(
        reviewed_at__isnull=not reviewed
    )
    page = keyset(rows, order=("-granted_at", "-id"), after=after)
    texts = open_texts([(grant.patient_id, grant.explanation) for grant in page.items])
    numbers = _own_numbers(actor, [grant.patient_id for grant in page.items])
    items = [
        GrantRow(grant, text, numbers.get(grant.patient_id, "")) for grant, text in zip(page.items, texts, strict=True)
    ]
    return Page(items, page.next_cursor)


def _own_numbers(actor: Actor, patient_ids: list[UUID]) -> dict[UUID, str]:
    rows = _known(actor).filter(patient_id__in=patient_ids).exclude(number="")
    return dict(rows.values_list("patient_id", "number"))


def _known(actor: Actor) -> Any:
    """Records of the institutions that the actor watches over; the auditor watches over all."""
    rows = unfiltered(RecordNumber, why="what a privacy officer watches over")
    places = actor.institution_ids(Role.PRIVACY_OFFICER)
    return rows if actor.has(Role.AUDITOR) else rows.filter(institution_id__in=places)


def grant_for(actor: Actor, grant_id: UUID) -> GrantRow:
    """One emergency access as its reviewer sees it."""
    rows = AccessGrant.objects.select_related("user", "institution", "reviewed_by", "patient")
    grant: AccessGrant | None = rows.filter(pk=grant_id).first()
    if grant is None:
        raise NotVisible
    require(may_list_grants(actor))
    number = _own_numbers(actor, [grant.patient_id]).get(grant.patient_id, "")
    texts = open_texts([(grant.patient_id, grant.explanation), (grant.patient_id, grant.review_note)])
    return GrantRow(grant, texts[0], number, texts[1])


def acts_under(grant: AccessGrant) -> list[Any]:
    """What the holder did with the record while the access ran, oldest first; the reviewer's right was checked."""
    until = grant.ended_at or grant.expires_at
    rows = entries_of_patient(grant.patient_id).filter(actor_id=grant.user_id, at__range=(grant.granted_at, until))
    return list(rows.order_by("id")[:100])


def audited_patient(actor: Actor, patient_id: UUID) -> tuple[Patient, str]:
    """The child whose readers the actor may see, with a record number to tell it by."""
    require(may_audit(actor, patient_id))
    rows = unfiltered(Patient, why="whose readers a privacy officer sees")
    patient: Patient | None = rows.filter(pk=patient_id).first()
    if patient is None:
        raise NotVisible
    return patient, _own_numbers(actor, [patient_id]).get(patient_id, "")


def readers_page(actor: Actor, patient_id: UUID, *, everything: bool = False, after: str = "") -> Page:
    """Who read this child's record (or did anything with it), the newest first. The right was checked."""
    rows = entries_of_patient(patient_id, merged=_absorbed(patient_id))
    rows = rows if everything else rows.reads()
    return keyset(rows.select_related("institution", "actor"), order=("-id",), after=after)


def _absorbed(patient_id: UUID) -> list[UUID]:
    rows = unfiltered(Patient, why="records merged into one").filter(merged_into_id=patient_id)
    return list(rows.values_list("pk", flat=True))


def find_watched(actor: Actor, text: str, birth_date: date | None) -> list[dict[str, Any]]:
    """Children of the institutions that a privacy officer watches over, by name, record number, date of birth."""
    require(may_list_grants(actor))
    words = plain(text)
    if not words and birth_date is None:
        return []
    known = _known(actor).filter(patient=OuterRef("pk"))
    condition = Q(birth_date=birth_date) if birth_date else Q()
    if words:
        condition &= Q(name_search__contains=words) | Q(Exists(known.filter(number__iexact=words)))
    rows = unfiltered(Patient, why="what a privacy officer watches over").current().filter(Exists(known))
    fields = ("id", "name", "baby_of", "birth_order", "birth_date", "sex")
    found = list(rows.filter(condition).order_by("-created_at").values(*fields)[:MOST_FOUND])
    numbers = _own_numbers(actor, [row["id"] for row in found])
    return [{**row, "own_number": numbers.get(row["id"], "")} for row in found]
