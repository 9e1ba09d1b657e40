from typing import Any, ClassVar

from allauth.account.signals import user_logged_in
from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    default = True
    name = "consortium.people"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "people_region_name": _("There is a region of this name already."),
        "people_institution_tier": _("An institution is of tier 1, 2 or 3."),
        "people_membership_period": _("A seat ends on the day it begins or later."),
        "people_membership_suspended_pair": _("A seat that is suspended says by whom and when."),
        "people_membership_role": _("Choose a role of the list."),
        "people_invitation_accepted_pair": _("An invitation that was accepted says by whom and when."),
        "people_invitation_period": _("An invitation ends after it was made."),
        "people_reset_period": _("A link for a new password ends after it was made."),
        "people_token_period": _("A token ends after it was made."),
        "people_institution_name": _("There is an institution of this name already."),
        "people_department_name": _("There is a department of this name already."),
        "people_membership_once": _("This person already holds this role here."),
        "people_user_username_key": _("This username is taken. Choose another."),
    }

    def ready(self) -> None:
        """Hear what the sign-in library tells."""
        from consortium.people import receivers

        receivers.listen()


class DevicesConfig(UserSessionsConfig):  # type: ignore[misc]
    """The library's list of a person's devices, without its asking after each of them at every sign-in."""

    default = False

    def ready(self) -> None:
        """What the library does, but for the one receiver that ours stands in for."""
        super().ready()
        from allauth.usersessions.signals import on_user_logged_in

        from consortium.people.receivers import device_signed_in

        user_logged_in.disconnect(on_user_logged_in)
        user_logged_in.connect(device_signed_in, dispatch_uid="people.devices")
