"""The whole catalogue: complete in both languages, cited, consistent, and found by what people call it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from decision_manual.calculators.catalogue import CALCULATORS, GROUPS, search
from decision_manual.calculators.frame import Calculator
from decision_manual.calculators.inputs import Choice, Measure
from decision_manual.calculators.sources import CITATIONS, cite
from decision_manual.calculators.words import Text, Urgency

_ALL = sorted(CALCULATORS)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _texts(found: Calculator) -> Iterator[Text]:
    yield found.title
    yield from (each.label for each in found.inputs)
    yield from (each.hint for each in found.inputs if each.hint)
    yield from (option.label for each in found.inputs if isinstance(each, Choice) for option in each.options)
    yield from (output.label for output in found.outputs)
    yield from (text for category in found.categories for text in (category.title, category.meaning))
    yield from found.source.verify
    if found.note:
        yield found.note


def _names(query: str) -> list[str]:
    return [each.id for each in search(query)]


@pytest.mark.parametrize("code", _ALL)
def test_every_text_has_both_languages(code: str) -> None:
    assert [text.en for text in _texts(CALCULATORS[code]) if not text.en.strip() or not text.zh.strip()] == []


@pytest.mark.parametrize("code", _ALL)
def test_english_has_no_chinese_in_it(code: str) -> None:
    assert [text.en for text in _texts(CALCULATORS[code]) if _HAN.search(text.en)] == []


@pytest.mark.parametrize("code", _ALL)
def test_chinese_sentences_are_chinese(code: str) -> None:
    sentences = [text.zh for text in _texts(CALCULATORS[code]) if " " in text.en]
    assert [zh for zh in sentences if not _HAN.search(zh)] == []


@pytest.mark.parametrize("code", _ALL)
def test_chinese_ends_in_full_width_stops(code: str) -> None:
    assert [
        text.zh for text in _texts(CALCULATORS[code]) if _HAN.search(text.zh) and text.zh.endswith((".", ",", ";"))
    ] == []


@pytest.mark.parametrize("code", _ALL)
def test_every_calculator_cites_a_place_of_a_known_source(code: str) -> None:
    source = CALCULATORS[code].source
    assert source.key in CITATIONS
    assert source.locator


@pytest.mark.parametrize("code", _ALL)
def test_every_calculator_belongs_to_a_group(code: str) -> None:
    assert CALCULATORS[code].group in GROUPS


@pytest.mark.parametrize("code", _ALL)
def test_ids_of_inputs_are_unique(code: str) -> None:
    ids = [each.id for each in CALCULATORS[code].inputs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("code", _ALL)
def test_ids_of_categories_are_unique(code: str) -> None:
    ids = [each.code for each in CALCULATORS[code].categories]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("code", _ALL)
def test_usual_limits_lie_within_possible_ones(code: str) -> None:
    for each in CALCULATORS[code].inputs:
        if isinstance(each, Measure):
            (lowest, highest), (low, high) = each.limits("hard"), each.limits("plausible")
            assert lowest <= low <= high <= highest, each.id


@pytest.mark.parametrize("code", _ALL)
def test_every_calculator_has_synonyms_in_chinese_or_english(code: str) -> None:
    assert CALCULATORS[code].synonyms


def test_every_group_has_members() -> None:
    assert {found.group for found in CALCULATORS.values()} == set(GROUPS)


def test_the_issues_list_is_there() -> None:
    wanted = {
        "growth", "bilirubin_aap", "bilirubin_nice", "npews", "bedside_pews", "gcs", "westley", "pram",
        "pecarn_head_under_2", "pecarn_head_2_to_17", "pecarn_febrile_infant", "pas", "alvarado", "kocher", "centor",
        "rochester", "step_by_step", "kawasaki", "dehydration_who", "maintenance_fluid", "egfr_schwartz", "bp_stage",
        "apgar", "bacterial_meningitis_score", "bsa_mosteller",
    }  # fmt: skip
    assert wanted <= set(CALCULATORS)


def test_marked_sources_name_what_is_to_be_verified() -> None:
    marked = {code for code, found in CALCULATORS.items() if not found.source.is_verified}
    assert {"twist", "weight_estimate", "nice_head_ct", "aap_febrile_infant", "kawasaki", "dose_by_weight"} <= marked


def test_a_citation_reads_with_its_place() -> None:
    assert str(cite("PAS", "score")) == "Samuel, J Pediatr Surg 2002;37:877, score"


def test_a_citation_without_a_place_reads_as_its_title() -> None:
    assert str(cite("PAS")) == "Samuel, J Pediatr Surg 2002;37:877"


# -- urgency and colour -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urgency", "colour"),
    [("E0", "pink"), ("E1", "pink"), ("U1", "yellow"), ("U2", "yellow"), ("R1", "yellow"), ("R2", "yellow"),
     ("H", "green"), ("", "")],
)  # fmt: skip
def test_the_colour_follows_the_urgency(urgency: str, colour: str) -> None:
    assert Urgency(urgency).severity == colour


def test_every_urgency_has_words() -> None:
    assert [each for each in Urgency if each and each.words is None] == []


def test_no_urgency_has_none() -> None:
    assert Urgency.NONE.words is None


# -- search -------------------------------------------------------------------------------------------------------


def test_an_empty_search_finds_all_in_order() -> None:
    assert _names("") == list(CALCULATORS)


def test_by_english_word() -> None:
    assert _names("croup") == ["westley"]


def test_case_does_not_matter() -> None:
    assert _names("CROUP") == ["westley"]


def test_by_chinese_word() -> None:
    assert _names("黄疸") == ["bilirubin_aap", "bilirubin_nice"]


def test_by_pinyin() -> None:
    assert _names("huangdan") == ["bilirubin_aap", "bilirubin_nice"]


def test_by_pinyin_initials() -> None:
    assert "bilirubin_aap" in _names("hd")


def test_fever_has_two_chinese_names() -> None:
    assert set(_names("发热")) >= {"step_by_step", "rochester"}
    assert set(_names("发烧")) >= {"step_by_step", "rochester"}


def test_every_word_must_be_found() -> None:
    assert _names("jaundice nice") == ["bilirubin_nice"]


def test_by_the_name_of_a_group() -> None:
    assert set(_names("emergency")) >= {"wetflag", "status_epilepticus"}


def test_nonsense_finds_nothing() -> None:
    assert _names("xyzzy") == []


# -- schemas ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", _ALL)
def test_a_schema_names_everything_one_needs(code: str) -> None:
    schema = CALCULATORS[code].schema()
    assert set(schema) == {"id", "title", "group", "synonyms", "inputs", "results", "categories", "source", "note"}
    assert all({"id", "type", "label", "required"} <= set(each) for each in schema["inputs"])


def test_a_quantity_tells_its_units_and_limits() -> None:
    weight = next(each for each in CALCULATORS["bsa_mosteller"].schema()["inputs"] if each["id"] == "weight")
    assert (weight["unit"], weight["units"]) == ("kg", ["kg", "g", "[lb_av]"])
    assert weight["hard"] == [0.3, 300]


def test_a_choice_tells_its_codes_and_points() -> None:
    stridor = CALCULATORS["westley"].schema()["inputs"][0]
    assert [(each["code"], each["points"]) for each in stridor["choices"]] == [
        ("none", 0),
        ("agitated", 1),
        ("rest", 2),
    ]


def test_a_hint_is_told_in_both_languages() -> None:
    weeks = CALCULATORS["bilirubin_aap"].schema()["inputs"][0]
    assert set(weeks["hint"]) == {"en", "zh"}


def test_limits_stand_in_the_unit_that_is_meant_first() -> None:
    anc = next(each for each in CALCULATORS["step_by_step"].schema()["inputs"] if each["id"] == "anc")
    assert (anc["unit"], anc["hard"]) == ("/mm3", [0, 100000])
