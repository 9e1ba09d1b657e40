"""The commands that keep what is generated in step: translations, documents, preparation."""

from __future__ import annotations

import threading
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.core.management import CommandError, call_command
from django.db import OperationalError

from consortium.embedded.freshness import Stamp
from consortium.embedded.management.commands import messages, prepare
from consortium.embedded.management.commands.generate_docs import machine_page, machines
from consortium.embedded.management.commands.messages import _arranged, _texts, shortcomings

# -- what there is to translate


def found(tmp_path: Path, name: str, text: str) -> list[tuple[str, tuple[str, ...]]]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(_texts(path))


def test_a_sentence_of_code_is_found(tmp_path: Path) -> None:
    assert found(tmp_path, "x.py", '_("Send the question")') == [("_", ("Send the question",))]


def test_a_plural_of_code_is_found_with_both(tmp_path: Path) -> None:
    assert found(tmp_path, "x.py", 'ngettext("one", "many", n)')[0][1][:2] == ("one", "many")


def test_a_sentence_over_two_lines_is_one(tmp_path: Path) -> None:
    assert found(tmp_path, "x.py", '_("Send "\n  "it")') == [("_", ("Send it",))]


def test_a_sentence_of_a_page_is_found(tmp_path: Path) -> None:
    text = '{% load i18n %}{% translate "Send the question" %}'
    assert ("Send the question",) in [texts for _, texts in found(tmp_path, "x.html", text)]


def test_a_sentence_with_placeholders_of_a_page_is_found(tmp_path: Path) -> None:
    text = "{% load i18n %}{% blocktranslate %}With {{ holder }}{% endblocktranslate %}"
    assert ("With %(holder)s",) in [texts for _, texts in found(tmp_path, "x.html", text)]


def test_code_without_words_has_none(tmp_path: Path) -> None:
    assert [_arranged(*call) for call in found(tmp_path, "x.py", "x = _(word)")] == [None]


@pytest.mark.parametrize(
    ("function", "texts", "arranged"),
    [
        ("gettext", ("a",), ("a", None)),
        ("pgettext", ("where", "a"), ("a", "where")),
        ("ngettext", ("a", "b"), (("a", "b"), None)),
        ("npgettext", ("where", "a", "b"), (("a", "b"), "where")),
    ],
)
def test_a_call_s_words_are_told_from_its_context(function: str, texts: tuple[str, ...], arranged: Any) -> None:
    assert _arranged(function, texts) == arranged


def test_a_plural_of_which_half_is_no_text_is_left_out() -> None:
    assert _arranged("ngettext", ("a", None)) is None  # type: ignore[arg-type]


