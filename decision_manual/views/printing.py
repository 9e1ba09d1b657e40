"""The flow chart on paper: one A4 page as PDF, with the code that leads back to its version."""

import re

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.paper import code_for, in_font, pdf
from consortium.kernel.policies import require
from decision_manual.chart import outline
from decision_manual.policies import may_read_manual
from decision_manual.queries import listed, version_shown
from decision_manual.queries.sheets import reading_language
from decision_manual.templatetags.manual import STATUSES

_SIZE = re.compile(r'viewBox="\S+ \S+ (?P<width>\S+) (?P<height>[^"]+)"')


@require_safe
def chart_pdf(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """This version's chart in the reader's language; nothing of a child stands on it."""
    require(may_read_manual(current_actor()))
    row, language = version_shown(code, number), reading_language()
    content, svg = row.content, row.charts[language]
    address = request.build_absolute_uri(reverse("manual:version", args=[code, number]))
    data = {
        "title": content.title.said(language),
        "summary": content.summary.said(language) if content.summary else "",
        "version": _("version %(number)d") % {"number": number},
        "status": str(STATUSES[listed(row).step][0]),
        "address": address,
        "code": code_for(address),
        "chart": in_font(svg),
        "wide": _is_wide(svg),
        "spoken": ". ".join(node.text for node in outline(content, language).flat()),
    }
    headers = {"Content-Disposition": f'inline; filename="{code}-{number}-{language}.pdf"'}
    return HttpResponse(pdf("chart", data, language=language), content_type="application/pdf", headers=headers)


def _is_wide(svg: str) -> bool:
    found = _SIZE.search(svg)
    return found is not None and float(found["width"]) > float(found["height"])
