"""What the scripts of a lecture's room say of guests on its stage, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from consortium.calls.views.showing import device_advice
from courses.live.models import Lecture
from courses.live.states.guests import Rung


def guests_script(lecture: Lecture) -> dict[str, Any]:
    """The address of the guests' socket, and every sentence that is said of them."""
    return {
        "socket": f"/ws/lectures/{lecture.pk}/guest/",
        "rungs": {rung.value: str(rung.label) for rung in Rung},
        "words": {
            "invite": _("Invite on stage"), "invited": _("{name} is invited."), "here": _("On stage: {name}"),
            "come": _("{name} comes on stage."), "on": _("{name} is on stage."), "remove": _("Take off the stage"),
            "withdraw": _("Take the invitation back"), "away": _("{name} has no connection at the moment."),
            "connecting": _("Connecting with the lecturer."),
            "waiting": _("The lecturer's page is not there yet. Wait."),
            "seen": _("Everybody sees and hears you now."), "silenced": _("The lecturer has muted you."),
            "gone": _("You are not on stage any more."), "no-sound": _("Nothing is heard yet: say something."),
            "sound": _("You are heard well."), "sound-only": _("You come with your voice alone."),
            "guest-taken": _("Somebody else is on stage, or invited to it."),
        },
        "advice": device_advice(),
    }  # fmt: skip
