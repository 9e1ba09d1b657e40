"""The measures of referrals. Up-referrals and those to the same tier are counted as sent; back-referrals apart."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consortium.insight.measures.definitions import Kind, Measure
from consortium.insight.states import Stage

_ON_THE_WAY_UP = "kind <> 'back' AND NOT unannounced"

#: what a cell counts: name -> the condition on a row of `Journey`, in SQL. `declined` and `disputed` belong to the
#: service that declined, `quota` and `taken` to the service whose slots they are.
COUNTS: dict[str, str] = {
    "rows": "true",
    "sent": _ON_THE_WAY_UP,
    "back_sent": "kind = 'back'",
    "unannounced": "unannounced",
    "dated": "dated",
    "due_30": "attended_30 IS NOT NULL",
    "attended_30": "attended_30",
    "due_90": "attended_90 IS NOT NULL",
    "attended_90": "attended_90",
    "arrived": "arrived",
    "left_care": "left_care",
    "returned": "left_care AND returned",
    "with_outcome": "returned",
    "acknowledged": "acknowledged",
    "completed": f"{_ON_THE_WAY_UP} AND step = 'closed'",
    "cancelled": f"{_ON_THE_WAY_UP} AND step = 'cancelled'",
    "ended": f"{_ON_THE_WAY_UP} AND step = 'ended'",
    "ran_over": f"{_ON_THE_WAY_UP} AND ran_over",
    "compared": "concordance IN ('same', 'partly', 'different')",
    "same": "concordance = 'same'",
    "different": "concordance = 'different'",
    "rated": "usefulness IS NOT NULL",
    "useful": "usefulness >= 4",
    "admitted": "admitted",
    "home_in_day": "home_in_day",
    "avoidable": "avoidable",
    "sent_back": "left_care AND sent_back",
    "transported": "transported",
    "incident": "incident",
    "appraised": "appropriateness <> ''",
    "appropriate": "appropriateness = 'appropriate'",
    "too_early": "appropriateness = 'too_early'",
    "too_late": "appropriateness = 'too_late'",
    "taken_over": "taking_over IS NOT NULL",
}
#: what a cell adds up: name -> a column of `Journey`
SUMS: dict[str, str] = {"usefulness": "usefulness", "visits_over": "visits_over", "visits_on_time": "visits_on_time"}


def _time(stage: Stage, label: Any, words: Any, *, headline: bool = False, key: str = "") -> Measure:
    return Measure(key or stage.value, label, Kind.TIME, words, span=stage, better="low", headline=headline)


def _share(
    key: str, label: Any, words: Any, part: str, whole: str, better: str = "", *, headline: bool = False
) -> Measure:  # fmt: skip
    return Measure(key, label, Kind.SHARE, words, part=part, whole=whole, better=better, headline=headline)


_MEASURES = (
    Measure(
        "referred", _("Referrals sent"), Kind.COUNT,
        _("All referrals up or to the same tier that were sent in the month. Drafts, those entered in error and "
          "children who came unannounced are left out; back-referrals are counted apart."),
        part="sent", whole="sent", headline=True,
    ),
    _share(
        "attended_90", _("Came within 90 days"),
        _("Of those sent at least 90 days ago: the child arrived within 90 days. Cancelled ones count as not come."),
        "attended_90", "due_90", "high", headline=True,
    ),
    _share(
        "attended_30", _("Came within 30 days"),
        _("Of those sent at least 30 days ago: the child arrived within 30 days. Cancelled ones count as not come."),
        "attended_30", "due_30", "high",
    ),
    _share(
        "loop_closed", _("Loop closed"),
        _("Of all that were sent: the child was cared for, the outcome came back, and the sender acknowledged it. "
          "Open referrals count as not closed yet."),
        "completed", "sent", "high", headline=True,
    ),
    _share(
        "outcome_returned", _("Outcome came back"),
        _("Of the children who came and have left again: the sender was sent a signed outcome with its seven "
          "parts."),
        "returned", "left_care", "high", headline=True,
    ),
    _share(
        "outcome_acknowledged", _("Outcome acknowledged"),
        _("Of the outcomes that were sent: the sender acknowledged it."),
        "acknowledged", "with_outcome", "high", headline=True,
    ),
    _share(
        "different_diagnosis", _("Another diagnosis"),
        _("Of the outcomes that the sender compared with a working diagnosis: it was a different one."),
        "different", "compared", "low", headline=True,
    ),
    _share(
        "avoidable", _("Avoidable transfer"),
        _("Of the children who came for more than a visit to a clinic, with an outcome: home within 24 hours of "
          "arrival, without anything that only this hospital could give."),
        "avoidable", "admitted", "low", headline=True,
    ),
    _share(
        "sent_back", _("Sent back with a plan"),
        _("Of the children who came and have left again: a back-referral to a lower tier was sent."),
        "sent_back", "left_care", "high", headline=True,
    ),
    _time(
        Stage.TO_ARRIVAL, _("Time to arrival"),
        _("From the sending until the child has arrived, day and night. The middle value, and what nine of ten do "
          "not exceed."), headline=True,
    ),
    _time(Stage.SEEING, _("Until it is opened"),
          _("From the sending until somebody of a receiving service opened it, the first of them. Targets: stat 5 "
            "minutes, urgent 30 minutes, routine 1 working day.")),
    _time(Stage.ACCEPTING, _("From opening to acceptance"),
          _("From the first opening until the acceptance that stands. Targets from the sending: stat 10 minutes, "
            "urgent 2 hours, routine 2 working days.")),
    _time(Stage.BOOKING, _("From acceptance to a booked visit"),
          _("Of those with a visit: from the acceptance until the first visit was booked; none when it was booked "
            "before.")),
    _time(Stage.COMING, _("From acceptance to arrival"),
          _("From the acceptance until the child has arrived. Target: stat 3 hours, urgent the same day, routine 7"
            " days. Children who arrived before they were accepted are left out.")),
    _time(Stage.TRAVELLING, _("On the way"),
          _("Of those with a departure: from the departure until the arrival.")),
    _time(Stage.NOTING, _("From arrival to the first word back"),
          _("From the arrival until the first interim note, or the outcome where there was none. Target: 24 hours.")),
    _time(Stage.REPORTING, _("From discharge to the outcome"),
          _("From the end of the stay, or of the visit, until the outcome was first signed.")),
    _time(Stage.ACKNOWLEDGING, _("From outcome to acknowledgement"),
          _("From the first signing of the outcome until the sender first acknowledged one.")),
    _time(Stage.TAKING_OVER, _("Until a back-referral is taken over"),
          _("Of the back-referrals: from the sending until a centre close to home took the child over.")),
    _time(Stage.TO_CLOSE, _("Until the loop is closed"),
          _("Of those whose loop is closed: from the sending until the acknowledgement."), key="loop"),
    _share("dated", _("Got a date or a transport"),
           _("Of all that were sent: a visit was booked, a transport arranged, or the child arrived."),
           "dated", "sent", "high"),
    _share("ran_over", _("A target was missed"),
           _("Of all that were sent: at least one leg ran over its target, so that it was escalated."),
           "ran_over", "sent", "low"),
    _share("refused", _("Declined by the receiver"),
           _("Referrals that a service declined, for each that was sent to any; counted at the service that "
             "declined, the last one when there were several."),
           "declined", "sent"),
    _share("refusal_disputed", _("Refusal disputed"),
           _("Of the declined: the sender asked the service's lead to look again."), "disputed", "declined"),
    _share("cancelled", _("Cancelled"), _("Of all that were sent: cancelled before care."), "cancelled", "sent"),
    _share("ended", _("Ended without care"),
           _("Of all that were sent: the child died, the family left, refused or was not found. Never counted as "
             "closed."),
           "ended", "sent", "low"),
    _share("unannounced", _("Came unannounced"),
           _("Of the children who arrived: without a referral, which was written down on arrival."),
           "unannounced", "arrived", "low"),
    _share("incident", _("Incident on the way"),
           _("Of the transports that departed: at least one critical incident was recorded."),
           "incident", "transported", "low"),
    _share("home_in_day", _("Home within a day"),
           _("Of the children who came for more than a visit to a clinic, with an outcome: home within 24 hours of "
             "arrival."),
           "home_in_day", "admitted", "low"),
    _share("same_diagnosis", _("The same diagnosis"),
           _("Of the outcomes that the sender compared with a working diagnosis: it was the same."),
           "same", "compared", "high"),
    _share("letter_useful", _("Outcome found useful"), _("Of the outcomes that the sender rated: 4 or 5 of 5."),
           "useful", "rated", "high"),
    Measure("letter_usefulness", _("Usefulness of the outcome, 1 to 5"), Kind.MEAN,
            _("The mean of the senders' ratings, 1 to 5."), part="usefulness", whole="rated", better="high"),
    _share("appropriate", _("Referred at the right time"),
           _("Of the referrals on which the receiver gave an opinion with the outcome: at the right time."),
           "appropriate", "appraised", "high"),
    _share("too_early", _("Could have stayed"),
           _("Of the referrals on which the receiver gave an opinion with the outcome: the child could have "
             "stayed."),
           "too_early", "appraised", "low"),
    _share("too_late", _("Should have come sooner"),
           _("Of the referrals on which the receiver gave an opinion with the outcome: should have come sooner."),
           "too_late", "appraised", "low"),
    Measure("back_referred", _("Back-referrals sent"), Kind.COUNT,
            _("All back-referrals that were sent in the month."), part="back_sent", whole="back_sent"),
    _share("taken_over", _("Back-referral taken over"),
           _("Of the back-referrals that were sent: a centre close to home took the child over."),
           "taken_over", "back_sent", "high"),
    _share("follow_up_on_time", _("Follow-up on time"),
           _("Of the follow-up visits that were made, missed, called for again or ended by a worsening: made on "
             "the planned day or before."),
           "visits_on_time", "visits_over", "high"),
    _share("capacity_used", _("Places for referrals taken"),
           _("Of the places in clinics that are kept for referrals and whose time has come: taken. Counted in the "
             "month of the place, at the service whose clinic it is; not divided by sender."),
           "taken", "quota", "high"),
)  # fmt: skip

MEASURES: dict[str, Measure] = {measure.key: measure for measure in _MEASURES}

#: the way of a child, leg by leg
LEGS = (
    "seeing", "accepting", "booking", "coming", "travelling", "noting", "reporting", "acknowledging", "taking_over",
)  # fmt: skip
