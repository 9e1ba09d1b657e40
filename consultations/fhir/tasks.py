"""Task: who has a question and how far. One for each owner, drawn from the journal: a decline adds the next one and
leaves the one before as it ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from consortium.casework.models import Case, Service
from consortium.casework.states import Ball, Priority
from consortium.interop.fhir.cases import NEEDS, Act, acts_of, child_of, of_case, services_named
from consortium.interop.fhir.rows import Seats
from consortium.interop.r4.blocks import (
    Resource,
    coding,
    concept,
    extension,
    identifier,
    instant,
    period,
    reference,
    resource,
    uuid_in,
)
from consortium.interop.r4.kinds import Kind, Param, Reader, Source
from consortium.interop.r4.searching import coded, kept, refers, uuids
from consortium.people.models import User
from consultations.fhir.cases import consultations
from consultations.models import Answer
from consultations.states import FHIR_STATUS, Change, DeclineReason, Step, WithdrawReason

#: after which another owner follows, and as what the task before them ended
_PASSED_ON: Final = {
    "decline": "rejected",
    "dispute": "cancelled",
    "return_to_queue": "cancelled",
    "take_back": "cancelled",
}
#: acts that name the person who has it from then on
_TAKEN: Final = ("claim", "allocate", "assign", "hand_on")
_SENT: Final = ("submit", "send_again")
_LABELS: Final[dict[str, Any]] = {"decline": DeclineReason, "withdraw": WithdrawReason}


@dataclass(frozen=True, slots=True)
class Stint:
    """One owner's time with a question: from when it came to them until they let go (`ended` None: they have it)."""

    number: int
    service_id: str
    person_id: str
    step: str
    began: datetime
    changed: datetime
    ended: datetime | None = None
    #: how it ended, where not by a step of the case: FHIR Task.status, and the reason as verb/code
    status: str = ""
    reason: str = ""
    acts: int = 1

    def passed_on(self, act: Act, status: str, reason: str) -> "Stint":
        return replace(self, ended=act.at, changed=act.at, status=status, reason=reason, acts=self.acts + 1)

    def next_one(self, act: Act, *, service_id: str = "", person_id: str = "", step: str) -> "Stint":
        return Stint(self.number + 1, service_id or self.service_id, person_id, step, act.at, act.at)


def stints_of(acts: Iterable[Act]) -> list[Stint]:
    """The owners of a question, one after another, as its journal tells them."""
    found: list[Stint] = []
    for act in acts:
        if not found:
            if act.verb in _SENT:
                found = [Stint(1, act.payload.get("service_id") or "", "", Step.REQUESTED, act.at, act.at)]
            continue
        found[-1:] = _after(found[-1], act)
    return found


def _after(last: Stint, act: Act) -> list[Stint]:
    """What one act makes of the last owner's time: itself, changed, and the next one's where there is one."""
    step = str(act.facts["to"]) if act.facts.get("to") in Step.values else last.step
    if act.verb in _PASSED_ON:
        reason = f"{act.verb}/{act.facts.get('reason') or 'returned'}" if act.verb == "decline" else act.verb
        service_id = act.facts.get("service") or act.payload.get("service_id") or ""
        if act.verb == "dispute" and service_id in ("", last.service_id):
            return [replace(last, changed=act.at, acts=last.acts + 1)]
        return [last.passed_on(act, _PASSED_ON[act.verb], reason), last.next_one(act, service_id=service_id, step=step)]
    person_id = act.facts.get("responder") or "" if act.verb in _TAKEN else ""
    if person_id and last.person_id and person_id != last.person_id:
        return [last.passed_on(act, "cancelled", act.verb), last.next_one(act, person_id=person_id, step=step)]
    if act.verb in _SENT:  # what had come back goes out again
        service_id = act.payload.get("service_id") or ""
        return [last, last.next_one(act, service_id=service_id, step=step)]
    ended = act.at if step in _FINAL and last.ended is None else None if step not in _FINAL else last.ended
    reason = f"withdraw/{act.facts['reason']}" if step == Step.WITHDRAWN and act.facts.get("reason") else ""
    return [
        replace(
            last, person_id=person_id or last.person_id, step=step, changed=act.at, ended=ended, acts=last.acts + 1,
            reason=reason or (last.reason if ended else ""),
        )
    ]  # fmt: skip


_FINAL: Final = frozenset({Step.CLOSED, Step.CLOSED_UNREVIEWED, Step.CONVERTED, Step.WITHDRAWN, Step.ENTERED_IN_ERROR})


# -- resources ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """What the tasks of some cases refer to, read together."""

    services: dict[str, Service]
    people: dict[str, User]
    seats: Seats
    answers: dict[UUID, list[UUID]]


def _shaped(reader: Reader, rows: Sequence[Case]) -> list[Resource]:
    acts = acts_of(rows)
    chains = [(case, stints_of(acts[case.pk]) or [_present(case)]) for case in rows]
    named = _named(reader, chains)
    return [_task(reader, case, chain, stint, named) for case, chain in chains for stint in chain]


def _present(case: Any) -> Stint:
    """A case whose sending its journal does not tell (carried over from elsewhere): as it stands now."""
    return Stint(
        1, str(case.service_id), str(case.responder_id or ""), case.consultation.step, case.submitted_at,
        case.touched_at, case.closed_at,
    )  # fmt: skip


