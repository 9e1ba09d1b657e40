"""The manual as it answers now: the newest version of each pathway, kept in memory by what they are."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from consortium.kernel.errors import InvalidInput
from decision_manual.evaluator import Answer, BadFacts, Edition, Manual
from decision_manual.library import Pathway, Shared, load
from decision_manual.models import PathwayVersion
from decision_manual.queries.versions import newest_versions


@lru_cache(maxsize=512)
def content_of(version_id: UUID) -> Pathway:
    """A version never changes, so what was read of it once stays true."""
    return PathwayVersion.objects.get(pk=version_id).content


@lru_cache(maxsize=1)
def shared() -> Shared:
    """The shared findings and choices of a site that facts may speak of, as the code ships them."""
    return load().shared


@lru_cache(maxsize=4)
def _manual(rows: tuple[tuple[UUID, int, str], ...]) -> Manual:
    editions = (Edition(content_of(pk), str(number), step, pk) for pk, number, step in rows)
    return Manual(tuple(editions), shared())


def manual_now() -> Manual:
    """The newest version of each pathway, whatever step it has come to: each answer names it. One query when warm."""
    rows = newest_versions().select_related("state").order_by("pathway", "-number")
    return _manual(tuple((row.pk, row.number, row.state.shown_step) for row in rows))


def answer_to(asked: Mapping[str, Any]) -> Answer:
    """The answer; InvalidInput names the fields that are wrong."""
    try:
        return manual_now().answer(asked)
    except BadFacts as error:
        raise InvalidInput(error.fields) from error


def answer_of_run(asked: Mapping[str, Any], version: PathwayVersion) -> Answer:
    """What a kept run was told, reckoned again by the version that told it."""
    edition = Edition(content_of(version.pk), str(version.number), version.state.shown_step, version.pk)
    return Manual((edition,), shared()).answer({**asked, "pathway": version.pathway})
