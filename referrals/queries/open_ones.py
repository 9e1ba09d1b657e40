"""Whether a child is referred for a problem already."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.kernel.scoping import unfiltered
from referrals.models import Referral
from referrals.states import UNSETTLED_STEPS


def open_for_problem(referral: Referral) -> Referral | None:
    """Another open referral of the same child, for the same problem, the same way; the one that is not stat first,
    then the newest. Read unfiltered: whoever sends must know of one that they do not see. One query."""
    rows = unfiltered(Referral, why="one open referral for a child's problem").select_related(
        "case__service__institution", "case__pathway"
    )
    same = rows.filter(
        patient_id=referral.patient_id, problem=referral.problem, kind=referral.kind, step__in=UNSETTLED_STEPS
    ).exclude(pk=referral.pk)
    found: Referral | None = same.order_by("is_stat", "-case__submitted_at").first()
    return found


def named(referral: Referral) -> str:
    """ "Surgery, Children's Hospital, sent on 3 May": one referral in words, for who may see it."""
    service, sent_at = referral.case.service, referral.case.submitted_at
    return _("%(service)s, %(hospital)s, sent on %(day)s") % {
        "service": service.name if service else "",
        "hospital": service.institution.name if service else "",
        "day": date_format(timezone.localtime(sent_at), "Y-m-d") if sent_at else "",
    }


def is_seen(referral: Referral) -> bool:
    """Whether the actor may open it."""
    return bool(Case.objects.filter(pk=referral.pk).exists())
