"""In the call: what is typed beside the picture, and stills of it. Both end where everything of the case stands."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Message
from consortium.casework.operations import MESSAGE_LENGTH, locked_case, post_message
from consortium.casework.policies import may_post
from consortium.casework.states import MessageKind
from consortium.files.models import Attachment
from consortium.files.operations import attach_small
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, TooLarge, WrongStep
from consortium.kernel.policies import require
from consultations.models import CallNote, Meeting
from consultations.operations.moving import locked
from consultations.states import MeetingStep

STILL_MOST = 4 << 20


@transaction.atomic
def jot(*, actor: Actor, case_id: UUID, text: str) -> CallNote:
    """Keep what is typed so far; only its author sees it. No entry in the journal: it has not been said yet."""
    case = locked_case(case_id)
    require(may_post(actor, case))
    given = {"text": text[:MESSAGE_LENGTH], "saved_at": clock.now()}
    note, _fresh = CallNote.objects.update_or_create(case=case, author_id=actor.user_id, defaults=given)
    return note


@transaction.atomic
def keep_note(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Message:
    """Put it into the thread, where both sides read it; the jotting is empty again. The same `key` twice is one."""
    message = post_message(actor=actor, case_id=case_id, text=text, key=key, kind=MessageKind.NOTE)
    CallNote.objects.filter(case_id=case_id, author_id=actor.user_id).update(text="", saved_at=clock.now())
    return message


@transaction.atomic
def keep_still(*, actor: Actor, case_id: UUID, size: int, pieces: Iterable[bytes], agreed: bool) -> Attachment:
    """One picture out of the running call becomes a file of the case, inspected as any other; they were asked."""
    case = locked(case_id).case
    if not Meeting.objects.filter(case_id=case_id, step=MeetingStep.OPEN).exists():
        raise WrongStep(_("Pictures are kept of a call that is under way."), code="no-call")
    if not agreed:
        raise InvalidInput({"agreed": _("Ask whether the picture may be kept, and tick the box.")})
    if size > STILL_MOST:
        raise TooLarge
    name = _("Still %(at)s.jpg") % {"at": f"{clock.now():%Y-%m-%d %H.%M.%S}"}
    made = attach_small(actor=actor, case_id=case_id, name=name, size=size, pieces=pieces)
    facts = {"attachment": str(made.pk), "agreed": True}
    record(actor=actor, verb="keep_still", subject=case, patient_id=case.patient_id, facts=facts)
    return made
