"""Starting texts for answers."""

from uuid import UUID

from django.db import transaction

from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.policies import require
from consultations.models import AnswerTemplate
from consultations.policies import may_write_templates


@transaction.atomic
def save_template(
    *,
    actor: Actor,
    specialty_id: UUID,
    language: str,
    title: str,
    red_flags: str = "",
    when_to_refer: str = "",
    follow_up: str = "",
) -> AnswerTemplate:
    """Write a specialty's template in one language; the same title again changes it."""
    require(may_write_templates(actor))
    template, fresh = AnswerTemplate.objects.update_or_create(
        specialty_id=specialty_id,
        language=language,
        title=title,
        defaults={"red_flags": red_flags, "when_to_refer": when_to_refer, "follow_up": follow_up},
    )
    record(actor=actor, verb="add" if fresh else "edit", subject=template, facts={"language": language})
    return template
