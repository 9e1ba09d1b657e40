"""A run is kept: with the versions that answered and the nodes they went through."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.patients.models import Patient
from decision_manual.evaluator import Answer
from decision_manual.events import PathwayRun
from decision_manual.models import Run, RunPart
from decision_manual.policies import may_run
from decision_manual.queries import answer_to


@transaction.atomic
def keep_run(
    *,
    actor: Actor,
    asked: Mapping[str, Any],
    patient_id: UUID | None = None,
    safety_net_given: bool = False,
    key: UUID | None = None,
) -> tuple[Run, bool]:
    """Evaluate and keep it: (run, whether it is new). InvalidInput names the facts that can't be used."""
    require(may_run(actor))
    if patient_id is not None and not Patient.objects.filter(pk=patient_id).exists():
        raise InvalidInput({"patient_id": _("There is no such child that you can see.")})
    answer = answer_to(asked)
    return once(Run, actor=actor, key=key, make=lambda: _keep(actor, asked, answer, patient_id, safety_net_given, key))


def _keep(
    actor: Actor, asked: Mapping[str, Any], answer: Answer, patient_id: UUID | None, told: bool, key: UUID | None
) -> Run:
    words = {"request_key": key} if key else {}
    run = Run.objects.create(
        patient_id=patient_id,
        asked=dict(asked),
        answered=answer.data(),
        safety_net_given=told,
        made_at=clock.now(),
        created_by_id=actor.author_id,
        **words,
    )
    RunPart.objects.bulk_create(_parts(run, answer))
    event = PathwayRun(run.pk, patient_id)
    record(
        actor=actor, verb="run", subject=run, patient_id=patient_id, facts={"parts": len(answer.outcomes)}, event=event
    )
    return run


def _parts(run: Run, answer: Answer) -> list[RunPart]:
    return [
        RunPart(
            run=run,
            version_id=edition.id,
            nodes=list(outcome.walked),
            indications=sorted({row.referral for _table, row in outcome.hits if row.referral}),
            severity=outcome.severity,
        )
        for edition, outcome in answer.outcomes
        if edition.id is not None
    ]
