"""Decisions with their reasons."""

from __future__ import annotations

import dataclasses

import pytest

from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.kernel.policies import ALLOWED, Allowed, Denied, allowed_if, require


def test_allowed_counts_as_true() -> None:
    assert Allowed()


def test_denied_counts_as_false() -> None:
    assert not Denied("no")


def test_a_decision_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Denied("no").allowed = True  # type: ignore[misc]


def test_a_condition_that_holds_allows() -> None:
    assert allowed_if([1]) is ALLOWED


def test_a_condition_that_does_not_hold_denies_with_the_reason() -> None:
    assert allowed_if(None, "Only on Mondays.").reason == "Only on Mondays."


def test_without_a_reason_a_plain_one_is_given() -> None:
    assert str(allowed_if(False).reason) == "You may not do this."


def test_what_is_allowed_goes_on() -> None:
    require(Allowed())


def test_what_is_denied_raises_with_the_reason() -> None:
    with pytest.raises(NotPermitted, match="Only on Mondays"):
        require(Denied("Only on Mondays."))


def test_denied_without_a_word_says_the_plain_one() -> None:
    with pytest.raises(NotPermitted, match="You may not do this"):
        require(Denied(""))


def test_what_is_hidden_raises_as_what_is_missing() -> None:
    with pytest.raises(NotVisible):
        require(Denied("a secret", hidden=True))


def test_what_is_hidden_does_not_tell_its_reason() -> None:
    with pytest.raises(NotVisible) as refused:
        require(Denied("a secret", hidden=True))
    assert "secret" not in str(refused.value.message)
