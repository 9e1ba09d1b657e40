"""What an entry's verb says in words."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

WORDS = {
    "read": _("Read"),
    "list-read": _("Seen in a list"),
    "search-hit": _("Found by an exact number, without being shown"),
    "read-audit": _("Read by the privacy officer"),
    "print": _("Printed"),
    "export": _("Exported"),
    "download": _("Downloaded"),
    "register": _("Registered"),
    "edit": _("Changed"),
    "merge": _("Merged with another record"),
    "merged-away": _("Merged into another record"),
    "undo-merge": _("Merge undone"),
    "link": _("Linked with consent"),
    "consent": _("Consent recorded"),
    "add-guardian": _("Guardian added"),
    "edit-guardian": _("Guardian changed"),
    "break-glass": _("Emergency access opened"),
    "end-access": _("Access ended"),
    "review-access": _("Emergency access reviewed"),
    "blank": _("Texts blanked"),
    "erase": _("Key destroyed"),
    "open": _("Opened"),
    "close": _("Closed"),
    "reopen": _("Reopened"),
    "join": _("Joined"),
    "leave": _("Left"),
    "message": _("Message written"),
    "verify": _("Journal verified"),
}


@register.filter
def verb_words(verb: str) -> Any:
    """ "break-glass" -> "Emergency access opened"; a verb without words of its own is shown as it is."""
    return WORDS.get(verb) or verb.replace("-", " ").capitalize()


@register.filter
def subject_words(entry: Any) -> str:
    """What kind of thing an entry is about: the model's name."""
    from django.apps import apps

    try:
        return str(apps.get_model(entry.subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return str(entry.facts.get("what") or entry.subject_id)
