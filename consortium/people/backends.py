"""Signing in by username and password, as the library does it; each request finds its person by one kept statement."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from consortium.kernel.prepared import prepared
from consortium.people.models import User


@prepared
def _person(user_id: UUID) -> Any:
    return User.objects.filter(pk=user_id)


class Passwords(AuthenticationBackend):  # type: ignore[misc]
    """`settings.AUTHENTICATION_BACKENDS`."""

    def get_user(self, user_id: UUID) -> User | None:
        """Whose session it is; nobody once they are no longer active."""
        return next((user for user in _person(user_id) if self.user_can_authenticate(user)), None)
