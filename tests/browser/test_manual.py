"""In the browser: the manual's reader, from the worklist to a kept run, at both widths and in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Response, expect

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from decision_manual.library import load
from decision_manual.models import PathwayVersion, Run
from decision_manual.operations import add_version
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.factories.patients import make_patient

_START, _COUGH = "/manual/", "/manual/cough-2-59m/"
_MOST_BYTES = 200_000
_WIDTHS = pytest.mark.parametrize("width", [PHONE, DESK])
_LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
#: a child with a cold that may be pneumonia: everything that the table of cough asks, as a doctor goes down the sheet
_TYPICAL = {
    "convulsing_now": "no", "lethargic_or_unconscious": "no", "unable_to_drink_or_breastfeed": "no",
    "vomits_everything": "no", "convulsions_this_illness": "no", "cough_or_difficult_breathing": "yes",
    "chest_indrawing": "no", "stridor_when_calm": "no",
}  # fmt: skip


class Counted:
    """A page whose taps and typings are counted; filling one field is one interaction, whatever its length."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def tap(self, selector: str) -> None:
        self.page.locator(selector).first.tap()
        self.count += 1

    def type(self, selector: str, text: str) -> None:
        self.page.locator(selector).press_sequentially(text)
        self.count += 1

    def answer(self, code: str, value: str) -> None:
        self.tap(f'#q-{code} label:has(input[value="{value}"])')


@pytest.fixture
def shipped(web: object) -> PathwayVersion:
    """Cough and two others; cough is given back."""
    with acting_as(system("a test")) as actor:
        pathways = load().pathways
        rows = [add_version(actor=actor, pathway=pathways[name]) for name in ("danger-signs", "young-infant-infection")]
        return [*rows, add_version(actor=actor, pathway=pathways["cough-2-59m"])][-1]


@pytest.fixture
def child(web: object, community: Institution) -> Patient:
    return make_patient(community, birth_date=clock.today() - timedelta(days=215))


def _severe(page: Page) -> None:
    """A pink result, by the two answers that make it."""
    if page.locator("#id_age").count():
        page.locator("#id_age").fill("7")
    page.locator('#q-cough_or_difficult_breathing input[value="yes"]').check()
    page.locator('#q-stridor_when_calm input[value="yes"]').check()


def _keep(page: Page) -> None:
    _severe(page)
    expect(page.locator("#result")).to_have_class("card stack manual-result care is-pink")
    page.locator('button[name="keep"]').click()
    page.wait_for_url("**/manual/runs/**")


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # at its full height: what the bar at the bottom half covers would be measured as too small
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": tall})


def test_from_the_worklist_three_interactions_reach_the_pathway(
    open_page: OpenPage, asker: User, shipped: PathwayVersion
) -> None:
    page = open_page(asker, PHONE)
    hand = Counted(page)
    hand.tap(f'.tabbar a[href="{_START}"]')
    page.wait_for_url(f"**{_START}")
    hand.type("#id_q", "fy")
    expect(page.locator("#pathways a")).to_have_count(1)
    hand.tap("#pathways a")
    page.wait_for_url(f"**{_COUGH}")
    print(f"interactions from the worklist to the pathway: {hand.count}")
    assert hand.count <= 3


def test_a_typical_child_has_a_result_after_one_answer_a_question(
    open_page: OpenPage, asker: User, shipped: PathwayVersion
) -> None:
    page = open_page(asker, PHONE, path=_COUGH)
    hand = Counted(page)
    hand.type("#id_age", "7")
    hand.type("#id_weight_kg", "6.8")
    for code, value in _TYPICAL.items():
        hand.answer(code, value)
    hand.type("#id_respiratory_rate", "56")
    expect(page.locator("#result-short")).to_contain_text("Pneumonia")
    expect(page.locator("#result-short")).not_to_contain_text("Not excluded: Severe pneumonia")
    expect(page.locator("#result .dose").first).to_be_attached()
    print(f"interactions from the open sheet to a settled result with doses: {hand.count}")
    assert hand.count <= 11


def test_on_a_phone_the_urgency_stands_in_the_dock_without_scrolling(
    open_page: OpenPage, asker: User, shipped: PathwayVersion
) -> None:
    page = open_page(asker, PHONE, path=_COUGH)
    _severe(page)
    expect(page.locator("#result-short strong")).to_have_text("E1")
    expect(page.locator("#result-short strong")).to_be_in_viewport(ratio=1)


def test_the_dock_leads_to_the_result(open_page: OpenPage, asker: User, shipped: PathwayVersion) -> None:
    page = open_page(asker, PHONE, path=_COUGH)
    _severe(page)
    page.get_by_role("link", name="To the result").click()
    expect(page.locator("#result-title")).to_be_in_viewport()


def test_what_is_open_leads_to_its_question(open_page: OpenPage, asker: User, shipped: PathwayVersion) -> None:
    page = open_page(asker, PHONE, path=_COUGH)
    page.locator("#id_age").fill("7")
    page.locator('#q-cough_or_difficult_breathing input[value="yes"]').check()
    page.locator('#result a[href^="#q-"]').first.click()
    expect(page.locator(".fact-question:target legend, .fact-question:target label").first).to_be_in_viewport()


def test_the_sheet_answers_without_javascript(open_page: OpenPage, asker: User, shipped: PathwayVersion) -> None:
    page = open_page(asker, PHONE, path=_COUGH, java_script_enabled=False)
    _severe(page)
    page.get_by_role("button", name="Show the result").click()
    expect(page.locator("#result")).to_contain_text("Severe pneumonia or very severe disease")


