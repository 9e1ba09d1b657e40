"""Writing the journal: one entry with each act, in the act's own transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import models, transaction

from consortium.journal.models import READS, Delivery, Entry, SealingKey
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.events import DomainEvent, Receiver, receivers_of
from consortium.kernel.queue import ask_worker
from consortium.kernel.sealing import derive, new_key, seal, unseal


def chain_of(subject_type: str, subject_id: object, patient_id: UUID | None) -> str:
    """The patient's chain, or the subject's own where there is no patient."""
    return f"patient:{patient_id}" if patient_id else f"{subject_type}:{subject_id}"


def topic_of(subject: models.Model) -> str:
    """The live topic that tells of `subject`'s entries."""
    return f"{subject._meta.model_name}:{subject.pk}"


def _master() -> bytes:
    return derive(settings.SEALING_KEY, "patient-keys")


def key_for(chain: str) -> bytes:
    """The chain's own key, made on first use."""
    row = SealingKey.objects.filter(subject=chain).first()
    if row is None:
        fresh = SealingKey(subject=chain, wrapped=seal(_master(), new_key(), chain), created_at=clock.now())
        SealingKey.objects.bulk_create([fresh], ignore_conflicts=True)
        row = SealingKey.objects.get(subject=chain)
    return unseal(_master(), bytes(row.wrapped), chain)


def _sealed(chain: str, changes: Mapping[str, Any] | None, text: str) -> bytes | None:
    if not changes and not text:
        return None
    content = orjson.dumps({"changes": changes or {}, "text": text}, default=str)
    return seal(key_for(chain), content, chain)


def seal_text(patient_id: UUID, text: str) -> bytes | None:
    """`text` sealed with the patient's own key, for columns beside the journal; None for nothing. Open it with
    `queries.open_text`; erasing the patient makes it unreadable."""
    chain = f"patient:{patient_id}"
    return seal(key_for(chain), text.encode(), chain) if text else None


def role_for(actor: Actor, institution_id: UUID | None) -> str:
    """The roles that the actor holds there, as one word list."""
    return ",".join(sorted({s.role for s in actor.seats if institution_id in (None, s.institution_id)}))[:40]


def only_institution(actor: Actor) -> UUID | None:
    """The actor's institution, when there is just one."""
    ids = actor.institution_ids()
    return next(iter(ids)) if len(ids) == 1 else None


def record(
    *,
    actor: Actor,
    verb: str,
    subject: models.Model,
    patient_id: UUID | None = None,
    institution_id: UUID | None = None,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
    facts: Mapping[str, Any] | None = None,
    event: DomainEvent | None = None,
    also: Sequence[DomainEvent | None] = (),
) -> Entry:
    """Append one entry; call it inside the transaction of the act.

    `changes` ({field: [old, new]}) and `text` are sealed with the patient's key; `facts` stay readable and must not
    identify. `also` are further events of the same act (None is passed over). Receivers that create a duty run here
    and now; the others after commit.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An entry belongs to the transaction of its act.")
    subject_type, subject_id = subject._meta.label_lower, str(subject.pk)
    chain = chain_of(subject_type, subject_id, patient_id)
    institution_id = institution_id or only_institution(actor)
    entry = Entry(
        chain=chain, at=clock.now(), actor_kind=actor.kind, actor_id=actor.author_id,
        actor_name=actor.name if actor.is_person else actor.why[:200], actor_role=role_for(actor, institution_id),
        institution_id=institution_id, verb=verb, subject_type=subject_type, subject_id=subject_id,
        patient_id=patient_id, facts=dict(facts or {}), sealed=_sealed(chain, changes, text),
        event=event.event_name() if event else "", payload=event.payload() if event else {},
        seq=0, previous_hash=b"", hash=b"",
    )  # fmt: skip
    entry.save(force_insert=True)
    if verb not in READS:  # a look changes nothing for those who look on, and their looking would ring again
        ring_on_commit(topic_of(subject), entry.seq)
    waiting = [_publish(entry, each) for each in (event, *also) if each]
    if any(waiting):
        transaction.on_commit(lambda: ask_worker("journal.deliver_entry", entry.pk), robust=True)
    return entry


def _publish(entry: Entry, event: DomainEvent) -> bool:
    """Run the receivers that create a duty, put the others into the outbox; whether any of these wait."""
    receivers = receivers_of(event.event_name())
    Delivery.objects.bulk_create(_delivery(entry, event, receiver) for receiver in receivers)
    for receiver in receivers:
        if receiver.duty:
            with acting_as(system(f"{receiver.name} heard {event.event_name()}")):
                receiver.run(entry.pk, event)
    return not all(receiver.duty for receiver in receivers)


def _delivery(entry: Entry, event: DomainEvent, receiver: Receiver) -> Delivery:
    return Delivery(
        entry=entry,
        receiver=receiver.name,
        event=event.event_name(),
        payload=event.payload(),
        next_at=entry.at,
        attempts=int(receiver.duty),
        done_at=entry.at if receiver.duty else None,
    )


def erase_key(*, actor: Actor, subject: models.Model, patient_id: UUID, reason: str) -> None:
    """Destroy the patient's key: every sealed text of the chain is gone for good, and the chain still verifies."""
    with transaction.atomic():
        record(actor=actor, verb="erase", subject=subject, patient_id=patient_id, facts={"reason": reason})
        SealingKey.objects.filter(subject=f"patient:{patient_id}").delete()
