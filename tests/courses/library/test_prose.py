"""The marks in which lessons are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.library.prose import Block, blocks, pictures_in, stages

ID = "8b6ff3f0-23b6-4f06-9a19-5a1b9a8f2f01"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("one\ntwo", [("text", ("one", "two"))]),
        ("one\n\ntwo", [("text", ("one",)), ("text", ("two",))]),
        ("# A\n# B", [("heading", ("A",)), ("heading", ("B",))]),
        ("- a\n- b\nc", [("list", ("a", "b")), ("text", ("c",))]),
        ("> a\n> b", [("callout", ("a", "b"))]),
        ("a\n---\nb", [("text", ("a",)), ("text", ("b",))]),
        ("#no heading", [("text", ("#no heading",))]),
        ("<b>x</b>", [("text", ("<b>x</b>",))]),
    ],
)
def test_blocks(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(block.kind, block.lines) for block in blocks(text)] == found


def test_a_picture_is_named_by_its_id() -> None:
    (block,) = blocks(f"![A rash]({ID})")
    assert (block.kind, block.lines, str(block.picture)) == ("picture", ("A rash",), ID)
    assert [str(one) for one in pictures_in(f"a\n![x]({ID})\nb")] == [ID]


def test_what_is_no_id_is_shown_as_typed() -> None:
    odd = f"![A rash]({'-' * 36})"
    assert blocks(odd) == [Block("text", (odd,))]


@pytest.mark.parametrize(
    ("text", "found"), [("", [""]), ("a", ["a"]), ("a\n---\nb", ["a", "b"]), ("---\na\n----\n\n---\n", ["a"])]
)
def test_stages(text: str, found: list[str]) -> None:
    assert stages(text) == found


@given(st.text())
def test_any_text_is_read_and_no_word_of_it_is_lost(text: str) -> None:
    read = " ".join(line for block in blocks(text) for line in block.lines)
    for word in text.split():
        assert word in read or word.strip("#->") == "" or word.startswith("![") or set(word) <= set("-")
