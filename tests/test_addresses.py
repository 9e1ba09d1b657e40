"""The API's addresses beneath their first words are the same addresses."""

from __future__ import annotations

from uuid import UUID

from django.urls import resolve, reverse
from django.urls.resolvers import RegexPattern, URLResolver

from consortium.api import _paths, by_first_word

ONE = UUID(int=7)


def test_every_address_leads_where_it_led() -> None:
    patterns = _paths()
    grouped = {
        f"{group.pattern}{one.pattern}": (one.callback, one.name)
        for group in by_first_word(patterns)
        for one in group.url_patterns
    }
    told = {str(pattern.pattern): (pattern.callback, pattern.name) for pattern in patterns}
    assert grouped == told


def test_they_are_asked_in_the_order_of_their_features() -> None:
    patterns = _paths()
    words = dict.fromkeys(str(pattern.pattern).partition("/")[0] for pattern in patterns)
    for word, group in zip(words, by_first_word(patterns), strict=True):
        beneath = [str(p.pattern) for p in patterns if str(p.pattern).startswith(f"{word}/")]
        assert [f"{group.pattern}{one.pattern}" for one in group.url_patterns] == beneath


def test_every_first_word_is_plain() -> None:
    """Else one word's addresses could answer for another's."""
    groups = by_first_word(_paths())
    assert all(isinstance(group, URLResolver) and not isinstance(group.pattern, RegexPattern) for group in groups)
    assert not [str(group.pattern) for group in groups if "<" in str(group.pattern)]


def test_an_address_is_made_and_found_by_its_name() -> None:
    address = reverse("api:consultation", args=[ONE])
    assert address == f"/api/v1/consultations/{ONE}/"
    assert resolve(address).kwargs == {"case_id": ONE}


def test_what_is_beneath_no_word_is_unknown() -> None:
    assert resolve("/api/v1/consultations-of-nobody/").view_name == "api:unknown"
