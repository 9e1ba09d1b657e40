"""What the journal's codes say in words."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from consortium.journal.templatetags.journal_words import subject_words, verb_words, what_words


@pytest.mark.parametrize(
    ("verb", "words"), [("break-glass", "Emergency access opened"), ("sign-in", "Signed in"), ("do-odd", "Do odd")]
)
def test_a_verb_in_words(verb: str, words: str) -> None:
    assert str(verb_words(verb)) == words


@pytest.mark.parametrize(("what", "words"), [("worklist-mine", "worklist"), ("report", "report"), ("odd", "odd")])
def test_where_it_was_read_in_words(what: str, words: str) -> None:
    assert str(what_words(what)) == words


def test_a_subject_in_the_readers_language() -> None:
    entry = SimpleNamespace(subject_type="people.user", subject_id="1", facts={})
    assert subject_words(entry) == "staff account"
    with translation.override("zh-hans"):
        assert subject_words(entry) == "员工账户"


def test_a_list_that_is_no_model_says_what_was_read() -> None:
    assert subject_words(SimpleNamespace(subject_type="list", subject_id="x", facts={"what": "search"})) == "search"
    assert subject_words(SimpleNamespace(subject_type="list", subject_id="worklist-mine", facts={})) == "worklist"
