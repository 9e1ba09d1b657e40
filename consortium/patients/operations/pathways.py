"""The pathway: who takes part in a child's episode of care, and until when."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapters
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.events import (
    AccessEnded,
    PathwayClosed,
    PathwayJoined,
    PathwayOpened,
    PathwayReopened,
    SharingEnded,
)
from consortium.patients.models import Pathway, PathwayMember, Patient, RecordNumber
from consortium.patients.policies import may_change_pathway, may_open_pathway


def _next_number() -> str:
    """`P26-000123`: the year, then a number that only grows. A rolled-back opening leaves a gap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('patients_pathway_number')")
        row = cursor.fetchone()
    return f"P{clock.today():%y}-{row[0] if row else 0:06d}"


def _locked(pathway_id: UUID) -> Pathway:
    """The pathway's row, locked: joining precedes seeing, so the row is found by the system."""
    rows = unfiltered(Pathway, why="joining or leaving a pathway").select_for_update(of=("self",))
    pathway: Pathway | None = rows.filter(pk=pathway_id).first()
    if pathway is None:
        raise NotVisible
    return pathway


def _ending(pathway: Pathway) -> datetime | None:
    """When access through this pathway ends: never while it is open."""
    return pathway.closed_at + timedelta(days=settings.PATHWAY_ACCESS_DAYS) if pathway.closed_at else None


@transaction.atomic
def open_pathway(*, actor: Actor, patient_id: UUID, institution_id: UUID) -> Pathway:
    """Begin an episode of care of a child that `actor` sees; `institution_id` is its first member."""
    patient = Patient.objects.current().filter(pk=patient_id).first()
    if patient is None:
        raise NotVisible
    require(may_open_pathway(actor, institution_id))
    pathway = Pathway(number=_next_number(), patient=patient, opened_at=clock.now())
    pathway.save(force_insert=True)
    record(
        actor=actor, verb="open", subject=pathway, patient_id=patient_id, institution_id=institution_id,
        facts={"number": pathway.number}, event=PathwayOpened(pathway.pk, patient_id, institution_id),
    )  # fmt: skip
    join_pathway(actor=actor, pathway_id=pathway.pk, institution_id=institution_id)
    return pathway


@transaction.atomic
def join_pathway(
    *,
    actor: Actor,
    pathway_id: UUID,
    institution_id: UUID,
    user_id: UUID | None = None,
    until: datetime | None = None,
) -> PathwayMember:
    """Let an institution, or one person of it, take part. Idempotent; somebody who had left is in again.

    The operation that calls this (a claim, an accepted referral) has checked the right to it: whoever joins gains
    sight of the child, so it is never reached from a page of its own. `until`: a look of its own length, whatever
    becomes of the pathway.
    """
    pathway = _locked(pathway_id)
    members = unfiltered(PathwayMember, why="joining a pathway").filter(pathway=pathway)
    member: PathwayMember | None = members.filter(institution_id=institution_id, user_id=user_id).first()
    ends_at = until or _ending(pathway)
    if member is not None and member.ends_at == ends_at:
        return member
    member = member or PathwayMember(pathway=pathway, institution_id=institution_id, user_id=user_id)
    member.since, member.ends_at = clock.now(), ends_at
    member.save()
    record(
        actor=actor, verb="join", subject=pathway, patient_id=pathway.patient_id, institution_id=institution_id,
        facts={"institution": str(institution_id), "user": str(user_id) if user_id else None},
        event=PathwayJoined(pathway.pk, pathway.patient_id, institution_id, user_id),
    )  # fmt: skip
    return member


@transaction.atomic
def leave_pathway(*, actor: Actor, pathway_id: UUID, user_id: UUID) -> None:
    """End one person's own membership now; does nothing when they have none. Sockets that show the child close."""
    pathway = _locked(pathway_id)
    running = unfiltered(PathwayMember, why="leaving a pathway").filter(pathway=pathway, user_id=user_id).running()
    ended = list(running.values_list("institution_id", flat=True))
    if not ended:
        return
    running.update(ends_at=clock.now())
    record(
        actor=actor, verb="leave", subject=pathway, patient_id=pathway.patient_id, institution_id=ended[0],
        facts={"user": str(user_id)}, event=AccessEnded(pathway.patient_id, user_id),
    )  # fmt: skip


def end_sharing(*, actor: Actor, patient: Patient) -> None:
    """End what rests on the consent to share: the memberships of institutions that keep no record of the child
    themselves, and of their people. The caller has checked the right and holds the patient's lock."""
    for lock in adapters("PATIENT_LOCKS").values():
        lock(patient.pk)
    known = unfiltered(RecordNumber, why="who keeps a record of the child").filter(patient=patient)
    keepers = {patient.registered_at_id, *known.values_list("institution_id", flat=True)}
    members = unfiltered(PathwayMember, why="the consent to share has ended").filter(pathway__patient=patient)
    members = members.running().exclude(institution_id__in=keepers)
    ended = list(members.values_list("institution_id", "user_id"))
    if not ended:
        return
    members.update(ends_at=clock.now())
    people = sorted({str(user) for _place, user in ended if user})
    places = sorted({str(place) for place, user in ended if not user})
    record(
        actor=actor, verb="end-sharing", subject=patient, patient_id=patient.pk,
        facts={"users": people, "institutions": places}, event=SharingEnded(patient.pk, people, places),
    )  # fmt: skip


@transaction.atomic
def close_pathway(*, actor: Actor, pathway_id: UUID) -> None:
    """Close the episode: its members read on for `PATHWAY_ACCESS_DAYS` days. Closing a closed one does nothing."""
    pathway = _locked(pathway_id)
    require(may_change_pathway(actor, pathway))
    if pathway.closed_at is not None:
        return
    pathway.closed_at = clock.now()
    pathway.save(update_fields=["closed_at"])
    members = unfiltered(PathwayMember, why="closing a pathway").filter(pathway=pathway)
    members.running().update(ends_at=_ending(pathway))
    record(
        actor=actor, verb="close", subject=pathway, patient_id=pathway.patient_id,
        event=PathwayClosed(pathway.pk, pathway.patient_id),
    )  # fmt: skip


@transaction.atomic
def reopen_pathway(*, actor: Actor, pathway_id: UUID) -> None:
    """Take up a closed episode again; who was a member when it closed is one again without an end."""
    pathway = _locked(pathway_id)
    require(may_change_pathway(actor, pathway))
    if pathway.closed_at is None:
        return
    ending = _ending(pathway)
    pathway.closed_at = None
    pathway.save(update_fields=["closed_at"])
    members = unfiltered(PathwayMember, why="reopening a pathway").filter(pathway=pathway)
    members.filter(ends_at=ending).update(ends_at=None)
    record(
        actor=actor, verb="reopen", subject=pathway, patient_id=pathway.patient_id,
        event=PathwayReopened(pathway.pk, pathway.patient_id),
    )  # fmt: skip