def test_without_javascript_a_run_is_kept_too(open_page: OpenPage, asker: User, shipped: PathwayVersion) -> None:
    page = open_page(asker, DESK, path=_COUGH, java_script_enabled=False)
    _severe(page)
    page.get_by_role("button", name="Show the result").click()
    page.locator('button[name="keep"]').click()
    expect(page.locator("h1")).to_have_text("Cough or difficult breathing")
    assert Run.unscoped.count() == 1


def test_the_keep_button_leads_to_the_run(open_page: OpenPage, asker: User, shipped: PathwayVersion) -> None:
    page = open_page(asker, PHONE, path=_COUGH)
    _keep(page)
    assert page.url.endswith(f"/manual/runs/{Run.unscoped.get().pk}/")


def test_the_run_can_be_copied(open_page: OpenPage, asker: User, shipped: PathwayVersion) -> None:
    page = open_page(asker, DESK, path=_COUGH)
    _keep(page)
    expect(page.get_by_role("button", name="Copy as text")).to_be_visible()
    expect(page.locator("#run-text")).to_contain_text("Severe pneumonia or very severe disease (E1")


def test_a_run_of_a_child_becomes_a_question_with_the_situation_told(
    open_page: OpenPage, asker: User, shipped: PathwayVersion, child: Patient, service: Service
) -> None:
    page = open_page(asker, PHONE, path=f"{_COUGH}?patient={child.pk}")
    _keep(page)
    page.get_by_role("button", name="Ask a specialist").click()
    page.wait_for_url(f"**/consultations/new/{child.pk}/")
    page.locator('input[name="priority"]').first.check()
    page.locator('select[name="service_id"]').select_option(str(service.pk))
    page.get_by_role("button", name="Go on").click()
    told = re.compile(r"Severe pneumonia or very severe disease \(E1")
    expect(page.locator('textarea[name="situation"]')).to_have_value(told)


def test_the_childs_page_leads_to_the_manual_about_that_child(
    open_page: OpenPage, asker: User, shipped: PathwayVersion, child: Patient
) -> None:
    page = open_page(asker, PHONE, path=f"/patients/{child.pk}/")
    page.locator(f'main a[href="{_START}?patient={child.pk}"]').click()
    page.locator(f'#pathways a[href^="{_COUGH}"]').click()
    expect(page.locator("#child-title + p")).to_contain_text("7")


def test_the_way_of_a_run_is_marked_on_the_drawing_node_for_node(
    open_page: OpenPage, asker: User, shipped: PathwayVersion
) -> None:
    page = open_page(asker, DESK, path=_COUGH)
    _keep(page)
    page.get_by_role("link", name="Its way on the flow chart").click()
    expect(page.locator(".flow-chart .walked").first).to_be_attached()
    marked = page.locator(".flow-chart .walked").evaluate_all("nodes => nodes.map(node => node.id)")
    assert set(marked) == set(Run.unscoped.get().parts(manager="unscoped").get().nodes)
    assert set(marked) == set(page.locator(".outline .is-walked").evaluate_all("all => all.map(e => e.dataset.node)"))


@_LANGUAGES
def test_the_drawing_and_the_list_have_the_same_nodes(
    open_page: OpenPage, asker: User, shipped: PathwayVersion, language: str
) -> None:
    page = open_page(asker, DESK, path=f"{_COUGH}chart/", language=language)
    drawn = page.locator('.flow-chart [class*="kind-"]').evaluate_all("nodes => nodes.map(node => node.id)")
    assert sorted(drawn) == sorted(page.locator("[data-node]").evaluate_all("all => all.map(e => e.dataset.node)"))


def test_a_page_of_a_pathway_weighs_at_most_200_kb(open_page: OpenPage, asker: User, shipped: PathwayVersion) -> None:
    page = open_page(asker, PHONE, path=_START)
    answers: list[Response] = []
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.on("response", lambda one: answers.append(one))
    page.goto(_COUGH)
    page.wait_for_load_state("networkidle")
    weight = sum(
        sum(one.request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize")) for one in answers
    )
    print(f"a pathway's page, nothing cached: {weight} bytes in {len(answers)} answers")
    assert weight <= _MOST_BYTES


@_WIDTHS
@_LANGUAGES
def test_everybody_can_use_it(
    open_page: OpenPage, accessible: Callable[[Page], None], asker: User, shipped: PathwayVersion, width: int,
    language: str,
) -> None:  # fmt: skip
    page = open_page(asker, width, path=_START, language=language)
    for path in (_START, _COUGH, f"{_COUGH}read/", f"{_COUGH}chart/", f"{_COUGH}proof/"):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(path)
        _fits(page)
        accessible(page)


@_WIDTHS
@_LANGUAGES
def test_everybody_can_use_a_result_and_its_run(
    open_page: OpenPage, accessible: Callable[[Page], None], asker: User, shipped: PathwayVersion,
    picture: Callable[[Page, str], None], width: int, language: str,
) -> None:  # fmt: skip
    page = open_page(asker, width, path=_COUGH, language=language)
    _severe(page)
    expect(page.locator("#result")).to_have_class("card stack manual-result care is-pink")
    picture(page, f"manual-pink-{width}-{language}")
    _fits(page)
    accessible(page)
    page.locator('button[name="keep"]').click()
    page.wait_for_url("**/manual/runs/**")
    _fits(page)
    picture(page, f"manual-run-{width}-{language}")
    accessible(page)
