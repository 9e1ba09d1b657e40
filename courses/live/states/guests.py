"""The vocabulary of guests on a lecture's stage."""

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Side(TextChoices):
    """The two pages between which a guest's picture and sound go. Not stored."""

    GUEST = "guest", _("Guest")
    HOST = "host", _("Who sends the lecture")


class Rung(TextChoices):
    """How a guest reaches the lecturer's browser, the best way first."""

    P2P = "p2p", _("Directly")
    TURN_UDP = "turn_udp", _("By the relay, over UDP")
    TURN_TCP = "turn_tcp", _("By the relay, over TCP")
    WEBSOCKET = "websocket", _("Through this site")


class Cause(TextChoices):
    """Why a rung carried nothing; "" where it did."""

    BLOCKED = "blocked", _("No connection came about")
    LOST = "lost", _("The connection was lost")
    UNSUPPORTED = "unsupported", _("The browser cannot")
    NOT_SET_UP = "not_set_up", _("No relay is set up")
    RELAY_ONLY = "relay_only", _("Only the relay is allowed here")


class Ending(TextChoices):
    """How an invitation or an appearance ended."""

    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Invitation taken back")
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Taken off the stage")
    GONE = "gone", _("The page was closed or lost its line")
    OVER = "over", _("The lecture ended")


#: of an invitation that was not followed
NEVER_CAME: Final = (Ending.DECLINED, Ending.WITHDRAWN, Ending.GONE, Ending.OVER)
#: a guest of whom the room has seen nothing for so long has gone: four signs of life of a page that is there
ABSENT: Final = timedelta(seconds=60)
#: tries that are kept of one appearance
MOST_TRIES: Final = 60
