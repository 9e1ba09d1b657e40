"""Starting texts: those offered for an answer, and those that a lead writes, in pairs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language

from consortium.casework.models import ServiceMember
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.people.models import Specialty
from consultations.models import AnswerTemplate, Consultation


def templates_for(consultation: Consultation) -> list[AnswerTemplate]:
    """The starting texts of the service's specialty in the reader's language, by title."""
    service = consultation.case.service
    if service is None:
        return []
    known = AnswerTemplate.objects.offered().filter(specialty_id=service.specialty_id, language=get_language() or "en")
    return list(known.order_by("title"))


def specialties_led(actor: Actor) -> list[Specialty]:
    """The specialties of the services that the actor leads, by name. One query."""
    led = ServiceMember.objects.filter(user_id=actor.user_id, is_lead=True, left_at=None)
    return list(Specialty.objects.filter(pk__in=led.values("service__specialty_id")).order_by("name_en"))


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in its languages. `title` in the reader's, else in the one there is."""

    pair: UUID
    specialty: Specialty
    texts: dict[str, AnswerTemplate]

    @property
    def title(self) -> str:
        here = self.texts.get(get_language() or "en") or next(iter(self.texts.values()))
        return here.title

    @property
    def languages(self) -> list[str]:
        return [row.get_language_display() for row in self.texts.values()]


def found_in(rows: Any, search: str) -> Any:
    """Those of `rows` (of AnswerTemplate) that have the words in any part."""
    found = Q()
    for part in ("title", "red_flags", "when_to_refer", "follow_up"):
        found |= Q(**{f"{part}__icontains": search})
    return rows.filter(found)


def pairs_of(specialties: list[Specialty], *, search: str = "") -> list[Pair]:
    """The texts offered in these specialties, by title; `search` finds words in any part of any language. One query."""
    rows: Any = AnswerTemplate.objects.offered().filter(specialty__in=specialties).select_related("specialty")
    if search:
        rows = rows.filter(pair__in=found_in(AnswerTemplate.objects.offered(), search).values("pair"))
    pairs: dict[UUID, Pair] = {}
    for row in rows.order_by("language"):
        pairs.setdefault(row.pair, Pair(row.pair, row.specialty, {})).texts[row.language] = row
    return sorted(pairs.values(), key=lambda pair: (pair.specialty.name_en, pair.title))


def pair_for(specialties: list[Specialty], pair: UUID) -> Pair:
    """One of them, or NotVisible."""
    rows = AnswerTemplate.objects.offered().filter(pair=pair, specialty__in=specialties).select_related("specialty")
    texts = {row.language: row for row in rows}
    if not texts:
        raise NotVisible
    return Pair(pair, next(iter(texts.values())).specialty, texts)
