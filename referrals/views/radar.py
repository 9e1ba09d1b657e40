"""The radar: the coordinator's page of every child without a next step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.casework.queries.lists_live import stood
from consortium.casework.queries.worklists import named_patients, names_of
from consortium.journal.operations import note_list_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotPermitted
from referrals.queries.radar import radar as children_without_next_step
from referrals.queries.radar import radar_row, radar_topics, watches


@never_cache
@require_safe
def radar(request: HttpRequest) -> HttpResponse:
    """`?after=`. One entry of the reader's journal tells whose names it showed. htmx gets the list alone."""
    actor = current_actor()
    if not watches(actor):
        raise NotPermitted(_("Only the coordinator does this."))
    topics = stood(radar_topics(actor))
    page = children_without_next_step(actor, after=request.GET.get("after", ""))
    names = names_of(actor, page.items)
    note_list_read(actor=actor, what="radar", patient_ids=named_patients(page.items, names))
    next_url = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""
    rows = [radar_row(item, actor, names) for item in page.items]
    template = "referrals/radar_list.html" if request.headers.get("HX-Request") else "referrals/radar.html"
    context = {"rows": rows, "next_url": next_url, "topics": topics, "here": request.get_full_path()}
    return render(request, template, context)
