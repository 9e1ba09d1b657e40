"""Which questions a service takes, and who takes those that it does not."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.queries.on_duty import members_on_duty
from consortium.casework.states import ADULT_DAYS, AGE_LIMITS, Priority

#: how many other services are named
_MOST = 3


def age_limit(days: int) -> str:
    """A border of age in words: "2 months"; in days where it is none of the usual ones."""
    return str(AGE_LIMITS.get(days, "")) or _("%(count)d days") % {"count": days}


def why_not(service: Service, age_days: int | None, priority: int) -> str | Promise:
    """Why the service does not take such a question, in words; "" when it does. An age not known is no reason."""
    if not service.is_open:
        return _("This service takes no questions now.")
    if age_days is not None and age_days < service.from_days:
        return _("This service takes children from the age of %(age)s.") % {"age": age_limit(service.from_days)}
    if age_days is not None and age_days >= service.below_days:
        return _("This service takes children below the age of %(age)s.") % {"age": age_limit(service.below_days)}
    if priority not in service.urgencies:
        return _("This service takes no questions of this urgency: %(urgency)s.") % {
            "urgency": Priority(priority).label
        }
    return ""


def takers(service: Service, age_days: int | None, priority: int) -> list[Service]:
    """Who takes it instead: the same specialty elsewhere first, then the same house; of each who is on duty now first.
    Two queries."""
    rows = Service.objects.answering().filter(urgencies__contains=[priority]).exclude(pk=service.pk)
    if age_days is not None:
        rows = rows.filter(from_days__lte=age_days, below_days__gt=age_days)
    found = list(rows.select_related("institution"))
    here = set(members_on_duty(service_id__in=[s.pk for s in found]).values_list("service_id", flat=True))

    def nearness(other: Service) -> tuple[Any, ...]:
        same = other.specialty_id == service.specialty_id
        return (not same, other.institution_id != service.institution_id, other.pk not in here, other.name_en)

    near = [s for s in found if s.specialty_id == service.specialty_id or s.institution_id == service.institution_id]
    return sorted(near, key=nearness)[:_MOST]


def refusal(service: Service, age_days: int | None, priority: int) -> tuple[str, list[Service]]:
    """(why it is not taken, who takes it instead); ("", []) when it is. A stat question that nobody else takes is
    never refused: no rule of a service leaves a child in danger without an answer."""
    why = str(why_not(service, age_days, priority))
    if not why:
        return "", []
    others = takers(service, age_days, priority)
    return ("", []) if priority == Priority.STAT and not others else (why, others)


def named(why: str, others: list[Service]) -> str:
    """The refusal with who takes it instead, as one text."""
    if not others:
        return why
    names = "; ".join(f"{other.name}, {other.institution.name}" for other in others)
    return _("%(why)s These take it: %(names)s.") % {"why": why, "names": names}


def ages_words(service: Service) -> str:
    """ "Children from 28 days to below 12 months": which ages it takes; "" when all."""
    if service.from_days == 0 and service.below_days == ADULT_DAYS:
        return ""
    ends = {"begins": age_limit(service.from_days), "ends": age_limit(service.below_days)}
    return _("Children from %(begins)s to below %(ends)s") % ends if service.from_days else (
        _("Children below %(ends)s") % ends
    )  # fmt: skip


def urgency_words(service: Service) -> str:
    """Which urgencies it takes, the most urgent first; "" when all."""
    taken = [str(p.label) for p in Priority if p in service.urgencies]
    return ", ".join(taken) if len(taken) < len(Priority) else ""
