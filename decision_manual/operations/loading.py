"""Versions come in: what the code ships, as drafts, once per content."""

import json
from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.db.models import Max
from pypinyin import Style, lazy_pinyin

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from decision_manual.chart import drawn, outline
from decision_manual.library import Library, Pathway, digest, load
from decision_manual.library.reading import unverified
from decision_manual.models import Paragraph, PathwayVersion, VersionState

LANGUAGES = ("en", "zh")


def load_shipped(*, actor: Actor, library: Library | None = None) -> list[PathwayVersion]:
    """The versions that are new. Loading the same content again does nothing."""
    pathways = (library or load()).pathways.values()
    known = set(PathwayVersion.objects.values_list("pathway", "digest"))
    fresh = [pathway for pathway in pathways if (pathway.id, digest(pathway.bundle)) not in known]
    return [add_version(actor=actor, pathway=pathway) for pathway in fresh]


@transaction.atomic
def add_version(*, actor: Actor, pathway: Pathway) -> PathwayVersion:
    """A new version of a pathway, as a draft, with its charts and what is searched. Its author is who acts."""
    last = PathwayVersion.objects.filter(pathway=pathway.id).aggregate(last=Max("number"))["last"]
    marks = len(unverified(pathway))
    version = PathwayVersion.objects.create(
        pathway=pathway.id,
        number=(last or 0) + 1,
        digest=digest(pathway.bundle),
        family=pathway.family,
        title_en=pathway.title.en,
        title_zh=pathway.title.zh,
        age_from=pathway.age_days[0],
        age_to=pathway.age_days[1],
        next_review=date.fromisoformat(pathway.review.next_review),
        unverified=marks,
        written=json.dumps(pathway.bundle, ensure_ascii=False),
        indications=list(pathway.indications),
        charts={language: drawn(pathway, language) for language in LANGUAGES},
        author_id=actor.author_id,
        created_at=clock.now(),
    )
    VersionState.objects.create(version=version, author_id=actor.author_id, unverified=marks)
    Paragraph.objects.bulk_create(paragraphs(version, pathway))
    record(actor=actor, verb="add", subject=version, facts={"pathway": pathway.id, "number": version.number})
    return version


def paragraphs(version: PathwayVersion, pathway: Pathway) -> Iterator[Paragraph]:
    """What people may search for: titles and synonyms first, then the chart's nodes, then the chapter."""
    for language in LANGUAGES:
        words = {"version": version, "language": language}
        title = pathway.title.said(language)
        for text in (title, *pathway.synonyms.get(language, ())):
            yield Paragraph(place="title", weight="A", text=text, initials=initials(text, language), **words)
        for node in outline(pathway, language).flat():
            if node.kind != "start":
                yield Paragraph(place=node.id, weight="B", text=node.text, **words)
        for section in pathway.chapter:
            for part in section.text.said(language).split("\n\n"):
                yield Paragraph(place=f"chapter-{section.id}", weight="C", text=part.strip(), **words)


def initials(text: str, language: str) -> str:
    """Pinyin initials of a Chinese title: 发热 is fr."""
    if language != "zh":
        return ""
    return "".join(part for part in lazy_pinyin(text, style=Style.FIRST_LETTER) if part.isalnum()).lower()[:60]
