"""The measures: all at a glance, one in full, and the cases behind a number."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.casework.queries import rows, worklists
from consortium.insight.forms import AskForm
from consortium.insight.measures import MEASURES, REFERRALS, SUBJECTS, Kind, Measure, Tally, subject_of
from consortium.insight.models import Month
from consortium.insight.policies import may_list_cases
from consortium.insight.queries import Asked, cases_behind, lines
from consortium.insight.queries.cases import PICKS
from consortium.insight.queries.charts import bars, published, trend
from consortium.insight.queries.reading import By, Line, by_indication
from consortium.insight.queries.words import shown
from consortium.insight.states import About
from consortium.journal.operations import note_list_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require

_DIVIDED: tuple[tuple[By, Any], ...] = (
    ("service", _("By service")),
    ("priority", _("By urgency")),
    ("institution", _("By asking institution")),
    ("region", _("By region")),
    ("indication", _("By indication of the manual")),
)


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of measures side by side."""
    places = (
        (About.CONSULTATIONS.value, About.CONSULTATIONS.label, "insight:overview"),
        (About.REFERRALS.value, About.REFERRALS.label, "insight:referrals"),
        ("reports", _("Monthly reports"), "insight:reports"),
    )
    return [{"label": label, "url": reverse(route), "here": key == here} for key, label, route in places]


@never_cache
@require_safe
def overview(request: HttpRequest, about: str = About.CONSULTATIONS) -> HttpResponse:
    """The headline measures with their course, the legs, and the others."""
    subject = SUBJECTS[about]
    form = AskForm(current_actor(), request.GET, subject)
    asked = form.asked()
    months = lines(asked, "month")
    total = _sum(asked, months)
    context = {
        "form": form,
        "subject": subject,
        "tabs": tabs(subject.key),
        "kept": urlencode(form.kept),
        "cards": [_card(each, total, months, form) for each in subject.headlines],
        "legs": [_row(subject.measures[key], total, form) for key in subject.legs],
        "others": [_row(each, total, form) for each in subject.others],
        "rolled_at": Month.objects.order_by("-rolled_at").values_list("rolled_at", flat=True).first(),
        "hidden": total.hidden,
    }
    return render(request, "insight/overview.html", context)


def _sum(asked: Asked, months: list[Line]) -> Tally:
    """The months together, without asking for the cells again."""
    tally = Tally()
    for line in months:
        tally.merge(line.tally)
    tally.hidden = asked.guarded and tally.few
    return tally


def _address(measure: Measure, form: AskForm) -> str:
    return f"{reverse('insight:measure', args=[measure.key])}?{urlencode(form.kept)}"


def _row(measure: Measure, total: Tally, form: AskForm) -> dict[str, Any]:
    return {"measure": measure, "url": _address(measure, form), **shown(measure, total.value(measure))}


def _card(measure: Measure, total: Tally, months: list[Line], form: AskForm) -> dict[str, Any]:
    course = trend(measure, months)
    return {**_row(measure, total, form), "chart": course, "published": published(measure)[:2], "id": measure.key}


def _the(key: str) -> Measure:
    if key not in MEASURES:
        raise NotVisible
    return MEASURES[key]


@never_cache
@require_safe
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """One measure: over the months, divided in every way, beside what others have published."""
    chosen = _the(key)
    actor = current_actor()
    subject = subject_of(chosen)
    form = AskForm(actor, request.GET, subject)
    asked = form.asked()
    months = lines(asked, "month", chosen)
    context = {
        "form": form,
        "back_url": _overview_address(form),
        "kept": urlencode(form.kept),
        "measure": chosen,
        "is_time": chosen.kind == Kind.TIME,
        "is_count": chosen.kind == Kind.COUNT,
        "total": shown(chosen, _sum(asked, months).value(chosen)),
        "chart": trend(chosen, months),
        "months": bars(chosen, months),
        "published": published(chosen),
        "divided": [_divided(asked, by, label, chosen) for by, label in _DIVIDED if _divides(asked, by, chosen)],
        "cases_url": _cases_address(chosen, form) if key in PICKS and may_list_cases(actor) else "",
    }
    return render(request, "insight/measure.html", context)


def _overview_address(form: AskForm) -> str:
    route = "insight:referrals" if form.subject is REFERRALS else "insight:overview"
    return f"{reverse(route)}?{urlencode(form.kept)}"


def _divides(asked: Asked, by: By, chosen: Measure) -> bool:
    """Not by what is one already, nor by what its cells do not tell."""
    return {
        "service": asked.service_id is None and (asked.lens.services is None or len(asked.lens.services) > 1),
        "priority": asked.priority is None,
        "institution": asked.place_id is None,
        "region": asked.place_id is None and asked.region_id is None,
        "indication": by_indication(asked, chosen),
    }[by]


def _divided(asked: Asked, by: By, label: Any, chosen: Measure) -> dict[str, Any]:
    return {"by": by, "label": label, "rows": bars(chosen, lines(asked, by, chosen))}


def _cases_address(chosen: Measure, form: AskForm) -> str:
    return f"{reverse('insight:cases', args=[chosen.key])}?{urlencode(form.kept)}"


@never_cache
@require_safe
def cases(request: HttpRequest, key: str) -> HttpResponse:
    """The cases behind a number, of those that the reader sees anyway."""
    chosen, actor = _the(key), current_actor()
    require(may_list_cases(actor))
    if key not in PICKS:
        raise NotVisible
    form = AskForm(actor, request.GET, subject_of(chosen))
    page = cases_behind(actor, form.asked(), key, request.GET.get("after", ""))
    names = worklists.names_of(actor, page.items)
    seen = worklists.named_patients(page.items, names)
    note_list_read(actor=actor, what="measured-cases", patient_ids=seen)
    context = {
        "measure": chosen,
        "rows": [rows.row_of(item, actor, names) for item in page.items],
        "back_url": _address(chosen, form),
        "next_url": f"?{urlencode({**form.kept, 'after': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "insight/cases.html", context)
