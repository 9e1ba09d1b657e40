"""The figures of a course leave the house as a spreadsheet; the journal says who took them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.sheets import workbook
from consortium.kernel.actors import Actor
from consortium.kernel.policies import require
from courses.library.operations.moving import note
from courses.library.policies import may_see_figures
from courses.library.queries.curves import Curve, curves_of
from courses.library.queries.funnel import Way, ways_of
from courses.library.queries.page import course_seen


@transaction.atomic
def export_figures(*, actor: Actor, course_id: UUID) -> bytes:
    """XLSX: how far people come, all and by place, and the share of viewers for each twentieth of each video. Numbers
    alone; as on the page, nothing of fewer than five."""
    course = course_seen(course_id)
    require(may_see_figures(actor, course))
    whole, places = ways_of(actor, course)
    curves = curves_of(course)
    note(actor, course, "export", facts={"places": len(places), "videos": len(curves)})
    return workbook({
        _("People"): (_heading(whole), [_line(_("All"), whole), *(_line(way.label, way) for way in places)]),
        _("Videos"): ((_("Video"), _("Viewers"), _("From second"), _("Watched by, per cent")), _watched(curves)),
    })  # fmt: skip


def _heading(way: Way) -> list[str]:
    return ["", *(word for word, _count, _share in way.steps), _("Median days"), _("90 % within, days")]


def _line(label: str, way: Way) -> list[Any]:
    if way.untold:
        return [label, _("fewer than 5")]
    return [label, *(count for _word, count, _share in way.steps), *_days(way)]


def _days(way: Way) -> list[float | None]:
    return [round(days, 1) for days in way.days] if way.days else [None, None]


def _watched(curves: list[Curve]) -> Iterator[list[Any]]:
    for curve in curves:
        if curve.enough:
            for begin, _end, share in curve.rows:
                yield [curve.lesson.title, curve.viewers, begin // 1000, share]
