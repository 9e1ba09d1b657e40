"""The bank as its pages read it: the list and its filters, one version whole, the queue of reviews, the export."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from consortium.kernel.errors import NotVisible
from consortium.kernel.pagination import Page, keyset
from consortium.kernel.scoping import unfiltered
from consortium.kernel.search import search_for
from courses.assessment.items.drafted import Drafted
from courses.assessment.models import ItemVersion
from courses.assessment.states import ItemStep

#: filters by the item's own columns
TAGS: Final = ("kind", "age_band", "system", "task", "danger", "manual_branch")
ORDER: Final = ("-created_at", "id")
MOST_EXPORTED: Final = 5_000


def found_versions(asked: Mapping[str, str]) -> QuerySet[ItemVersion]:
    """The newest version of each question, if it fits: `q` (words in both languages, or the code), `step`, and TAGS."""
    rows: Any = ItemVersion.objects.select_related("item", "created_by")
    step = asked.get("step", "")
    if step:
        rows = rows.filter(step=step)
    else:
        newer = unfiltered(ItemVersion, why="whether there is a newer version").filter(
            item_id=OuterRef("item_id"), number__gt=OuterRef("number")
        )
        rows = rows.filter(~Exists(newer))
    rows = rows.filter(**{f"item__{name}": asked[name] for name in TAGS if asked.get(name)})
    said = asked.get("q", "").strip()
    words = search_for(said)
    if words is not None:
        rows = rows.filter(Q(vector=words) | Q(item__code__istartswith=said))
    found: QuerySet[ItemVersion] = rows
    return found


def bank_page(asked: Mapping[str, str], *, after: str = "", size: int = 25) -> Page:
    """One page, the newest first. Two queries at most, whatever the number."""
    return keyset(found_versions(asked), order=ORDER, after=after, size=size)


def review_queue(*, after: str = "", size: int = 25) -> Page:
    """What waits for a review, the longest waiting first; one's own stand there too, for others to take."""
    rows = ItemVersion.objects.awaiting_review().select_related("item", "created_by")
    return keyset(rows, order=("submitted_at", "id"), after=after, size=size)


def version_shown(version_id: UUID) -> ItemVersion:
    """The version with its item and people; raises NotVisible."""
    rows = ItemVersion.objects.select_related("item__institution", "created_by", "reviewer")
    found: ItemVersion | None = rows.filter(pk=version_id).first()
    if found is None:
        raise NotVisible
    return found


def versions_of(item_id: UUID) -> list[ItemVersion]:
    """All versions of a question, the newest first."""
    rows = ItemVersion.objects.filter(item_id=item_id).select_related("created_by", "reviewer")
    return list(rows.order_by("-number"))


def approved_version(item_id: UUID) -> ItemVersion | None:
    """The version that is asked now."""
    found: ItemVersion | None = ItemVersion.objects.filter(item_id=item_id, step=ItemStep.APPROVED).first()
    return found


def drafts_of(versions: Iterable[ItemVersion]) -> Iterator[Drafted]:
    """Versions as the engines of files know them."""
    for version in versions:
        item = version.item
        tags = {name: getattr(item, name) for name in TAGS if name != "kind" and getattr(item, name)}
        points = f"{version.points.normalize():f}"
        yield Drafted(0, item.code, item.kind, version.content, tags, points, version.source)


def exported(asked: Mapping[str, str]) -> list[Drafted]:
    """The questions of the list as it is filtered, by their code."""
    return list(drafts_of(found_versions(asked).order_by("item__code", "number")[:MOST_EXPORTED]))
