"""The words of the reader's pages: every check and region has some, and they are the right ones in Chinese."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from decision_manual.checker import CHECKS
from decision_manual.templatetags.manual import GROUPS, PROVEN, REGIONS, proven
from decision_manual.views import reading


def test_every_check_is_said_in_words() -> None:
    assert set(PROVEN) == set(CHECKS)


def test_every_region_is_said_in_words() -> None:
    assert set(REGIONS) == set(reading.REGIONS)


def test_the_checks_stand_in_the_readers_order() -> None:
    told = proven({"ages": {"faults": []}, "complete": {"faults": []}})
    assert [words for words, _faults in told] == [PROVEN["complete"], PROVEN["ages"]]


def test_a_check_that_has_gone_since_keeps_its_name() -> None:
    assert proven({"older": {"faults": ["x"]}}) == [("older", ["x"])]


@pytest.mark.parametrize(("region", "words"), [("head", "头部"), ("back", "背部"), ("arm", "手臂"), ("mouth", "口腔")])
def test_a_region_is_a_part_of_the_body_in_chinese_too(region: str, words: str) -> None:
    with override("zh-hans"):
        assert str(REGIONS[region]) == words


@pytest.mark.parametrize("check", sorted(PROVEN))
def test_a_check_is_said_in_chinese(check: str) -> None:
    with override("zh-hans"):
        assert re.search(r"[\u4e00-\u9fff]", str(PROVEN[check]))


def test_the_history_is_taken_and_nobody_asked_in_chinese() -> None:
    with override("zh-hans"):
        assert str(GROUPS["history"]) == "问诊"
