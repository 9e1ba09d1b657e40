"""The thread of a referral."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.casework.views import talking
from consortium.files.queries.sent import files_to_send
from consortium.kernel.actors import current_actor
from referrals.queries import referral_for


@require_POST
def message(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write into the thread."""
    case = referral_for(case_id).case
    return talking.message(request, case, files_to_send(current_actor(), case))


@never_cache
@require_safe
def thread(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The messages before `?before=`."""
    return talking.earlier(request, referral_for(case_id).case)
