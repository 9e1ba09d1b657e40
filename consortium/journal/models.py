"""The journal's tables. The database sets `seq` and the hashes, and refuses update and delete (migration 0002)."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet

#: acts that only look: left out of timelines, and what a read audit asks for
READS = ("read", "list-read", "search-hit", "read-audit")


class SetByDatabase(models.BigIntegerField):  # type: ignore[type-arg]
    """A number that the insert trigger sets, read back by the INSERT itself."""

    db_returning = True


class Chain(models.Model):
    """The head of one chain: the last number and hash given out. Locked by the insert trigger."""

    subject = models.CharField(max_length=120, primary_key=True)
    last_seq = models.BigIntegerField(default=0)
    last_hash = models.BinaryField(default=bytes)

    class Meta:
        db_table = "journal_chain"

    def __str__(self) -> str:
        return f"{self.subject}@{self.last_seq}"


class SealingKey(models.Model):
    """A patient's own key, wrapped with the master key. Destroying the row erases; the chain still verifies."""

    subject = models.CharField(max_length=120, primary_key=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "journal_sealing_key"

    def __str__(self) -> str:
        return self.subject


class EntryQuerySet(ScopedQuerySet["Entry"]):
    def visible_to(self, actor: Actor) -> Self:
        """An auditor sees all, a privacy officer their institutions'; each person what they did themselves.

        A subject's timeline is read through `queries.timeline`, after its own page has checked the right to it.
        """
        if actor.has("auditor"):
            return self
        return self.filter(Q(actor_id=actor.user_id) | Q(institution_id__in=actor.institution_ids("privacy_officer")))

    def of_subject(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def reads(self) -> Self:
        return self.filter(verb__in=READS)


class Entry(Scoped):
    """One act: who, for which institution, what, on what. `facts` never identify; `sealed` holds what may."""

    chain = models.CharField(max_length=120)
    seq = SetByDatabase(editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=200, blank=True)
    actor_role = models.CharField(max_length=40, blank=True)
    institution = models.ForeignKey("people.Institution", models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, null=True, related_name="+")
    facts: Any = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    event = models.CharField(max_length=80, blank=True)
    payload: Any = models.JSONField(default=dict)
    previous_hash = models.BinaryField(editable=False)
    hash = models.BinaryField(editable=False)

    objects = ScopedManager.from_queryset(EntryQuerySet)()

    class Meta(Scoped.Meta):
        db_table = "journal_entry"
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="journal_entry_seq")]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "seq"], name="journal_entry_subject"),
            models.Index(fields=["actor", "-id"], name="journal_entry_actor"),
            models.Index(fields=["institution", "-id"], name="journal_entry_institution"),
            models.Index(fields=["patient", "-id"], condition=Q(patient__isnull=False), name="journal_entry_patient"),
            GinIndex(
                fields=["facts"],
                opclasses=["jsonb_path_ops"],
                condition=Q(verb="list-read"),
                name="journal_entry_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.verb}"


class OutboxQuerySet(models.QuerySet["Delivery"]):
    def outstanding(self) -> Self:
        return self.filter(done_at=None, abandoned_at=None)


class Delivery(models.Model):
    """One receiver's copy of one event: inserted with the entry, marked when the receiver has done it."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="deliveries")
    receiver = models.CharField(max_length=120)
    event = models.CharField(max_length=80)
    payload: Any = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        db_table = "journal_delivery"
        constraints = [models.UniqueConstraint(fields=["entry", "receiver"], name="journal_delivery_once")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(done_at=None, abandoned_at=None), name="journal_delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} -> {self.receiver}"


class Verification(models.Model):
    """One run over all chains, kept so that the auditor sees that it ran and what it found.

    `newest_id` is the newest entry of that moment. The next run counts what lies behind the previous run's mark and at
    or below this one (by then no transaction with a lower id is still open) and keeps count and sum of the hashes as
    `settled_*`; every later run must find the same: so a chain taken out whole, head and all, is noticed.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    #: none while it is going on: a large journal is verified in pieces, and `position` is the chain it has come to
    finished_at = models.DateTimeField(null=True)
    position = models.CharField(max_length=120, blank=True)
    chains = models.BigIntegerField(default=0)
    newest_id = models.BigIntegerField()
    settled_from = models.BigIntegerField(default=0)
    settled_id = models.BigIntegerField(default=0)
    settled_count = models.BigIntegerField(default=0)
    settled_sum = models.DecimalField(max_digits=60, decimal_places=0, default=0)
    #: the first faults found: [{"chain", "seq", "what"}]
    faults: Any = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "journal_verification"

    def __str__(self) -> str:
        return f"{self.at:%F %R}: {self.fault_count} faults"
