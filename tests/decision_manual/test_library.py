"""Documents, their errors, and the library as a whole."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from decision_manual.library import (
    Library,
    LibraryError,
    Pathway,
    Place,
    Words,
    digest,
    entries,
    from_bundle,
    load,
    used,
)
from decision_manual.library.documents import document, plain
from decision_manual.library.reading import unverified
from tests.decision_manual.small import small

Bundle = dict[str, Any]


def place(value: Any) -> Place:
    return Place(value, "a.yaml", "here")


# -- places -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("read", "value", "says"), [
    (lambda p: p.mapping(), [], "must be a mapping"),
    (lambda p: p.mapping(("a",)), {"b": 1}, "unknown key b; known are a"),
    (lambda p: p.mapping((), ("a",)), {}, "add a"),
    (lambda p: p.items(), {}, "must be a list"),
    (lambda p: p.text(), None, "must be a text"),
    (lambda p: p.text(), True, "must be a text"),
    (lambda p: p.text(), "", "must be a text"),
    (lambda p: p.flag(), "yes", "must be true or false"),
    (lambda p: p.whole(), "3", "must be a whole number"),
    (lambda p: p.whole(), True, "must be a whole number"),
    (lambda p: p.number(), "x", "must be a number"),
    (lambda p: p.number(), True, "must be a number"),
    (lambda p: p.pair(), [3], "two ascending numbers"),
    (lambda p: p.pair(), [3, 2], "two ascending numbers"),
    (lambda p: p.one_of(("a", "b")), "c", "'c' is none of a, b"),
    (lambda p: p.words(), {"en": "x"}, "add zh"),
])  # fmt: skip
def test_a_value_of_the_wrong_kind_is_told(read: Callable[[Place], object], value: Any, says: str) -> None:
    with pytest.raises(LibraryError, match=says) as caught:
        read(place(value))

    assert (caught.value.file, caught.value.path[:4]) == ("a.yaml", "here")


def test_an_error_without_a_place_says_top() -> None:
    assert str(LibraryError("a.yaml", "", "add id")) == "a.yaml: (top): add id"


def test_what_is_not_there_has_a_default() -> None:
    assert (place(None).text("x"), place(None).whole(4), place(None).items(), place(None).entries()) == ("x", 4, [], [])


def test_words_are_said_in_the_readers_language() -> None:
    words = Words("Cough", "咳嗽")

    assert (words.said("en"), words.said("zh-hans")) == ("Cough", "咳嗽")


# -- documents ----------------------------------------------------------------------------------------------------


def written(folder: Path, text: str) -> Any:
    file = folder / "a.yaml"
    file.write_text(text, encoding="utf-8")
    return document(file, folder).value


def test_decimals_stay_exact(tmp_path: Path) -> None:
    assert written(tmp_path, "a: 37.5") == {"a": Decimal("37.5")}


@pytest.mark.parametrize("text", ["no", "on", "yes", "2026-11-22"])
def test_plain_words_and_dates_stay_text(text: str, tmp_path: Path) -> None:
    assert written(tmp_path, f"a: {text}") == {"a": text}


def test_true_and_false_are_booleans_unless_quoted(tmp_path: Path) -> None:
    assert written(tmp_path, 'a: [true, false, "true"]') == {"a": [True, False, "true"]}


def test_a_key_stands_once(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="a stands twice"):
        written(tmp_path, "a: 1\na: 2")


def test_what_is_no_yaml_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"line 2.*is not YAML"):
        written(tmp_path, "a: 1\n  b: [")


def test_json_keeps_decimals_as_text() -> None:
    assert plain({1: [Decimal("0.10"), True]}) == {"1": ["0.10", True]}


# -- entries ------------------------------------------------------------------------------------------------------

LABEL = {"en": "Rate", "zh": "频率"}
NUMBER = {"type": "int", "label": LABEL, "unit": "/min", "hard": [0, 150], "plausible": [10, 120]}
CHOICE = {"type": "choice", "label": LABEL, "choices": {"a": LABEL, "b": LABEL}, "normal": "a"}
MEDICINE = {
    "kind": "medicine", "title": LABEL, "medicine": "m", "route": "oral", "cite": [{"source": "S", "locator": "l"}],
    "dose": {"by": "kg", "unit": "mg", "amount": 10, "max": 100},
}  # fmt: skip
BANDS = {"by": "weight_kg", "unit": "ml", "bands": [{"from": 4, "below": 10, "amount": 1}, {"from": 10, "amount": 2}]}


@pytest.mark.parametrize(("change", "says"), [
    ({"effort": 7}, "must be 1"),
    ({"unit": None}, "needs unit, hard and plausible"),
    ({"hard": None}, "needs unit, hard and plausible"),
    ({"plausible": [5, 200]}, "within the hard limits"),
    ({"quantity": "weight"}, "weight is not measured in /min"),
    ({"quantity": "hunger"}, "is none of"),
    ({"worse": "up"}, "is none of"),
    ({"colour": "red"}, "unknown key colour"),
])  # fmt: skip
def test_a_number_that_is_not_whole_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(LibraryError, match=says):
        entries.finding("rate", place({**NUMBER, **change}))


@pytest.mark.parametrize(("change", "says"), [
    ({"choices": {"a": LABEL}}, "at least two choices"), ({"normal": "c"}, "code of one of the choices"),
])  # fmt: skip
def test_a_choice_that_is_not_whole_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(LibraryError, match=says):
        entries.finding("drinking", place({**CHOICE, **change}))


def test_a_choice_keeps_the_order_of_its_codes() -> None:
    assert [choice.code for choice in entries.finding("d", place(CHOICE)).choices] == ["a", "b"]


@pytest.mark.parametrize(("change", "says"), [
    ({"route": None}, "needs medicine, route, dose and cite"),
    ({"dose": None}, "needs medicine, route, dose and cite"),
    ({"dose": {"by": "kg", "unit": "mg", "amount": 10}}, "absolute maximum"),
    ({"dose": {"by": "kg", "unit": "mg", "max": 10}}, "give the amount"),
    ({"dose": {"by": "fixed", "unit": "mg"}}, "give the amount"),
    ({"dose": {"by": "weight_kg", "unit": "mg"}}, "give the bands"),
    ({"dose": {**BANDS, "bands": [{"from": 4, "below": 10, "amount": 1}, {"from": 11, "amount": 2}]}}, "must join"),
    ({"dose": {**BANDS, "bands": [{"from": 4, "below": 4, "amount": 1}]}}, "from must be less than below"),
    ({"kind": "follow_up"}, "in how many days"),
])  # fmt: skip
def test_an_action_that_is_not_whole_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(LibraryError, match=says):
        entries.action("syrup", place({**MEDICINE, **change}))


def test_the_last_band_may_be_open() -> None:
    made = entries.action("syrup", place({**MEDICINE, "dose": BANDS}))

    assert made.dose is not None
    assert made.dose.bands[-1].high == entries.FOREVER


def test_a_site_may_be_asked_for_one_choice_or_several() -> None:
    assert entries.only_if(place({"a": "x", "b": ["x", "y"]})) == {"a": ("x",), "b": ("x", "y")}


# -- a pathway ----------------------------------------------------------------------------------------------------


def refused(change: Callable[[Bundle], object]) -> str:
    bundle = small()
    change(bundle)
    with pytest.raises(LibraryError) as caught:
        from_bundle(bundle)
    return str(caught.value)


def path(bundle: Bundle) -> Bundle:
    found: Bundle = bundle["pathway"]
    return found


def first(bundle: Bundle) -> Bundle:
    found: Bundle = path(bundle)["tables"][0]["rows"][0]
    return found


@pytest.mark.parametrize(("change", "says"), [
    (lambda b: path(b).update(colour="red"), "unknown key colour"),
    (lambda b: path(b).pop("review"), "add review"),
    (lambda b: path(b).update(applies={"age_days": [60, 60]}), "whole days"),
    (lambda b: path(b).update(applies={"age_days": [0.5, 60]}), "whole days"),
    (lambda b: path(b).update(primary_source="NOWHERE"), "no source NOWHERE"),
    (lambda b: path(b).update(ask=["nothing"]), "no finding nothing"),
    (lambda b: path(b).update(body=["soul"]), "'soul' is none of"),
    (lambda b: path(b).update(synonyms={"fr": ["toux"]}), "no language fr"),
    (lambda b: path(b).update(findings={"wheeze": {"type": "bool", "label": LABEL}}), "is known already"),
    (lambda b: path(b).update(derived={"wheeze": {"label": LABEL, "when": True}}), "the name is taken"),
    (lambda b: path(b)["tables"].append(path(b)["tables"][0]), "table small stands twice"),
    (lambda b: path(b)["tables"][0].update(rows=[]), "needs rows"),
    (lambda b: path(b)["tables"][0]["rows"].append(first(b)), "row small-pink stands twice"),
    (lambda b: path(b)["tables"][0].update(hit="some"), "is none of"),
    (lambda b: first(b).pop("class"), "a class or a title"),
    (lambda b: first(b).update({"class": "nothing"}), "no class nothing"),
    (lambda b: first(b).update(actions=["nothing"]), "no action nothing"),
    (lambda b: first(b).update(referral="RI-9"), "no indication RI-9"),
    (lambda b: first(b).update(cite=[{"source": "X", "locator": "y"}]), "no source X"),
    (lambda b: first(b).update(alternatives=[{"source": "X", "says": LABEL}]), "no source X"),
    (lambda b: first(b).update(when="nothing"), r"tables\[0\].rows\[0\].when: no finding or derived name"),
    (lambda b: first(b).update(only_if={"edition": "2014"}), "no choice of the site profile"),
    (lambda b: path(b).update(reassess={"x": {"label": LABEL, "replaces": ["nothing"], "when": True}}),
     "no finding nothing"),
    (lambda b: path(b)["indications"]["RI-small-1"].update(letter_fields=["nothing"]), "no finding nothing"),
    (lambda b: path(b)["indications"]["RI-small-1"].update(urgency="now"), "is none of"),
    (lambda b: path(b).update(derived={"x": {"label": LABEL, "when": "y"}, "y": {"label": LABEL, "when": "x"}}),
     "in a circle"),
    (lambda b: path(b).update(conflicts=[{"id": "c", "topic": LABEL, "positions": {"IMCI14": LABEL}, "chosen": "IMCI14",
                                          "why": LABEL}]), "at least two positions"),
    (lambda b: b.update(chapter={"poem": LABEL}), "unknown key poem"),
])  # fmt: skip
def test_a_pathway_that_is_not_whole_is_refused(change: Callable[[Bundle], object], says: str) -> None:
    import re

    assert re.search(says, refused(change))


def test_otherwise_is_none_of_the_rows_before() -> None:
    table = from_bundle(small()).tables[0]

    assert table.rows[-1].otherwise
    assert table.complete


def test_a_first_row_that_says_otherwise_always_holds() -> None:
    bundle = small()
    path(bundle)["tables"][0]["rows"] = [path(bundle)["tables"][0]["rows"][2]]

    assert repr(from_bundle(bundle).tables[0].rows[0].when) == "Constant(value=True)"


def test_only_what_is_used_is_kept() -> None:
    assert set(from_bundle(small()).findings) == {"convulsing_now", "respiratory_rate", "spo2"}


def test_a_row_is_found_by_its_id() -> None:
    assert from_bundle(small()).row("small-green").severity == "green"


def test_what_it_looks_at_through_derived_names(cough: Pathway) -> None:
    findings, names = used(cough)

    assert "lethargic_or_unconscious" in findings
    assert names == ["danger_sign", "fast_breathing"]


def test_marks_to_be_verified_are_collected(young: Pathway) -> None:
    assert ("yi_gentamicin_im", "band by age and weight") in unverified(young)


def test_a_pathway_without_marks_has_none(cough: Pathway) -> None:
    assert unverified(cough) == []


# -- the shipped library ------------------------------------------------------------------------------------------


def test_everything_that_is_shipped_can_be_read(library: Library) -> None:
    assert library.errors == ()


def test_a_bundle_reads_back_as_it_was(library: Library) -> None:
    for pathway in library.pathways.values():
        again = from_bundle(pathway.bundle)
        assert (again, digest(again.bundle)) == (pathway, digest(pathway.bundle))


def test_another_content_is_another_digest() -> None:
    bundle = small()
    before = digest(bundle)
    path(bundle)["title"]["en"] = "Another"

    assert digest(bundle) != before


# -- a folder of one's own ----------------------------------------------------------------------------------------


def folder(tmp_path: Path, **pathways: str) -> Path:
    for name, text in pathways.items():
        file = tmp_path / name / "pathway.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def messages(root: Path) -> list[str]:
    return [error.message for error in load(root).errors]


def test_an_empty_folder_is_an_empty_library(tmp_path: Path) -> None:
    library = load(tmp_path)

    assert (library.pathways, library.errors) == ({}, ())


def test_the_folder_has_the_name_of_the_id(tmp_path: Path) -> None:
    assert messages(folder(tmp_path, a="id: b")) == ["must be the folder's name, a"]


def test_an_import_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert messages(folder(tmp_path, a="{id: a, imports: [b]}")) == ["b is not there, or can't be read itself"]


def test_imports_in_a_circle_are_told(tmp_path: Path) -> None:
    found = messages(folder(tmp_path, a="{id: a, imports: [b]}", b="{id: b, imports: [a]}"))

    assert "goes in a circle: a > b > a" in found


def test_a_broken_document_is_left_out(tmp_path: Path) -> None:
    library = load(folder(tmp_path, a="id: [", b="{id: b}"))

    assert library.pathways == {}
    assert len(library.errors) == 2


def test_a_shared_entry_stands_once(tmp_path: Path) -> None:
    shelf = tmp_path / "_library" / "classes"
    shelf.mkdir(parents=True)
    for name in ("a", "b"):
        (shelf / f"{name}.yaml").write_text("bad: {en: Bad, zh: 重}", encoding="utf-8")

    assert messages(tmp_path) == ["stands twice in the library: use the one that is there"]


def test_a_shelf_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    shelf = tmp_path / "_library" / "classes"
    shelf.mkdir(parents=True)
    (shelf / "a.yaml").write_text("[", encoding="utf-8")

    assert "is not YAML" in messages(tmp_path)[0]
