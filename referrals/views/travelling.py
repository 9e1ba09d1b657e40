"""How the acts around urgency and the way are asked for and done: rows of ACTS."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LowerUrgencyForm, UrgencyForm
from consortium.casework.models import Resource
from consortium.casework.policies import may_read_identity
from consortium.casework.states import ResourceKind
from consortium.casework.views.acting import Act, Choices, higher, lower, plain
from consortium.kernel.actors import Actor, current_actor
from consortium.people.models import Institution
from consortium.people.states import Tier
from referrals.forms import travelling as asked
from referrals.models import Referral, Transport
from referrals.operations.transport import (
    Handover,
    Way,
    arrange_transport,
    arrive,
    depart,
    read_back,
    report_incident,
    sign_handover,
)
from referrals.operations.unannounced import link_sender
from referrals.operations.urgency import lower_urgency, raise_urgency
from referrals.states import WAITING_STEPS, Step

_NONE = [("", "—")]


def _arrange(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Referral:
    key = said.pop("request_key")
    return arrange_transport(actor=actor, case_id=case_id, way=Way(**said), key=key)


def _sign(actor: Actor, case_id: UUID, said: dict[str, Any]) -> Referral:
    mode = said.pop("mode", "")
    return sign_handover(actor=actor, case_id=case_id, handover=Handover(**said), mode=mode)


def _how(referral: Referral) -> Choices:
    """How the child travels is asked for once."""
    return {"mode": None} if Transport.objects.filter(case_id=referral.pk).exists() else {}


def _as_before(_actor: Actor, referral: Referral) -> str:
    arranged = Transport.objects.filter(case_id=referral.pk).exists()
    return str(_("What is left empty stays as it was.")) if arranged else ""


def _departing(referral: Referral) -> Choices:
    """The threat is asked for only of a child whom nobody has accepted yet."""
    early = referral.step in (*WAITING_STEPS, Step.DECLINED)
    return _how(referral) if early else {**_how(referral), "life_threat": None}


def _vehicles(_referral: Referral) -> Choices:
    """Those that the actor may book: of their own institutions."""
    mine = Resource.objects.filter(
        kind=ResourceKind.VEHICLE, retired_at=None, institution_id__in=current_actor().institution_ids()
    )
    return {"vehicle_id": [*_NONE, *((str(each.pk), each.called) for each in mine.order_by("name_en"))]}


def _clinics(referral: Referral) -> Choices:
    """Everywhere but where the child is."""
    others = Institution.objects.filter(closed_at=None).exclude(pk=referral.case.asking_institution_id)
    near = others.order_by("tier", "name_en")
    return {"institution_id": [(str(each.pk), f"{each.name} · {Tier(each.tier).label}") for each in near]}


def _handed_over(actor: Actor, referral: Referral) -> str:
    """What was signed, to be said again; "" for who may not know the child."""
    if not may_read_identity(actor, referral.case):
        return ""
    way = Transport.objects.filter(case_id=referral.pk).first()
    said = (way.severity, way.summary, way.actions, way.awareness) if way else ()
    return "\n".join(part for part in said if part)


TRAVEL_ACTS: dict[str, Act[Referral]] = {
    "raise_urgency": Act(
        plain(raise_urgency), _("Urgency raised. Whom it concerns is called."), UrgencyForm, choices=higher,
        hint=_("The times count from the first send."),
    ),
    "lower_urgency": Act(plain(lower_urgency), _("Urgency lowered."), LowerUrgencyForm, choices=lower),
    "arrange_transport": Act(
        _arrange, _("Transport arranged. Both sides see it."), asked.TransportForm,
        choices=_vehicles, told=_as_before,
    ),
    "depart": Act(
        plain(depart), _("On the way. The receiving hospital is told."), asked.DepartForm,
        hint=_("Checklist and hand-over may follow by telephone."), choices=_departing,
    ),
    "sign_handover": Act(
        _sign, _("Signed with your name."), asked.HandoverForm,
        hint=_("In five parts: how ill, summary, actions, what may go wrong; the receiver says it again."),
        choices=_how,
    ),
    "report_incident": Act(
        plain(report_incident, request_key="key"), _("Kept. Both sides are told."), asked.IncidentForm,
        hint=_("It is learnt from, never held against anybody."),
    ),
    "arrive": Act(
        plain(arrive), _("The child is here. The sender is told."), asked.ArriveForm, told=_handed_over,
    ),
    "read_back": Act(plain(read_back), _("Read back. The sender sees it."), asked.ReadBackForm, told=_handed_over),
    "link_sender": Act(
        plain(link_sender), _("Linked. They hear from now on what becomes of the child."), asked.LinkSenderForm,
        choices=_clinics,
    ),
}  # fmt: skip
