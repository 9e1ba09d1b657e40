"""The printed report: always one A4 page, in both languages, however long the answer is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.operations import Advice, answer
from tests.browser.conftest import DESK, OpenPage
from tests.consultations.cases import answered, by, claimed

LATIN = "Give dexamethasone 0.6 mg/kg by mouth once, then look again after two hours and count the breaths. "
HAN = "地塞米松每公斤体重零点六毫克口服一次，两小时后再次评估呼吸频率与喘鸣，必要时转诊。"


def long_advice(words: str, length: int) -> Advice:
    """Five parts that hold `length` characters between them."""
    part = (words * (length // len(words) + 1))[: max(length // 5, 3)]
    return Advice(part, part, part, part, part)


@pytest.mark.parametrize(
    ("words", "length"),
    [(LATIN, 20), (LATIN, 1300), (LATIN, 2500), (LATIN, 4300), (LATIN, 7700), (LATIN, 45_000), (HAN, 1200), (HAN, 3700),
     (HAN, 40_000), ("Line\n", 5000)],
)  # fmt: skip
def test_one_page_in_both_languages(
    open_page: OpenPage,
    picture: Callable[[Page, str], None],
    asker: User,
    specialist: User,
    patient: Patient,
    service: Service,
    words: str,
    length: int,
) -> None:
    asked = claimed(asker, specialist, patient, service)
    by(specialist, answer, case_id=asked.pk, advice=long_advice(words, length))
    page = open_page(asker, DESK, f"/consultations/{asked.pk}/report/")
    for language in ("en", "zh-hans"):
        page.goto(f"/consultations/{asked.pk}/report/?language={language}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator(".sheet-foot")).to_contain_text(specialist.licence_number)
        expect(page.locator("svg.sheet-qr")).to_be_visible()
        picture(page, f"report-{'han' if words == HAN else 'latin'}-{length}-{language}")
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1, language
        assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", printed)


def test_copies_as_plain_text_in_one_tap(
    open_page: OpenPage, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    asked = answered(asker, specialist, patient, service)
    page = open_page(
        asker, DESK, f"/consultations/{asked.pk}/report/", permissions=["clipboard-read", "clipboard-write"]
    )
    page.get_by_role("button", name="Copy as text").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert specialist.licence_number in copied
    assert "Severe croup." in copied
    assert asked.question in copied
