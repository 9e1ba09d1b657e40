"""Two records found to be one child: joined by hand, and taken apart again exactly.

Whatever names the absorbed record (record numbers, guardians, consents, pathways, and what features above hold, such as
cases) is made to name the kept one; `Merge.moved` keeps which rows those were. The journal stays as it was written.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import orjson
from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record, seal_text
from consortium.journal.queries import open_text
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.patients.events import MergeUndone, PatientsMerged
from consortium.patients.models import Merge, Patient
from consortium.patients.operations.registry import locked_patient, set_identity
from consortium.patients.policies import may_edit, may_merge
from consortium.patients.queries.record import identity_of

#: what may be chosen from either record
CHOICES = (
    "name", "baby_of", "birth_order", "birth_date", "birth_time", "sex", "gestation_weeks", "allergies", "identity",
)  # fmt: skip
_STAY = {"journal.entry", "patients.merge"}
_STAY_FIELDS = {"patients.patient.merged_into"}


def _followers() -> Iterator[tuple[str, type[models.Model], str]]:
    """Every foreign key to a patient that follows a merge: ("app.model.field", model, field)."""
    for relation in Patient._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model, name = relation.related_model, relation.field.name
        label = model._meta.label_lower
        if label not in _STAY and f"{label}.{name}" not in _STAY_FIELDS:
            yield f"{label}.{name}", model, name


def _rows(model: type[models.Model]) -> Any:
    return unfiltered(model, why="what names a merged record")


def _move_all(absorbed: Patient, kept: Patient) -> dict[str, list[str]]:
    moved: dict[str, list[str]] = {}
    for label, model, name in _followers():
        ids = list(_rows(model).filter(**{name: absorbed}).values_list("pk", flat=True))
        if ids:
            _rows(model).filter(pk__in=ids).update(**{name: kept})
            moved[label] = [str(pk) for pk in ids]
    return moved


def _both(kept_id: UUID, absorbed_id: UUID) -> tuple[Patient, Patient]:
    """Both rows, locked in the order of their ids so that two merges cannot wait for each other."""
    if kept_id == absorbed_id:
        raise InvalidInput({"absorbed": _("Choose two different records.")})
    rows = {each: locked_patient(each) for each in sorted((kept_id, absorbed_id))}
    return rows[kept_id], rows[absorbed_id]


@transaction.atomic
def merge_patients(*, actor: Actor, kept_id: UUID, absorbed_id: UUID, taken: frozenset[str] = frozenset()) -> Merge:
    """Join `absorbed` into `kept`; the fields in `taken` (of CHOICES) come from the absorbed record."""
    kept, absorbed = _both(kept_id, absorbed_id)
    require(may_merge(actor, kept, absorbed))
    if unknown := taken - set(CHOICES):
        raise InvalidInput({"taken": ", ".join(sorted(unknown))})
    merge = Merge(patient=kept, absorbed=absorbed, merged_at=clock.now(), merged_by_id=actor.user_id)
    _end_double_grants(kept, absorbed)
    merge.moved = _move_all(absorbed, kept)
    absorbed.merged_into, absorbed.version = kept, absorbed.version + 1
    absorbed.save(update_fields=["merged_into", "version"])
    before = _take(kept, absorbed, taken)
    merge.before = seal_text(kept.pk, orjson.dumps(before, default=str).decode())
    merge.save(force_insert=True)
    record(
        actor=actor, verb="merge", subject=kept, patient_id=kept.pk,
        changes={name: list(pair) for name, pair in before.items() if name != "identity"},
        facts={"absorbed": str(absorbed.pk), "moved": {k: len(v) for k, v in merge.moved.items()},
               "version": kept.version, "fields": sorted(before)},
        event=PatientsMerged(merge.pk, kept.pk, absorbed.pk),
    )  # fmt: skip
    record(actor=actor, verb="merged-away", subject=absorbed, patient_id=absorbed.pk, facts={"into": str(kept.pk)})
    return merge


def _end_double_grants(kept: Patient, absorbed: Patient) -> None:
    """Who broke the glass on both keeps the one on the kept record: one running grant a person and child."""
    grants = Patient._meta.get_field("access_grants").related_model
    open_grants = _rows(grants).filter(ended_at=None)
    twice = open_grants.filter(patient=kept).values("user_id")
    open_grants.filter(patient=absorbed, user_id__in=twice).update(ended_at=clock.now())


def _values(patient: Patient) -> dict[str, Any]:
    return {name: identity_of(patient) if name == "identity" else getattr(patient, name) for name in CHOICES}


def _take(kept: Patient, absorbed: Patient, taken: frozenset[str]) -> dict[str, tuple[Any, Any]]:
    """Write the chosen values into the kept record: {field: (before, after)} of what changed."""
    ours, theirs = _values(kept), _values(absorbed)
    changed = {name: (ours[name], theirs[name]) for name in CHOICES if name in taken and ours[name] != theirs[name]}
    _put(kept, {name: after for name, (_before, after) in changed.items()})
    return changed


def _put(patient: Patient, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "identity":
            set_identity(patient, value)
        else:
            field: models.Field[Any, Any] = Patient._meta.get_field(name)  # type: ignore[assignment]
            setattr(patient, name, field.to_python(value))
    patient.version += 1
    patient.save()


@transaction.atomic
def undo_merge(*, actor: Actor, merge_id: UUID) -> Merge:
    """Take the two records apart again: what followed goes back, chosen values too unless edited since.

    Merges into one record are undone in turn, the newest first.
    """
    merge: Merge | None = Merge.objects.filter(pk=merge_id).first()
    if merge is None:
        raise NotVisible
    kept = locked_patient(merge.patient_id)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge_id)
    require(may_edit(actor, kept))
    _check_newest(merge)
    absorbed: Patient = _rows(Patient).select_for_update(of=("self",)).get(pk=merge.absorbed_id)
    _restore(kept, merge)
    _move_back(merge)
    absorbed.merged_into, absorbed.version = None, absorbed.version + 1
    absorbed.save(update_fields=["merged_into", "version"])
    merge.undone_at, merge.undone_by_id = clock.now(), actor.user_id
    merge.save(update_fields=["undone_at", "undone_by"])
    record(
        actor=actor, verb="undo-merge", subject=kept, patient_id=kept.pk,
        facts={"absorbed": str(absorbed.pk), "version": kept.version},
        event=MergeUndone(merge.pk, kept.pk, absorbed.pk),
    )  # fmt: skip
    record(actor=actor, verb="undo-merge", subject=absorbed, patient_id=absorbed.pk, facts={"from": str(kept.pk)})
    return merge


def _check_newest(merge: Merge) -> None:
    if merge.undone_at is not None:
        raise WrongStep(_("This merge has been undone already."))
    later = Merge.objects.filter(patient_id=merge.patient_id, undone_at=None, merged_at__gt=merge.merged_at)
    if later.exists():
        raise WrongStep(_("Another record was merged into this one later: undo that first."))


def _restore(kept: Patient, merge: Merge) -> None:
    """Put back what the merge overwrote, except where somebody has written something else since."""
    pairs: dict[str, list[Any]] = orjson.loads(open_text(kept.pk, merge.before) or "{}")
    now = _values(kept)
    back = {name: before for name, (before, after) in pairs.items() if _same(now[name], after)}
    _put(kept, back)


def _same(value: Any, stored: Any) -> bool:
    return bool(orjson.loads(orjson.dumps(value, default=str)) == stored)


def _move_back(merge: Merge) -> None:
    for label, ids in merge.moved.items():
        model_label, _dot, name = label.rpartition(".")
        rows = _rows(apps.get_model(model_label)).filter(pk__in=ids)
        rows.filter(**{name: merge.patient_id}).update(**{name: merge.absorbed_id})
