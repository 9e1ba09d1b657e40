"""Who reads the journal itself."""

from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.kernel.policies import Decision, allowed_if

AUDITOR, PRIVACY_OFFICER = "auditor", "privacy_officer"


def may_read_journal(actor: Actor) -> Decision:
    """The auditor reads all of it, a privacy officer what was done for their institutions (`Entry.visible_to`)."""
    return allowed_if(actor.has(AUDITOR, PRIVACY_OFFICER), _("The journal is read by auditors and privacy officers."))


def may_export_journal(actor: Actor, *, proven: bool) -> Decision:
    """An auditor who has shown just now who they are."""
    if not actor.has(AUDITOR):
        return allowed_if(False, _("Only auditors export the journal."))
    return allowed_if(proven, _("Confirm who you are first."))
