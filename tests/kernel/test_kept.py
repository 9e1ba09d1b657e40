"""Files that an installation makes once: two who come first at once, and one who fell over."""

from __future__ import annotations

from pathlib import Path

import pytest

from consortium.kernel.kept import kept_file


def test_what_was_made_first_stays(tmp_path: Path) -> None:
    kept_file(tmp_path / "in" / "key", lambda: b"first")
    assert kept_file(tmp_path / "in" / "key", lambda: b"second").read_bytes() == b"first"


def test_of_two_who_come_first_at_once_one_wins_and_both_find_it(tmp_path: Path) -> None:
    path = tmp_path / "key"

    def meanwhile() -> bytes:
        kept_file(path, lambda: b"the other's")
        return b"mine"

    assert kept_file(path, meanwhile).read_bytes() == b"the other's"
    assert list(tmp_path.iterdir()) == [path]


def test_who_fell_over_leaves_nothing_behind(tmp_path: Path) -> None:
    def falls() -> bytes:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        kept_file(tmp_path / "key", falls)
    assert list(tmp_path.iterdir()) == []


def test_it_is_its_owner_s_alone(tmp_path: Path) -> None:
    assert kept_file(tmp_path / "key", lambda: b"x").stat().st_mode & 0o077 == 0
