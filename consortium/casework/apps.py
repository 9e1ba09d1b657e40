from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "consortium.casework"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "casework_service_once": _("This institution has a service of this specialty already."),
        "casework_service_member_once": _("This person is in the service already."),
        "casework_case_kind": _("A case is a consultation or a referral."),
        "casework_case_priority": _("Choose stat, urgent or routine."),
        "casework_case_ball": _("Somebody of the list has to act next, or nobody does."),
        "casework_case_nobody_holds_closed": _("Nobody has to act in a case that is closed."),
        "casework_ball_one_holder": _("One side at a time has to act in a case."),
        "casework_ball_period": _("A turn ends after it began."),
        "casework_clock_one_running": _("One clock at a time runs in a case."),
        "casework_clock_leg": _("A clock measures one of the legs of a case."),
        "casework_clock_period": _("A clock stops after it was started."),
        "casework_message_seq": _("Somebody wrote at the same moment: send it again."),
        "casework_message_kind": _("A message is of one of the known kinds."),
        "casework_read_mark_once": _("How far you have read is kept already."),
        "casework_rule_weekday": _("Choose a day of the week."),
        "casework_rule_period": _("Times that are offered end on the day they begin or later."),
        "casework_closure_once": _("The calendar is closed on this day already."),
        "casework_slot_once": _("This time is offered already."),
        "casework_slot_period": _("A time that is offered has a beginning and an end."),
        "casework_slot_quota": _("No more places are promised to others than there are."),
        "casework_booking_step": _("A booking is held, booked, kept, missed, cancelled or lapsed."),
        "casework_booking_kind": _("Choose of the list what is booked."),
        "casework_booking_hold_ends": _("A place that is held says until when."),
        "casework_booking_place_pair": _("A place is booked together with its time."),
        "casework_use_once": _("This person or thing is in the booking already."),
        "casework_use_period": _("What is booked has a beginning and an end."),
        "casework_shift_rank": _("Choose first or second on duty."),
        "casework_swap_step": _("An offered shift is open, accepted, declined, taken back or overruled."),
        "casework_swap_answered_pair": _("A swap that was answered says by whom and when."),
        "casework_handover_step": _("A hand-over is offered, taken over or lapsed."),
        "casework_handover_item_once": _("This case is in the hand-over already."),
        "casework_handover_item_outcome": _("A case that is handed over waits, was taken over, settled or given back."),
        "casework_feed_one": _("You have an address for your calendar already."),
        "casework_hours_once": _("These working hours stand there already."),
        "casework_hours_weekday": _("Choose a day of the week."),
        "casework_day_once": _("This day is in the calendar already."),
        "casework_day_kind": _("A special day is a holiday or a make-up working day."),
    }

    def ready(self) -> None:
        """Worklists may be listened to."""
        from consortium.casework.queries.lists_live import kinds
        from consortium.kernel.topics import register

        for kind in kinds():
            register(kind)
