"""Spans of media time: half-open pairs of whole milliseconds, (begin, end) with begin < end."""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """What the spans cover together, in order, without overlaps; those that touch become one."""
    merged: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((begin, end))
    return merged


def length(spans: Iterable[Span]) -> int:
    """Milliseconds; what is in two of the spans counts twice."""
    return sum(end - begin for begin, end in spans)


def common(played: Iterable[Span], among: Sequence[Span]) -> list[Span]:
    """The parts of each played span that lie in `among` (a union), in the order in which they were played."""
    return [
        (max(begin, low), min(end, high))
        for begin, end in played
        for low, high in among
        if max(begin, low) < min(end, high)
    ]


def without(spans: Iterable[Span], gone: Sequence[Span]) -> list[Span]:
    """The parts of each span that do not lie in `gone` (a union)."""
    left: list[Span] = []
    for begin, end in spans:
        cuts = [edge for cut in common([(begin, end)], gone) for edge in cut]
        edges = [begin, *cuts, end]
        left += [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]
    return left


def shortened(played: Iterable[Span], most: int) -> list[Span]:
    """The first `most` milliseconds of what was played."""
    kept: list[Span] = []
    for begin, end in played:
        part = min(end - begin, most)
        if part > 0:
            kept.append((begin, begin + part))
            most -= part
    return kept
