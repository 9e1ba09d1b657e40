"""Words about staff and their devices."""

import re

from django import template
from django.utils.translation import gettext as _

from consortium.people.models import Invitation, Membership
from consortium.people.states import Capability, Role

register = template.Library()

_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def device_words(user_agent: str) -> str:
    """ "Chrome on Android" out of what the browser says of itself."""
    browser = next((word for mark, word in _BROWSERS if re.search(mark, user_agent)), "")
    machine = next((word for mark, word in _SYSTEMS if re.search(mark, user_agent)), "")
    if browser and machine:
        return _("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or machine or _("Unknown device")


@register.filter
def role_words(role: str) -> str:
    """The role's name in the reader's language."""
    return str(Role(role).label) if role in Role.values else role


@register.filter
def capability_words(code: str) -> str:
    """What an institution can do, in the reader's language; a code that is not known as it stands."""
    return str(Capability(code).label) if code in Capability.values else code


@register.filter
def place_words(seat: Membership | Invitation) -> str:
    """Department and specialty of a seat: "Ward 3, Respiratory medicine"."""
    return ", ".join(part.name for part in (seat.department, seat.specialty) if part)
