"""The report on one A4 page: what was asked, what was answered, by whom, and where to find it again."""

import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from consortium.casework.queries.rows import age_words, kilograms
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.patients.states import Sex
from consultations.models import Answer, Consultation
from consultations.policies import latest_answer
from consultations.queries.cases import consultation_for

#: how much text (in widths of a Latin letter) each size of print holds on the page; measured with Chromium
SIZES = ((1500, "roomy"), (2600, "plain"), (4400, "dense"), (7800, "tiny"))
MOST = 7800


@dataclass(frozen=True)
class Report:
    consultation: Consultation
    answer: Answer
    patient: Patient
    #: (heading, text) of each part of the question and the answer
    asked: list[tuple[str, str]]
    advice: list[tuple[str, str]]
    size: str
    cut: bool
    address: str

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Who the child is and who asked."""
        case = self.consultation.case
        child = [str(Sex(case.sex).label), age_words(case.age_days)]
        weight = kilograms(case.weight_grams)
        return [
            {"label": _("Child"), "value": self.patient.display_name},
            {"label": _("Sex, age"), "value": ", ".join(filter(None, child))},
            {"label": _("Born on"), "value": self.patient.birth_date},
            {"label": _("Weight"), "value": _("%(weight)s kg") % {"weight": weight} if weight else _("not known")},
            {"label": _("Asked by"), "value": f"{case.asker.get_full_name()}, {case.asking_institution.name}"},
            {"label": _("Pathway"), "value": case.pathway.number if case.pathway else ""},
        ]

    def qr(self) -> SafeString:
        """The report's address as a QR code (SVG without style attributes)."""
        code = segno.make(self.address, error="m", micro=False)
        svg = code.svg_inline(scale=1, border=2, svgclass="sheet-qr", lineclass=None, omitsize=True)
        return mark_safe(svg)  # noqa: S308 - drawn from an address of ours

    def plain(self) -> str:
        """The whole report as text to paste into a record."""
        case = self.consultation.case
        lines = [f"{pair['label']}: {pair['value']}" for pair in self.pairs if pair["value"]]
        lines += [
            f"\n{heading}\n{text}" for heading, text in (*full_asked(self.consultation), *full_advice(self.answer))
        ]
        signer = ", ".join(
            filter(None, (self.answer.signer_name, self.answer.signer_title, self.answer.signer_licence))
        )
        service = f"{case.service.name}, {case.service.institution.name}" if case.service else ""
        return "\n".join(
            [*lines, "", f"{_('Signed')}: {signer}", service, f"{self.answer.signed_at:%Y-%m-%d %H:%M} UTC"]
        )


def full_asked(consultation: Consultation) -> list[tuple[str, str]]:
    said = [
        (_("Question"), consultation.question),
        (_("Situation"), consultation.situation),
        (_("Background"), consultation.background),
        (_("Assessment"), consultation.assessment),
        (_("Working diagnosis"), consultation.working_diagnosis),
    ]
    return [(heading, text) for heading, text in said if text]


def full_advice(answer: Answer) -> list[tuple[str, str]]:
    day = f" ({answer.follow_up_on.isoformat()})" if answer.follow_up_on else ""
    said = [
        (_("Impression"), answer.impression),
        (_("Do now"), answer.do_now),
        (_("Red flags"), answer.red_flags),
        (_("When to refer"), answer.when_to_refer),
        (_("Follow-up"), answer.follow_up + day),
    ]
    return [(heading, text.strip()) for heading, text in said if text.strip()]


def width_of(text: str) -> int:
    """How much room a text takes: a Han character is two Latin letters wide, a new line is most of a line."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide + 60 * text.count("\n")


def _shortened(parts: list[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """The parts, each cut so that together they take at most `room`; the longest give most."""
    total = sum(width_of(text) for _heading, text in parts)
    if total <= room:
        return parts
    share = room / total
    return [(heading, _cut(text, int(width_of(text) * share))) for heading, text in parts]


def _cut(text: str, room: int) -> str:
    used = 0
    for at, character in enumerate(text):
        used += width_of(character)
        if used > room:
            return text[:at].rstrip() + " […]"
    return text


def report_for(actor: Actor, case_id: UUID) -> Report:
    """The report of the newest answer, or NotVisible where there is none or the child may not be known."""
    consultation = consultation_for(case_id)
    answer = latest_answer(consultation)
    patient = Patient.objects.filter(pk=consultation.case.patient_id).first()
    if answer is None or patient is None:
        raise NotVisible
    asked, advice = full_asked(consultation), full_advice(answer)
    total = sum(width_of(text) for _heading, text in (*asked, *advice))
    size = next((name for most, name in SIZES if total <= most), SIZES[-1][1])
    # The advice is what the page is for: the question gives way first, down to a quarter of the page.
    advice_room = MOST - min(sum(width_of(t) for _h, t in asked), MOST // 4)
    advice = _shortened(advice, advice_room)
    asked = _shortened(asked, MOST - sum(width_of(text) for _heading, text in advice))
    address = settings.SITE_URL + reverse("consultations:report", args=[case_id])
    return Report(consultation, answer, patient, asked, advice, size, total > MOST, address)
