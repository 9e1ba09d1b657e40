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
    "export-finish": _("Export written"),
    "export-fail": _("Export given up"),
    "export-expire": _("Export removed"),
    "freeze-report": _("Monthly report frozen"),
    "revise-report": _("Monthly report counted anew"),
    "sign-report": _("Monthly report signed"),
    "download": _("Downloaded"),
    "register": _("Registered"),
    "edit": _("Changed"),
    "measure": _("Measured"),
    "correct-measurement": _("Measurement corrected"),
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
    "stop_sharing": _("The consent to share has ended"),
    "send_again": _("Sent again"),
    "end-sharing": _("Sharing ended"),
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
    "transcribe_file": _("Voice note written down"),
    "ask_outcome": _("Asked how the child is"),
    "remind_outcome": _("Asked again how the child is"),
    "pass_outcome": _("The coordinator asks how the child is"),
    "tell_outcome": _("What became of the child was told"),
    "miss_outcome": _("The family could not be reached"),
    "draw_reviews": _("Answers drawn to be rated"),
    "assign_review": _("Answer given to be rated"),
    "remind_review": _("Reminded of a rating"),
    "rate_answer": _("Answer rated"),
    "plan_reviews": _("Share of rated answers changed"),
    "suspend": _("Suspended"),
    "unsuspend": _("No longer suspended"),
    "duty": _("Duty changed"),
    "change": _("Changed"),
    "cancel": _("Cancelled"),
    "import": _("Imported"),
    "retire": _("No longer to be booked"),
    "remind": _("Reminded"),
    "hours": _("Working hours set"),
    "days": _("Holidays set"),
    "day-remove": _("Holiday removed"),
    "add-rule": _("Weekly slots added"),
    "end-rule": _("Weekly slots ended"),
    "close-day": _("Day closed"),
    "reopen-day": _("Day reopened"),
    "feed-issue": _("Calendar address made"),
    "feed-revoke": _("Calendar address revoked"),
    "book": _("Booked"),
    "confirm": _("Booking confirmed"),
    "attend": _("Came"),
    "no_show": _("Did not come"),
    "expire": _("Hold ran out"),
    "swap-offer": _("Shift offered"),
    "swap-accept": _("Shift taken"),
    "swap-decline": _("Shift declined"),
    "swap-withdraw": _("Offer of a shift withdrawn"),
    "swap-overrule": _("Swap overruled"),
    "handover-offer": _("Hand-over offered"),
    "take_over": _("Taken over"),
    "pass_on": _("Passed on to the next shift"),
    "lapse": _("Hand-over not taken"),
    "hand_on": _("Taken over from the colleague before"),
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
    "allocate": _("Allocated"),
    "assign": _("Given to who is on duty"),
    "intake": _("What the service takes was set"),
    "rule": _("Whom a clock tells was set"),
    "escalate": _("The time was over"),
    "auto_close": _("Closed without review"),
    "convert": _("Sent on as a referral"),
    "dispute": _("The decline is disputed"),
    "ask_second": _("Second specialist asked"),
    "give_opinion": _("Second opinion given"),
    "decline_opinion": _("Second opinion declined"),
    "end_opinion": _("Second opinion no longer asked for"),
    "decline": _("Declined"),
    "return_to_queue": _("Returned to the queue"),
    "ask_information": _("Information asked for"),
    "supply_information": _("Information supplied"),
    "correct_answer": _("Answer corrected"),
    "acknowledge_correction": _("Correction read"),
    "ask_clarification": _("Asked back"),
    "close_out": _("Closed out"),
    "withdraw": _("Withdrawn"),
    "discard": _("Draft thrown away"),
    "raise_urgency": _("Urgency raised"),
    "lower_urgency": _("Urgency lowered"),
    "enter_in_error": _("Entered in error"),
    "hand_over": _("Handed over"),
    "family-link": _("Family's link made"),
    "family-link-revoke": _("Family's link taken back"),
    "family-open": _("Opened by the family"),
    "family-try": _("Family's link tried with a wrong date"),
    "family-answer": _("The family said whether it comes"),
    "add": _("Added"),
    "give": _("Role given"),
    "end": _("Ended"),
    "move": _("Moved"),
    "revoke": _("Withdrawn"),
    "set": _("Set"),
    "take": _("Taken"),
    "retry_file": _("File looked at again"),
    "subscribe": _("Push turned on"),
    "unsubscribe": _("Push turned off"),
    "token-issue": _("API token issued"),
    "overrule": _("Swap overruled"),
    "prove": _("Proven"),
    "run": _("Manual used"),
    "token-revoke": _("API token withdrawn"),
    "propose_video": _("Video call proposed"),
    "book_video": _("Video call booked"),
    "call_now": _("Video call begun"),
    "cancel_video": _("Video call cancelled"),
    "hold_video": _("Video call ended"),
    "remind_video": _("Reminded of a video call"),
    "keep_still": _("Still picture kept"),
    "ask_recording": _("Recording asked for"),
    "answer_recording": _("Word given on a recording"),
    "start_recording": _("Recording begun"),
    "pause_recording": _("Recording stopped until all agree"),
    "stop_recording": _("Recording ended"),
    "refuse_recording": _("Recording not wanted"),
    "withdraw_recording": _("Recording no longer readable"),
    "delete_recording": _("Recording deleted"),
    "arrange_transport": _("Transport arranged"),
    "depart": _("The child departed"),
    "sign_handover": _("Hand-over signed"),
    "report_incident": _("Incident on the way"),
    "arrive": _("The child arrived"),
    "receive": _("Came without a referral"),
    "read_back": _("Hand-over read back"),
    "link_sender": _("The sender was linked"),
    "tick": _("Item of the checklist"),
}

