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
    "sign-in": _("Signed in"),
    "sign-in-failed": _("Sign-in failed"),
    "sign-out": _("Signed out"),
    "sign-out-device": _("Signed out a device"),
    "sign-out-devices": _("Signed out all devices"),
    "change-password": _("Password changed"),
    "reset-link": _("Password link made"),
    "reset-password": _("Password set anew"),
    "invite": _("Invited"),
    "accept": _("Invitation accepted"),
    "suspend": _("Suspended"),
    "unsuspend": _("No longer suspended"),
    "duty": _("Duty changed"),
    "attach": _("File attached"),
    "start": _("Started"),
    "call": _("Called"),
    "acknowledge": _("Taken"),
    "exhaust": _("Nobody answered"),
    "stop": _("No longer needed"),
    "save": _("Draft kept"),
    "submit": _("Question sent"),
    "claim": _("Taken"),
    "answer": _("Answered"),
}

#: What an entry is about, by the model's label.
SUBJECTS = {
    "people.user": _("staff account"),
    "patients.patient": _("child's record"),
    "patients.accessgrant": _("emergency access"),
    "casework.case": _("case"),
    "consultations.consultation": _("case"),
    "notices.page": _("urgent call"),
}

#: Where something was read, by the reading's code.
PLACES = {
    "record": _("record"),
    "consultation": _("case"),
    "report": _("report"),
    "ask": _("asking"),
    "ask-about": _("asking"),
    "patients": _("list of children"),
    "search": _("search"),
    "similar": _("search"),
    "grants": _("emergency access"),
    "grant": _("emergency access"),
    "image": _("image"),
    "files": _("files"),
    "readers": _("readers of the record"),
}
_WORKLIST = _("worklist")


@register.filter
def verb_words(verb: str) -> Any:
    """ "break-glass" -> "Emergency access opened"; a verb without words of its own is shown as it is."""
    return WORDS.get(verb) or verb.replace("-", " ").capitalize()


@register.filter
def what_words(what: str) -> Any:
    """ "worklist-mine" -> "worklist"; a code without words of its own is shown as it is."""
    return _WORKLIST if what.startswith("worklist-") else PLACES.get(what, what)


@register.filter
def subject_words(entry: Any) -> str:
    """What kind of thing an entry is about: the model's name."""
    from django.apps import apps

    if entry.subject_type in SUBJECTS:
        return str(SUBJECTS[entry.subject_type])
    try:
        return str(apps.get_model(entry.subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return str(what_words(str(entry.facts.get("what") or entry.subject_id)))
