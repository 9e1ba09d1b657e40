"""What is signed is signed by a person, never by a department."""

from typing import Any

from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.people.models import User


def signer_of(actor: Actor) -> User:
    """The person who signs. InvalidInput while they have no name."""
    signer = User.objects.get(pk=actor.user_id)
    if not signer.full_name.strip():
        raise InvalidInput(message=_("An answer is signed by a named person: add your name to your profile first."))
    return signer


def signed_as(signer: User) -> dict[str, Any]:
    """The columns of a signed row: who, and how they were called at the time."""
    return {
        "signed_by": signer, "created_by": signer, "signer_name": signer.full_name, "signer_title": signer.title,
        "signer_licence": signer.licence_number,
    }  # fmt: skip
