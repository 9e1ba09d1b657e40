from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
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
