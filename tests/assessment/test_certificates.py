"""Certificates: issued once, signed, checked by everybody, revoked at once, issued again under another name."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from asn1crypto import pem, x509
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from consortium.journal.models import Entry
from consortium.journal.tasks import deliver_entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.kernel.signing import key_file, signed, signer_certificates
from consortium.notices.models import Notice
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Certificate, CreditEntry, CreditRule
from courses.assessment.operations.awarding import reverse_credit
from courses.assessment.operations.certificates import reissue_certificate, revoke_certificate
from courses.assessment.queries.certificates import certificate_by, paper, paper_of, public_address
from courses.assessment.states.credits import CERTIFICATE
from tests.cast import actor_for, client_for
from tests.factories.credits import awarded, learned, make_certificate, make_rule
from tests.factories.exams import make_trainer
from tests.factories.people import make_staff, number

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def held(asker: User, hospital: Institution) -> Certificate:
    make_rule(hospital)
    return make_certificate(asker, hospital)


def does(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def url(name: str, *args: Any) -> str:
    return reverse(f"assessment:{name}", args=args)


def public(code: str) -> Any:
    return Client().get(reverse("verify:certificate", args=[code]))


def checked(document: bytes) -> PdfSignatureStatus:
    """By another party's validator, with the signer's public certificate alone."""
    root = x509.Certificate.load(pem.unarmor(signer_certificates())[2])
    (signature,) = PdfFileReader(io.BytesIO(document)).embedded_signatures
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))


# -- issuing ----------------------------------------------------------------------------------------------------------


def test_a_certificate_says_what_was_completed(held: Certificate, asker: User) -> None:
    assert (held.name, held.title_en, held.hours, held.step) == (asker.full_name, "Fever", Decimal(3), "valid")
    assert [line["credits"] for line in held.credits] == ["2.00"]


def test_the_journal_keeps_the_issue(held: Certificate) -> None:
    assert Entry.unscoped.get(subject_id=str(held.pk)).event == "assessment.CertificateIssued"


def test_a_revoked_one_is_not_issued_again_by_completing(asker: User, hospital: Institution, trainer: User) -> None:
    what = learned(hospital)
    awarded(asker, what)
    does(trainer, revoke_certificate, certificate_id=Certificate.unscoped.get().pk, reason="Cheated")

    awarded(asker, what)
    assert Certificate.unscoped.get().step == "revoked"


# -- the paper --------------------------------------------------------------------------------------------------------


def test_another_s_validator_accepts_the_signature(held: Certificate) -> None:
    status = checked(paper(held, "en"))

    assert status.bottom_line
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_a_file_that_was_tampered_with_is_refused(held: Certificate) -> None:
    document = bytearray(paper(held, "en"))
    document[2000] ^= 1

    assert not checked(bytes(document)).bottom_line


def test_a_file_that_was_added_to_is_refused(held: Certificate) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(paper(held, "en")))
    writer.root["/Extra"] = writer.root["/Pages"]
    writer.update_root()  # type: ignore[no-untyped-call]
    longer = io.BytesIO()
    writer.write(longer)  # type: ignore[no-untyped-call]

    assert not checked(longer.getvalue()).bottom_line


def test_the_code_on_the_paper_leads_to_the_public_page(held: Certificate, settings: Any) -> None:
    settings.SITE_URL = "https://example.org"

    assert public_address(held) == f"https://example.org/verify/{held.code}/"
    assert paper_of(held, "en")["address"] == public_address(held)
    assert held.number in paper_of(held, "en")["foot"]


@pytest.mark.parametrize(
    ("language", "title", "other"), [("en", "Fever", "\u53d1\u70ed"), ("zh", "\u53d1\u70ed", "Fever")]
)
def test_the_paper_speaks_both_languages(language: str, title: str, other: str, held: Certificate) -> None:
    with translation.override({"en": "en", "zh": "zh-hans"}[language]):
        said = paper_of(held, language)
    assert (said["course"], said["other_course"]) == (title, other)


def test_a_rule_that_nobody_has_checked_says_so(held: Certificate) -> None:
    assert "not verified" in dict(paper_of(held, "en")["pairs"])["Credits"]


def test_a_checked_rule_stands_without_a_remark(asker: User, hospital: Institution) -> None:
    make_rule(hospital, verified=True)

    assert "verified" not in str(paper_of(make_certificate(asker, hospital), "en")["pairs"])


def test_the_key_is_made_once_and_is_its_owner_s_alone() -> None:
    assert key_file().read_bytes() == key_file().read_bytes()
    assert key_file().stat().st_mode & 0o077 == 0


def test_a_named_signer_that_is_missing_is_not_made(settings: Any, tmp_path: Path) -> None:
    settings.CERTIFICATE_SIGNER = tmp_path / "signer.pem"

    with pytest.raises(FileNotFoundError):
        signer_certificates()
    assert not settings.CERTIFICATE_SIGNER.exists()


def test_what_signs_is_never_given_away() -> None:
    assert b"PRIVATE" not in signer_certificates()


def test_the_reason_stands_in_the_signature(held: Certificate) -> None:
    (signature,) = PdfFileReader(io.BytesIO(paper(held, "en"))).embedded_signatures
    assert signature.sig_object["/Reason"] == "Certificate of completion"


def test_only_a_pdf_is_signed() -> None:
    with pytest.raises(Exception, match=r"(?i)pdf|header|eof"):
        signed(b"no document", reason="x")


# -- ending -----------------------------------------------------------------------------------------------------------


def test_its_holder_is_told_that_it_was_revoked_once(held: Certificate, asker: User, trainer: User) -> None:
    for _time in range(2):
        does(trainer, revoke_certificate, certificate_id=held.pk, reason="Exam was copied")
    entry = Entry.unscoped.filter(verb="revoke", subject_id=str(held.pk)).get()
    for _time in range(2):
        deliver_entry(entry.pk)
    url = reverse("assessment:certificate", args=[held.pk])
    told = Notice.unscoped.filter(kind="certificate.revoked").values_list("recipient", "url")
    assert list(told) == [(asker.pk, url)]
    client = client_for(asker)
    assert held.title in client.get(reverse("notices:inbox")).content.decode()
    assert "Exam was copied" in client.get(url).content.decode()


def test_a_revoked_one_says_so_at_once_with_the_reason(held: Certificate, trainer: User) -> None:
    does(trainer, revoke_certificate, certificate_id=held.pk, reason="Exam was copied")

    page = public(held.code).content.decode()
    assert "was revoked" in page
    assert "Exam was copied" in page


def test_revoking_twice_changes_nothing(held: Certificate, trainer: User) -> None:
    first = does(trainer, revoke_certificate, certificate_id=held.pk, reason="One")
    again = does(trainer, revoke_certificate, certificate_id=held.pk, reason="Two")

    assert (first.ended_at, again.reason) == (again.ended_at, "One")


def test_revoking_needs_a_reason(held: Certificate, trainer: User) -> None:
    with pytest.raises(InvalidInput):
        does(trainer, revoke_certificate, certificate_id=held.pk, reason=" ")


@pytest.mark.parametrize("who", ["asker", "manager"])
def test_who_does_not_lead_the_training_revokes_nothing(
    who: str, held: Certificate, asker: User, manager: User
) -> None:
    with pytest.raises(NotPermitted):
        does({"asker": asker, "manager": manager}[who], revoke_certificate, certificate_id=held.pk, reason="x")


def test_others_do_not_know_it(held: Certificate, colleague: User, district: Institution) -> None:
    for user in (colleague, make_trainer(district)):
        with pytest.raises(NotVisible):
            does(user, revoke_certificate, certificate_id=held.pk, reason="x")


STEPS = {"valid": {"revoke", "reissue"}, "revoked": set(), "replaced": set()}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_offers_its_verbs(step: str, held: Certificate, trainer: User, asker: User, manager: User) -> None:
    held.step = step
    told = [{t.verb for t in CERTIFICATE.available(actor_for(user), held)} for user in (trainer, asker, manager)]

    assert told == [STEPS[step], STEPS[step] & {"reissue"}, set()]


def test_a_new_name_makes_a_new_one_and_ends_the_old(held: Certificate, asker: User) -> None:
    User.objects.filter(pk=asker.pk).update(full_name="Another Name")

    fresh = does(asker, reissue_certificate, certificate_id=held.pk)

    held.refresh_from_db()
    assert (held.step, fresh.step, fresh.name) == ("replaced", "valid", "Another Name")
    assert (fresh.replaces_id, fresh.credits, fresh.code == held.code) == (held.pk, held.credits, False)
    assert "replaced" in public(held.code).content.decode()


def test_credits_taken_back_stand_on_no_valid_certificate(held: Certificate, trainer: User) -> None:
    does(trainer, reverse_credit, entry_id=CreditEntry.unscoped.get().pk, reason="Copied")

    valid = Certificate.unscoped.get(step="valid")
    held.refresh_from_db()
    assert (valid.credits, valid.replaces_id, held.step) == ([], held.pk, "replaced")


def test_the_same_name_makes_none(held: Certificate, asker: User) -> None:
    with pytest.raises(InvalidInput):
        does(asker, reissue_certificate, certificate_id=held.pk)


def test_what_was_revoked_is_not_issued_again(held: Certificate, asker: User, trainer: User) -> None:
    does(trainer, revoke_certificate, certificate_id=held.pk, reason="x")
    User.objects.filter(pk=asker.pk).update(full_name="Another Name")

    with pytest.raises(WrongStep):
        does(asker, reissue_certificate, certificate_id=held.pk)


@pytest.mark.parametrize("act", ["name", "back", "delete"])
def test_the_database_keeps_it_as_it_is(act: str, held: Certificate, trainer: User) -> None:
    does(trainer, revoke_certificate, certificate_id=held.pk, reason="x")
    rows = Certificate.unscoped.filter(pk=held.pk)
    acts = {"name": lambda: rows.update(name="X"), "back": lambda: rows.update(step="valid"), "delete": rows.delete}

    with pytest.raises(DatabaseError), transaction.atomic():
        acts[act]()


@pytest.mark.parametrize("wrong", [{"step": "revoked"}, {"step": "x"}])
def test_the_database_begins_with_a_valid_one(wrong: dict[str, Any], held: Certificate) -> None:
    held.pk, held.code, held.subject_id = uuid4(), "X" * 16, uuid4()
    for name, value in wrong.items():
        setattr(held, name, value)

    with pytest.raises(DatabaseError), transaction.atomic():
        held.save(force_insert=True)


def test_the_database_holds_one_valid_certificate_of_a_thing(held: Certificate) -> None:
    held.pk, held.code = uuid4(), "X" * 16

    with pytest.raises(IntegrityError), transaction.atomic():
        held.save(force_insert=True)


# -- the public page --------------------------------------------------------------------------------------------------


def test_the_public_page_says_what_is_valid(held: Certificate) -> None:
    page = public(held.code).content.decode()

    for words in (held.names, "Fever", "is valid", held.number):
        assert words in page


def test_it_tells_no_more_than_that(held: Certificate, asker: User) -> None:
    page = public(held.code).content.decode()

    assert asker.username not in page.split("<main", 1)[1].replace(held.names, "")
    assert str(held.pk) not in page


@pytest.mark.parametrize("code", ["0000000000000000", "nothing", "%20", "AB12-CD34-EF56-GH7U"])
def test_every_wrong_number_gets_one_answer(code: str, held: Certificate) -> None:
    answer = public(code)

    assert answer.status_code == 404
    assert "There is no certificate of this number" in answer.content.decode()


def test_a_number_is_found_as_it_is_printed(held: Certificate) -> None:
    assert certificate_by(held.number.lower()) == held


def test_the_field_leads_to_the_page(held: Certificate) -> None:
    answer = Client().get(reverse("verify:ask"), {"number": held.number})

    assert answer["Location"] == reverse("verify:certificate", args=[held.code])


@pytest.mark.parametrize(("said", "status"), [("", 200), ("nothing", 404)])
def test_the_field_stays_for_what_is_no_number(said: str, status: int) -> None:
    assert Client().get(reverse("verify:ask"), {"number": said}).status_code == status


def test_numbers_cannot_be_walked_through(held: Certificate, settings: Any) -> None:
    cache.clear()
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "verify": (2, 600)}

    assert [public("0" * 16).status_code for _ in range(3)] == [404, 404, 429]


def test_the_signer_s_certificate_is_public() -> None:
    answer = Client().get(reverse("verify:signer"))

    assert answer.content == signer_certificates()


# -- pages ------------------------------------------------------------------------------------------------------------


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(url(name, *args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_one_s_page_says_what_counts_and_what_is_missing(asker: User, hospital: Institution) -> None:
    make_rule(hospital, goal=Decimal(25), cap_day=Decimal(1))
    awarded(asker, learned(hospital), clock.today())

    said = page(client_for(asker), "credits")
    for words in ("1 of 25 credits", "24 credits are missing", "the most for one day", "rule not verified"):
        assert words in said


def test_what_was_withheld_says_what_is_missing(asker: User, hospital: Institution) -> None:
    make_rule(hospital, evidence=["feedback"])
    awarded(asker, learned(hospital))

    assert "Missing: the questionnaire, answered" in page(client_for(asker), "credits")


def test_without_credits_the_page_says_where_they_come_from(asker: User) -> None:
    assert "No credits yet" in page(client_for(asker), "credits")


def test_one_takes_the_signed_paper(held: Certificate, asker: User) -> None:
    answer = client_for(asker).get(url("certificate_paper", held.pk, "zh"))

    assert answer["Content-Type"] == "application/pdf"
    assert checked(answer.content).bottom_line


@pytest.mark.parametrize("why", ["language", "revoked"])
def test_there_is_no_paper_of_what_there_is_not(why: str, held: Certificate, asker: User, trainer: User) -> None:
    if why == "revoked":
        does(trainer, revoke_certificate, certificate_id=held.pk, reason="x")
    answer = client_for(asker).get(url("certificate_paper", held.pk, "fr" if why == "language" else "en"))

    assert answer.status_code == 404


def test_a_trainer_revokes_on_the_page(held: Certificate, trainer: User) -> None:
    client = client_for(trainer)
    refused = client.post(url("certificate_revoke", held.pk), {"reason": ""})
    done = client.post(url("certificate_revoke", held.pk), {"reason": "Copied"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "Reason: Copied" in page(client, "certificate", held.pk)


def test_a_trainer_takes_credits_back_on_the_page(held: Certificate, trainer: User, asker: User) -> None:
    client = client_for(trainer)
    assert "Take back: 2 credits" in page(client, "certificate", held.pk)
    answer = client.post(url("credit_reverse", CreditEntry.unscoped.get().pk), {"reason": "Copied"})

    assert answer["Location"] == url("certificate", Certificate.unscoped.get(step="valid").pk)
    assert "Reason: Copied" in page(client_for(asker), "credits")


def test_taking_back_without_a_reason_is_refused_on_the_certificate_s_page(held: Certificate, trainer: User) -> None:
    client = client_for(trainer)
    answer = client.post(url("credit_reverse", CreditEntry.unscoped.get().pk), {"reason": " "})

    assert answer["Location"] == url("certificate", held.pk)
    assert "Say why." in page(client, "certificate", held.pk)


def test_issuing_again_is_refused_on_the_page_while_the_name_is_the_same(held: Certificate, asker: User) -> None:
    client = client_for(asker)
    client.post(url("certificate_reissue", held.pk))

    assert "Change the name in your profile first." in page(client, "certificate", held.pk)


def test_issuing_again_leads_to_the_new_one(held: Certificate, asker: User) -> None:
    client = client_for(asker)
    User.objects.filter(pk=asker.pk).update(full_name="Another Name")
    answer = client.post(url("certificate_reissue", held.pk))

    assert answer["Location"] == url("certificate", Certificate.unscoped.get(step="valid").pk)


@pytest.mark.parametrize(("q", "found"), [("", 1), ("number", 1), ("name", 1), ("nobody", 0)])
def test_the_list_is_searched(q: str, found: int, held: Certificate, trainer: User) -> None:
    said = {"number": held.number, "name": held.name[:4]}.get(q, q)

    assert page(client_for(trainer), "certificates", q=said).count(url("certificate", held.pk)) == found


def test_the_spreadsheet_holds_each_certificate(held: Certificate, trainer: User) -> None:
    answer = client_for(trainer).post(url("certificates_file"))

    lines = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert [line[0] for line in lines] == ["Number", held.number]


def test_a_manager_makes_a_rule_on_the_page(hospital: Institution) -> None:
    client = client_for(make_staff(f"m{number()}", hospital, Role.CONSORTIUM_MANAGER))
    said = {
        "request_key": str(uuid4()), "scheme": "demo", "activity": "course", "title_en": "S", "category_en": "C",
        "hours_per_credit": "2", "period_years": "1", "first_year": "2024", "valid_from": "2024-01-01", "source": "x",
        "evidence": ["exam"], "pass_percent": "60",
    }  # fmt: skip
    refused = client.post(url("credit_rule_new"), {**said, "source": ""})
    done = client.post(url("credit_rule_new"), said)

    assert (refused.status_code, done.status_code) == (422, 302)
    shown = page(client, "credit_rules")
    assert "an exam, passed" in shown
    assert "not verified" in shown
    rule = CreditRule.unscoped.get(scheme="demo")
    assert 'value="demo"' in page(client, "credit_rule_new", of=str(rule.pk))


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_queries_for_one_and_three(
    rows: int, asker: User, trainer: User, hospital: Institution, django_assert_num_queries: Any
) -> None:
    make_rule(hospital)
    for _ in range(rows):
        make_certificate(asker, hospital)
    mine, theirs = client_for(asker), client_for(trainer)
    for client, name, queries in (
        (mine, "credits", OWN),
        (theirs, "certificates", ISSUED),
        (mine, "credit_rules", RULES),
    ):
        page(client, name)
        with django_assert_num_queries(queries):
            page(client, name)


OWN = 8
ISSUED = 5
RULES = 5