#: What an entry is about, by the model's label.
SUBJECTS = {
    "people.user": _("staff account"),
    "patients.patient": _("child's record"),
    "patients.accessgrant": _("emergency access"),
    "casework.case": _("case"),
    "consultations.consultation": _("case"),
    "insight.export": _("export of measures"),
    "insight.monthlyreport": _("monthly report"),
    "notices.page": _("urgent call"),
}

#: Where something was read, by the reading's code.
PLACES = {
    "record": _("record"),
    "consultation": _("case"),
    "report": _("report"),
    "form": _("referral form"),
    "alarm": _("alarm"),
    "unannounced": _("child without a referral"),
    "letter": _("outcome letter"),
    "measurements": _("measurements"),
    "growth": _("growth charts"),
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
    "audit-search": _("search"),
    "compare": _("two records side by side"),
    "consent": _("consents"),
    "outcome": _("what became of the child"),
    "outcomes": _("what became of the child"),
    "review": _("rating without names"),
    "sound": _("voice note"),
    "call": _("video call"),
    "service": _("open cases of a service"),
    "messages": _("messages"),
    "consents": _("consents"),
    "edit": _("form"),
    "erase": _("erasure"),
    "guardian": _("guardian"),
    "merge-choices": _("records that may be the same child"),
    "manual": _("manual"),
    "measured-cases": _("cases behind a measure"),
    "clean-copy": _("copy without names"),
    "recording": _("recording of a video call"),
    "calls": _("video calls"),
}

#: Why the system itself acted, by the reason in the code.
REASONS = {
    "a browser changes hands": _("Change of hands at a shared desktop"),
    "a case of the pathway was opened again": _("Pathway reopened with its case"),
    "a sign-in failed": _("Sign-in"),
    "break-the-glass runs out": _("Time limit of emergency access"),
    "delivering a notice": _("Delivery of notices"),
    "file inspection": _("File inspection"),
    "file sweeper": _("File inspection"),
    "its time is over": _("Time limit"),
    "what became of the child": _("What became of the child"),
    "an answer is rated": _("Rating of answers"),
    "the child's vital signs": _("The child's vital signs"),
    "another vehicle takes the child": _("Another vehicle takes the child"),
    "loading the demonstration": _("Demonstration"),
    "paging": _("Urgent calls"),
    "telling people": _("Delivery of notices"),
    "writing exports": _("Exports"),
    "telling the demonstration's history": _("Demonstration"),
    "the journal is verified every night": _("Verification every night"),
    "the pathway's last case was closed": _("Pathway closed with its last case"),
    "the specialist can no longer act": _("Return of open work"),
    "the holder can no longer act": _("Return of open work"),
    "a video call of a consultation": _("Video calls"),
    "a video call goes on": _("Video calls"),
    "a call lies ahead of a case that has gone on": _("Video calls"),
    "the time of a video call": _("Video calls"),
    "the consent to recording was withdrawn": _("Consent to recording withdrawn"),
    "the time of keeping is over, or the consent was withdrawn": _("Recordings no longer kept"),
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
def actor_words(entry: Any) -> str:
    """Who acted: a person's name, in the reader's language where they still bear it (and were read along); or for the
    system the reason in words."""
    if entry.actor_kind == "system":
        return str(REASONS.get(entry.actor_name, _("The system")))
    person = entry._state.fields_cache.get("actor") if hasattr(entry, "_state") else None
    if person is not None and entry.actor_name in (person.full_name, person.full_name_zh):
        return str(person.get_full_name())
    return str(entry.actor_name or "–")


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
