"""Sealed texts: what opens them, what does not, and the hash that finds an identifier again."""

from __future__ import annotations

import pytest

from consortium.kernel.sealing import KEY_BYTES, SealBroken, derive, keyed_hash, new_key, seal, unseal

KEY = bytes(range(32))
SEALED = seal(KEY, "张小雨".encode(), "entry:1")


def test_the_right_key_opens_it() -> None:
    assert unseal(KEY, SEALED, "entry:1").decode() == "张小雨"


def test_nothing_of_the_text_is_left_to_see() -> None:
    assert "张小雨".encode() not in SEALED


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal(KEY, b"same", "c") != seal(KEY, b"same", "c")


def test_nonce_and_tag_take_28_bytes() -> None:
    assert len(seal(KEY, b"", "c")) == 28


def test_nothing_may_be_sealed_too() -> None:
    assert unseal(KEY, seal(KEY, b"", "c"), "c") == b""


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        unseal(new_key(), SEALED, "entry:1")


def test_moved_to_another_row_it_does_not_open() -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, SEALED, "entry:2")


@pytest.mark.parametrize("at", [0, 11, 12, len(SEALED) - 1])
def test_one_bit_changed_anywhere_is_seen(at: int) -> None:
    altered = bytearray(SEALED)
    altered[at] ^= 1
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(altered), "entry:1")


@pytest.mark.parametrize("length", [0, 5, 12, 27])
def test_what_was_cut_off_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, SEALED[:length], "entry:1")


def test_a_key_of_the_wrong_length_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        unseal(b"short", SEALED, "entry:1")


def test_what_does_not_open_says_nothing_of_itself() -> None:
    with pytest.raises(SealBroken) as broken:
        unseal(KEY, SEALED, "entry:2")
    assert "entry" not in str(broken.value)


def test_a_new_key_has_256_bits() -> None:
    assert len(new_key()) == KEY_BYTES == 32


def test_each_new_key_is_another() -> None:
    assert new_key() != new_key()


def test_a_derived_key_is_the_same_each_time() -> None:
    assert derive("master", "journal") == derive("master", "journal")


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert derive("master", "journal") != derive("master", "search")


def test_each_master_has_keys_of_its_own() -> None:
    assert derive("master", "journal") != derive("other", "journal")


def test_a_derived_key_seals() -> None:
    key = derive("master", "journal")
    assert unseal(key, seal(key, b"x", "c"), "c") == b"x"


NUMBER = keyed_hash(KEY, "310101200001011234")


@pytest.mark.parametrize(
    "written",
    ["310101 2000 0101 1234", "310101-20000101-1234", " 310101200001011234\n", "３１０１０１２００００１０１１２３４"],
)
def test_however_it_is_written_a_number_is_found(written: str) -> None:
    assert keyed_hash(KEY, written) == NUMBER


def test_large_and_small_letters_are_the_same() -> None:
    assert keyed_hash(KEY, "31010120000101123x") == keyed_hash(KEY, "31010120000101123X")


def test_another_number_is_another() -> None:
    assert keyed_hash(KEY, "310101200001011235") != NUMBER


def test_without_the_key_the_hash_cannot_be_made() -> None:
    assert keyed_hash(new_key(), "310101200001011234") != NUMBER


def test_the_hash_has_32_bytes() -> None:
    assert len(NUMBER) == 32
