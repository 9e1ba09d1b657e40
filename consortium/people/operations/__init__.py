"""Writing people, seats, invitations and credentials. A package: one module for each of them."""

from consortium.people.operations.accounts import (
    end_session,
    issue_reset,
    save_profile,
    sessions_ended,
    set_preference,
    use_reset,
)
from consortium.people.operations.institutions import (
    add_department,
    add_institution,
    close_institution,
    edit_department,
    edit_institution,
    reopen_institution,
)
from consortium.people.operations.invitations import (
    LinkEnded,
    accept_as_new,
    accept_with_account,
    invite,
    revoke_invitation,
)
from consortium.people.operations.seats import (
    change_role,
    end_seat,
    give_seat,
    hold_person,
    move_seat,
    suspend_person,
    unsuspend_person,
)

__all__ = [
    "LinkEnded",
    "accept_as_new",
    "accept_with_account",
    "add_department",
    "add_institution",
    "change_role",
    "close_institution",
    "edit_department",
    "edit_institution",
    "end_seat",
    "end_session",
    "give_seat",
    "hold_person",
    "invite",
    "issue_reset",
    "move_seat",
    "reopen_institution",
    "revoke_invitation",
    "save_profile",
    "sessions_ended",
    "set_preference",
    "suspend_person",
    "unsuspend_person",
    "use_reset",
]
