"""`{% attachments case %}`: a case's files and the place to add some, for any page of a case.

Put it outside other forms. The page must have noted the read of the case already.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse

from consortium.casework.models import Case
from consortium.files import queries
from consortium.kernel.actors import current_actor

register = template.Library()


@register.inclusion_tag("files/attachments.html", takes_context=True)
def attachments(context: Context, case: Case) -> dict[str, Any]:
    """The tiles of `case`; the upload widget too when the actor may add."""
    actor = current_actor()
    return {
        "case": case,
        "tiles": queries.tiles_of_case(actor, case),
        "adding": queries.adding(actor, case),
        "uploads_url": reverse("api:uploads"),
        "most_bytes": settings.UPLOAD_MAX_BYTES,
        "most_megabytes": settings.UPLOAD_MAX_BYTES >> 20,
        "small_megabytes": settings.HTTP_MAX_BODY >> 20,
        "csrf_token": context.get("csrf_token"),
    }
