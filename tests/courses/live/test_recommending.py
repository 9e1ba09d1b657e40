"""What a lecture recommends goes to the doctor who brought the case, and its crew sees what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.patients.states import ConsentStatus
from consortium.people.models import Institution, User
from courses.live.models import Lecture, Recommendation, TeachingCase
from courses.live.operations.recommending import (
    answer_recommendation,
    pass_recommendation_on,
    recommend,
    remind_recommendations,
    rewrite_recommendation,
    see_recommendation,
    take_back_recommendation,
)
from courses.live.queries.recommending import recommendations_in_hand, recommended_panel
from courses.live.states.recommending import DAYS_GIVEN, DeclineReason, RecommendationStep
from tests.cast import client_for
from tests.courses.library.films import as_, as_worker
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.recorded import delivered
from tests.courses.live.teaching import agreed, approved, refused
from tests.factories.cases import make_asked
from tests.factories.patients import make_guardian, make_record_number

ADVICE = "Repeat the echocardiogram after six weeks."


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    make_guardian(patient, "Chen Mei")
    make_record_number(patient, community, "R000777")
    agreed(patient, asker)
    found: Case = make_asked(patient, asker, community, service).case
    return found


@pytest.fixture
def lecture(hospital: Institution, lecturer: User, case: Case, asker: User, colleague: User) -> Lecture:
    """Given of the case, and over."""
    row = approved(asker, colleague, case)
    made = given_by(lecture_at(hospital, hours=-1, step="ended"), lecturer)
    TeachingCase.unscoped.filter(pk=row.pk).update(lecture=made)
    return made


@pytest.fixture
def sent(lecture: Lecture, lecturer: User) -> Recommendation:
    found: Recommendation = as_(lecturer, recommend, lecture_id=lecture.pk, text_en=ADVICE)[0]
    return found


def now(row: Recommendation) -> Recommendation:
    return Recommendation.unscoped.get(pk=row.pk)


def url_of(row: Recommendation) -> str:
    return reverse("lectures:recommendation", args=[row.pk])


# -- written ----------------------------------------------------------------------------------------------------------


def test_it_goes_to_who_brought_the_case_as_a_task(
    sent: Recommendation, asker: User, case: Case, lecturer: User
) -> None:
    assert (sent.holder_id, sent.step) == (asker.pk, RecommendationStep.SENT)
    assert sent.due_on == clock.today() + timedelta(days=DAYS_GIVEN)
    entry = Entry.unscoped.filter(verb="recommend").get()
    assert entry.patient_id == case.patient_id
    delivered()
    notice = Notice.unscoped.get(kind="lecture.recommended")
    assert (notice.recipient_id, notice.url) == (asker.pk, url_of(sent))
    panel: Any = as_(asker, recommended_panel)
    assert panel["rows"] == [sent]
    assert as_(lecturer, recommended_panel) is None


def test_sent_twice_it_is_one(lecture: Lecture, lecturer: User) -> None:
    key = uuid4()
    made = [as_(lecturer, recommend, lecture_id=lecture.pk, text_en=ADVICE, key=key) for _twice in range(2)]
    assert [fresh for _row, fresh in made] == [True, False]


@pytest.mark.parametrize("text", ["Ask Chen Mei", "See R000777", "林小雨"])
def test_it_may_not_say_who_the_child_is(lecture: Lecture, lecturer: User, patient: Patient, text: str) -> None:
    Patient.unscoped.filter(pk=patient.pk).update(name="林小雨")
    with pytest.raises(InvalidInput):
        as_(lecturer, recommend, lecture_id=lecture.pk, text_zh=text)
    assert not Recommendation.unscoped.exists()


def test_it_says_something_and_has_a_day_to_come(lecture: Lecture, lecturer: User) -> None:
    with pytest.raises(InvalidInput) as empty:
        as_(lecturer, recommend, lecture_id=lecture.pk, text_en=" ")
    assert "text_en" in empty.value.fields
    with pytest.raises(InvalidInput) as late:
        as_(lecturer, recommend, lecture_id=lecture.pk, text_en=ADVICE, due_on=clock.today() - timedelta(days=1))
    assert "due_on" in late.value.fields


def test_only_who_gave_the_lecture_recommends(lecture: Lecture, asker: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        as_(asker, recommend, lecture_id=lecture.pk, text_en=ADVICE)
    without = lecture_at(hospital, hours=-1, step="ended")
    with pytest.raises(NotVisible):
        as_(asker, recommend, lecture_id=without.pk, text_en=ADVICE)


def test_written_anew_it_is_sent_again(sent: Recommendation, lecturer: User, asker: User) -> None:
    as_(asker, see_recommendation, recommendation_id=sent.pk)
    seen = now(sent)
    with pytest.raises(StaleVersion):
        as_(lecturer, rewrite_recommendation, recommendation_id=sent.pk, text_en="Later.", version=1)
    as_(lecturer, rewrite_recommendation, recommendation_id=sent.pk, text_en="Later.", version=seen.version)
    row = now(sent)
    assert (row.step, row.text_en, row.seen_at) == (RecommendationStep.SENT, "Later.", None)


# -- answered ---------------------------------------------------------------------------------------------------------


def test_who_brought_the_case_has_seen_it_by_opening_it(sent: Recommendation, asker: User, lecturer: User) -> None:
    assert ADVICE in client_for(lecturer).get(url_of(sent)).content.decode()
    assert now(sent).step == RecommendationStep.SENT
    assert ADVICE in client_for(asker).get(url_of(sent)).content.decode()
    seen = now(sent)
    assert (seen.step, seen.seen_at is None) == (RecommendationStep.SEEN, False)
    client_for(asker).get(url_of(sent))
    assert now(sent).seen_at == seen.seen_at


def test_followed_the_crew_sees_it(sent: Recommendation, asker: User, lecturer: User, lecture: Lecture) -> None:
    client_for(asker).post(url_of(sent), {"act": "follow", "version": 1})
    row = now(sent)
    assert (row.step, row.answered_by_id, row.is_waiting) == (RecommendationStep.DONE, asker.pk, False)
    delivered()
    assert Notice.unscoped.get(kind="lecture.answered").recipient_id == lecturer.pk
    page = client_for(lecturer).get(reverse("lectures:afterwards", args=[lecture.pk])).content.decode()
    assert "Followed" in page
    assert "Write it anew" not in page


def test_not_followed_it_says_why(sent: Recommendation, asker: User, lecturer: User, lecture: Lecture) -> None:
    answer = client_for(asker).post(url_of(sent), {"act": "decline", "version": 1})
    assert (answer.status_code, now(sent).step) == (422, RecommendationStep.SENT)
    client_for(asker).post(url_of(sent), {"act": "decline", "version": 1, "reason": DeclineReason.FAMILY})
    row = now(sent)
    assert (row.step, row.reason) == (RecommendationStep.DECLINED, DeclineReason.FAMILY)
    page = client_for(lecturer).get(reverse("lectures:afterwards", args=[lecture.pk])).content.decode()
    assert "The family did not want it" in page
    with pytest.raises(WrongStep):
        as_(asker, answer_recommendation, recommendation_id=sent.pk, followed=True)


def test_a_reason_that_nobody_knows_is_refused(sent: Recommendation, asker: User) -> None:
    with pytest.raises(InvalidInput):
        as_(asker, answer_recommendation, recommendation_id=sent.pk, followed=False, reason="tired")


def test_a_colleague_of_the_clinic_answers_for_them_and_nobody_else(
    sent: Recommendation, colleague: User, lecturer: User
) -> None:
    assert client_for(lecturer).post(url_of(sent), {"act": "follow", "version": 1}).status_code == 403
    client_for(colleague).post(url_of(sent), {"act": "follow", "version": 1})
    assert now(sent).answered_by_id == colleague.pk


def test_the_database_knows_its_way(sent: Recommendation) -> None:
    Recommendation.unscoped.filter(pk=sent.pk).update(step=RecommendationStep.WITHDRAWN)
    with pytest.raises(InternalError), transaction.atomic():
        Recommendation.unscoped.filter(pk=sent.pk).update(step=RecommendationStep.SENT)


# -- followed up ------------------------------------------------------------------------------------------------------


def test_when_its_day_is_over_it_is_said_once(sent: Recommendation, asker: User) -> None:
    assert as_worker(remind_recommendations) == 0
    Recommendation.unscoped.filter(pk=sent.pk).update(due_on=clock.today() - timedelta(days=1))
    assert [as_worker(remind_recommendations) for _twice in range(2)] == [1, 0]
    delivered()
    assert Notice.unscoped.get(kind="lecture.recommended_due").recipient_id == asker.pk
    assert "Overdue" in client_for(asker).get(reverse("lectures:recommendations")).content.decode()
    with pytest.raises(NotPermitted):
        as_(asker, remind_recommendations)


def test_it_is_handed_over_with_what_somebody_has_in_hand(
    sent: Recommendation, asker: User, colleague: User, service: Service, case: Case
) -> None:
    Case.unscoped.filter(pk=case.pk).update(asking_institution=service.institution)
    items = as_worker(lambda actor: recommendations_in_hand(asker.pk, service.pk))
    assert [(item.kind, item.item_id) for item in items] == [("recommendation", sent.pk)]
    for _twice in range(2):
        as_worker(lambda actor: pass_recommendation_on(recommendation_id=sent.pk, from_id=asker.pk, to_id=colleague.pk))
    assert now(sent).holder_id == colleague.pk


def test_when_the_guardian_says_no_its_words_are_gone(
    sent: Recommendation, patient: Patient, asker: User, lecturer: User, lecture: Lecture
) -> None:
    refused(patient, asker, ConsentStatus.INACTIVE)
    delivered()
    row = now(sent)
    assert (row.step, row.text) == (RecommendationStep.WITHDRAWN, "")
    assert "Taken back" in client_for(asker).get(url_of(sent)).content.decode()
    assert not as_worker(take_back_recommendation, teaching_case_id=row.teaching_case_id)
    with pytest.raises(WrongStep):
        as_(asker, answer_recommendation, recommendation_id=sent.pk, followed=True)


# -- links ------------------------------------------------------------------------------------------------------------


def test_only_who_may_know_the_child_is_led_to_its_case(
    sent: Recommendation, case: Case, asker: User, lecturer: User, lecture: Lecture
) -> None:
    record = reverse("consultations:show", args=[case.pk])
    assert record in client_for(asker).get(url_of(sent)).content.decode()
    for name, pk in (("recommendation", sent.pk), ("lecture", lecture.pk), ("afterwards", lecture.pk)):
        page = client_for(lecturer).get(reverse(f"lectures:{name}", args=[pk])).content.decode()
        assert record not in page
        assert str(case.pk) not in page


def test_case_lecture_and_recommendation_lead_to_one_another(
    sent: Recommendation, asker: User, lecture: Lecture
) -> None:
    row = TeachingCase.unscoped.get(lecture=lecture)
    pages = {
        "lecture": reverse("lectures:lecture", args=[lecture.pk]), "case": reverse("lectures:case", args=[row.pk]),
        "recommendation": url_of(sent),
    }  # fmt: skip
    for name, url in pages.items():
        shown = client_for(asker).get(url).content.decode()
        assert all(other in shown for other_name, other in pages.items() if other_name != name), name


def test_of_no_lecture_nothing_is_listed(asker: User, case: Case) -> None:
    assert "Nothing waits for you" in client_for(asker).get(reverse("lectures:recommendations")).content.decode()
