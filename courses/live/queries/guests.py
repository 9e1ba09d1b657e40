"""Who is on a lecture's stage besides the lecturer, by which ways they may come, and how it went."""

from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from consortium.calls.turn import ice_servers
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from courses.live.models import Broadcast, GuestAppearance, Lecture
from courses.live.policies.guests import may_see_guests
from courses.live.states.guests import Cause, Rung, Side
from courses.live.states.lectures import LectureStep

_WHY = "who is on a lecture's stage"
#: how long a guest may be connected by the same relay credentials
_LONGEST: Final = timedelta(hours=9)


class Place(NamedTuple):
    """One end of the way between a guest and whoever sends the lecture."""

    guest_id: UUID
    side: Side

    @property
    def topic(self) -> str:
        """What this end hears. No page may ask the hub for it."""
        return f"lectureguest:{self.guest_id}:{self.side}"

    @property
    def other(self) -> "Place":
        return Place(self.guest_id, Side.HOST if self.side == Side.GUEST else Side.GUEST)


def open_guest(lecture_id: UUID) -> GuestAppearance | None:
    """Who is invited or on stage now."""
    rows = unfiltered(GuestAppearance, why=_WHY).open().filter(lecture_id=lecture_id)
    found: GuestAppearance | None = rows.select_related("user", "lecture").first()
    return found


def place_of(user_id: UUID, lecture_id: UUID) -> Place | None:
    """The guest's who is on stage, or that of whoever has the stage at this moment; None for everybody else."""
    guest = open_guest(lecture_id)
    if guest is None or not guest.is_on or guest.lecture.step != LectureStep.LIVE:
        return None
    if guest.user_id == user_id:
        return Place(guest.pk, Side.GUEST)
    held = unfiltered(Broadcast, why=_WHY).filter(lecture_id=lecture_id, held_by_id=user_id, held_until__gt=clock.now())
    return Place(guest.pk, Side.HOST) if held.exists() else None


def ways_for(user_id: UUID) -> dict[str, dict[str, Any]]:
    """Of each rung of WebRTC ``{"ice"}``, its servers, or ``{"cause"}``, why it cannot be tried here."""
    expires = int((clock.now() + _LONGEST).timestamp())

    def servers(stun: list[str], turn: list[str]) -> list[dict[str, Any]]:
        return ice_servers(
            stun=stun, turn=turn, secret=settings.TURN_SECRET, name=f"stage-{user_id.hex}", expires=expires
        )

    over_tcp = {url: url.startswith("turns:") or "transport=tcp" in url for url in settings.TURN_URLS}
    direct = {"cause": Cause.RELAY_ONLY} if settings.CALL_RELAY_ONLY else {"ice": servers(settings.STUN_URLS, [])}
    ways: dict[str, dict[str, Any]] = {Rung.P2P.value: direct}
    for rung, wanted in ((Rung.TURN_UDP, False), (Rung.TURN_TCP, True)):
        found = servers([], [url for url, tcp in over_tcp.items() if tcp == wanted])
        ways[rung.value] = {"ice": found} if found else {"cause": Cause.NOT_SET_UP}
    return ways


# -- what is shown ----------------------------------------------------------------------------------------------------


def guest_told(guest: GuestAppearance | None, *, crew: bool) -> dict[str, Any] | None:
    """What a page of the room knows of them. Who is only invited is named to the crew alone."""
    if guest is None:
        return None
    state = "over" if guest.left_at else "on" if guest.entered_at else "invited"
    told = {"id": str(guest.pk), "user": str(guest.user_id), "state": state}
    return {**told, "by": str(guest.user)} if crew or guest.is_on else told


def appearances(actor: Actor, lecture: Lecture) -> list[dict[str, Any]]:
    """For the lecture's crew: each guest, by which way they came, and why by none that is better. One query."""
    if not may_see_guests(actor, lecture):
        return []
    rows = GuestAppearance.objects.filter(lecture=lecture).select_related("user").order_by("invited_at")
    return [{"row": row, "steps": [_step(one) for one in row.tries]} for row in rows]


def _step(tried: dict[str, str]) -> str:
    cause = Cause(tried["cause"]).label if tried["cause"] else _("worked")
    return f"{Rung(tried['rung']).label}: {cause}"
