"""Questionnaires: written, published, answered without a name, and shown by fives."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from openpyxl import load_workbook

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.people.models import Institution, User
from courses.assessment.models import AnswerBox, HasAnswered, Questionnaire, SurveyQuestion
from courses.assessment.operations import filling
from courses.assessment.operations.questionnaires import (
    MOST_QUESTIONS,
    change_questionnaire,
    close_questionnaire,
    copy_questionnaire,
    create_questionnaire,
    export_answers,
    publish_questionnaire,
    reopen_questionnaire,
    set_survey_questions,
)
from courses.assessment.policies.questionnaires import may_fill
from courses.assessment.queries.questionnaires import (
    Results,
    Told,
    has_answered,
    questionnaire_for,
    questionnaires_listed,
    results_of,
    ripe,
)
from courses.assessment.states.questionnaires import FULL_BOX
from tests.cast import actor_for
from tests.factories.exams import make_trainer
from tests.factories.questionnaires import CHOICE, LIKERT, TEXT, answer, crowd, make_questionnaire, said

pytestmark = pytest.mark.django_db
FIVE = [(5, 0, "b"), (4, 1, "a"), (4, 1, None), (1, 1, None), (5, 2, "  ")]


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def draft(trainer: User, hospital: Institution) -> Questionnaire:
    return make_questionnaire(trainer, hospital, draft=True)


@pytest.fixture
def row(trainer: User, hospital: Institution) -> Questionnaire:
    return make_questionnaire(trainer, hospital)


def does(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def told(user: User, questionnaire: Questionnaire) -> Results:
    with acting_as(actor_for(user)):
        return results_of(questionnaire)


def boxes() -> list[AnswerBox]:
    return list(AnswerBox.unscoped.all())


# -- written ----------------------------------------------------------------------------------------------------------


def test_a_learner_writes_none(asker: User, community: Institution) -> None:
    with pytest.raises(NotPermitted):
        does(asker, create_questionnaire, institution_id=community.pk, fields={"title_en": "x"})


def test_a_trainer_writes_for_no_other_institution(trainer: User, district: Institution) -> None:
    with pytest.raises(NotPermitted):
        does(trainer, create_questionnaire, institution_id=district.pk, fields={"title_en": "x"})


def test_the_same_key_makes_one(trainer: User, hospital: Institution) -> None:
    words = {"institution_id": hospital.pk, "fields": {"title_en": "x"}, "key": uuid4()}
    first, fresh = does(trainer, create_questionnaire, **words)
    again, anew = does(trainer, create_questionnaire, **words)
    assert (fresh, anew, first) == (True, False, again)


def test_it_has_a_title_in_one_language_at_least(trainer: User, hospital: Institution) -> None:
    with pytest.raises(DomainError, match="title"):
        does(trainer, create_questionnaire, institution_id=hospital.pk, fields={})


def test_a_draft_is_hidden_from_learners_and_other_trainers(
    draft: Questionnaire, district: Institution, asker: User
) -> None:
    for user in (make_trainer(district), asker):
        with pytest.raises(NotVisible):
            does(user, change_questionnaire, questionnaire_id=draft.pk, fields={})


def test_the_questions_of_a_draft_are_hidden_too(draft: Questionnaire, asker: User) -> None:
    with acting_as(actor_for(asker)):
        assert not SurveyQuestion.objects.exists()


def test_anonymous_sees_no_questionnaire_and_no_question(row: Questionnaire) -> None:
    with acting_as(ANONYMOUS):
        assert not Questionnaire.objects.exists()
        assert not SurveyQuestion.objects.exists()


def test_a_draft_gets_other_words(trainer: User, draft: Questionnaire) -> None:
    does(trainer, change_questionnaire, questionnaire_id=draft.pk, fields={"title_en": "Other", "intro_zh": "请填写"})
    draft.refresh_from_db()
    assert (draft.title_en, draft.title_zh, draft.intro) == ("Other", "您的看法", "请填写")


def test_nobody_writes_over_what_they_have_not_seen(trainer: User, draft: Questionnaire) -> None:
    with pytest.raises(StaleVersion):
        does(trainer, change_questionnaire, questionnaire_id=draft.pk, fields={}, version=draft.version - 1)


def test_questions_stand_in_the_order_given(trainer: User, draft: Questionnaire) -> None:
    does(trainer, set_survey_questions, questionnaire_id=draft.pk, questions=[TEXT, LIKERT])
    rows = SurveyQuestion.unscoped.order_by("position")
    assert [(one.position, one.kind) for one in rows] == [(1, "text"), (2, "likert")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "choice", "text_en": "x", "options_en": ["one"]},
        {"kind": "choice", "text_en": "x", "options_en": ["a", "b"], "options_zh": ["a"]},
        {"kind": "likert", "text_en": "x", "options_en": ["a", "b"]},
        {"kind": "likert"},
        {"kind": "essay", "text_en": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(trainer: User, draft: Questionnaire, wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        does(trainer, set_survey_questions, questionnaire_id=draft.pk, questions=[wrong])
    assert SurveyQuestion.unscoped.count() == 3


def test_there_are_not_more_questions_than_a_person_answers(trainer: User, draft: Questionnaire) -> None:
    with pytest.raises(InvalidInput, match="at most 40"):
        does(trainer, set_survey_questions, questionnaire_id=draft.pk, questions=[LIKERT] * (MOST_QUESTIONS + 1))


def test_options_fall_back_to_the_other_language() -> None:
    only_chinese = SurveyQuestion(kind="choice", text_zh="多久", options_zh=["短", "长"])
    assert (only_chinese.text, only_chinese.options) == ("多久", ["短", "长"])


# -- its way ----------------------------------------------------------------------------------------------------------


def test_what_asks_nothing_is_not_published(trainer: User, hospital: Institution) -> None:
    empty = make_questionnaire(trainer, hospital, [], draft=True)
    with pytest.raises(InvalidInput, match="at least one question"):
        does(trainer, publish_questionnaire, questionnaire_id=empty.pk)


def test_published_twice_is_published_once(trainer: User, row: Questionnaire) -> None:
    assert does(trainer, publish_questionnaire, questionnaire_id=row.pk).version == row.version


def test_a_published_one_is_not_changed(trainer: User, row: Questionnaire) -> None:
    with pytest.raises(WrongStep, match="Copy it"):
        does(trainer, set_survey_questions, questionnaire_id=row.pk, questions=[LIKERT])


@pytest.mark.parametrize("way", ["insert", "update", "delete"])
def test_the_database_keeps_its_questions_too(row: Questionnaire, way: str) -> None:
    asked = SurveyQuestion.unscoped.filter(questionnaire=row)
    ways: dict[str, Any] = {
        "insert": lambda: SurveyQuestion.unscoped.create(questionnaire=row, position=9, kind="text", text_en="x"),
        "update": lambda: asked.update(text_en="x"),
        "delete": lambda: asked.delete(),
    }
    with pytest.raises(DatabaseError, match="assessment_survey_fixed"), transaction.atomic():
        ways[way]()


def test_closed_twice_is_closed_once(trainer: User, row: Questionnaire) -> None:
    first = does(trainer, close_questionnaire, questionnaire_id=row.pk)
    assert does(trainer, close_questionnaire, questionnaire_id=row.pk).version == first.version


def test_a_closed_one_opens_again(trainer: User, row: Questionnaire, asker: User) -> None:
    does(trainer, close_questionnaire, questionnaire_id=row.pk)
    with pytest.raises(WrongStep, match="not open"):
        answer(row, asker, 5, 0)
    does(trainer, reopen_questionnaire, questionnaire_id=row.pk)
    assert answer(row, asker, 5, 0)


def test_a_copy_is_a_draft_with_the_same_questions(trainer: User, row: Questionnaire) -> None:
    key = uuid4()
    copy, fresh = does(trainer, copy_questionnaire, questionnaire_id=row.pk, key=key)
    again, anew = does(trainer, copy_questionnaire, questionnaire_id=row.pk, key=key)
    assert (copy.step, copy.title_zh, fresh, anew, again) == ("draft", "您的看法", True, False, copy)
    asked = SurveyQuestion.unscoped.filter(questionnaire=copy).order_by("position")
    assert [one.kind for one in asked] == ["likert", "choice", "text"]


@pytest.mark.parametrize(
    "operation",
    [publish_questionnaire, close_questionnaire, reopen_questionnaire, copy_questionnaire, change_questionnaire],
)
def test_a_learner_runs_none(asker: User, row: Questionnaire, operation: Any) -> None:
    more: dict[str, Any] = {"fields": {}} if operation is change_questionnaire else {}
    row_now = Questionnaire.unscoped.filter(pk=row.pk)
    if operation in (publish_questionnaire, reopen_questionnaire):
        row_now.update(step="closed")
    with pytest.raises(NotPermitted):
        does(asker, operation, questionnaire_id=row.pk, **more)


# -- answered ---------------------------------------------------------------------------------------------------------


def test_whoever_has_answered_has_answered(row: Questionnaire, asker: User) -> None:
    assert answer(row, asker, 5, 0)
    assert not answer(row, asker, 1, 2)
    assert HasAnswered.unscoped.count() == 1
    assert has_answered(asker.pk, row.pk)


def test_the_database_takes_nobody_twice(row: Questionnaire, asker: User) -> None:
    answer(row, asker, 5, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        HasAnswered.unscoped.create(questionnaire=row, user=asker, day=clock.now().date())


def test_the_system_answers_nothing(row: Questionnaire) -> None:
    assert not may_fill(system("test"), row)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ((None, 0), {"q1"}),
        ((None, None), {"q1", "q2"}),
        ((6, 0), {"q1"}),
        (("5", 0), {"q1"}),
        ((5, 3), {"q2"}),
        ((5, -1), {"q2"}),
        ((5, 0, "x" * 2001), {"q3"}),
        ((5, 0, 7), {"q3"}),
    ],
)
def test_what_is_no_answer_is_refused_at_its_question(
    row: Questionnaire, asker: User, given: tuple[Any, ...], fields: set[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        answer(row, asker, *given)
    assert refused.value.fields.keys() == fields
    assert not HasAnswered.unscoped.exists()


def test_who_says_nothing_has_not_answered(trainer: User, hospital: Institution, asker: User) -> None:
    free = make_questionnaire(trainer, hospital, [TEXT])
    with pytest.raises(InvalidInput, match="one question at least"):
        answer(free, asker, " ")


# -- without a name ---------------------------------------------------------------------------------------------------


def test_four_answers_can_be_read_by_nobody(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    crowd(row, hospital, [(5, 0, "I am Dr Wu of ward 3")] * (FULL_BOX - 1))
    (box,) = boxes()
    assert box.answers is None
    assert b"Dr Wu of ward" not in bytes(box.sealed or b"")
    assert told(trainer, row).people == 0


def test_the_fifth_opens_the_box(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    crowd(row, hospital, FIVE)
    (box,) = boxes()
    assert (box.sealed, len(box.answers)) == (None, FULL_BOX)
    assert told(trainer, row).people == FULL_BOX


def test_the_sixth_waits_in_a_box_of_its_own(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    crowd(row, hospital, [*FIVE, (1, 2, "late")])
    assert sorted(box.answers is None for box in boxes()) == [False, True]
    assert told(trainer, row).people == FULL_BOX


def test_no_column_leads_from_a_box_to_a_person_or_a_time() -> None:
    kinds = {field.name: field.get_internal_type() for field in AnswerBox._meta.concrete_fields}
    assert kinds == {
        "id": "UUIDField", "questionnaire": "ForeignKey", "number": "PositiveIntegerField", "sealed": "BinaryField",
        "answers": "JSONField",
    }  # fmt: skip


def test_that_somebody_has_answered_says_the_day_and_no_more(row: Questionnaire, asker: User) -> None:
    answer(row, asker, 5, 0)
    names = {field.name for field in HasAnswered._meta.concrete_fields}
    assert names == {"id", "questionnaire", "user", "day"}
    assert HasAnswered.unscoped.get().pk.version == 4  # drawn by lot: ids of version 1 and 7 tell the time


def test_answers_lie_in_no_order_of_their_coming(row: Questionnaire, hospital: Institution) -> None:
    """Six boxes of five would all lie as they came once in 3 * 10^12 times."""
    sheet = [(step, 0, None) for step in range(1, 6)]
    for _box in range(6):
        crowd(row, hospital, sheet)
    likert = str(next(iter(said(row, 1))))
    orders = [[one[likert] for one in box.answers] for box in boxes()]
    assert orders != [[1, 2, 3, 4, 5]] * 6


def test_the_length_of_what_is_sealed_tells_nothing(row: Questionnaire, hospital: Institution) -> None:
    lengths = []
    for said_ in (None, "x" * 2000, "\u8bfe" * 2000, "\U00020bb7" * 2000):
        crowd(row, hospital, [(5, 0, said_)])
        lengths.append(len(boxes()[0].sealed or b""))
    assert len(set(lengths)) == 1


def test_nor_with_several_long_texts_from_everybody(trainer: User, hospital: Institution) -> None:
    free, lengths = make_questionnaire(trainer, hospital, [TEXT, LIKERT, TEXT]), []
    for said_ in ("\u8bfe" * 2000, '"\n' * 1000, "\x01" * 2000, "short"):
        crowd(free, hospital, [(said_, 5, said_)])
        lengths.append(len(boxes()[0].sealed or b""))
    assert len(set(lengths)) == 1
    crowd(free, hospital, [("last", 1, None)])
    texts = by_kind(told(trainer, free))["text"]
    assert {len(text) for text in texts.texts} <= {2000, 4, 5}


def test_a_letter_that_no_table_takes_is_refused_of_who_sends_it(row: Questionnaire, asker: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        answer(row, asker, 5, 0, "a\0b")
    assert refused.value.fields.keys() == {"q3"}


def test_what_is_sealed_is_sealed_anew_each_time(row: Questionnaire, hospital: Institution) -> None:
    crowd(row, hospital, [(5, 0, None)])
    before = bytes(boxes()[0].sealed or b"")
    crowd(row, hospital, [(5, 0, None)])
    assert bytes(boxes()[0].sealed or b"")[:64] != before[:64]


def test_the_journal_names_the_questionnaire_and_no_answer(row: Questionnaire, asker: User) -> None:
    answer(row, asker, 5, 0, "unmistakable")
    entry = Entry.unscoped.get(verb="answer_questionnaire")
    assert (entry.subject_id, entry.actor_id) == (str(row.pk), asker.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM journal_entry e WHERE id = %s", [entry.pk])
        (text,) = cursor.fetchone()
    assert "unmistakable" not in text
    assert not entry.facts


def test_a_full_box_is_never_touched_again(row: Questionnaire, hospital: Institution) -> None:
    crowd(row, hospital, FIVE)
    for act in (lambda: AnswerBox.unscoped.update(answers=[{}] * 5), lambda: AnswerBox.unscoped.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    "wrong",
    [
        {"answers": [{}] * 4}, {"answers": [{}] * 6}, {}, {"answers": [{}] * 5, "sealed": b"x"},
        {"answers": [{}] * 5, "number": None},
    ],
)  # fmt: skip
def test_the_database_opens_boxes_of_five_alone(row: Questionnaire, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerBox.unscoped.create(questionnaire=row, **{"number": 1, **wrong})


def test_one_box_is_open_at_a_time(row: Questionnaire) -> None:
    AnswerBox.unscoped.create(questionnaire=row, number=1, sealed=b"x")
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        AnswerBox.unscoped.create(questionnaire=row, number=2, sealed=b"y")


def test_no_two_boxes_have_one_number(row: Questionnaire) -> None:
    AnswerBox.unscoped.create(questionnaire=row, number=1, answers=[{}] * 5)
    with pytest.raises(IntegrityError, match="answerbox_number"), transaction.atomic():
        AnswerBox.unscoped.create(questionnaire=row, number=1, sealed=b"y")


def test_boxes_are_numbered_as_they_are_begun(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    crowd(row, hospital, [*FIVE, (1, 2, "late")])
    crowd(make_questionnaire(trainer, hospital), hospital, FIVE[:1])
    numbers = AnswerBox.unscoped.filter(questionnaire=row).order_by("number")
    assert [(box.number, box.answers is None) for box in numbers] == [(1, False), (2, True)]


def test_a_sealed_box_opens_in_its_own_row_alone(row: Questionnaire, hospital: Institution) -> None:
    crowd(row, hospital, [(5, 0, None)])
    (box,) = boxes()
    moved = AnswerBox(questionnaire=row, sealed=box.sealed)
    assert filling._within(box) == [
        {str(key): value for key, value in said(row, 5, 0).items()}
    ]  # fmt: skip
    with pytest.raises(ValueError, match="does not open"):
        filling._within(moved)


def test_an_open_box_is_seen_by_no_reader(row: Questionnaire, asker: User, trainer: User, manager: User) -> None:
    answer(row, asker, 5, 0)
    for user in (trainer, manager, asker):
        with acting_as(actor_for(user)):
            assert not AnswerBox.objects.exists()


def test_each_sees_their_own_mark_alone(row: Questionnaire, asker: User, trainer: User) -> None:
    answer(row, asker, 5, 0)
    seen = {}
    for user in (asker, trainer):
        with acting_as(actor_for(user)):
            seen[user] = HasAnswered.objects.count()
    assert seen == {asker: 1, trainer: 0}


def test_the_day_is_kept_and_not_the_hour(row: Questionnaire, asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    evening = datetime.now(UTC).replace(hour=17, minute=30)
    monkeypatch.setattr(clock, "now", lambda: evening)
    answer(row, asker, 5, 0)
    assert HasAnswered.unscoped.get().day == evening.date() + timedelta(days=1)  # in China it was after midnight


# -- what came of it --------------------------------------------------------------------------------------------------


def by_kind(results: Results) -> dict[str, Told]:
    return {one.question.kind: one for one in results.told}


def test_agreement_is_counted_with_its_mean(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    crowd(row, hospital, FIVE)
    likert = by_kind(told(trainer, row))["likert"]
    assert [(bar.label, bar.count) for bar in likert.bars] == [
        ("Do not agree", 1), ("Rather not", 0), ("Partly so", 0), ("Rather so", 2), ("Agree fully", 2),
    ]  # fmt: skip
    assert likert.mean == pytest.approx(3.8)


def test_choices_are_counted_in_their_order(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    crowd(row, hospital, FIVE)
    choice = by_kind(told(trainer, row))["choice"]
    assert [(bar.label, bar.count, bar.percent) for bar in choice.bars] == [
        ("Short", 1, 20.0), ("Right", 3, 60.0), ("Long", 1, 20.0),
    ]  # fmt: skip
    assert choice.mean is None


def test_what_fewer_than_five_have_answered_is_not_shown(
    row: Questionnaire, hospital: Institution, trainer: User
) -> None:
    crowd(row, hospital, FIVE)
    text = by_kind(told(trainer, row))["text"]
    assert (text.people, text.is_few, text.texts) == (0, True, ())


def test_one_more_answer_to_what_may_be_left_out_is_held_back(
    row: Questionnaire, hospital: Institution, trainer: User
) -> None:
    crowd(row, hospital, [(5, 0, "all")] * 5)
    crowd(row, hospital, [(5, 0, "alone"), *[(5, 0, None)] * 4])
    results = told(trainer, row)
    assert (results.people, by_kind(results)["likert"].people, by_kind(results)["text"].texts) == (10, 10, ("all",) * 5)


def test_it_is_shown_with_the_four_that_came_to_it(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    for box in (["all"] * 5, ["alone", None, None, None, None], ["more"] * 4 + [None]):
        crowd(row, hospital, [(5, 0, word) for word in box])
    assert Counter(by_kind(told(trainer, row))["text"].texts) == {"all": 5, "alone": 1, "more": 4}


@pytest.mark.parametrize(
    ("boxes_", "shown"),
    [
        ([], ""),
        (["abcd"], ""),
        (["abcde"], "abcde"),
        (["abcde", "f"], "abcde"),
        (["abcde", "f", "ghij"], "abcdefghij"),
        (["ab", "cd", "e", "f"], "abcde"),
        (["ab", "", "cdefg"], "abcdefg"),
    ],
)
def test_figures_grow_by_five_or_not_at_all(boxes_: list[str], shown: str) -> None:
    assert "".join(ripe([list(box) for box in boxes_])) == shown


def test_no_two_looks_differ_by_fewer_than_five() -> None:
    sizes = [3, 0, 1, 5, 2, 2, 1, 4, 4, 4, 0, 5]
    boxes_ = [["x"] * size for size in sizes]
    looks = [len(ripe(boxes_[:upto])) for upto in range(len(sizes) + 1)]
    assert all(now - before == 0 or now - before >= FULL_BOX for before, now in pairwise(looks))
    assert looks[-1] > FULL_BOX


def test_texts_stand_by_their_letters_not_by_their_box(
    row: Questionnaire, hospital: Institution, trainer: User
) -> None:
    crowd(row, hospital, [(5, 0, word) for word in "zyxwvabcde"])
    assert by_kind(told(trainer, row))["text"].texts == tuple("abcdevwxyz")


def test_readers_are_trainers_of_the_place_managers_and_auditors(
    row: Questionnaire, hospital: Institution, district: Institution, manager: User, auditor: User, trainer: User
) -> None:
    crowd(row, hospital, FIVE)
    for user in (trainer, manager, auditor):
        assert told(user, row).people == FULL_BOX
    assert told(make_trainer(district), row).people == 0


@pytest.mark.parametrize("name", ["asker", "other"])
def test_others_take_no_spreadsheet(row: Questionnaire, asker: User, district: Institution, name: str) -> None:
    with pytest.raises(NotPermitted):
        does({"asker": asker, "other": make_trainer(district)}[name], export_answers, questionnaire_id=row.pk)


def test_the_spreadsheet_has_sums_and_words_and_no_row_of_a_person(
    row: Questionnaire, hospital: Institution, trainer: User
) -> None:
    crowd(row, hospital, [(5, 0, "=1+1"), *[(4, 1, word) for word in "dcba"]])
    book = load_workbook(BytesIO(does(trainer, export_answers, questionnaire_id=row.pk)))
    counted, words = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    assert counted[0] == ("Question", "Option", "Number of people", "Per cent")
    assert ("How long was it?", "Right", 4, 80) in counted
    assert [text for _question, text in words[1:]] == ["'=1+1", "a", "b", "c", "d"]
    assert Entry.unscoped.get(verb="export").facts == {"rows": 8}


def test_a_spreadsheet_of_fewer_than_five_is_empty(row: Questionnaire, hospital: Institution, trainer: User) -> None:
    crowd(row, hospital, FIVE[:4])
    book = load_workbook(BytesIO(does(trainer, export_answers, questionnaire_id=row.pk)))
    assert [sheet.max_row for sheet in book.worksheets] == [1, 1]


def test_who_oversees_is_listed_what_others_published(
    row: Questionnaire, draft: Questionnaire, manager: User, trainer: User
) -> None:
    listed = {}
    for user in (manager, trainer):
        with acting_as(actor_for(user)):
            listed[user] = set(questionnaires_listed(actor_for(user)))
    assert listed == {manager: {row}, trainer: {row, draft}}


def test_what_is_not_there_is_not_found(asker: User) -> None:
    with acting_as(actor_for(asker)), pytest.raises(DomainError):
        questionnaire_for(uuid4())


def test_names() -> None:
    row = Questionnaire(title_en="View")
    assert (str(row), str(CHOICE["text_en"])) == ("View", "How long was it?")
    assert "question 1" in str(SurveyQuestion(questionnaire=row, position=1))
    assert str(AnswerBox(questionnaire=row)).startswith("box ")
    assert " for " in str(HasAnswered(questionnaire=row))


def test_boxes_that_had_no_number_get_one_and_full_ones_come_first(
    row: Questionnaire, hospital: Institution, trainer: User
) -> None:
    """What the migration does to boxes that were filled before there were numbers."""
    crowd(row, hospital, [*FIVE, *FIVE, (1, 2, "late")])
    crowd(make_questionnaire(trainer, hospital), hospital, FIVE[:1])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assessment_answerbox DISABLE TRIGGER USER")
        cursor.execute("UPDATE assessment_answerbox SET number = 100 - number")
        cursor.execute(import_module("courses.assessment.migrations.0003_boxes_have_numbers")._NUMBER)
    found = AnswerBox.unscoped.filter(questionnaire=row).order_by("number")
    assert [(box.number, box.answers is None) for box in found] == [(1, False), (2, False), (3, True)]
    assert AnswerBox.unscoped.exclude(questionnaire=row).get().number == 1
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        AnswerBox.unscoped.filter(number=1, questionnaire=row).update(number=9)
