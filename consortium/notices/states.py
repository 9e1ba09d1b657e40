"""The vocabulary of notices: their kinds, and the machines of a page and of a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.kernel.machine import Machine, Transition
from consortium.notices import events


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """What a notice tells. `text` stands in the inbox and may use the notice's facts ("%(specialty)s").

    `outside` is all that leaves the house by mail, push or SMS: that something waits, never about whom.
    """

    code: str
    text: Any
    outside: Any
    sign: str = "bell"


_kinds: dict[str, NoticeKind] = {}
#: Emergency access; `person` and `place` are whose it is.
GLASS = NoticeKind(
    "patients.glass",
    _("%(person)s (%(place)s) opened a closed record in an emergency: review it"),
    _("Emergency access to a record was taken in the consortium."),
    "siren",
)
_UNKNOWN = NoticeKind("", _("Something waits for you."), _("Something waits for you in the consortium."))


def register_kind(kind: NoticeKind) -> None:
    """Make the kind known; an app does so when it is ready."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> NoticeKind:
    """The kind; one that is no longer known still says that something waits."""
    return _kinds.get(code, _UNKNOWN)


def spoken(fact: Any) -> Any:
    """A fact in the reader's language: one kept as {"en": ..., "zh": ...} is said in theirs, else in the other."""
    if not isinstance(fact, Mapping):
        return fact
    chinese = (get_language() or "").startswith("zh")
    return (fact.get("zh") if chinese else "") or fact.get("en") or fact.get("zh") or ""


def worded(text: Any, facts: Mapping[str, Any]) -> str:
    """`text` with the facts put in; a fact that is missing leaves the words as they are."""
    try:
        return str(text) % {name: spoken(fact) for name, fact in facts.items()}
    except (KeyError, ValueError, TypeError):
        return str(text)


class PageStep(TextChoices):
    CALLING = "calling", _("Calling")
    ACKNOWLEDGED = "acknowledged", _("Taken")
    EXHAUSTED = "exhausted", _("Nobody answered")
    STOPPED = "stopped", _("No longer needed")


PAGE = Machine(
    name="page",
    steps=PageStep,
    initial=(PageStep.CALLING,),
    policies="consortium.notices.policies",
    final=(PageStep.ACKNOWLEDGED, PageStep.STOPPED),
    transitions=(
        Transition(
            "P1", "acknowledge", _("I take it"), (PageStep.CALLING, PageStep.EXHAUSTED), PageStep.ACKNOWLEDGED,
            "may_acknowledge", events.PageAcknowledged, (), "calling stops", look="main",
        ),
        Transition(
            "P2", "exhaust", _("Nobody answered"), (PageStep.CALLING,), PageStep.EXHAUSTED,
            "only_system", events.PageExhausted, (), "calling stops", system=True,
        ),
        Transition(
            "P3", "stop", _("No longer needed"), (PageStep.CALLING, PageStep.EXHAUSTED), PageStep.STOPPED,
            "may_stop", None, (), "calling stops",
        ),
    ),
)  # fmt: skip


class DeliveryStep(TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


DELIVERY = Machine(
    name="notice_delivery",
    steps=DeliveryStep,
    initial=(DeliveryStep.WAITING,),
    policies="consortium.notices.policies",
    final=(DeliveryStep.DELIVERED, DeliveryStep.FAILED),
    transitions=(
        Transition(
            "D1", "hand_over", _("Sent"), (DeliveryStep.WAITING,), DeliveryStep.SENT, "only_system", system=True
        ),
        Transition(
            "D2", "confirm", _("Delivered"), (DeliveryStep.WAITING, DeliveryStep.SENT), DeliveryStep.DELIVERED,
            "only_system", system=True,
        ),
        Transition(
            "D3", "fail", _("Failed"), (DeliveryStep.WAITING, DeliveryStep.SENT), DeliveryStep.FAILED, "only_system",
            system=True,
        ),
    ),
)  # fmt: skip

#: What people call the channels; one that is not listed goes by its own name.
CHANNEL_LABELS: dict[str, Any] = {
    "inbox": _("Inbox"),
    "push": _("Push to a browser"),
    "email": _("E-mail"),
    "sms": _("Text message"),
    "voice": _("Voice call"),
    "wecom": _("WeCom"),
    "dingtalk": _("DingTalk"),
    "wechat": _("WeChat"),
}