def _named(reader: Reader, chains: Sequence[tuple[Case, list[Stint]]]) -> _Named:
    """At most four queries, however many tasks."""
    stints = [stint for _case, chain in chains for stint in chain]
    services = services_named(stint.service_id for stint in stints)
    ids = {stint.person_id for stint in stints if stint.person_id}
    people = {str(user.pk): user for user in User.objects.filter(pk__in=ids)} if ids else {}
    pairs: list[tuple[UUID | None, UUID | None]] = [(case.asker_id, case.asking_institution_id) for case, _ in chains]
    for stint in stints:
        if stint.person_id in people and stint.service_id in services:
            pairs.append((people[stint.person_id].pk, services[stint.service_id].institution_id))
    answers: dict[UUID, list[UUID]] = {}
    known = [case.pk for case, _ in chains if reader.knows(case.patient_id)]
    signed = Answer.objects.filter(case__in=known).order_by("number") if known else Answer.objects.none()
    for case_id, pk in signed.values_list("case_id", "pk"):
        answers.setdefault(case_id, []).append(pk)
    return _Named(services, people, Seats(pairs), answers)


def _task(reader: Reader, case: Any, chain: list[Stint], stint: Stint, named: _Named) -> Resource:
    last = stint is chain[-1]
    status, business = FHIR_STATUS[stint.step]
    before = [reference("Task", task_id(case, stint.number - 1))] if stint.number > 1 else []
    return resource(
        "Task", task_id(case, stint.number), updated=stint.changed, version=stint.acts,
        identifier=[identifier("task", task_id(case, stint.number))], groupIdentifier=identifier("case", str(case.pk)),
        basedOn=[reference("ServiceRequest", case.pk)], status=stint.status or status,
        statusReason=_reason(stint.reason), businessStatus=concept(coding("", f"step/{stint.step}"), text=business),
        intent="order", priority=Priority(case.priority).code, code=concept(coding("", "task/answer-question")),
        focus=reference("ServiceRequest", case.pk), for_=child_of(reader, case),
        executionPeriod=period(stint.began, stint.ended), authoredOn=instant(stint.began),
        lastModified=instant(stint.changed), requester=named.seats.of(case.asker, case.asking_institution_id),
        owner=_owner(stint, named), reasonReference=before[0] if before else {},
        restriction={"period": period(None, case.due_at)} if last and case.is_open else {},
        output=_outputs(case, named.answers.get(case.pk, [])) if last else [],
        extension=[extension("ball", valueCode=str(Ball(case.ball).value))] if last and case.is_open else [],
    )  # fmt: skip


def task_id(case: Case, number: int) -> str:
    """The case, and which of its owners."""
    return f"{case.pk}.{number}"


def _owner(stint: Stint, named: _Named) -> dict[str, Any]:
    """The person who holds it; while nobody does, the service in whose queue it waits."""
    service, person = named.services.get(stint.service_id), named.people.get(stint.person_id)
    if person is not None:
        return named.seats.of(person, service.institution_id if service else None)
    return reference("HealthcareService", service.pk, service.name_en) if service else {}


def _reason(reason: str) -> dict[str, Any]:
    """Why it ended: the coded reason of a decline or withdrawal, else the act that passed it on."""
    verb, _slash, code = reason.partition("/")
    if not verb:
        return {}
    labels = _LABELS.get(verb)
    label = labels(code).label if labels and code in labels.values else ""
    return concept(coding("", f"{verb}-reason/{code}" if code else f"act/{verb}", label))


def _outputs(case: Any, answers: Sequence[UUID]) -> list[dict[str, Any]]:
    """The signed answers, and what the asker said at close-out."""
    asked = case.consultation
    found: list[dict[str, Any]] = [
        {"type": _output("answer"), "valueReference": reference("Communication", pk)} for pk in answers
    ]
    if asked.change:
        change = concept(coding("", f"change/{asked.change}", Change(asked.change).label))
        found.append({"type": _output("change"), "valueCodeableConcept": change})
    if asked.referral_avoided is not None:
        found.append({"type": _output("referral-avoided"), "valueBoolean": asked.referral_avoided})
    if asked.usefulness is not None:
        found.append({"type": _output("usefulness"), "valueInteger": asked.usefulness})
    return found


def _output(name: str) -> dict[str, Any]:
    return concept(coding("", f"output/{name}"))


# -- what the router serves -------------------------------------------------------------------------------------------


def _case_behind(resource_id: str) -> Q:
    case_id, _dot, _number = resource_id.rpartition(".")
    return Q(pk=uuid_in(case_id))


def _sent() -> Any:
    """A draft has nobody who would have to answer it."""
    return consultations().filter(submitted_at__isnull=False)


_BY_ID = Param(
    "token",
    where=lambda values: Q(pk__in=uuids([value.rpartition(".")[0] for value in values])),
    keep=lambda resource, values: resource["id"] in values,
)
_PARAMS = {
    **of_case(), "_id": _BY_ID, "focus": refers("ServiceRequest", "pk"), "based-on": refers("ServiceRequest", "pk"),
    "status": kept("status"), "owner": kept("owner", "reference", type_="reference"),
    "business-status": kept("businessStatus", "text"),
    "priority": coded({each.code: Q(priority=each) for each in Priority}),
}  # fmt: skip
KINDS = (
    Kind(
        "Task",
        (Source(_sent, _shaped, _PARAMS, "patient_id", _case_behind, case="pk"),),
        (*(name for name in NEEDS if name != "owner"), "focus", "based-on"),
    ),
)
