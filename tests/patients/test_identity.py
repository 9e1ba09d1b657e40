"""Names as they are searched, identity numbers as they are doubted. Pure: no database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortium.patients.identity.names import plain, search_text
from consortium.patients.identity.numbers import Doubt, doubts, is_resident, masked, may_be_identity, normal

RIGHT = "11010519491231002X"  # the example of GB 11643-1999


def test_the_standards_own_example_is_right() -> None:
    assert doubts(RIGHT, birth_date=date(1949, 12, 31), sex="female") == []


@pytest.mark.parametrize(
    ("number", "born", "sex", "doubt"),
    [
        ("110105194912310021", date(1949, 12, 31), "female", Doubt.CHECK_DIGIT),
        (RIGHT, date(1949, 12, 30), "female", Doubt.BIRTH_DATE),
        (RIGHT, date(1949, 12, 31), "male", Doubt.SEX),
    ],
)
def test_what_does_not_fit_is_named(number: str, born: date, sex: str, doubt: Doubt) -> None:
    assert doubts(number, birth_date=born, sex=sex) == [doubt]


def test_nothing_is_said_about_other_documents() -> None:
    assert doubts("E12345678", birth_date=date(2020, 1, 1), sex="male") == []


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, shift: int) -> None:
    digits = list(RIGHT)
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert Doubt.CHECK_DIGIT in doubts("".join(digits))


@given(st.integers(0, 15))
def test_two_digits_swapped_are_found(place: int) -> None:
    digits = list(RIGHT)
    if digits[place] == digits[place + 1]:
        return
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    assert Doubt.CHECK_DIGIT in doubts("".join(digits))


def test_numbers_are_compared_without_spaces_dashes_and_case() -> None:
    assert normal(" 110105-19491231 002x ") == RIGHT
    assert is_resident("１１０１０５１９４９１２３１００２Ｘ")


@pytest.mark.parametrize(
    ("text", "may"), [("E1234567", True), ("Lin Xiaoyu", False), ("12345", False), ("单小雨12", False)]
)
def test_what_may_be_an_identity_number(text: str, may: bool) -> None:
    assert may_be_identity(text) is may


def test_the_screen_shows_the_last_four() -> None:
    assert masked(RIGHT) == "•••• 002X"


def test_a_family_name_is_kept_in_each_of_its_readings() -> None:
    words = search_text("单小雨").split()
    assert {"单小雨", "shanxiaoyu", "danxiaoyu", "sxy"} <= set(words)


def test_latin_names_by_initials() -> None:
    assert search_text("Lin  Xiaoyu").split() == ["lin", "xiaoyu", "linxiaoyu", "lx"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_can_be_kept_and_found_as_written(name: str, mother: str) -> None:
    text = search_text(name, mother)
    assert len(text) <= 300
    assert plain(name)[:50] in text or len(plain(name)) > 50
