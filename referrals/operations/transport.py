"""The way there (R9): transport arranged, hand-over signed, departed, incidents, arrived, read back.

Nothing of it is a gate: hand-over and read-back may follow, and a child with its life at risk departs before anybody
has accepted, with the coded reason, which pages the duty officer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Clock
from consortium.casework.operations import add_message, start_clock, stop_clock, target_of
from consortium.casework.operations.signing import signer_of
from consortium.casework.states import Ball, Leg, MessageKind, Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, database_rules
from consortium.kernel.once import once
from consortium.kernel.scoping import unfiltered
from referrals.events import (
    ChildArrived,
    ChildDeparted,
    HandoverReadBack,
    HandoverSigned,
    IncidentReported,
    TransportArranged,
)
from referrals.models import Incident, Referral, Transport
from referrals.operations.moving import Move, begin, finish, locked, next_leg, take
from referrals.operations.vehicles import book_vehicle, give_back_vehicle
from referrals.states import IncidentKind, LifeThreat, Mode, Step

_CREW_LENGTH, _PHONE_LENGTH, _SEVERITY_LENGTH = 200, 40, 200
#: a telephone's clock may run ahead so far
_DRIFT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Way:
    """How the child travels. `vehicle_id`: a vehicle of an institution, taken until the arrival (or the target's end)
    so that nobody else plans with it."""

    mode: str
    crew: str = ""
    phone: str = ""
    expected_at: datetime | None = None
    vehicle_id: UUID | None = None


# --- arranged ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def arrange_transport(*, actor: Actor, case_id: UUID, way: Way, key: UUID | None = None) -> Referral:
    """Arrange the transport, or change what was arranged: the transport has the ball until the child is there.

    Raises InvalidInput, Taken (the vehicle is booked), WrongStep, NotPermitted, NotVisible.
    """
    move = begin(actor, case_id, "arrange_transport")
    _check(way)
    transport = _transport(move)
    if transport.mode != way.mode or way.vehicle_id is not None:
        _take_vehicle(move, transport, way, key)
    _fill(transport, way)
    _keep(transport)
    _under_way(move)
    return finish(move, TransportArranged(case_id, case_id), facts={"mode": way.mode, "vehicle": bool(way.vehicle_id)})


def _check(way: Way) -> None:
    wrong: dict[str, Any] = {}
    if way.mode not in Mode.values:
        wrong["mode"] = _("Choose how the child travels.")
    for name, most in (("crew", _CREW_LENGTH), ("phone", _PHONE_LENGTH)):
        if len(getattr(way, name)) > most:
            wrong[name] = _("This is longer than %(most)d characters.") % {"most": most}
    if way.expected_at is not None and way.expected_at <= clock.now():
        wrong["expected_at"] = _("Choose a time that lies ahead.")
    if wrong:
        raise InvalidInput(wrong)


def _transport(move: Move) -> Transport:
    """The row of the way, made with the first act on it; its case is locked."""
    rows = unfiltered(Transport, why="the way of a locked case").select_for_update(of=("self",))
    found: Transport | None = rows.filter(pk=move.case.pk).first()
    return found or Transport(case=move.case, arranged_at=clock.now())


def _fill(transport: Transport, way: Way) -> None:
    """What is left empty stays as it was arranged before."""
    transport.mode = way.mode
    transport.expected_at = way.expected_at or transport.expected_at
    transport.crew, transport.phone = way.crew.strip() or transport.crew, way.phone.strip() or transport.phone


def _keep(transport: Transport) -> None:
    transport.version += 0 if transport._state.adding else 1
    with database_rules():
        transport.save()


def _take_vehicle(move: Move, transport: Transport, way: Way, key: UUID | None) -> None:
    """Book the vehicle that is named; the one that was booked before is given back first."""
    give_back_vehicle(transport, _("The transport was changed."))
    if way.vehicle_id is not None:
        now = clock.now()
        until = way.expected_at or now + target_of(Leg.ARRIVAL, Priority.STAT)
        book_vehicle(move.actor, transport, way.vehicle_id, (now, until), key)


def _under_way(move: Move) -> None:
    """The transport has the ball, unless the sender still owes an answer; the leg to the arrival runs."""
    running = unfiltered(Clock, why="the clock of a locked case").filter(case_id=move.case.pk, stopped_at=None)
    if not running.filter(leg=Leg.ARRIVAL).exists():
        _start_arrival(move)
    if move.referral.information_asked_at is None:
        move.give_to(Ball.TRANSPORT)


def _start_arrival(move: Move) -> None:
    """Stat: three hours from the acceptance (as the transport services of the UK count), all others from now."""
    accepted_at = move.referral.accepted_at
    if move.case.priority == Priority.STAT and accepted_at is not None:
        stop_clock(move.case)
        start_clock(move.case, Leg.ARRIVAL, since=accepted_at)
    else:
        next_leg(move, Leg.ARRIVAL)


# --- handed over and gone ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handover:
    """I-PASS: how ill, the patient's summary, the actions, what may go wrong. The synthesis is the read-back."""

    summary: str
    severity: str = ""
    actions: str = ""
    awareness: str = ""


@transaction.atomic
def sign_handover(*, actor: Actor, case_id: UUID, handover: Handover, mode: str = "") -> Referral:
    """The sending side signs what it hands over; before the child leaves, on the way or after. Signed anew, it takes
    the place of what was signed before, which stays on the thread. `mode`: how the child travels, where that was not
    said yet. Raises InvalidInput, WrongStep, NotPermitted, NotVisible."""
    move = begin(actor, case_id, "sign_handover")
    transport = _way_of(move, mode)
    if not handover.summary.strip():
        raise InvalidInput({"summary": _("Say in a few words what about the child matters now.")})
    if len(handover.severity) > _SEVERITY_LENGTH:
        raise InvalidInput({"severity": _("This is longer than %(most)d characters.") % {"most": _SEVERITY_LENGTH}})
    for name in ("severity", "summary", "actions", "awareness"):
        setattr(transport, name, getattr(handover, name).strip())
    transport.signed_at, transport.signed_by_id = clock.now(), actor.user_id
    transport.signer_name = signer_of(actor).full_name[:120]
    _keep(transport)
    words = "\n".join(
        part for part in (transport.severity, transport.summary, transport.actions, transport.awareness) if part
    )
    add_message(actor=actor, case=move.case, text=words, kind=MessageKind.HANDOVER)
    return finish(move, HandoverSigned(case_id), text=words)


def _way_of(move: Move, mode: str) -> Transport:
    transport = _transport(move)
    if mode or not transport.mode:
        _check(Way(mode))
        transport.mode = mode
    return transport


@transaction.atomic
def depart(
    *, actor: Actor, case_id: UUID, mode: str = "", phone: str = "", life_threat: str = ""
) -> Referral:  # fmt: skip
    """The child is on the way. Before anybody has accepted it (R9e) only with `life_threat` (of LifeThreat).

    `mode`: how, where no transport was arranged. Departed already: nothing happens. Raises as `arrange_transport`.
    """
    referral = locked(case_id)
    if referral.step == Step.EN_ROUTE:
        return referral
    move = take(actor, referral, "depart")
    early = move.transition.id == "R9e"
    if early and life_threat not in LifeThreat.values:
        raise InvalidInput({"life_threat": _("Say what threatens the child's life.")})
    transport = _way_of(move, mode)
    transport.phone = phone.strip()[:_PHONE_LENGTH] or transport.phone
    transport.departed_at = clock.now()
    _keep(transport)
    move.referral.life_threat = life_threat if early else ""
    _under_way(move)
    facts = {"mode": transport.mode, **({"life_threat": life_threat} if early else {})}
    return finish(move, ChildDeparted(case_id, case_id, move.referral.life_threat), facts=facts)


@transaction.atomic
def report_incident(
    *, actor: Actor, case_id: UUID, kind: str, note: str = "", happened_at: datetime | None = None,
    key: UUID | None = None,
) -> Referral:  # fmt: skip
    """What went wrong on the way; also told afterwards. The same `key` twice is one."""
    move = begin(actor, case_id, "report_incident")
    now = clock.now()
    if kind not in IncidentKind.values:
        raise InvalidInput({"kind": _("Choose what happened.")})
    if happened_at is not None and happened_at > now + _DRIFT:
        raise InvalidInput({"happened_at": _("This time lies ahead.")})

    def make() -> Incident:
        incident = Incident(
            case=move.case, kind=kind, note=note.strip(), happened_at=min(happened_at or now, now), recorded_at=now,
            created_by_id=actor.author_id, **({"request_key": key} if key else {}),
        )  # fmt: skip
        incident.save(force_insert=True)
        return incident

    incident, fresh = once(Incident, actor=actor, key=key, make=make)
    if not fresh:
        return move.referral
    return finish(move, IncidentReported(case_id, incident.pk, kind), facts={"kind": kind}, text=note.strip())


# --- there ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def arrive(*, actor: Actor, case_id: UUID, read_back: str = "") -> Referral:
    """The child is there, accepted before or not; `read_back`: the hand-over in the words of who takes the child over,
    which may follow. The sender is owed a first note. There already: nothing happens."""
    referral = locked(case_id)
    if referral.step == Step.ARRIVED:
        return referral
    move = take(actor, referral, "arrive")
    move.referral.arrived_at = clock.now()
    transport = unfiltered(Transport, why="the way of a locked case").filter(pk=case_id).first()
    if transport is not None:
        transport.arrived_at = move.referral.arrived_at
        if read_back.strip():
            _read(actor, transport, read_back)
        _keep(transport)
    next_leg(move, Leg.INTERIM_NOTE)
    if move.referral.information_asked_at is None:
        move.give_to_service()
    return finish(move, ChildArrived(case_id), text=read_back.strip())


def _read(actor: Actor, transport: Transport, words: str) -> None:
    transport.read_back = words.strip()
    transport.read_back_at, transport.read_back_by_id = clock.now(), actor.user_id


@transaction.atomic
def read_back(*, actor: Actor, case_id: UUID, text: str) -> Referral:
    """The hand-over in the words of who has taken the child over (the S of I-PASS), after the arrival."""
    move = begin(actor, case_id, "read_back")
    if not text.strip():
        raise InvalidInput({"text": _("Say in your own words what was handed over.")})
    transport = _transport(move)
    _read(actor, transport, text)
    _keep(transport)
    return finish(move, HandoverReadBack(case_id), text=text.strip())
