"""The referral form and the outcome letter: one A4 page of PDF in both languages, and the same as plain text."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from consortium.casework.models import Service
from consortium.journal.models import Entry
from consortium.kernel.errors import NotVisible
from consortium.kernel.paper import pdf
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from referrals.models import Referral
from referrals.operations.outcomes import correct_outcome
from referrals.queries.sheets import Sheet, outcome_sheet, referral_sheet
from tests.cast import client_for
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.referrals.cared import admitted, ending, sent_back, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return told(asker, specialist, patient, service)


def form_of(user: User, referral: Referral) -> Sheet:
    made: Sheet = by(user, lambda actor: referral_sheet(referral.pk))
    return made


def letter_of(user: User, referral: Referral) -> Sheet:
    made: Sheet = by(user, lambda actor: outcome_sheet(referral.pk))
    return made


def pages(sheet: Sheet, language: str = "en") -> list[str]:
    """The text of each page of the PDF."""
    made = pdf("referral", {**sheet.data(), "code": "<svg xmlns='http://www.w3.org/2000/svg'/>"}, language=language)
    return [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]


# --- the form ---------------------------------------------------------------------------------------------------------


def test_the_form_says_who_where_and_why(home: Referral, asker: User, patient: Patient) -> None:
    said = dict(form_of(asker, home).pairs)
    assert (said["Child"], said["Weight"], said["Urgency"]) == (patient.display_name, "6.8 kg", "Urgent")
    assert said["From"] == "Yanghang Community Centre"
    assert said["To"] == "Respiratory medicine, Children's Hospital"
    assert said["Why"] == "Has to be admitted"


def test_the_form_holds_what_was_written(home: Referral, asker: User) -> None:
    said = dict(form_of(asker, home).parts)
    assert said["Situation"] == "Stridor since midnight."
    assert "Background" not in said


def test_the_form_is_signed_with_name_and_telephone(home: Referral, asker: User) -> None:
    asker.phone = "021 5555 0199"
    asker.save()
    assert form_of(asker, home).signed == f"Referred by: {asker.full_name}, Yanghang Community Centre · 021 5555 0199"


def test_the_letterhead_is_of_who_writes(
    home: Referral, asker: User, community: Institution, hospital: Institution
) -> None:
    Institution.objects.filter(pk=community.pk).update(letterhead="Yanghang\n1 Main Road")
    assert (form_of(asker, home).head, letter_of(asker, home).head) == ("Yanghang\n1 Main Road", "Children's Hospital")


def test_a_plan_with_its_visits_stands_on_the_form(
    home: Referral, specialist: User, community: Institution, respiratory: Specialty
) -> None:
    back = sent_back(home, specialist, make_service(community, respiratory), medicines="Salbutamol.")
    said = dict(form_of(specialist, back).parts)
    assert said["Medicines"] == "Salbutamol."
    assert said["Visits"].splitlines()[0].endswith("  Weigh, count breaths.")
    assert said["Working diagnosis"] == "J05.0 Croup"


# --- the letter -------------------------------------------------------------------------------------------------------


def test_the_letter_holds_the_seven_parts(home: Referral, asker: User) -> None:
    sheet = letter_of(asker, home)
    assert [heading for heading, _text in sheet.parts][:6] == [
        "Final diagnoses", "Course", "Medicines", "Immunisations given", "Results still pending", "Follow-up",
    ]  # fmt: skip
    assert "From – to" in dict(sheet.pairs)


def test_the_letter_is_signed_by_name_title_and_licence(home: Referral, asker: User, specialist: User) -> None:
    signed = letter_of(asker, home).signed
    assert f"{specialist.full_name}, {specialist.title}, licence {specialist.licence_number}" in signed


def test_what_the_two_sides_say_to_each_other_is_not_on_paper(home: Referral, asker: User) -> None:
    plain = letter_of(asker, home).plain()
    assert ("Well timed." in plain, "At the right time" in plain, "She may go home." in plain) == (False, False, True)


def test_a_corrected_letter_says_so(home: Referral, specialist: User) -> None:
    by(specialist, correct_outcome, case_id=home.pk, ending=ending(), reason="The other ear.")
    assert letter_of(specialist, home).parts[0] == ("Corrects an earlier letter", "The other ear.")


def test_without_an_outcome_there_is_no_letter(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    inside = admitted(asker, specialist, patient, service)
    with pytest.raises(NotVisible):
        letter_of(asker, inside)


def test_who_may_not_know_the_child_gets_no_paper(home: Referral, coordinator: User, stranger: User) -> None:
    for user in (coordinator, stranger):
        with pytest.raises(NotVisible):
            form_of(user, home)


# --- on paper ---------------------------------------------------------------------------------------------------------


def test_it_is_one_page_in_both_languages(home: Referral, asker: User) -> None:
    english = pages(letter_of(asker, home))
    with translation.override("zh-hans"):
        chinese = pages(letter_of(asker, home), "zh")
    assert (len(english), len(chinese)) == (1, 1)
    assert "Nebulised adrenaline" in english[0]
    assert "急性喉炎（哮吼）" in chinese[0].replace("\n", "")


def test_a_long_text_is_printed_smaller_and_whole(home: Referral, asker: User) -> None:
    long = "\n".join(f"Day {day}: better than the day before, drinks, sleeps, no oxygen." for day in range(60))
    found = pages(replace(letter_of(asker, home), parts=[("Course", long)]))
    assert (len(found), "Day 59" in found[0]) == (1, True)


def test_it_copies_as_text(home: Referral, asker: User) -> None:
    plain = letter_of(asker, home).plain()
    assert plain.startswith("Outcome letter\n\nChild: ")
    assert "\n\nCourse\nNebulised adrenaline twice" in plain


# --- asked for --------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(asker: User) -> Client:
    return client_for(asker)


@pytest.mark.parametrize("name", ["form", "letter"])
def test_the_page_shows_it_with_its_text_to_copy(home: Referral, browser: Client, name: str) -> None:
    answer = browser.get(reverse(f"referrals:{name}", args=[home.pk]), {"language": "zh-hans"})
    assert (answer.status_code, 'lang="zh-hans"' in answer.content.decode()) == (200, True)
    assert 'id="plain"' in answer.content.decode()


@pytest.mark.parametrize("name", ["form", "letter"])
def test_the_pdf_names_no_child_in_its_title_or_its_file(
    home: Referral, browser: Client, patient: Patient, name: str
) -> None:
    answer = browser.get(reverse(f"referrals:{name}_pdf", args=[home.pk]))
    reader = PdfReader(io.BytesIO(answer.content))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{name}-en.pdf"'
    assert patient.name not in str(reader.metadata)
    assert patient.name in reader.pages[0].extract_text()


def test_to_print_it_is_to_read_the_record(home: Referral, browser: Client) -> None:
    browser.get(reverse("referrals:letter_pdf", args=[home.pk]), {"language": "xx"})
    assert Entry.unscoped.filter(verb="read", facts__what="letter").count() == 1
