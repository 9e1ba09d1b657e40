"""Who may look at which numbers. Numbers are no cases: who sees a case is casework's rule, and stays it."""

from django.utils.translation import gettext_lazy as _

from consortium.insight.models import Export, MonthlyReport
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Allowed, Decision, Denied, allowed_if
from consortium.people.states import CLINICAL_ROLES, Role

#: whose work the numbers are
READERS = (Role.CONSORTIUM_MANAGER, Role.INSTITUTION_ADMIN, Role.COORDINATOR, Role.SERVICE_LEAD)


def may_see_measures(actor: Actor) -> Decision:
    """Managers of all, admins of their own, coordinators and leads of their services: which, `queries.lenses` says."""
    reason = _("Measures are for managers, institution admins, coordinators and service leads.")
    return allowed_if(actor.has(*READERS), reason)


def may_list_cases(actor: Actor) -> Decision:
    """Behind a number, whoever sees cases at all is shown those that they see anyway."""
    if not may_see_measures(actor):
        return may_see_measures(actor)
    reason = _("Only those who take part in a child's care see cases; you see numbers.")
    return allowed_if(actor.has(*CLINICAL_ROLES, Role.COORDINATOR), reason)


def may_export(actor: Actor, *, proven: bool) -> Decision:
    """Who sees the numbers may take the rows behind them, without anybody's identity, after showing who they are."""
    if not may_see_measures(actor):
        return may_see_measures(actor)
    return allowed_if(proven, _("Confirm who you are first."))


def may_cancel_export(actor: Actor, export: Export) -> Decision:
    """One's own."""
    return Allowed() if export.created_by_id == actor.user_id and actor.is_person else Denied("", hidden=True)


def only_system(actor: Actor, export: Export) -> Decision:
    return allowed_if(actor.is_system)


# --- monthly reports --------------------------------------------------------------------------------------------------

#: who answers for an institution's months
_SIGNERS = (Role.INSTITUTION_ADMIN, Role.CONSORTIUM_MANAGER)


def may_see_reports(actor: Actor) -> Decision:
    """The offices of institutions and the managers of the consortium; which reports, the model says."""
    reason = _("Monthly reports are for managers, institution admins and coordinators.")
    return allowed_if(actor.has(*_SIGNERS, Role.COORDINATOR), reason)


def may_sign_report(actor: Actor, report: MonthlyReport) -> Decision:
    """The institution's own admin, or a manager who works there."""
    reason = _("Only the institution's admin or manager signs its report.")
    return allowed_if(actor.has(*_SIGNERS, institution_id=report.institution_id), reason)


def may_revise_report(actor: Actor, report: MonthlyReport) -> Decision:
    return may_sign_report(actor, report)
