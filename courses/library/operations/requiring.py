"""What a course asks to be completed before it; never in a ring."""

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.policies import require
from courses.library.models import Course, Prerequisite
from courses.library.operations.moving import locked_course, note
from courses.library.policies import may_build_course

#: one at a time: two halves of a ring, added at once, would each see none. (two keys of `pg_advisory_xact_lock`)
_LOCK = (7, 1)
_LEADS_TO = """
    WITH RECURSIVE needed(id) AS (
        SELECT %s::uuid UNION SELECT p.needs_id FROM library_prerequisite p JOIN needed ON p.course_id = needed.id
    ) SELECT EXISTS (SELECT 1 FROM needed WHERE id = %s)"""


@transaction.atomic
def need_course(*, actor: Actor, course_id: UUID, needs_id: UUID) -> Prerequisite:
    """`course` begins when `needs` is completed. InvalidInput where that would make a ring, or is said already."""
    course = locked_course(course_id)
    require(may_build_course(actor, course))
    if not Course.objects.filter(pk=needs_id).exists():
        raise NotVisible
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _LOCK)
        cursor.execute(_LEADS_TO, [needs_id, course_id])
        if cursor.fetchone()[0]:
            raise InvalidInput({"needs_id": _("That course needs this one already: neither could ever begin.")})
    with database_rules(), transaction.atomic():
        row: Prerequisite = Prerequisite.objects.create(course=course, needs_id=needs_id)
    note(actor, course, "need", facts={"needs": str(needs_id)})
    return row


@transaction.atomic
def drop_need(*, actor: Actor, course_id: UUID, needs_id: UUID) -> None:
    """It is not asked for any more; nothing happens where it was not."""
    course = locked_course(course_id)
    require(may_build_course(actor, course))
    gone, _of = Prerequisite.objects.filter(course=course, needs_id=needs_id).delete()
    if gone:
        note(actor, course, "need-no-more", facts={"needs": str(needs_id)})
