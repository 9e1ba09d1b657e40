"""What was said in the room of a lecture whose case may be taught no more: it may tell of the child."""

from uuid import UUID

from django.db import transaction

from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from courses.live.models import ChatLine, LateVote, Lecture, Question, RoomEvent
from courses.live.operations.lectures import note


@transaction.atomic
def forget_room(*, actor: Actor, lecture_id: UUID) -> bool:
    """Chat, questions, captions, what is replayed and late votes are destroyed. For the system alone; whether there was
    anything. What was voted on about the case goes by `banking.forget_votes`."""
    if not actor.is_system:
        raise NotPermitted
    lecture = Lecture.objects.filter(pk=lecture_id).first()
    if lecture is None:
        return False
    rows = (LateVote.objects.filter(poll__lecture=lecture), *(
        model.objects.filter(lecture=lecture) for model in (RoomEvent, ChatLine, Question)
    ))  # fmt: skip
    gone = sum(each.delete()[0] for each in rows)
    if gone:
        note(actor, lecture, "forget_room", facts={"rows": gone})
    return bool(gone)
