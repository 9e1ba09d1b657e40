"""What is known of a lecture's stream, and the addresses at which it is seen."""

from typing import Any, Final

from django.conf import settings

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from courses.library.ladder import signing
from courses.library.queries.playing import media_key
from courses.live.broadcast.endpoint import PREFIX
from courses.live.broadcast.following import Feed, Feeds
from courses.live.models.broadcasts import broadcasts_root
from courses.live.models.lectures import Lecture
from courses.live.queries.tickets import ticket_for

#: of this process
feeds: Final = Feeds(broadcasts_root)


def stage_shown(actor: Actor, lecture: Lecture, session: str) -> dict[str, Any]:
    """Addresses for this session alone and a ticket for its sockets; raises NotPermitted. `step`: the lecture's own;
    `sent`: whether there is anything to see."""
    until = int(clock.now().timestamp()) + settings.MEDIA_TOKEN_SECONDS
    token = signing.token(media_key(), signing.Grant(lecture.pk, actor.user_id, until), session)
    folder = f"{PREFIX}{token}/{lecture.pk}"
    feed = Feed(feeds.folder(lecture.pk))  # one's own: what the process reads along is its event loop's alone
    feed.look()
    return {
        "step": lecture.step,
        "sent": bool(feed.shown),
        "live": f"{folder}/live.m3u8",
        "whole": f"{folder}/whole.m3u8",
        "sound": f"{folder}/live-sound.m3u8",
        "parts": f"/ws/lectures/{lecture.pk}/parts/",
        "publish": f"/ws/lectures/{lecture.pk}/publish/",
        "ticket": ticket_for(actor, lecture, session),
    }
