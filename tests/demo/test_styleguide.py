"""The style guide shows every component, and obeys the rules that all pages obey."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import Http404
from django.test import RequestFactory
from django.utils import translation

from consortium.demo import views
from consortium.people.models import User

PAGES = ["index", "worklist", "case", "ask", "report", "empty"]
COMPONENTS = Path(settings.BASE_DIR) / "templates" / "components"


def _page(name: str, language: str = "en") -> str:
    request = RequestFactory().get(f"/styleguide/{name}/")
    request.user = User(username="specialist", full_name="Dr Shen Kai")
    request.session = {}  # type: ignore[assignment]
    with translation.override(language):
        return views.styleguide(request, name).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_one_main(name: str) -> None:
    shown = _page(name)
    assert shown.count("<title>") == 1
    assert shown.count("<main") == 1
    assert shown.count("<h1") == 1


@pytest.mark.parametrize("name", PAGES)
def test_no_page_styles_or_scripts_inline(name: str) -> None:
    shown = _page(name)
    assert " style=" not in shown
    assert not re.search(r"<script(?![^>]*\bsrc=)", shown)
    assert not re.search(r"\son\w+=", shown)


@pytest.mark.parametrize("name", PAGES)
def test_every_id_is_there_once(name: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', _page(name))
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_in_chinese(name: str) -> None:
    assert "<html" in _page(name, "zh-hans")


def test_a_title_never_holds_a_child() -> None:
    title = re.search(r"<title>(.+?)</title>", _page("case"))
    assert title
    assert "Girl" not in title[1]


def test_a_page_that_does_not_exist() -> None:
    with pytest.raises(Http404):
        _page("../secrets")


def test_the_sample_buttons_lead_back_to_the_samples() -> None:
    request = RequestFactory().get("/styleguide/case/answer/")
    request.user = User(username="specialist")
    request.session = {}  # type: ignore[assignment]
    assert views.act(request, "case", "answer").status_code == 200


def test_the_invalid_form_names_its_fields() -> None:
    assert 'href="#id_weight"' in _page("index")


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("*.html")), ids=lambda p: p.name)
def test_every_component_is_described(path: Path) -> None:
    inner = {
        "places", "field_errors", "error_body", "bar_tools", "nav", "tab_bar", "user_menu", "idle_lock", "mark",
        "field", "error_summary", "action_buttons",
    }  # fmt: skip
    assert path.stem in inner or f"`{path.name}`" in (COMPONENTS / "README.md").read_text()


def test_a_list_without_rows_says_what_comes_here() -> None:
    assert "Nothing waits for you" in _page("empty")


def test_the_pager_works_without_javascript() -> None:
    assert '<a class="btn" href="/styleguide/worklist/?after=x"' in _page("worklist")


def test_the_first_tab_is_current() -> None:
    assert 'href="#1" aria-current="page"' in _page("worklist")


def test_a_signed_in_page_locks_only_on_a_shared_desktop() -> None:
    assert "data-idle-lock" not in _page("worklist")
