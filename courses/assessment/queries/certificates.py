"""Certificates: the list of whoever may see them, the paper, and what the public page says."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.kernel.errors import NotVisible
from consortium.kernel.paper import code_for, pdf
from consortium.kernel.scoping import unfiltered
from consortium.kernel.signing import signed
from courses.assessment.crediting import read_code
from courses.assessment.models import Certificate
from courses.assessment.models.exams import said

#: language of a paper -> Django's
LANGUAGES = {"en": "en", "zh": "zh-hans"}


def certificates_seen() -> QuerySet[Certificate]:
    """Those that the actor may see."""
    rows: QuerySet[Certificate] = Certificate.objects.select_related("user", "institution")
    return rows


def certificate_for(certificate_id: Any) -> Certificate:
    """One that the actor may see; NotVisible for any other."""
    found: Certificate | None = certificates_seen().filter(pk=certificate_id).first()
    if found is None:
        raise NotVisible
    return found


def certificate_by(code: str) -> Certificate | None:
    """For whoever holds the number: the public page. None for what can't be a number, or is none."""
    read = read_code(code)
    rows = unfiltered(Certificate, why="somebody checks a certificate by its number")
    found: Certificate | None = rows.select_related("institution").filter(code=read).first() if read else None
    return found


def public_address(certificate: Certificate) -> str:
    """What the code on the paper leads to."""
    return str(settings.SITE_URL) + reverse("verify:certificate", args=[certificate.code])


def paper(certificate: Certificate, language: str) -> bytes:
    """The signed PDF, in en or zh."""
    with translation.override(LANGUAGES[language]):
        made = pdf("certificate", paper_of(certificate, language), language=language)
        return signed(made, reason=_("Certificate of completion"))


def paper_of(certificate: Certificate, language: str) -> dict[str, Any]:
    """What stands on paper, in the language that is active."""
    address = public_address(certificate)
    other = _other(certificate, language)
    return {
        "title": _("Certificate of completion"), "other_title": other["title"], "issuer": certificate.institution.name,
        "given_to": _("This is to certify that"), "name": certificate.names,
        "completed": _("has completed the course"), "course": certificate.title, "other_course": other["course"],
        "pairs": pairs_of(certificate), "code": code_for(address), "address": address,
        "scan": _("Scan to check that it is valid"),
        "foot": _("Number %(number)s. Check it at %(address)s") % {"number": certificate.number, "address": address},
    }  # fmt: skip


def _other(certificate: Certificate, language: str) -> dict[str, str]:
    """The two titles in the language that the paper is not in."""
    with translation.override(LANGUAGES["zh" if language == "en" else "en"]):
        title, course = _("Certificate of completion"), certificate.title
    return {"title": title, "course": "" if course == certificate.title else course}


def pairs_of(certificate: Certificate) -> list[tuple[str, str]]:
    """Day, hours (where there are any) and credits as label and words; a rule nobody has checked is said to be so."""
    lines = [(_("Completed on"), formats.date_format(certificate.completed_on, "DATE_FORMAT"))]
    if certificate.hours:
        hours = formats.number_format(certificate.hours.normalize(), use_l10n=True)
        lines.append((_("Hours of learning"), hours))
    return [*lines, *((_("Credits"), _credit_words(line)) for line in certificate.credits)]


def _credit_words(line: dict[str, Any]) -> str:
    told = {
        "credits": line["credits"], "scheme": said(line["title_en"], line["title_zh"]),
        "category": said(line["category_en"], line["category_zh"]),
    }  # fmt: skip
    words = _("%(credits)s, %(scheme)s, %(category)s") % told
    return words if line["verified"] else _("%(credit)s (rule not verified)") % {"credit": words}


def sheet_of(rows: QuerySet[Certificate]) -> tuple[tuple[str, ...], list[list[Any]]]:
    """(heading, rows) for a spreadsheet, in the reader's language."""
    heading = (_("Number"), _("Name"), _("Name in Chinese"), pgettext("training", "Course"), _("Institution"),
               _("Completed on"), _("Hours"), _("Credits"), _("Standing"))  # fmt: skip
    return heading, [_sheet_row(row) for row in rows.order_by("-issued_at", "id").iterator(chunk_size=500)]


def _sheet_row(row: Certificate) -> list[Any]:
    given = "; ".join(_credit_words(line) for line in row.credits)
    return [
        row.number, row.name, row.name_zh, row.title, row.institution.name, row.completed_on, row.hours, given,
        row.get_step_display(),
    ]  # fmt: skip
