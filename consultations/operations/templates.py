"""Starting texts for answers: a service lead writes them, in one language or in both."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.policies import require
from consortium.people.models import Specialty
from consultations.models import AnswerTemplate
from consultations.policies import may_write_templates

PARTS = ("title", "red_flags", "when_to_refer", "follow_up")
#: characters of a title, and of each of the other parts
TITLE_LENGTH, PART_LENGTH = 120, 2000


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
    require(may_write_templates(actor, specialty_id))
    template, fresh = AnswerTemplate.objects.offered().update_or_create(
        specialty_id=specialty_id,
        language=language,
        title=title,
        defaults={"red_flags": red_flags, "when_to_refer": when_to_refer, "follow_up": follow_up},
    )
    record(actor=actor, verb="add" if fresh else "edit", subject=template, facts={"language": language})
    return template


@transaction.atomic
def write_template(
    *, actor: Actor, specialty_id: UUID, texts: Mapping[str, Mapping[str, str]], pair: UUID
) -> list[AnswerTemplate]:
    """Write one text in the languages of `texts` (language -> PARTS); a language left out is not offered any more.

    `pair` names it, chosen by who writes it first, so that sent twice it is one. InvalidInput names PART.LANGUAGE.
    """
    require(may_write_templates(actor, specialty_id))
    kept = {code: {part: parts.get(part, "").strip() for part in PARTS} for code, parts in texts.items()}
    _check(specialty_id, kept)
    before = {row.language: row for row in _locked(pair)}
    if any(row.specialty_id != specialty_id for row in before.values()):
        raise InvalidInput({"specialty_id": _("A text stays with its specialty: write a new one for another.")})
    for code, row in before.items():
        if code not in kept and row.retired_at is None:
            _retire(actor, row)
    return [_write(actor, before.get(code), specialty_id, pair, code, parts) for code, parts in kept.items()]


def _locked(pair: UUID) -> list[AnswerTemplate]:
    return list(AnswerTemplate.objects.select_for_update().filter(pair=pair).order_by("language"))


def _check(specialty_id: UUID, texts: Mapping[str, Mapping[str, str]]) -> None:
    wrong: dict[str, Any] = {}
    if not Specialty.objects.filter(pk=specialty_id).exists():
        wrong["specialty_id"] = _("Choose a specialty.")
    if not texts:
        wrong["title"] = _("Write it in one language at least.")
    for code, parts in texts.items():
        if code not in dict(settings.LANGUAGES):
            wrong[f"title.{code}"] = _("This language is not offered here.")
        elif not parts["title"]:
            wrong[f"title.{code}"] = _("Give it a title.")
        for part in PARTS:
            most = TITLE_LENGTH if part == "title" else PART_LENGTH
            if len(parts[part]) > most:
                wrong[f"{part}.{code}"] = _("This is longer than %(most)d characters.") % {"most": most}
    if wrong:
        raise InvalidInput(wrong)


def _write(
    actor: Actor, row: AnswerTemplate | None, specialty_id: UUID, pair: UUID, code: str, parts: Mapping[str, str]
) -> AnswerTemplate:
    written = row or AnswerTemplate(specialty_id=specialty_id, pair=pair, language=code)
    if row is not None and row.retired_at is None and all(getattr(row, part) == parts[part] for part in PARTS):
        return row
    for part in PARTS:
        setattr(written, part, parts[part])
    written.retired_at = None
    with database_rules(), transaction.atomic():
        written.save()
    record(actor=actor, verb="edit" if row else "add", subject=written, facts={"language": code})
    return written


@transaction.atomic
def retire_template(*, actor: Actor, pair: UUID) -> None:
    """No longer offered, in any language; answers that began with it keep their words. Retired already: nothing."""
    rows = _locked(pair)
    if not rows:
        raise NotVisible
    require(may_write_templates(actor, rows[0].specialty_id))
    for row in rows:
        if row.retired_at is None:
            _retire(actor, row)


def _retire(actor: Actor, row: AnswerTemplate) -> None:
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    record(actor=actor, verb="retire", subject=row, facts={"language": row.language})
