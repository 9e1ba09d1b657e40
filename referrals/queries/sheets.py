"""The two papers of a referral, each one A4 page and the same as plain text: the form that goes with the child, and
the letter that says what became of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consortium.casework.queries.rows import age_words, kilograms
from consortium.casework.queries.signing import signature
from consortium.casework.states import Priority
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.patients.states import Sex
from consortium.people.models import Institution
from referrals.models import Outcome, Referral
from referrals.queries.cases import referral_for
from referrals.queries.following import visits_of
from referrals.queries.outcomes import newest_outcome
from referrals.queries.parts.outcome import for_everybody
from referrals.states import Reason

Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `pairs`: who and where, in short; `parts`: (heading, text); `signed`: who answers for it, and when."""

    patient: Patient
    title: str
    head: str
    pairs: Lines
    parts: Lines
    signed: str
    address: str

    def plain(self) -> str:
        """The whole page as text to paste into a record."""
        pairs = "\n".join(f"{label}: {value}" for label, value in self.pairs)
        parts = "\n\n".join(f"{heading}\n{text}" for heading, text in self.parts)
        return "\n\n".join(filter(None, [self.title, pairs, parts, self.signed]))

    def data(self) -> dict[str, Any]:
        """What the Typst template reads."""
        return {
            "title": self.title, "head": self.head, "pairs": self.pairs, "parts": self.parts, "signed": self.signed,
            "address": self.address,
        }  # fmt: skip


def referral_sheet(case_id: UUID) -> Sheet:
    """The referral form, in the language that is active; NotVisible for who may not know the child."""
    referral, patient = _known(case_id)
    case, r = referral.case, referral
    diagnosis = " ".join(filter(None, (r.diagnosis_code, r.working_diagnosis)))
    said = [
        (_("Question"), r.question), (_("Situation"), r.situation), (_("Background"), r.background),
        (_("Assessment"), r.assessment), (_("What the sender would do"), r.recommendation),
        (_("Working diagnosis"), diagnosis), (_("Plan"), r.plan if r.plan != r.question else ""),
        (_("Medicines"), r.plan_medicines), (_("Visits"), _visits(referral)), (_("Promised"), r.promise),
        (_("Allergies"), patient.allergies),
    ]  # fmt: skip
    sent_at = case.submitted_at
    pairs = [
        (_("Why"), str(Reason(r.reason).label) if r.reason else ""),
        (_("Urgency"), str(Priority(case.priority).label)), (_("Sent"), _moment(sent_at) if sent_at else ""),
    ]  # fmt: skip
    by = f"{case.asker.get_full_name()}, {case.asking_institution.name}"
    phone = case.asker.phone or case.asking_institution.phone
    signed = _("Referred by: %(doctor)s") % {"doctor": " · ".join(filter(None, [by, phone]))}
    return _sheet(referral, patient, _("Referral form"), [*pairs], said, signed, "referrals:form")


def outcome_sheet(case_id: UUID) -> Sheet:
    """The outcome letter of the newest outcome; NotVisible where there is none."""
    referral, patient = _known(case_id)
    outcome = newest_outcome(case_id)
    pairs = [(_("From – to"), f"{outcome.admitted_on:%Y-%m-%d} – {outcome.left_on:%Y-%m-%d}")]
    corrects = [(_("Corrects an earlier letter"), outcome.correction_reason)]
    return _sheet(
        referral,
        patient,
        _("Outcome letter"),
        pairs,
        [*corrects, *for_everybody(outcome)],
        _signer(outcome),
        "referrals:letter",
    )


def _known(case_id: UUID) -> tuple[Referral, Patient]:
    referral = referral_for(case_id)
    patient: Patient | None = Patient.objects.filter(pk=referral.case.patient_id).first()
    if patient is None or referral.case.submitted_at is None:
        raise NotVisible
    return referral, patient


def _sheet(
    referral: Referral, patient: Patient, title: str, pairs: Lines, parts: Lines, signed: str, address: str
) -> Sheet:
    case = referral.case
    weight = kilograms(case.weight_grams)
    shown = [
        (_("Child"), patient.display_name),
        (_("Sex, age"), ", ".join(filter(None, [str(Sex(case.sex).label), age_words(case.age_days)]))),
        (_("Born on"), f"{patient.birth_date:%Y-%m-%d}"),
        (_("Weight"), _("%(weight)s kg") % {"weight": weight} if weight else ""),
        (_("From"), case.asking_institution.name), (_("To"), _place(referral)),
        (_("Pathway"), case.pathway.number if case.pathway else ""), *pairs,
    ]  # fmt: skip
    return Sheet(
        patient, title, _letterhead(referral, address), _filled(shown), _filled(parts), signed,
        settings.SITE_URL + reverse(address, args=[case.pk]),
    )  # fmt: skip


def _letterhead(referral: Referral, address: str) -> str:
    """Of the side that writes: the sender's on the form, the hospital's on the letter."""
    service = referral.case.service
    writes: Institution = referral.case.asking_institution
    if address == "referrals:letter" and service is not None:
        writes = service.institution
    return writes.letterhead or writes.name


def _filled(lines: Lines) -> Lines:
    return [(label, text.strip()) for label, text in lines if text.strip()]


def _place(referral: Referral) -> str:
    service = referral.case.service
    return f"{service.name}, {service.institution.name}" if service else ""


def _visits(referral: Referral) -> str:
    return "\n".join(f"{visit.day:%Y-%m-%d}  {visit.task}" for visit in visits_of(referral.pk))


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _signer(outcome: Outcome) -> str:
    said = signature(outcome)
    licence = _("licence %(number)s") % {"number": said["licence"]} if said["licence"] else ""
    name = ", ".join(filter(None, [said["signer"], said["signer_title"], licence]))
    return _("Signed: %(signer)s, %(time)s") % {"signer": name, "time": _moment(outcome.signed_at)}
