"""Second opinions: whom one may ask, what is asked of somebody, and what the specialists said."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.casework.models import Case, ServiceMember
from consortium.casework.queries.on_duty import with_duty
from consortium.casework.queries.open_items import OpenItem, item_of_case
from consortium.casework.queries.rows import child_words
from consortium.casework.states import CaseKind, MessageKind, Priority
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.models import Membership
from consortium.people.states import Role
from consultations.models import Consultation, Opinion
from consultations.queries.signing import signature
from consultations.states import OpinionDecline

_WHY = "who is asked for an opinion, and whether they can give it"
_GIVES = (Role.SPECIALIST, Role.SERVICE_LEAD)


def able_seats() -> Any:
    """The seats in services of everybody who could be asked today."""
    held = unfiltered(Membership, why=_WHY).active(clock.today())
    held = held.filter(user_id=OuterRef("user_id"), role__in=_GIVES)
    return ServiceMember.objects.filter(Exists(held), left_at=None, user__is_active=True)


def seat_to_ask(user_id: UUID, service_id: UUID | None) -> ServiceMember | None:
    """As whose specialist this person is asked: of that service, else of their first one."""
    seats = able_seats().filter(user_id=user_id).select_related("service")
    if service_id is not None:
        seats = seats.filter(service_id=service_id)
    found: ServiceMember | None = seats.order_by("service__name_en", "pk").first()
    return found


def colleagues_to_ask(case: Case) -> list[tuple[str, list[tuple[str, str]]]]:
    """(service, [(service:person, words)]) of everybody who may be asked about the case; those on duty first."""
    asked = unfiltered(Opinion, why=_WHY).filter(case=case).waiting().values("specialist_id")
    seats = able_seats().exclude(user_id__in=[case.asker_id, case.responder_id]).exclude(user_id__in=asked)
    groups: dict[UUID, tuple[str, list[tuple[str, str]]]] = {}
    for seat in sorted(with_duty(seats).select_related("user", "service__institution"), key=_order_of(case)):
        name = f"{seat.service.name}, {seat.service.institution.name}"
        words = [seat.user.get_full_name(), _("on duty") if seat.on_duty_now else ""]
        people = groups.setdefault(seat.service_id, (name, []))[1]
        people.append((f"{seat.service_id}:{seat.user_id}", " · ".join(filter(None, words))))
    return list(groups.values())


def second_voice(actor: Actor, case: Case) -> str:
    """A specialist who is asked for an opinion writes into the thread meanwhile (settings.THREAD_VOICES)."""
    if case.kind != CaseKind.CONSULTATION or not actor.has(*_GIVES):
        return ""
    return MessageKind.SECOND if actor.user_id in seconds_of(case) else ""


def seconds_of(case: Case) -> list[UUID]:
    """Whose opinion a case waits for. One query."""
    asked = unfiltered(Opinion, why=_WHY).filter(case_id=case.pk).waiting()
    return list(asked.values_list("specialist_id", flat=True))


def _order_of(case: Case) -> Any:
    """The case's own service first, then by name; in each who is on duty first."""

    def order(seat: ServiceMember) -> tuple[bool, str, str, bool, str]:
        service, own = seat.service, seat.service_id == case.service_id
        return not own, service.name, str(service.pk), not seat.on_duty_now, seat.user.get_full_name()

    return order


def _waiting_for(user_id: UUID) -> Any:
    rows = unfiltered(Opinion, why=_WHY).filter(specialist_id=user_id, case__is_open=True).waiting()
    return rows.select_related("case", "asked_by").order_by("case__priority", "asked_at")


def opinions_waiting(user_id: UUID, service_id: UUID) -> list[OpenItem]:
    """What a hand-over carries: the opinions asked of somebody as a specialist of the service. One query."""
    return [
        item_of_case(opinion.case, kind="opinion", item_id=opinion.pk)
        for opinion in _waiting_for(user_id).filter(service_id=service_id)
    ]


@prepared
def _first_waiting(user_id: UUID) -> Any:
    return _waiting_for(user_id)[:20]


def worklist_card(actor: Actor) -> dict[str, Any]:
    """What the worklist shows above its list: whose opinion is asked for, without a name. One query."""
    if not actor.has(*_GIVES):
        return {}
    rows = [_asked_row(opinion) for opinion in _first_waiting(actor.user_id)]
    return {"template": "consultations/opinions_asked.html", "asked": rows} if rows else {}


def _asked_row(opinion: Opinion) -> dict[str, Any]:
    case = opinion.case
    return {
        "url": reverse("consultations:show", args=[case.pk]), "priority": Priority(case.priority).code,
        "title": case.headline, "who": child_words(case.sex, case.age_days, case.weight_grams),
        "asked_by": opinion.asked_by.get_full_name(), "at": opinion.asked_at,
    }  # fmt: skip


def asked_of(actor: Actor, consultation: Consultation) -> str:
    """What the actor is asked, in the words of who asks; "" when nothing."""
    mine = (each for each in consultation.opinions if each.is_waiting and each.specialist_id == actor.user_id)
    return next((f"{each.asked_by.get_full_name()}: {each.question}" for each in mine), "")


def stranded_opinions(*, most: int = 100) -> list[tuple[UUID, UUID]]:
    """(case, opinion) of those that wait for somebody who can no longer give them: there should be none. One query."""
    able = able_seats().filter(user_id=OuterRef("specialist_id"), service_id=OuterRef("service_id"))
    rows = unfiltered(Opinion, why=_WHY).waiting().filter(~Exists(able)).order_by("asked_at")
    return list(rows.values_list("case_id", "pk")[:most])


@dataclass(frozen=True)
class Said:
    """The second opinions on a case as its page shows them: dissent first among what was given."""

    given: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    missing: list[dict[str, Any]]

    def __bool__(self) -> bool:
        return bool(self.given or self.waiting or self.missing)

    @property
    def dissent(self) -> bool:
        return any(not each["agrees"] for each in self.given)


def given_on(case_id: UUID) -> list[Opinion]:
    """Those that were given, in their order."""
    rows = Opinion.objects.filter(case_id=case_id, given_at__isnull=False)
    return list(rows.select_related("specialist").order_by("given_at"))


def opinions_on(consultation: Consultation) -> Said:
    """All that was asked for and said. The caller has checked the right to the case. One query at most."""
    rows = consultation.opinions
    given = sorted((row for row in rows if row.given_at), key=lambda row: (bool(row.agrees), row.given_at))
    return Said(
        [_given(row) for row in given],
        [_asked(row) for row in rows if row.is_waiting],
        [_asked(row) for row in rows if row.declined_at],
    )


def _asked(opinion: Opinion) -> dict[str, Any]:
    reason = OpinionDecline(opinion.decline_reason).label if opinion.decline_reason else ""
    return {
        "specialist": opinion.specialist.get_full_name(), "specialist_id": opinion.specialist_id,
        "asked_by": opinion.asked_by.get_full_name(), "question": opinion.question, "asked_at": opinion.asked_at,
        "reason": reason,
    }  # fmt: skip


def _given(opinion: Opinion) -> dict[str, Any]:
    told = {"agrees": bool(opinion.agrees), "text": opinion.text, "given_at": opinion.given_at}
    return {**_asked(opinion), **signature(opinion), **told}
