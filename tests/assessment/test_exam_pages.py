"""The pages of exams: what stands on them, what a form without JavaScript does, and how many queries each takes."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Attempt, Exam, GivenAnswer
from courses.assessment.operations.answering import EPOCH
from courses.assessment.operations.attending import take_over
from tests.cast import actor_for, client_for
from tests.factories.exams import begin, make_exam, make_trainer, make_version
from tests.factories.people import make_staff, number

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


@pytest.fixture
def exam(trainer: User, hospital: Institution) -> Exam:
    return make_exam(trainer, hospital, [make_version(hospital) for _ in range(2)], minutes=30, attempts_allowed=2)


@pytest.fixture
def learner(asker: User) -> Client:
    return client_for(asker)


@pytest.fixture
def teacher(trainer: User) -> Client:
    return client_for(trainer)


def url(name: str, *args: Any) -> str:
    return reverse(f"assessment:{name}", args=args)


def begun(client: Client, exam: Exam) -> Attempt:
    """By the button."""
    client.post(url("exam_begin", exam.pk))
    found: Attempt = Attempt.unscoped.latest("began_at")
    return found


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(url(name, *args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def _posted(client: Client, attempt: Attempt, position: int, fields: dict[str, str]) -> Any:
    said = {"seq": "7", "device": str(attempt.device), f"q{position}-option": "a", **fields}
    return client.post(url("attempt_answer", attempt.pk, position), said)


def post(client: Client, attempt: Attempt, position: int = 1) -> Any:
    return _posted(client, attempt, position, {})


def went(answer: Any) -> str:
    """Where it led."""
    return str(answer["Location"])


def flag(client: Client, attempt: Attempt) -> Any:
    return _posted(client, attempt, 1, {"q1-flag": "on"})


def test_the_list_shows_what_is_open_and_one_s_own_attempts(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)

    told = page(learner, "exams")
    assert url("exam", exam.pk) in told
    assert url("attempt", attempt.pk) in told


def test_the_intro_says_what_is_asked_before_it_begins(learner: Client, exam: Exam) -> None:
    told = page(learner, "exam", exam.pk)

    assert "Begin: 30 minutes from now" in told
    assert "60 %" in told


def test_the_intro_of_an_exam_to_come_says_when(learner: Client, trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)], opens_at=clock.now() + timedelta(days=2))

    assert "Opens" in page(learner, "exam", exam.pk)


def test_without_an_attempt_left_the_intro_says_so(learner: Client, trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital)])
    learner.post(url("hand_in", begun(learner, exam).pk))

    assert "You have no attempt left." in page(learner, "exam", exam.pk)


def test_the_questions_stand_on_the_page_without_their_key(learner: Client, exam: Exam) -> None:
    told = page(learner, "attempt", begun(learner, exam).pk)

    assert told.count("data-exam-question") == 2
    assert "50 up to 12 months" not in told


def test_an_answer_is_told_saved_with_a_stamp(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    answer = post(learner, attempt)

    assert (answer.json()["seq"], answer.json()["kept"]) == (7, True)
    assert answer["Exam-Stamp"]


def test_what_was_saved_stands_on_the_page_again(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    flag(learner, attempt)

    told = page(learner, "attempt", attempt.pk)
    assert "is-answered is-flagged" in told
    assert 'value="a" checked' in told


@pytest.mark.parametrize(("fields", "status"), [
    ({"device": "x"}, 409), ({"device": "00000000-0000-4000-8000-000000000000"}, 409), ({"seq": "x"}, 422),
    ({"held": "x"}, 422),
])  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused(
    learner: Client, exam: Exam, fields: dict[str, str], status: int
) -> None:
    said = {"seq": "7", **fields}

    assert _posted(learner, begun(learner, exam), 1, said).status_code == status


def test_there_is_no_third_question(learner: Client, exam: Exam) -> None:
    assert post(learner, begun(learner, exam), position=3).status_code == 422


def test_on_another_device_one_is_asked_whether_to_go_on_there(learner: Client, exam: Exam, asker: User) -> None:
    attempt = begun(learner, exam)
    other = client_for(asker)
    assert "runs on another device" in page(other, "attempt", attempt.pk)

    other.post(url("go_on_here", attempt.pk))
    assert "data-exam-question" in page(other, "attempt", attempt.pk)
    assert post(learner, attempt).status_code == 409


def test_beginning_again_on_another_device_takes_nothing_over(learner: Client, exam: Exam, asker: User) -> None:
    attempt = begun(learner, exam)
    answer = client_for(asker).post(url("exam_begin", exam.pk), follow=True)

    assert "runs on another device" in answer.content.decode()
    assert post(learner, attempt).status_code == 200


def test_the_state_tells_the_page_whether_it_still_has_the_attempt(learner: Client, exam: Exam, asker: User) -> None:
    attempt = begun(learner, exam)
    assert learner.get(url("attempt_state", attempt.pk)).json()["here"] is True

    with acting_as(actor_for(asker)) as actor:
        take_over(actor=actor, attempt_id=attempt.pk)
    told = learner.get(url("attempt_state", attempt.pk)).json()
    assert (told["here"], told["step"]) == (False, "running")


def test_without_javascript_the_whole_page_is_saved(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    fields = {"device": str(attempt.device), "q1-option": "a", "q2-option": "b", "q2-flag": "on"}
    for _ in range(2):
        learner.post(url("attempt_save", attempt.pk), fields)

    rows = GivenAnswer.unscoped.filter(attempt=attempt).order_by("question__position")
    assert [(row.seq, row.given, row.flagged) for row in rows] == [
        (EPOCH + 1, {"option": "a"}, False), (EPOCH + 1, {"option": "b"}, True),
    ]  # fmt: skip


def test_without_javascript_saving_may_lead_to_handing_in(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    fields = {"device": str(attempt.device), "q1-option": "a", "then": "hand_in"}

    assert went(learner.post(url("attempt_save", attempt.pk), fields)) == url("hand_in", attempt.pk)


def test_without_javascript_the_end_of_the_time_is_told(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    with clock.moved(timedelta(minutes=31)):
        fields = {"device": str(attempt.device), "q1-option": "a"}
        answer = learner.post(url("attempt_save", attempt.pk), fields, follow=True)

    assert "The time is over" in answer.content.decode()


def test_before_handing_in_what_is_open_is_listed(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    flag(learner, attempt)

    told = page(learner, "hand_in", attempt.pk)
    assert "1 question is not answered" in told
    assert "You wanted to look at these again" in told


def test_with_all_answered_handing_in_says_so(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    for position in (1, 2):
        post(learner, attempt, position)

    assert "All questions are answered." in page(learner, "hand_in", attempt.pk)


def test_the_result_shows_points_and_answers(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    post(learner, attempt)
    told = learner.post(url("hand_in", attempt.pk), follow=True).content.decode()

    assert "50 %" in told
    assert "Not passed" in told
    assert "50 up to 12 months." in told
    assert "Try again" in told


def test_pages_lead_to_where_the_attempt_is(learner: Client, exam: Exam) -> None:
    attempt = begun(learner, exam)
    assert went(learner.get(url("result", attempt.pk))) == url("attempt", attempt.pk)
    learner.post(url("hand_in", attempt.pk))

    for name in ("attempt", "hand_in"):
        assert went(learner.get(url(name, attempt.pk))) == url("result", attempt.pk)


# -- the trainer ------------------------------------------------------------------------------------------------------


def rules(**fields: Any) -> dict[str, Any]:
    return {
        "request_key": "00000000-0000-4000-8000-000000000001", "title_en": "Breathing", "drawing": "fixed",
        "layout": "one", "attempts_allowed": "1", "pass_percent": "60", "dispute_percent": "20",
        "show_own": "finished", "show_key": "finished", "show_feedback": "finished", **fields,
    }  # fmt: skip


def test_a_trainer_makes_fills_and_publishes_an_exam(teacher: Client, hospital: Institution) -> None:
    version = make_version(hospital)
    teacher.post(url("exam_new"), rules())
    exam = Exam.unscoped.get()
    teacher.post(url("exam_questions", exam.pk), {"add": str(version.pk)})
    teacher.post(url("exam_act", exam.pk, "publish"))

    exam.refresh_from_db()
    assert exam.step == "open"
    assert version.item.code in page(teacher, "exam_build", exam.pk)


def test_a_rule_that_makes_no_sense_is_told_on_the_form(teacher: Client) -> None:
    answer = teacher.post(url("exam_new"), rules(pass_percent="101"))

    assert answer.status_code == 422
    assert not Exam.unscoped.exists()


def test_rules_of_a_draft_are_changed(teacher: Client, trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, draft=True)
    assert "Breathing" in page(teacher, "exam_rules", exam.pk)
    teacher.post(url("exam_rules", exam.pk), rules(minutes="45"))

    exam.refresh_from_db()
    assert exam.minutes == 45


def test_questions_are_moved_and_taken_out(teacher: Client, trainer: User, hospital: Institution) -> None:
    versions = [make_version(hospital) for _ in range(3)]
    exam = make_exam(trainer, hospital, versions, draft=True)
    for act, place in (("up", 2), ("down", 0), ("drop", 1)):
        teacher.post(url("exam_questions", exam.pk), {act: str(versions[place].pk)})

    with acting_as(actor_for(trainer)):
        listed = list(exam.questions.order_by("position").values_list("version_id", flat=True))
    assert listed == [versions[2].pk, versions[0].pk]


@pytest.mark.parametrize("said", [{}, {"drop": "x"}, {"up": "00000000-0000-4000-8000-000000000000"}])
def test_an_edit_of_what_is_not_there_is_hidden(
    teacher: Client, trainer: User, hospital: Institution, said: dict[str, str]
) -> None:
    exam = make_exam(trainer, hospital, draft=True)

    assert teacher.post(url("exam_questions", exam.pk), said).status_code == 404


def test_a_blueprint_grows_and_tells_what_the_bank_lacks(teacher: Client, trainer: User, hospital: Institution) -> None:
    make_version(hospital, age_band="infant")
    exam = make_exam(trainer, hospital, rows=[], draft=True)
    for count in ("1", "4"):
        teacher.post(url("exam_blueprint", exam.pk), {"age_band": "infant", "count": count, "points": "1"})
    told = page(teacher, "exam_build", exam.pk)
    assert "The bank lacks 4 questions" in told

    answer = teacher.post(url("exam_act", exam.pk, "publish"), follow=True)
    assert "too few approved questions" in answer.content.decode()
    teacher.post(url("exam_blueprint", exam.pk), {"drop": "2"})
    assert "The bank lacks" not in page(teacher, "exam_build", exam.pk)


def test_a_row_without_a_count_is_refused(teacher: Client, trainer: User, hospital: Institution) -> None:
    exam = make_exam(trainer, hospital, rows=[], draft=True)

    assert teacher.post(url("exam_blueprint", exam.pk), {"points": "1"}).status_code == 422


def test_a_copy_leads_to_its_page(teacher: Client, exam: Exam) -> None:
    answer = teacher.post(url("exam_act", exam.pk, "copy"))

    assert went(answer) != url("exam_build", exam.pk)
    assert Exam.unscoped.count() == 2


def test_an_unknown_act_is_hidden(teacher: Client, exam: Exam) -> None:
    assert teacher.post(url("exam_act", exam.pk, "burn")).status_code == 404


def test_an_exception_is_given_by_the_name_of_signing_in(teacher: Client, exam: Exam, asker: User) -> None:
    said = {"username": "asker", "extra_minutes": "15", "extra_attempts": "0", "reason": "Broken wrist"}
    teacher.post(url("exam_exceptions", exam.pk), said)

    assert "Broken wrist" in page(teacher, "exam_exceptions", exam.pk)


def test_an_exception_for_nobody_is_told_at_its_field(teacher: Client, exam: Exam) -> None:
    said = {"username": "nobody", "extra_minutes": "15", "extra_attempts": "0", "reason": "x"}

    assert teacher.post(url("exam_exceptions", exam.pk), said).status_code == 422


def test_results_leave_as_a_spreadsheet_without_formulas(teacher: Client, exam: Exam, community: Institution) -> None:
    begin(exam, make_staff("formula", community, Role.ASKER, full_name="=cmd|x"))
    answer = teacher.post(url("exam_results_file", exam.pk))

    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["Name", "Attempt"]
    assert sheet["A2"].value == "'=cmd|x"


def test_an_essay_is_marked_without_its_author_s_name(
    teacher: Client, learner: Client, trainer: User, hospital: Institution, asker: User
) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital, "essay")])
    attempt = begun(learner, exam)
    learner.post(
        url("attempt_answer", attempt.pk, 1), {"seq": "7", "device": str(attempt.device), "q1-text": "Call first."}
    )
    learner.post(url("hand_in", attempt.pk))
    row = GivenAnswer.unscoped.get(attempt=attempt)
    desk, told = page(teacher, "marking"), page(teacher, "essay", row.pk)

    assert url("essay", row.pk) in desk
    assert "Call first." in told
    assert asker.full_name not in desk + told
    assert teacher.post(url("essay", row.pk), {"safe": "9", "told": "1"}).status_code == 422
    teacher.post(url("essay", row.pk), {"safe": "2", "told": "1"})
    assert "You gave" in page(teacher, "essay", row.pk)


# -- query counts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_results_take_the_same_queries_for_one_and_three(
    rows: int, teacher: Client, exam: Exam, community: Institution, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        begin(exam, make_staff(f"learner{number()}", community, Role.ASKER))
    page(teacher, "exam_results", exam.pk)

    with django_assert_num_queries(RESULTS):
        page(teacher, "exam_results", exam.pk)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sitting_takes_the_same_queries_for_one_and_three_questions(
    rows: int, learner: Client, trainer: User, hospital: Institution, django_assert_num_queries: Any
) -> None:
    exam = make_exam(trainer, hospital, [make_version(hospital) for _ in range(rows)])
    attempt = begun(learner, exam)
    page(learner, "attempt", attempt.pk)

    with django_assert_num_queries(SITTING):
        page(learner, "attempt", attempt.pk)


RESULTS = 8
SITTING = 7
