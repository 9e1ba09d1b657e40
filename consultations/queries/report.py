"""The report on one A4 page: what was asked, what was answered, by whom, and where to find it again."""

import unicodedata
from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consortium.casework.queries.rows import age_words, kilograms
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.templatetags.look import qr
from consortium.patients.models import Patient
from consortium.patients.states import Sex
from consultations.models import Answer, Consultation, Opinion
from consultations.policies import latest_answer
from consultations.queries.cases import consultation_for
from consultations.queries.citing import in_a_line, use_of
from consultations.queries.opinions import given_on
from consultations.queries.outcomes import outcome_line
from consultations.queries.signing import signature

#: (name, Latin letters on a line, lines of text on the page beside headings): measured with Chromium's print
SIZES = (("roomy", 90, 20), ("plain", 100, 28), ("dense", 120, 39), ("tiny", 150, 52))
Parts = list[tuple[str, str]]


@dataclass(frozen=True)
class Report:
    consultation: Consultation
    answer: Answer
    patient: Patient
    #: (heading, text) of each part of the question and the answer
    asked: Parts
    advice: Parts
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
            {"label": _("What became of the child"), "value": outcome_line(case.pk)},
        ]

    @property
    def signed(self) -> dict[str, Any]:
        """Name, title and licence of the signer, in the language of the report."""
        return signature(self.answer)

    def qr(self) -> SafeString:
        """The report's address, to be opened from the paper."""
        return qr(self.address, "sheet-qr")

    def plain(self) -> str:
        """The whole report as text to paste into a record."""
        case = self.consultation.case
        lines = [f"{pair['label']}: {pair['value']}" for pair in self.pairs if pair["value"]]
        lines += [
            f"\n{heading}\n{text}"
            for heading, text in (
                *full_asked(self.consultation),
                *full_advice(self.answer),
                *full_opinions(self.consultation),
            )
        ]
        signer = ", ".join(filter(None, signature(self.answer).values()))
        signed_at = f"{timezone.localtime(self.answer.signed_at):%Y-%m-%d %H:%M %Z}"
        service = f"{case.service.name}, {case.service.institution.name}" if case.service else ""
        return "\n".join([*lines, "", f"{_('Signed')}: {signer}", service, signed_at])


def full_asked(consultation: Consultation) -> Parts:
    said = [
        (_("Question"), consultation.question),
        (_("Situation"), consultation.situation),
        (_("Background"), consultation.background),
        (_("Assessment"), consultation.assessment),
        (_("Working diagnosis"), consultation.working_diagnosis),
    ]
    use = use_of(consultation.pk)
    said.append((_("Looked up in the manual"), in_a_line(use) if use else ""))
    return [(heading, text) for heading, text in said if text]


def full_opinions(consultation: Consultation) -> Parts:
    """Second opinions as they were signed, dissent named as such."""
    return [(_opinion_heading(each), each.text) for each in given_on(consultation.pk)]


def _opinion_heading(opinion: Opinion) -> str:
    signer = ", ".join(filter(None, signature(opinion).values()))
    agrees = _("Second opinion, agrees: %(signer)s") if opinion.agrees else _("Second opinion, dissents: %(signer)s")
    return agrees % {"signer": signer}


def full_advice(answer: Answer) -> Parts:
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
    """In Latin letters: a Han character is two wide."""
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def lines_of(text: str, per_line: int) -> int:
    """How many lines a text takes."""
    return sum(max(1, ceil(width_of(line) / per_line)) for line in text.splitlines() or [""])


def _lines(parts: Parts, per_line: int) -> int:
    return sum(lines_of(text, per_line) for _heading, text in parts)


def _cut(text: str, lines: int, per_line: int) -> str:
    """As much of a text as `lines` hold."""
    kept: list[str] = []
    for line in text.splitlines():
        room = lines - lines_of("\n".join(kept), per_line) * bool(kept)
        if lines_of(line, per_line) > room:
            kept.append(_beginning(line, room * per_line - 8) if room > 0 else "")
            return "\n".join(kept).rstrip() + " […]"
        kept.append(line)
    return text


def _beginning(line: str, width: int) -> str:
    while width_of(line) > max(width, 0):
        line = line[: max(min(len(line) - 1, len(line) * max(width, 0) // width_of(line)), 0)]
    return line


def _shortened(parts: Parts, lines: int, per_line: int) -> Parts:
    """The parts, each cut so that together they take at most `lines`; the longest give most."""
    total = _lines(parts, per_line)
    if total <= lines:
        return parts
    shares = [max(1, lines_of(text, per_line) * lines // total) for _heading, text in parts]
    return [(heading, _cut(text, share, per_line)) for (heading, text), share in zip(parts, shares, strict=True)]


def laid_out(asked: Parts, advice: Parts) -> tuple[str, bool, Parts, Parts]:
    """(size of print, whether it had to be cut, the question's parts, the answer's).

    The advice is what the page is for: the question gives way first, down to a quarter of the page.
    """
    for name, per_line, lines in SIZES:
        if _lines([*asked, *advice], per_line) <= lines:
            return name, False, asked, advice
    name, per_line, lines = SIZES[-1]
    advice = _shortened(advice, lines - min(_lines(asked, per_line), lines // 4), per_line)
    return name, True, _shortened(asked, lines - _lines(advice, per_line), per_line), advice


def report_for(actor: Actor, case_id: UUID) -> Report:
    """The report of the newest answer, or NotVisible where there is none or the child may not be known."""
    consultation = consultation_for(case_id)
    answer = latest_answer(consultation)
    patient = Patient.objects.filter(pk=consultation.case.patient_id).first()
    if answer is None or patient is None:
        raise NotVisible
    said = [*full_advice(answer), *full_opinions(consultation)]
    size, cut, asked, advice = laid_out(full_asked(consultation), said)
    address = settings.SITE_URL + reverse("consultations:report", args=[case_id])
    return Report(consultation, answer, patient, asked, advice, size, cut, address)
