from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "consortium.calls"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "calls_room_step": _("A call is planned, open, over or cancelled."),
        "calls_link_bound_pair": _("A link that was opened says when, and belongs to one device."),
        "calls_link_period": _("The guardian's link ends after it was made."),
        "calls_seat_role": _("In a call sit the asker, the specialist, a second one and the guardian."),
        "calls_seat_user_once": _("You have a seat in this call already."),
        "calls_seat_link_once": _("The guardian has a seat in this call already."),
        "calls_attempt_rung": _("A call is held by video, sound, still pictures or in writing."),
        "calls_attempt_period": _("What is tried in a call begins before it is held or over."),
        "calls_preflight_way": _("A device reaches others directly, through a relay, through this site, or not."),
        "calls_preflight_rung": _("A device can hold a call by video, sound, still pictures or in writing."),
    }
