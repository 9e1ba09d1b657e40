"""The vocabulary of duty: ranks, swaps and hand-overs."""

from datetime import timedelta
from typing import Any

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.casework import events
from consortium.kernel.machine import Machine, Transition

#: after the end of a shift, how long the colleague may hand over before the open work goes back to the queue
HANDOVER_GRACE = timedelta(minutes=30)
#: how long before the end of a shift its holder is reminded of what is open
REMINDED_BEFORE = timedelta(minutes=30)
LONGEST_SHIFT = timedelta(hours=36)
#: nobody plans further ahead; what lies beyond is a slip of the keyboard
PLANNED_AHEAD = timedelta(days=2 * 365)
#: the years of a date that somebody may type
YEARS = range(2000, 2101)


class Rank(IntegerChoices):
    """Who is called first. Gaps of the first rank are what a roster is looked through for."""

    FIRST = 1, _("First on duty")
    SECOND = 2, _("Second on duty")


class SwapStep(TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OVERRULED = "overruled", _("Overruled")


SWAP = Machine(
    name="swap",
    steps=SwapStep,
    initial=(SwapStep.OFFERED,),
    policies="consortium.casework.policies",
    final=(SwapStep.DECLINED, SwapStep.WITHDRAWN, SwapStep.OVERRULED),
    transitions=(
        Transition(
            "S1", "accept", _("I take it"), (SwapStep.OFFERED,), SwapStep.ACCEPTED, "may_answer_swap",
            events.SwapAccepted, look="main",
        ),
        Transition(
            "S2", "decline", _("Decline"), (SwapStep.OFFERED,), SwapStep.DECLINED, "may_answer_swap",
            events.SwapDeclined,
        ),
        Transition(
            "S3", "withdraw", _("Withdraw"), (SwapStep.OFFERED,), SwapStep.WITHDRAWN, "may_withdraw_swap",
        ),
        Transition(
            "S4", "overrule", _("Overrule"), (SwapStep.OFFERED, SwapStep.ACCEPTED), SwapStep.OVERRULED,
            "may_overrule_swap", events.SwapOverruled, ("reason",), look="alarm",
        ),
    ),
)  # fmt: skip


class HandoverStep(TextChoices):
    OFFERED = "offered", _("Waiting to be taken over")
    TAKEN = "taken", _("Taken over")
    LAPSED = "lapsed", _("Not taken over")


HANDOVER = Machine(
    name="handover",
    steps=HandoverStep,
    initial=(HandoverStep.OFFERED,),
    policies="consortium.casework.policies",
    final=(HandoverStep.TAKEN, HandoverStep.LAPSED),
    transitions=(
        Transition(
            "H1", "take_over", _("I take over"), (HandoverStep.OFFERED,), HandoverStep.TAKEN, "may_take_over",
            events.HandoverTaken, look="main",
        ),
        Transition(
            "H2", "lapse", _("Withdraw"), (HandoverStep.OFFERED,), HandoverStep.LAPSED, "may_lapse",
            events.HandoverLapsed,
        ),
    ),
)  # fmt: skip


class ItemOutcome(TextChoices):
    """What became of one item of a hand-over."""

    WAITING = "waiting", _("Waiting")
    TAKEN = "taken", _("Taken over")
    SETTLED = "settled", _("Was settled meanwhile")
    RETURNED = "returned", _("Went back to the queue")


_OUTSIDE = _("Something about your duty waits for you in the consortium.")
_OUTSIDE_NOW = _("Your duty in the consortium needs you now.")

#: (code, in the inbox, outside, sign); the layer that sends notices makes them known
NOTICE_KINDS: tuple[tuple[str, Any, Any, str], ...] = (
    ("duty.handover", _("%(person)s hands over to you: %(service)s"), _OUTSIDE_NOW, "arrow-right-left"),
    ("duty.taken", _("%(person)s has taken over: %(service)s"), _OUTSIDE, "circle-check"),
    ("duty.ending", _("Your duty ends soon and work is open: hand it over (%(service)s)"), _OUTSIDE_NOW, "clock"),
    ("duty.swap_offered", _("%(person)s offers you a shift: %(service)s"), _OUTSIDE, "repeat"),
    ("duty.swap_accepted", _("%(person)s takes the shift you offered: %(service)s"), _OUTSIDE, "circle-check"),
    ("duty.swap_declined", _("%(person)s can't take the shift you offered: %(service)s"), _OUTSIDE, "circle-x"),
    ("duty.swap_overruled", _("The lead overruled a swap of shifts: %(service)s"), _OUTSIDE, "triangle-alert"),
    ("duty.booking", _("A booking of yours has changed"), _OUTSIDE, "calendar-clock"),
)
