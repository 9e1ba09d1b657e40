"""The acts of answering a referral, of finding it a place, and of ending it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.casework.forms.acting import TextForm
from consortium.casework.views.acting import Act, Choices, plain, text
from consortium.kernel.actors import Actor
from referrals.forms import acting as asked
from referrals.models import Referral
from referrals.operations import answering, cancelling, informing, redirecting
from referrals.queries.beds import bed_choices
from referrals.queries.places import place_choices
from referrals.states import CancelReason


def _places(referral: Referral) -> Choices:
    return {"service_id": [("", _("Choose a service")), *place_choices(referral)]}


def _beds(referral: Referral) -> Choices:
    """Those of the board; not asked for where it has none."""
    choices = bed_choices(referral)
    return {"bed_id": choices if len(choices) > 1 else None}


def _why_cancelled(actor: Actor, referral: Referral) -> str:
    reason = CancelReason(referral.cancel_reason).label if referral.cancel_reason else ""
    return _("The sender says: %(reason)s.") % {"reason": reason}


ANSWERING: dict[str, Act[Referral]] = {
    "accept": Act(
        plain(answering.accept),
        gettext_lazy("Accepted. The sender is told at once."),
        asked.AcceptForm,
        gettext_lazy("The child is yours from now on; whoever else was asked is told."),
        _beds,
    ),
    "decline": Act(
        plain(answering.decline),
        gettext_lazy("Declined. The place in line is kept."),
        asked.DeclineForm,
        gettext_lazy("The sender and the coordinator are told at once, and find another place."),
        _places,
    ),
    "redirect": Act(
        plain(redirecting.redirect),
        gettext_lazy("The other hospital is asked. The place in line is kept."),
        asked.RedirectForm,
        gettext_lazy("It counts from the first send: the child loses no time."),
        _places,
    ),
    "also_ask": Act(
        plain(redirecting.also_ask),
        gettext_lazy("Asked too. The first that accepts has the child."),
        asked.AlsoAskForm,
        gettext_lazy("Both may answer; the other is told as soon as one has accepted."),
        _places,
    ),
    "dispute": Act(
        plain(redirecting.dispute),
        gettext_lazy("The service lead is asked to look again."),
        asked.DisputeForm,
        gettext_lazy("Back to the service that declined, where its lead decides. The place in line is kept."),
    ),
    "withdraw": Act(plain(cancelling.withdraw), gettext_lazy("Withdrawn."), asked.CancelForm),
    "ask_cancel": Act(
        plain(cancelling.ask_cancel),
        gettext_lazy("The receiving hospital is asked: they decide."),
        asked.CancelForm,
        gettext_lazy("It has been received, so the receiving hospital decides. Until then it goes on."),
    ),
    "confirm_cancel": Act(
        plain(cancelling.confirm_cancel), gettext_lazy("Cancelled. The sender is told."), told=_why_cancelled
    ),
    "keep": Act(plain(cancelling.keep), gettext_lazy("Kept. The sender is told."), asked.KeepForm, told=_why_cancelled),
    "end": Act(
        plain(cancelling.end),
        gettext_lazy("Ended. Both sides are told."),
        asked.EndForm,
        gettext_lazy("For a child who will not be cared for here. It is never counted as completed."),
    ),
    "enter_in_error": Act(
        plain(cancelling.enter_in_error),
        gettext_lazy("Marked as entered in error."),
        asked.ErrorForm,
        gettext_lazy("It is kept but leaves all lists, and everybody who read it is told."),
    ),
    "ask_information": Act(
        text(informing.ask_information),
        gettext_lazy("The sender was asked."),
        TextForm,
        gettext_lazy("Your clock waits while the sender answers, unless the child is stat."),
    ),
    "supply_information": Act(
        text(informing.supply_information),
        gettext_lazy("Sent to the receiving hospital."),
        TextForm,
        gettext_lazy("Files are added on the page of the referral, before or after this."),
    ),
}
