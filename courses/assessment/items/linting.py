"""Flaws of item writing: what gives the answer away or confuses, and what to do about it.

After the rules of Haladyna, Downing and Rodriguez (Applied Measurement in Education 2002; 15: 309-334) and the item
writing guide of the US National Board of Medical Examiners. Each is advice, none a lock, but for a missing translation.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from courses.assessment.items.questions import CaseSet, Choice, Numeric, Option, Ordering, Question, Short, TrueFalse
from courses.assessment.items.scoring import normalised
from courses.assessment.items.writing import texts

LANGUAGES: Final = ("en", "zh")
_ALL_OF = re.compile(r"\b(all|none) of the (above|following|options|others)\b|(以上|上述)(都|均|全|皆)", re.I)
_NEGATIVE = re.compile(
    r"\b(not|except|never|least|incorrect|false)\b|不(正确|恰当|应|属于|包括|需要|宜)|错误的是|除外", re.I
)
_MARKED = re.compile(r"\b(NOT|EXCEPT|NEVER|LEAST|INCORRECT|FALSE)\b|[*_「【“\"]\s*不|【[^】]*】|不.{0,4}[*_」】”\"]")
_ABSOLUTE = re.compile(r"\b(always|never|only|every|must|completely)\b|一定|总是|绝不|必须|所有的|完全", re.I)
_VAGUE = re.compile(
    r"\b(usually|often|sometimes|may|frequently|rarely|occasionally)\b|通常|有时|经常|可能|偶尔|常常", re.I
)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|~|to|至|到)\s*(\d+(?:\.\d+)?)")
#: how much longer the right option may be than the longest other
_MUCH_LONGER = 1.4
_MIN_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Flaw:
    """`blocks`: it has to be mended before a review. `advice` says what to do."""

    code: str
    advice: Any
    language: str = ""
    blocks: bool = False


def flaws(question: Question) -> list[Flaw]:
    """Everything found, in both languages; each kind of flaw once a language."""
    found = {(flaw.code, flaw.language): flaw for check in _CHECKS for flaw in check(question)}
    if isinstance(question, CaseSet):
        found |= {(flaw.code, flaw.language): flaw for part in question.parts for flaw in flaws(part.question)}
    return list(found.values())


def _translation(question: Question) -> Iterator[Flaw]:
    shown = list(texts(question))
    if not all(text.both for text in shown if text):
        yield Flaw("one_language", _("Write every text in both languages: people learn in either."), blocks=True)


def _options(question: Question) -> tuple[Option, ...]:
    return question.options if isinstance(question, Choice) else ()


def _all_of_the_above(question: Question) -> Iterator[Flaw]:
    for language in LANGUAGES:
        if any(_ALL_OF.search(option.text.said(language)) for option in _options(question)):
            yield Flaw(
                "all_of_the_above",
                _("Replace “all (none) of the above” by an option of its own, or ask for several right answers."),
                language,
            )


def _longest_is_right(question: Question) -> Iterator[Flaw]:
    options = _options(question)
    for language in LANGUAGES:
        right = [len(option.text.said(language)) for option in options if option.right]
        wrong = [len(option.text.said(language)) for option in options if not option.right]
        if len(right) == 1 and wrong and right[0] >= _MIN_LETTERS and right[0] > _MUCH_LONGER * max(wrong):
            yield Flaw(
                "longest_is_right",
                _("The right option is by far the longest: shorten it, or make the others as exact."), language,
            )  # fmt: skip


def _unmarked_negative(question: Question) -> Iterator[Flaw]:
    if isinstance(question, TrueFalse):
        return
    for language in LANGUAGES:
        stem = question.stem.said(language).rstrip("?？。. ")
        asked = re.split(r"[.。;；\n]", stem)[-1]
        if _NEGATIVE.search(asked) and not _MARKED.search(asked):
            yield Flaw(
                "negative_stem",
                _("Ask for what is right; where it has to be negative, write NOT in capitals (in Chinese 【不】)."),
                language,
            )


def _double_negative(question: Question) -> Iterator[Flaw]:
    if isinstance(question, TrueFalse):
        for language in LANGUAGES:
            if _NEGATIVE.search(question.stem.said(language)):
                yield Flaw(
                    "negative_statement",
                    _("Say it without a negation: “false” to what is not so confuses everybody."), language,
                )  # fmt: skip


def _same_twice(question: Question) -> Iterator[Flaw]:
    options = question.options if isinstance(question, Choice | Ordering) else ()
    for language in LANGUAGES:
        said = [normalised(option.text.said(language)) for option in options]
        if len(set(said)) < len(said):
            yield Flaw("same_twice", _("Two options say the same: change or remove one."), language, blocks=True)


def _spans(options: tuple[Option, ...], language: str) -> list[tuple[float, float]]:
    found = [_SPAN.search(option.text.said(language)) for option in options]
    return sorted((float(span[1]), float(span[2])) for span in found if span)


def _overlapping(question: Question) -> Iterator[Flaw]:
    if not isinstance(question, Choice) or question.several:
        return
    for language in LANGUAGES:
        spans = _spans(question.options, language)
        if any(second[0] <= first[1] for first, second in pairwise(spans)):
            yield Flaw(
                "overlapping", _("Two ranges overlap, so that both can be right: let each begin after the other ends."),
                language,
            )  # fmt: skip


def _telling_words(question: Question) -> Iterator[Flaw]:
    for language in LANGUAGES:
        wrong = [option for option in _options(question) if not option.right]
        right = [option for option in _options(question) if option.right]
        absolute = any(_ABSOLUTE.search(option.text.said(language)) for option in wrong)
        if absolute and not any(_ABSOLUTE.search(option.text.said(language)) for option in right):
            yield Flaw(
                "absolute_words", _("“Always” and “never” stand only in wrong options: leave them out."), language
            )
        vague = any(_VAGUE.search(option.text.said(language)) for option in right)
        if vague and not any(_VAGUE.search(option.text.said(language)) for option in wrong):
            yield Flaw(
                "vague_words", _("“Usually” and “may” stand only in the right option: say it exactly."), language
            )


def _repeated_from_stem(question: Question) -> Iterator[Flaw]:
    """A long word of the stem that comes again in the right option alone."""
    for language in LANGUAGES:
        words = set(re.findall(r"[a-z]{7,}", question.stem.said(language).casefold()))
        said = [(option.right, option.text.said(language).casefold()) for option in _options(question)]
        for word in words:
            if any(right and word in text for right, text in said) and not any(
                word in text for right, text in said if not right
            ):
                yield Flaw(
                    "echo",
                    _("A word of the question stands again in the right option only: use another word, or use it in "
                      "all."), language,
                )  # fmt: skip


def _number_of_options(question: Question) -> Iterator[Flaw]:
    if isinstance(question, Choice) and not question.several and len(question.options) < 3:
        yield Flaw("few_options", _("Offer at least three options: with two every second guess is right."))


def _everything_right(question: Question) -> Iterator[Flaw]:
    if isinstance(question, Choice) and question.several and all(option.right for option in question.options):
        yield Flaw("everything_right", _("All options are right: add some that are wrong."))


def _empty_case(question: Question) -> Iterator[Flaw]:
    if isinstance(question, CaseSet) and not question.parts:
        yield Flaw("no_parts", _("Ask at least one question about the case."), blocks=True)


def _out_of_order(question: Question) -> Iterator[Flaw]:
    said = [option.text.en for option in _options(question)]
    numbers = [float(text[0]) for text in (re.findall(r"^\D{0,2}(\d+(?:\.\d+)?)", one) for one in said) if text]
    if len(numbers) == len(said) > 2 and numbers not in (sorted(numbers), sorted(numbers, reverse=True)):
        yield Flaw("out_of_order", _("Put the numbers in order, so that nobody has to search."))


def _no_tolerance(question: Question) -> Iterator[Flaw]:
    if isinstance(question, Numeric) and not question.tolerance and question.value % 1:
        yield Flaw("no_tolerance", _("Allow a tolerance: people round."))


def _one_language_accepted(question: Question) -> Iterator[Flaw]:
    if isinstance(question, Short):
        han = [bool(re.search("[\u3400-\u9fff]", one)) for one in question.accepted]
        letters = [bool(re.search("[A-Za-z]", one)) for one in question.accepted]
        if any(han) != any(letters):
            yield Flaw("accepted_language", _("Accept an answer in each of the two languages."))


_CHECKS: Final[tuple[Callable[[Question], Iterator[Flaw]], ...]] = (
    _translation,
    _all_of_the_above,
    _longest_is_right,
    _unmarked_negative,
    _double_negative,
    _same_twice,
    _overlapping,
    _telling_words,
    _repeated_from_stem,
    _number_of_options,
    _everything_right,
    _empty_case,
    _out_of_order,
    _no_tolerance,
    _one_language_accepted,
)
