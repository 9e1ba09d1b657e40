"""Who makes a case for teaching, who looks at it a second time, who uses it, and who takes it down."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case
from consortium.casework.policies import (
    is_clinical,
    leads,
    may_act_as_responder,
    may_act_for_asker,
    may_read_identity,
)
from consortium.kernel.actors import Actor
from consortium.kernel.policies import Allowed, Decision, Denied, allowed_if
from courses.live.models.lectures import PLANNERS

if TYPE_CHECKING:
    from courses.live.models.cases import TeachingCase


def may_make_cases(actor: Actor) -> Decision:
    """Of one's own cases."""
    return allowed_if(is_clinical(actor), _("Only clinicians make cases for teaching."))


def may_see_cases(actor: Actor) -> Decision:
    """The shelf: who makes, looks at, or teaches cases."""
    allowed = is_clinical(actor) or actor.has(*PLANNERS)
    return allowed_if(allowed, _("Teaching cases are for clinicians and for those who teach."))


def may_make_case(actor: Actor, case: Case) -> Decision:
    """Both sides of the case, and the lead of its service; they know the child."""
    sides = may_act_for_asker(actor, case) or may_act_as_responder(actor, case) or leads(actor, case.service_id)
    sent = case.submitted_at is not None and case.entered_in_error_at is None
    if not may_read_identity(actor, case):
        return Denied(_("Take the case first: until then its queue shows age, sex and question."))
    return allowed_if(sides and sent, _("Who asked, who answered and who leads the service make a case for teaching."))


def may_read_source(actor: Actor, row: "TeachingCase") -> Decision:
    """What was written before anything was taken out of it: a clinician who may know the child."""
    return allowed_if(is_clinical(actor) and may_read_identity(actor, row.case)) or Denied("", hidden=True)


def may_write_case(actor: Actor, row: "TeachingCase") -> Decision:
    mine = actor.is_person and actor.user_id == row.created_by_id
    return allowed_if(mine and may_read_source(actor, row), _("Only who began this teaching case writes it."))


def may_confirm_case(actor: Actor, row: "TeachingCase") -> Decision:
    """Look at it a second time: never its maker."""
    reads = may_read_source(actor, row)
    if not reads:
        return reads
    second = actor.user_id != row.created_by_id
    return allowed_if(second, _("A second person has to look at it: nobody confirms their own."))


def may_use_case(actor: Actor, row: "TeachingCase") -> Decision:
    """Teach it: the lecturers and training admins of its institution."""
    teaches = actor.has(*PLANNERS, institution_id=row.institution_id)
    return allowed_if(teaches, _("Only who teaches at this institution uses its cases."))


def may_take_down(actor: Actor, row: "TeachingCase") -> Decision:
    """Whoever has to do with it; the system, when the guardian's consent ends."""
    if actor.is_system or may_read_source(actor, row) or may_use_case(actor, row):
        return Allowed()
    return Denied(_("Only who made, confirmed or teaches this case takes it down."))
