from allauth.account.signals import user_logged_in
from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    default = True
    name = "consortium.people"

    def ready(self) -> None:
        """Say what the database's rules mean, and hear what the sign-in library tells."""
        from consortium.kernel.errors import explain_constraint
        from consortium.people import receivers

        explain_constraint("people_institution_name", _("There is an institution of this name already."))
        explain_constraint("people_department_name", _("There is a department of this name already."))
        explain_constraint("people_membership_once", _("This person already holds this role here."))
        explain_constraint("people_user_username_key", _("This username is taken. Choose another."))
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
