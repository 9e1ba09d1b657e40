"""The pages of questionnaires: filled in on one page, written in small steps, shown as bars."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.people.models import Institution, User
from courses.assessment.models import AnswerBox, HasAnswered, Questionnaire, SurveyQuestion
from tests.cast import client_for
from tests.factories.exams import make_trainer
from tests.factories.questionnaires import CHOICE, LIKERT, TEXT, answer, crowd, make_questionnaire

pytestmark = pytest.mark.django_db
ANSWERS = {"q1": "5", "q2": "0", "q3": "More cases."}


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def row(trainer: User, hospital: Institution) -> Questionnaire:
    return make_questionnaire(trainer, hospital)


@pytest.fixture
def draft(trainer: User, hospital: Institution) -> Questionnaire:
    return make_questionnaire(trainer, hospital, draft=True)


@pytest.fixture
def teacher(trainer: User) -> Client:
    return client_for(trainer)


def url(name: str, *args: Any) -> str:
    return reverse(f"assessment:{name}", args=args)


def text(client: Client, name: str, *args: Any) -> str:
    answered = client.get(url(name, *args))
    assert answered.status_code == 200, answered.status_code
    return answered.content.decode()


def kinds(questionnaire: Questionnaire) -> list[str]:
    return list(SurveyQuestion.unscoped.filter(questionnaire=questionnaire).order_by("position").values_list(
        "kind", flat=True
    ))  # fmt: skip


# -- for learners -----------------------------------------------------------------------------------------------------


def test_it_is_filled_in_on_one_page_and_thanked_for(row: Questionnaire, asker: User) -> None:
    client = client_for(asker)
    shown = text(client, "questionnaire", row.pk)
    assert "Without your name" in shown
    assert "Agree fully" in shown
    sent = client.post(url("questionnaire", row.pk), ANSWERS)
    assert sent["Location"] == url("questionnaire", row.pk)
    assert "Thank you" in text(client, "questionnaire", row.pk)
    assert HasAnswered.unscoped.filter(user=asker).exists()


def test_what_was_typed_stays_when_something_is_missing(row: Questionnaire, asker: User) -> None:
    sent = client_for(asker).post(url("questionnaire", row.pk), {"q2": "1", "q3": "Typed already"})
    shown = sent.content.decode()
    assert sent.status_code == 422
    assert "Typed already" in shown
    assert re.findall(r'name="(\w+)" value="(\d)"[^>]*checked', shown) == [("q2", "1")]
    assert not HasAnswered.unscoped.exists()


def test_the_second_time_is_thanked_for_and_not_taken(row: Questionnaire, asker: User) -> None:
    answer(row, asker, 5, 0)
    assert "Thank you" in client_for(asker).post(url("questionnaire", row.pk), ANSWERS).content.decode()
    assert HasAnswered.unscoped.count() == 1


def test_what_was_typed_comes_back_when_it_closes_meanwhile(row: Questionnaire, asker: User) -> None:
    Questionnaire.unscoped.filter(pk=row.pk).update(step="closed")
    sent = client_for(asker).post(url("questionnaire", row.pk), ANSWERS)
    shown = sent.content.decode()
    assert sent.status_code == 422
    assert ("This questionnaire is not open." in shown, "More cases." in shown) == (True, True)
    assert not HasAnswered.unscoped.exists()


def test_a_closed_one_says_so(row: Questionnaire, asker: User) -> None:
    Questionnaire.unscoped.filter(pk=row.pk).update(step="closed")
    assert "takes no answers" in text(client_for(asker), "questionnaire", row.pk)


def test_saying_nothing_at_all_is_told_above_the_form(trainer: User, hospital: Institution, asker: User) -> None:
    free = make_questionnaire(trainer, hospital, [TEXT])
    sent = client_for(asker).post(url("questionnaire", free.pk), {"q1": " "})
    assert (sent.status_code, "one question at least" in sent.content.decode()) == (422, True)


def test_learners_see_no_way_to_the_results(row: Questionnaire, asker: User) -> None:
    assert url("questionnaire_results", row.pk) not in text(client_for(asker), "questionnaire", row.pk)


# -- for trainers -----------------------------------------------------------------------------------------------------


def test_one_is_written_and_published_by_its_pages(teacher: Client) -> None:
    assert "No questionnaire yet" in text(teacher, "questionnaires")
    words = {"title_en": "Your view", "request_key": str(uuid4())}
    made = teacher.post(url("questionnaire_new"), words)
    row = Questionnaire.unscoped.get()
    assert made["Location"] == url("questionnaire_build", row.pk)
    assert "No question yet." in text(teacher, "questionnaire_build", row.pk)
    teacher.post(url("survey_question_new", row.pk, "likert"), {"text_en": "Clear?", "needed": "on"})
    teacher.post(
        url("survey_question_new", row.pk, "choice"), {"text_en": "How long?", "options_en": "Short\n\n Long \n"}
    )
    assert list(SurveyQuestion.unscoped.order_by("position").values_list("options_en", "needed")) == [
        ([], True), (["Short", "Long"], False),
    ]  # fmt: skip
    assert "Short / Long" in text(teacher, "questionnaire_build", row.pk)
    teacher.post(url("questionnaire_act", row.pk, "publish"))
    assert Questionnaire.unscoped.get().step == "open"
    assert url("questionnaire_results", row.pk) in text(teacher, "questionnaires")


def test_a_title_is_asked_for(teacher: Client) -> None:
    sent = teacher.post(url("questionnaire_new"), {"request_key": str(uuid4())})
    assert (sent.status_code, Questionnaire.unscoped.count()) == (422, 0)


def test_titles_are_changed(teacher: Client, draft: Questionnaire) -> None:
    assert "Your view" in text(teacher, "questionnaire_titles", draft.pk)
    teacher.post(url("questionnaire_titles", draft.pk), {"title_en": "Another", "request_key": str(uuid4())})
    draft.refresh_from_db()
    assert draft.title_en == "Another"


def test_titles_of_a_published_one_stay(teacher: Client, row: Questionnaire) -> None:
    sent = teacher.post(url("questionnaire_titles", row.pk), {"title_en": "Another", "request_key": str(uuid4())})
    assert (sent.status_code, "Copy it" in sent.content.decode()) == (422, True)


def test_a_question_is_changed_in_its_place(teacher: Client, draft: Questionnaire) -> None:
    assert "Short\nRight\nLong" in text(teacher, "survey_question", draft.pk, 2)
    words = {"text_en": "How was its length?", "options_en": "Short\nLong", "version": draft.version}
    teacher.post(url("survey_question", draft.pk, 2), words)
    changed = SurveyQuestion.unscoped.get(questionnaire=draft, position=2)
    assert (changed.text_en, changed.options_en, kinds(draft)) == (
        "How was its length?", ["Short", "Long"], ["likert", "choice", "text"],
    )  # fmt: skip


def test_two_trainers_do_not_undo_each_other(teacher: Client, draft: Questionnaire) -> None:
    sent = teacher.post(url("survey_question", draft.pk, 1), {"text_en": "x", "version": draft.version - 1})
    assert sent.status_code == 409


def test_an_answer_that_is_too_long_is_told(teacher: Client, draft: Questionnaire) -> None:
    sent = teacher.post(url("survey_question", draft.pk, 2), {"text_en": "x", "options_en": "y\n" + "x" * 201})
    assert "at most 200 characters" in sent.content.decode()


@pytest.mark.parametrize(
    ("act", "place", "wanted"),
    [
        ("up", 1, ["likert", "choice", "text"]),
        ("up", 3, ["likert", "text", "choice"]),
        ("down", 1, ["choice", "likert", "text"]),
        ("down", 3, ["likert", "choice", "text"]),
        ("drop", 2, ["likert", "text"]),
    ],
)
def test_questions_move_and_go(teacher: Client, draft: Questionnaire, act: str, place: int, wanted: list[str]) -> None:
    teacher.post(url("questionnaire_order", draft.pk), {act: str(place)})
    assert kinds(draft) == wanted


def test_what_another_moved_meanwhile_is_not_moved_by_its_place(teacher: Client, draft: Questionnaire) -> None:
    shown = text(teacher, "questionnaire_build", draft.pk)
    (before,) = set(re.findall(r'name="version" value="(\d+)"', shown))
    teacher.post(url("questionnaire_order", draft.pk), {"down": "1", "version": before})
    sent = teacher.post(url("questionnaire_order", draft.pk), {"drop": "1", "version": before})
    assert (sent.status_code, kinds(draft)) == (409, ["choice", "likert", "text"])


def test_nobody_publishes_what_they_have_not_seen(teacher: Client, draft: Questionnaire) -> None:
    sent = teacher.post(url("questionnaire_act", draft.pk, "publish"), {"version": str(draft.version - 1)})
    assert (sent.status_code, Questionnaire.unscoped.get().step) == (409, "draft")


@pytest.mark.parametrize("said", [{"up": "9"}, {"up": "0"}, {"up": "x"}, {"drop": "99999"}, {}])
def test_a_place_that_is_not_there_is_not_found(teacher: Client, draft: Questionnaire, said: dict[str, str]) -> None:
    assert teacher.post(url("questionnaire_order", draft.pk), said).status_code == 404


@pytest.mark.parametrize(
    ("name", "what"), [("survey_question", 4), ("survey_question", 0), ("survey_question_new", "x")]
)
def test_a_question_that_is_not_there_is_not_found(
    teacher: Client, draft: Questionnaire, name: str, what: int | str
) -> None:
    assert teacher.get(url(name, draft.pk, what)).status_code == 404


def test_publishing_nothing_is_told_on_the_page(teacher: Client, trainer: User, hospital: Institution) -> None:
    empty = make_questionnaire(trainer, hospital, [], draft=True)
    sent = teacher.post(url("questionnaire_act", empty.pk, "publish"), follow=True)
    assert "asks at least one question" in sent.content.decode()


def test_a_step_that_is_not_open_now_is_refused(teacher: Client, draft: Questionnaire) -> None:
    sent = teacher.post(url("questionnaire_act", draft.pk, "reopen"), follow=True)
    assert "not possible at the present step" in sent.content.decode()
    assert Questionnaire.unscoped.get().step == "draft"


def test_a_verb_that_is_none_is_not_found(teacher: Client, draft: Questionnaire) -> None:
    assert teacher.post(url("questionnaire_act", draft.pk, "burn")).status_code == 404


def test_a_copy_is_written_on(teacher: Client, row: Questionnaire) -> None:
    sent = teacher.post(url("questionnaire_act", row.pk, "copy"), {"request_key": str(uuid4())})
    copy = Questionnaire.unscoped.exclude(pk=row.pk).get()
    assert sent["Location"] == url("questionnaire_build", copy.pk)


# -- what came of it --------------------------------------------------------------------------------------------------


def test_results_wait_for_five(row: Questionnaire, hospital: Institution, teacher: Client) -> None:
    crowd(row, hospital, [(5, 0, "alone")] * 4)
    shown = text(teacher, "questionnaire_results", row.pk)
    assert ("Not five yet" in shown, "alone" in shown) == (True, False)


def test_results_are_bars_and_words(row: Questionnaire, hospital: Institution, teacher: Client) -> None:
    crowd(row, hospital, [(5, 0, f"word {n}") for n in range(5)])
    shown = text(teacher, "questionnaire_results", row.pk)
    assert "answers, shown by fives" in shown
    assert 'width="100.0%"' in shown
    assert "word 4" in shown
    assert "Mean 5.0 of 5" in shown


def test_a_question_that_few_have_answered_is_not_shown(
    row: Questionnaire, hospital: Institution, teacher: Client
) -> None:
    crowd(row, hospital, [(5, 0, "alone"), *[(5, 0, None)] * 4])
    shown = text(teacher, "questionnaire_results", row.pk)
    assert ("Fewer than five people" in shown, "alone" in shown) == (True, False)


def test_a_manager_reads_results_and_builds_nothing(row: Questionnaire, manager: User) -> None:
    client = client_for(manager)
    assert "New questionnaire" not in text(client, "questionnaires")
    assert url("questionnaire_build", row.pk) not in text(client, "questionnaire_results", row.pk)


def test_the_spreadsheet_is_a_file(row: Questionnaire, teacher: Client) -> None:
    sent = teacher.post(url("questionnaire_file", row.pk))
    assert sent["Content-Disposition"].endswith('.xlsx"')
    assert sent.content[:2] == b"PK"


def test_the_page_shows_a_hundred_texts_and_says_so(trainer: User, hospital: Institution, teacher: Client) -> None:
    free = make_questionnaire(trainer, hospital, [TEXT])
    key = str(SurveyQuestion.unscoped.get(questionnaire=free).pk)
    sheets = [[{key: f"word {box}-{n}"} for n in range(5)] for box in range(21)]
    AnswerBox.unscoped.bulk_create(
        AnswerBox(questionnaire=free, number=number, answers=each) for number, each in enumerate(sheets, 1)
    )
    shown = text(teacher, "questionnaire_results", free.pk)
    assert (shown.count("word "), "The spreadsheet has all of them." in shown) == (100, True)


# -- how many queries -------------------------------------------------------------------------------------------------


def queries(client: Client, name: str, *args: Any) -> int:
    text(client, name, *args)
    with CaptureQueriesContext(connection) as seen:
        text(client, name, *args)
    return len(seen)


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    trainer: User, hospital: Institution, teacher: Client, row: Questionnaire
) -> None:
    one = queries(teacher, "questionnaires")
    for _more in range(2):
        make_questionnaire(trainer, hospital)
    assert queries(teacher, "questionnaires") == one


@pytest.mark.parametrize("name", ["questionnaire", "questionnaire_build"])
def test_a_page_takes_as_many_queries_for_three_questions_as_for_one(
    trainer: User, hospital: Institution, teacher: Client, row: Questionnaire, name: str
) -> None:
    one = make_questionnaire(trainer, hospital, [LIKERT])
    assert queries(teacher, name, one.pk) == queries(teacher, name, row.pk)


def test_results_take_as_many_queries_for_three_boxes_as_for_one(
    trainer: User, hospital: Institution, teacher: Client
) -> None:
    one, three = (make_questionnaire(trainer, hospital, [CHOICE]) for _each in range(2))
    crowd(one, hospital, [(0,)] * 5)
    crowd(three, hospital, [(1,)] * 15)
    assert queries(teacher, "questionnaire_results", one.pk) == queries(teacher, "questionnaire_results", three.pk)
