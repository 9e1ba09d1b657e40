"""The pre-transfer checklist, item by item. Nothing waits for it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.operations import acting_institution
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep, database_rules
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from referrals.checklist import ITEMS
from referrals.models import Check
from referrals.operations.moving import locked
from referrals.policies import may_transport
from referrals.states import EXPECTED_STEPS, WAITING_STEPS, CheckState, Step

#: while somebody may still do, or write down, what is to be done before and on the way
CHECKED_STEPS = (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS, Step.ARRIVED)
_CODES = frozenset(item.code for item in ITEMS)
_NOTE_LENGTH = 200


@transaction.atomic
def tick(*, actor: Actor, case_id: UUID, item: str, state: str, note: str = "") -> Check:
    """Say how one item of the checklist stands (of CheckState). Said again, the newest counts; the journal keeps all.

    Raises InvalidInput, WrongStep, NotPermitted, NotVisible.
    """
    referral = locked(case_id)
    require(may_transport(actor, referral))
    if referral.step not in CHECKED_STEPS:
        raise WrongStep
    if item not in _CODES or state not in CheckState.values:
        raise InvalidInput({"state": _("Choose an item, and how it stands.")})
    if len(note) > _NOTE_LENGTH:
        raise InvalidInput({"note": _("This is longer than %(most)d characters.") % {"most": _NOTE_LENGTH}})
    rows = unfiltered(Check, why="the checklist of a locked case").filter(case_id=case_id, item=item)
    check: Check = rows.first() or Check(case=referral.case, item=item, version=0)
    if (check.state, check.note) == (state, note.strip()):
        return check
    check.state, check.note, check.at, check.by_id = state, note.strip(), clock.now(), actor.user_id
    check.version += 1
    with database_rules():
        check.save()
    record(
        actor=actor, verb="tick", subject=referral.case, patient_id=referral.patient_id,
        institution_id=acting_institution(actor, referral.case), facts={"item": item, "state": state}, text=check.note,
    )  # fmt: skip
    return check
