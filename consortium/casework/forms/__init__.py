"""What people type on the screens of casework."""

from consortium.casework.forms.worklist import DUTY_HOURS, DutyForm, MessageForm, NarrowForm, ServiceForm

__all__ = ["DUTY_HOURS", "DutyForm", "MessageForm", "NarrowForm", "ServiceForm"]
