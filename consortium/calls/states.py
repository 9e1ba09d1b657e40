"""The steps of a room, who sits in it, the rungs of the ladder and why one was left."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.calls import events
from consortium.kernel.machine import Machine, Transition

#: a mesh: every further person costs each of the others one more picture to send
MOST_SEATS: Final = 4
#: people may come in so long before a planned call begins
OPENS_BEFORE: Final = timedelta(minutes=10)
#: an open room in which nobody is left ends by itself
ABANDONED_AFTER: Final = timedelta(minutes=20)
#: no call goes on for longer than this
LONGEST_CALL: Final = timedelta(hours=4)
#: a guardian's link to a call that is not planned for a later time
LINK_LASTS: Final = timedelta(hours=24)


class RoomStep(TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    ENDED = "ended", _("Over")
    CANCELLED = "cancelled", _("Cancelled")


class SeatRole(TextChoices):
    ASKER = "asker", _("Asking clinic")
    SPECIALIST = "specialist", _("Specialist")
    SECOND = "second", _("Second specialist")
    GUARDIAN = "guardian", _("Guardian")


class Rung(TextChoices):
    """How people can reach each other, the best first."""

    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Sound only")
    STILLS = "stills", _("A picture every few seconds")
    WRITTEN = "written", _("In writing")


#: the ladder from its top to its foot
LADDER: Final = tuple(Rung)


class Cause(TextChoices):
    """Why a rung was left or never reached."""

    COMPLETED = "completed", _("The call was finished")
    NO_ANSWER = "no_answer", _("Nobody else came")
    NO_CAMERA = "no_camera", _("No camera")
    NO_MICROPHONE = "no_microphone", _("No microphone")
    DEVICE_BUSY = "device_busy", _("Another program uses the camera or microphone")
    DECLINED = "declined", _("Camera or microphone was not allowed")
    NETWORK_BLOCKED = "network_blocked", _("The network lets no call through")
    NETWORK_WEAK = "network_weak", _("The network is too slow")
    NETWORK_LOST = "network_lost", _("The connection was lost")
    BROWSER_UNSUPPORTED = "browser_unsupported", _("This browser can't hold calls")
    CHOSEN = "chosen", _("Somebody chose so")


class Way(TextChoices):
    """By which way two browsers can reach each other from here, as the preflight found."""

    DIRECT = "direct", _("Directly")
    RELAY = "relay", _("Through the hospital's relay")
    SERVER = "server", _("Only through this site")
    NONE = "none", _("Not at all")


ROOM = Machine(
    name="call_room",
    steps=RoomStep,
    initial=(RoomStep.PLANNED, RoomStep.OPEN),
    policies="consortium.calls.policies",
    final=(RoomStep.ENDED, RoomStep.CANCELLED),
    transitions=(
        Transition(
            "V1", "open", _("Open the room"), (RoomStep.PLANNED,), RoomStep.OPEN, "may_open", events.RoomOpened,
            look="main",
        ),
        Transition(
            "V2", "move", _("Move to another time"), (RoomStep.PLANNED,), None, "may_plan", required=("starts_at",),
        ),
        Transition(
            "V3", "cancel", _("Cancel the call"), (RoomStep.PLANNED,), RoomStep.CANCELLED, "may_plan",
            events.RoomCancelled, look="alarm",
        ),
        Transition(
            "V4", "invite", _("Invite the guardian"), (RoomStep.PLANNED, RoomStep.OPEN), None, "may_invite",
            events.GuestInvited,
        ),
        Transition(
            "V5", "end", _("End the call for everyone"), (RoomStep.OPEN,), RoomStep.ENDED, "may_end",
            events.RoomEnded, look="alarm",
        ),
    ),
)  # fmt: skip


def best(rungs: Any) -> str:
    """The best of some rungs; "" of none."""
    return next((rung.value for rung in LADDER if rung in set(rungs)), "")