@pytest.fixture
def catalogue(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of one's own; the sources have two sentences, one of them translated."""
    settings.LOCALE_PATHS = [tmp_path]
    wanted = Catalog(locale="zh_Hans")
    wanted.add("Send")
    wanted.add("Take %(n)s")
    monkeypatch.setattr(messages, "extracted", lambda: wanted)
    path = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    keep(path, {"Send": "发送", "Take %(n)s": "接受 %(n)s"})
    return path


def keep(path: Path, words: dict[str, str], *, fuzzy: bool = False) -> None:
    made = Catalog(locale="zh_Hans")
    for english, chinese in words.items():
        made.add(english, chinese, flags=["fuzzy"] if fuzzy else ["python-format"] if "%(" in english else [])
    with path.open("wb") as lines:
        write_po(lines, made)


def test_a_whole_catalogue_lacks_nothing(catalogue: Path) -> None:
    assert shortcomings() == []


def test_a_sentence_that_is_missing_is_said(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送"})
    assert shortcomings() == ["missing: 'Take %(n)s'"]


def test_a_sentence_that_nobody_says_any_more_is_said(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送", "Take %(n)s": "接受 %(n)s", "Old": "旧"})
    assert shortcomings() == ["no longer used: 'Old'"]


def test_a_sentence_without_words_is_said(catalogue: Path) -> None:
    keep(catalogue, {"Send": "", "Take %(n)s": "接受 %(n)s"})
    assert shortcomings() == ["not translated: 'Send'"]


def test_an_uncertain_sentence_is_said(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送", "Take %(n)s": "接受 %(n)s"}, fuzzy=True)
    assert "uncertain: 'Send'" in shortcomings()


def test_a_lost_placeholder_is_said(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送", "Take %(n)s": "接受"})
    assert shortcomings() == ["lost %(n)s: 'Take %(n)s'"]


def test_the_check_fails_when_something_lacks(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送"})
    with pytest.raises(CommandError, match="1 shortcomings"):
        call_command("messages", "--check", stdout=StringIO())


def test_the_check_changes_nothing(catalogue: Path) -> None:
    before = catalogue.read_bytes()
    call_command("messages", "--check", stdout=StringIO())
    assert catalogue.read_bytes() == before


def test_bringing_up_to_date_adds_what_is_new(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送"})
    call_command("messages", stdout=StringIO())
    with catalogue.open("rb") as lines:
        assert "Take %(n)s" in read_po(lines)


def test_bringing_up_to_date_keeps_what_was_translated(catalogue: Path) -> None:
    call_command("messages", stdout=StringIO())
    with catalogue.open("rb") as lines:
        kept = read_po(lines).get("Send")
    assert kept is not None
    assert kept.string == "发送"


def test_bringing_up_to_date_drops_what_is_old(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送", "Old": "旧"})
    call_command("messages", stdout=StringIO())
    with catalogue.open("rb") as lines:
        assert "Old" not in read_po(lines)


def test_an_uncertain_translation_is_asked_for_anew(catalogue: Path) -> None:
    keep(catalogue, {"Send": "发送", "Take %(n)s": "接受 %(n)s"}, fuzzy=True)
    call_command("messages", stdout=StringIO())
    assert "not translated: 'Send'" in shortcomings()


def test_the_first_catalogue_is_made(catalogue: Path) -> None:
    catalogue.unlink()
    call_command("messages", stdout=StringIO())
    assert catalogue.exists()


# -- drawn from the code


@pytest.mark.parametrize("machine", machines(), ids=lambda m: m.name)
def test_a_machine_s_page_has_a_row_for_each_act(machine: Any) -> None:
    assert machine_page(machine).count("\n| ") >= len(machine.transitions) + len(machine.steps.values)


@pytest.mark.parametrize("machine", machines(), ids=lambda m: m.name)
def test_a_machine_s_page_names_its_policies(machine: Any) -> None:
    page = machine_page(machine)
    assert [t.policy for t in machine.transitions if not t.system and f"`{t.policy}`" not in page] == []


def test_machines_come_in_the_order_of_their_names() -> None:
    names = [machine.name for machine in machines()]
    assert names == sorted(names)


# -- what a start needs


def test_without_a_collection_nothing_is_collected(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STATIC_COLLECTED = False
    monkeypatch.setattr(prepare, "call_command", lambda *names, **words: pytest.fail("collected"))
    prepare.Command().collect_static()


@pytest.fixture
def collected(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    settings.STATIC_COLLECTED = True
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "own", ("lib", tmp_path / "lib")]
    settings.BASE_DIR = tmp_path
    asked: list[str] = []

    def collect(name: str, **words: Any) -> None:
        asked.append(name)
        settings.STATIC_ROOT.mkdir(exist_ok=True)

    monkeypatch.setattr(prepare, "call_command", collect)
    return asked


def test_the_first_start_collects(collected: list[str]) -> None:
    prepare.Command().collect_static()
    assert collected == ["collectstatic"]


def test_the_next_start_does_not(collected: list[str]) -> None:
    for _ in range(2):
        prepare.Command().collect_static()
    assert collected == ["collectstatic"]


def test_a_start_after_a_change_does(collected: list[str], tmp_path: Path) -> None:
    prepare.Command().collect_static()
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "new.js").touch()
    prepare.Command().collect_static()
    assert collected == ["collectstatic"] * 2


def test_a_collection_that_was_removed_is_made_again(collected: list[str], tmp_path: Path) -> None:
    prepare.Command().collect_static()
    (tmp_path / "static").rmdir()
    prepare.Command().collect_static()
    assert collected == ["collectstatic"] * 2


def test_a_database_that_is_there_is_not_waited_for(db: None) -> None:
    prepare.Command().wait_for_database()


def test_a_database_that_is_starting_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = iter([OperationalError("starting up"), OperationalError("starting up"), None])

    def connect() -> None:
        if (error := next(tries)) is not None:
            raise error

    monkeypatch.setattr("django.db.connection.ensure_connection", connect, raising=False)
    prepare.Command().wait_for_database()
    assert list(tries) == []


def test_a_database_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect() -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr("django.db.connection.ensure_connection", connect, raising=False)
    monkeypatch.setattr(prepare, "_PATIENCE_SECONDS", -1)
    with pytest.raises(OperationalError):
        prepare.Command().wait_for_database()


def test_a_database_without_a_person_is_empty(db: None) -> None:
    assert prepare.Command().is_empty()


def test_a_database_with_a_person_is_not(asker: Any) -> None:
    assert not prepare.Command().is_empty()


def prepared(monkeypatch: pytest.MonkeyPatch, settings: Any, *, empty: bool, demo: bool, only: str | None) -> list[str]:
    asked: list[str] = []
    settings.DEMO_MODE = demo
    monkeypatch.setattr(
        prepare, "call_command", lambda name, *more, manual=False, **words: asked.append(name + " manual" * manual)
    )
    monkeypatch.setattr(prepare, "compile_stale", lambda folders: asked.append("translations"))
    monkeypatch.setattr(prepare.Command, "collect_static", lambda self: asked.append("static"))
    monkeypatch.setattr(prepare.Command, "wait_for_database", lambda self: asked.append("wait"))
    monkeypatch.setattr(prepare.Command, "is_empty", lambda self: empty)
    call_command("prepare", **({"only": only} if only else {}))
    return asked


def test_a_first_start_with_the_demonstration(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    done = prepared(monkeypatch, settings, empty=True, demo=True, only=None)
    assert done == ["translations", "static", "wait", "migrate", "manual", "load_demo"]


def test_a_first_start_without_the_demonstration(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert "load_demo" not in prepared(monkeypatch, settings, empty=True, demo=False, only=None)


def test_a_later_start_loads_what_is_new_of_the_manual_alone(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert prepared(monkeypatch, settings, empty=False, demo=True, only=None)[-1] == "load_demo manual"


def test_the_files_alone(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert prepared(monkeypatch, settings, empty=True, demo=True, only="files") == ["translations", "static"]


def test_the_data_alone(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert prepared(monkeypatch, settings, empty=False, demo=False, only="data") == ["wait", "migrate", "manual"]


def test_two_that_make_the_same_thing_make_it_once(tmp_path: Path) -> None:
    """The second waits for the first, and finds it fresh."""
    source, made = tmp_path / "source", []
    source.write_text("x")

    def make() -> None:
        with Stamp(tmp_path / "made.stamp").unless_fresh([source]) as stale:
            if stale:
                time.sleep(0.2)
                made.append(1)

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
