"""The pages and the API of threads, voice notes, outcomes, ratings and one's own answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consortium.casework.models import Message, ReadMark, Service
from consortium.casework.operations import post_message
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation, OutcomeChase, Review, ReviewPlan
from consultations.operations.following import tell_outcome
from consultations.operations.reviewing import rate_answer
from consultations.tasks import chase_outcomes, tend
from tests.cast import client_for
from tests.consultations.cases import answered, by, claimed
from tests.factories.cases import make_message

DAY = timedelta(days=1)


@pytest.fixture
def taken(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    return claimed(asker, specialist, patient, service)


@pytest.fixture
def closed(asker: User, specialist: User, patient: Patient, service: Service) -> Consultation:
    made = answered(asker, specialist, patient, service)
    done: Consultation = by(
        asker, operations.close_out, case_id=made.pk, change="treatment", referral_avoided=True, usefulness=4
    )
    return done


@pytest.fixture
def asked(closed: Consultation) -> Consultation:
    """Three weeks later."""
    with clock.moved(22 * DAY):
        chase_outcomes()
    return closed


@pytest.fixture
def review(asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service) -> Review:
    answered(asker, specialist, patient, service)
    with clock.moved(32 * DAY):
        tend()
    found: Review = Review.unscoped.get()
    return found


def text_of(client: Client, path: str, **query: Any) -> str:
    reply = client.get(path, query)
    assert reply.status_code == 200, (path, reply.status_code)
    return reply.content.decode()


def url_of(made: Consultation, what: str = "") -> str:
    return f"/consultations/{made.pk}/{what}"


# -- the thread


def test_the_first_unread_message_has_a_line_above_it(taken: Consultation, asker: User, specialist: User) -> None:
    by(asker, post_message, case_id=taken.pk, text="One")
    text_of(client_for(specialist), url_of(taken))
    by(asker, post_message, case_id=taken.pk, text="Two")
    told = text_of(client_for(specialist), url_of(taken))
    assert told.count("New messages") == 1
    assert told.index("One") < told.index("New messages") < told.index("Two")


def test_the_line_stays_while_the_page_is_open(taken: Consultation, asker: User, specialist: User) -> None:
    for text in ("One", "Two"):
        by(asker, post_message, case_id=taken.pk, text=text)
    told = text_of(client_for(specialist), url_of(taken, "live/"), since=1, read=1)
    assert told.index("New messages") < told.index("Two")


def test_a_page_behind_others_reads_nothing(taken: Consultation, asker: User, specialist: User) -> None:
    by(asker, post_message, case_id=taken.pk, text="One")
    text_of(client_for(specialist), url_of(taken, "live/"), since=1, read=0, hidden=1)
    assert not ReadMark.unscoped.filter(user=specialist).exists()


@pytest.mark.parametrize("query", [{"since": "x"}, {"read": "-1"}, {"since": "9" * 12}])
def test_a_place_that_cannot_be_read_is_the_end(taken: Consultation, specialist: User, query: dict[str, str]) -> None:
    assert 'id="case-thread"' in text_of(client_for(specialist), url_of(taken, "live/"), **query)


def test_a_reply_without_script(taken: Consultation, asker: User, specialist: User) -> None:
    first = by(asker, post_message, case_id=taken.pk, text="Stridor at rest.")
    told = text_of(client_for(specialist), url_of(taken), reply=str(first.pk))
    assert f'name="reply_to" value="{first.pk}"' in told


def test_a_reply_is_posted(taken: Consultation, asker: User, specialist: User) -> None:
    first = by(asker, post_message, case_id=taken.pk, text="Stridor at rest.")
    body = {"text": "Since when?", "reply_to": str(first.pk), "request_key": str(uuid4())}
    client_for(specialist).post(url_of(taken, "message/"), body)
    assert Message.unscoped.get(text="Since when?").reply_to == first


def test_what_is_wrong_with_a_message_keeps_what_it_answers(taken: Consultation, asker: User) -> None:
    first = by(asker, post_message, case_id=taken.pk, text="Stridor at rest.")
    body = {"text": "x", "files": [str(uuid4())], "reply_to": str(first.pk), "request_key": str(uuid4())}
    reply = client_for(asker).post(url_of(taken, "message/"), body)
    assert reply.status_code == 422
    assert b"Choose files of this case" in reply.content
    assert b"Stridor at rest." in reply.content


def test_earlier_messages_have_a_page_and_a_fragment(taken: Consultation, asker: User, specialist: User) -> None:
    case = taken.case
    for n in range(33):
        make_message(case, asker, case.asking_institution, f"Line {n + 1}.")
    client = client_for(specialist)
    told = text_of(client, url_of(taken))
    assert ("?before=4" in told, "Line 3." in told) == (True, False)
    assert "Line 3." in text_of(client, url_of(taken, "thread/"), before=4)
    fragment = client.get(url_of(taken, "thread/"), {"before": 4}, headers={"HX-Request": "true"}).content.decode()
    assert ("Line 3." in fragment, "<html" in fragment) == (True, False)


@pytest.mark.parametrize("before", ["", "x", "-3", "9" * 12])
def test_a_place_that_is_none_has_no_page(taken: Consultation, specialist: User, before: str) -> None:
    assert client_for(specialist).get(url_of(taken, "thread/"), {"before": before}).status_code == 404


def test_the_thread_over_the_api(taken: Consultation, asker: User, specialist: User) -> None:
    client = client_for(specialist)
    first = by(asker, post_message, case_id=taken.pk, text="Stridor at rest.")
    made = client.post(
        f"/api/v1/cases/{taken.pk}/messages/", {"text": "Since when?", "reply_to": str(first.pk)},
        content_type="application/json", headers={"Idempotency-Key": str(uuid4())},
    )  # fmt: skip
    assert (made.status_code, made.json()["reply_to"], made.json()["attachments"]) == (201, str(first.pk), [])
    listed = client.get(f"/api/v1/cases/{taken.pk}/messages/").json()["results"]
    assert [row["reply_to"] for row in listed] == [None, str(first.pk)]


def test_who_has_read_over_the_api(taken: Consultation, asker: User, specialist: User) -> None:
    by(asker, post_message, case_id=taken.pk, text="One")
    text_of(client_for(specialist), url_of(taken))
    (row,) = client_for(asker).get(f"/api/v1/cases/{taken.pk}/messages/readers/").json()["results"]
    assert (row["user"]["name"], row["seq"]) == (specialist.full_name, 1)


# -- outcomes


def test_the_page_asks_and_is_answered(asked: Consultation, asker: User, patient: Patient) -> None:
    client = client_for(asker)
    told = text_of(client, url_of(asked, "outcome/"))
    assert (patient.name in told, "The family cannot be reached" in told) == (True, True)
    reply = client.post(
        url_of(asked, "outcome/"), {"outcome": "improved", "advice_fit": "partly", "diagnosis": "Croup"}
    )
    assert (reply.status_code, OutcomeChase.unscoped.get().outcome) == (302, "improved")


def test_what_is_missing_stands_at_its_field(asked: Consultation, asker: User) -> None:
    reply = client_for(asker).post(url_of(asked, "outcome/"), {"outcome": "improved"})
    assert (reply.status_code, OutcomeChase.unscoped.get().outcome) == (422, "")


def test_the_family_that_cannot_be_reached(asked: Consultation, asker: User) -> None:
    reply = client_for(asker).post(url_of(asked, "outcome/"), {"act": "miss", "miss-reason": "moved"})
    assert (reply.status_code, OutcomeChase.unscoped.get().miss_reason) == (302, "moved")


def test_a_miss_without_a_reason_comes_back(asked: Consultation, asker: User) -> None:
    reply = client_for(asker).post(url_of(asked, "outcome/"), {"act": "miss"})
    assert (reply.status_code, b"<details" in reply.content) == (422, True)


def test_a_coordinator_is_led_back_to_the_list(asked: Consultation, coordinator: User, patient: Patient) -> None:
    for day in (26, 30, 34):
        with clock.moved(day * DAY):
            chase_outcomes()
    client = client_for(coordinator)
    told = text_of(client, url_of(asked, "outcome/"))
    assert ("021 5555 0100" in told, patient.name in told) == (True, False)
    reply = client.post(url_of(asked, "outcome/"), {"outcome": "same", "advice_fit": "no"})
    assert reply.headers["Location"] == "/consultations/outcomes/"


def test_the_list_and_the_card(asked: Consultation, asker: User, patient: Patient) -> None:
    client = client_for(asker)
    assert patient.name in text_of(client, "/consultations/outcomes/")
    assert Entry.unscoped.filter(actor=asker, verb="list-read", subject_id="outcomes").exists()
    card = text_of(client, "/").partition("<aside")[2]
    assert ("How are they now?" in card, patient.name in card) == (True, False)


def test_query_count_of_the_outcomes(
    asked: Consultation, asker: User, specialist: User, patient: Patient, service: Service,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    client = client_for(asker)
    text_of(client, "/consultations/outcomes/")
    with django_assert_num_queries(7):
        assert text_of(client, "/consultations/outcomes/").count('<article class="case') == 1
    for _ in range(2):
        made = answered(asker, specialist, patient, service)
        by(asker, operations.close_out, case_id=made.pk, change="nothing", referral_avoided=False)
    with clock.moved(22 * DAY):
        chase_outcomes()
    with django_assert_num_queries(7):
        assert text_of(client, "/consultations/outcomes/").count('<article class="case') == 3


def test_the_closed_case_shows_it_to_the_specialist(closed: Consultation, asker: User, specialist: User) -> None:
    by(asker, tell_outcome, case_id=closed.pk, outcome="died", advice_fit="no", diagnosis="Sepsis", note="At night.")
    told = text_of(client_for(specialist), url_of(closed))
    assert all(word in told for word in ("What became of the child", "Died", "Sepsis", "At night."))


def test_the_report_prints_it(closed: Consultation, asker: User) -> None:
    by(asker, tell_outcome, case_id=closed.pk, outcome="resolved", advice_fit="yes", diagnosis="Croup")
    assert "Well again, Croup" in text_of(client_for(asker), url_of(closed, "report/"))


def test_the_outcome_over_the_api(asked: Consultation, asker: User, specialist: User) -> None:
    client, address = client_for(asker), f"/api/v1/consultations/{asked.pk}/outcome/"
    (row,) = client.get("/api/v1/outcomes/").json()["results"]
    assert (row["case_id"], row["mine"]) == (str(asked.pk), True)
    body = {"outcome": "resolved", "advice_fit": "yes", "note": "Well."}
    assert client.put(address, body, content_type="application/json").json()["step"] == "known"
    told = client_for(specialist).get(address).json()
    assert (told["note"], told["may_tell"]) == ("Well.", False)


def test_a_miss_over_the_api(asked: Consultation, asker: User) -> None:
    address = f"/api/v1/consultations/{asked.pk}/outcome/missed/"
    reply = client_for(asker).post(address, {"reason": "moved"}, content_type="application/json")
    assert (reply.status_code, reply.json()["miss_reason"]) == (200, "moved")


# -- ratings


def test_an_answer_is_rated_without_names(
    review: Review, other_specialist: User, asker: User, specialist: User, patient: Patient
) -> None:
    client, address = client_for(other_specialist), f"/consultations/reviews/{review.pk}/"
    told = text_of(client, address)
    assert "Severe croup." in told
    assert not any(name in told for name in (asker.full_name, specialist.full_name, patient.name))
    assert client.post(address, {"information": "3", "quality": "5"}).status_code == 302
    assert Review.unscoped.get().quality == 5


def test_opening_it_is_one_read(review: Review, other_specialist: User, patient: Patient) -> None:
    for _ in range(2):
        text_of(client_for(other_specialist), f"/consultations/reviews/{review.pk}/")
    assert Entry.unscoped.filter(actor=other_specialist, verb="read", patient=patient).count() == 1


def test_a_fear_needs_words(review: Review, other_specialist: User) -> None:
    address = f"/consultations/reviews/{review.pk}/"
    reply = client_for(other_specialist).post(address, {"information": "3", "quality": "1", "concern": "on"})
    assert (reply.status_code, Review.unscoped.get().rated_at) == (422, None)


def test_the_raters_list_and_card(review: Review, other_specialist: User, patient: Patient) -> None:
    client = client_for(other_specialist)
    told = text_of(client, "/consultations/reviews/")
    assert (str(review.pk) in told, patient.name in told) == (True, False)
    assert "Answers to rate" in text_of(client, "/").partition("<aside")[2]


def test_the_page_of_the_case_sends_its_rater_to_the_blind_one(review: Review, other_specialist: User) -> None:
    client = client_for(other_specialist)
    text_of(client, f"/consultations/reviews/{review.pk}/")
    reply = client.get(f"/consultations/{review.case_id}/")
    assert reply.headers["Location"] == f"/consultations/reviews/{review.pk}/"


def test_the_leads_page(review: Review, lead: User, other_specialist: User, service: Service) -> None:
    client, address = client_for(lead), f"/consultations/reviews/services/{service.pk}/"
    assert service.name in text_of(client, "/consultations/reviews/")
    by(other_specialist, rate_answer, review_id=review.pk, information=2, quality=4, note="Clear.")
    told = text_of(client, address, month="nothing")
    assert all(word in told for word in (other_specialist.full_name, "Clear.", "1 of 1 signed answers"))
    assert client.post(address, {"percent": "30"}).status_code == 302
    assert ReviewPlan.objects.get().percent == 30


def test_a_share_that_is_none_comes_back(service: Service, lead: User) -> None:
    address = f"/consultations/reviews/services/{service.pk}/"
    assert client_for(lead).post(address, {"percent": "300"}).status_code == 422
    assert "No month has been drawn yet" in text_of(client_for(lead), address)


def test_the_lead_names_another_rater(review: Review, lead: User, specialist: User) -> None:
    client, address = client_for(lead), f"/consultations/reviews/{review.pk}/rater/"
    assert lead.full_name in text_of(client, address)
    assert client.post(address, {"rater_id": str(specialist.pk)}).status_code == 422
    assert client.post(address, {"rater_id": str(lead.pk)}).status_code == 302
    assert Review.unscoped.get().rater == lead


def test_ratings_over_the_api(review: Review, other_specialist: User, lead: User, service: Service) -> None:
    client, address = client_for(other_specialist), f"/api/v1/reviews/{review.pk}/"
    assert client.get("/api/v1/reviews/").json()["results"][0]["id"] == str(review.pk)
    assert client.get(address).json()["impression"] == "Severe croup."
    assert client.post(address, {"information": 4, "quality": 5}, content_type="application/json").status_code == 204
    (row,) = client_for(lead).get(f"/api/v1/services/{service.pk}/reviews/").json()["results"]
    assert (row["information"], row["quality"]) == (4, 5)


def test_the_rater_and_the_share_over_the_api(review: Review, lead: User, service: Service) -> None:
    client = client_for(lead)
    rater = client.post(
        f"/api/v1/reviews/{review.pk}/rater/", {"rater_id": str(lead.pk)}, content_type="application/json"
    )
    share = f"/api/v1/services/{service.pk}/review-share/"
    assert (rater.status_code, client.get(share).json()) == (204, {"percent": 10})
    assert client.put(share, {"percent": 15}, content_type="application/json").json() == {"percent": 15}


# -- one's own


def test_ones_own_answers(closed: Consultation, asker: User, specialist: User, patient: Patient) -> None:
    by(asker, tell_outcome, case_id=closed.pk, outcome="worse", advice_fit="no", diagnosis="Epiglottitis")
    told = text_of(client_for(specialist), "/consultations/mine/")
    assert all(word in told for word in ("Epiglottitis", "Worse", "Useful: 4 of 5", "expert panel"))
    assert patient.name not in told


def test_who_has_answered_nothing_is_told_what_will_stand_there(lead: User) -> None:
    assert "No answers yet" in text_of(client_for(lead), "/consultations/mine/")


def test_query_count_of_ones_own_answers(
    closed: Consultation, asker: User, specialist: User, patient: Patient, service: Service,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    client = client_for(specialist)
    text_of(client, "/consultations/mine/")
    with django_assert_num_queries(15):
        assert text_of(client, "/consultations/mine/").count('class="case own-answer"') == 1
    for _ in range(2):
        answered(asker, specialist, patient, service)
    with django_assert_num_queries(15):
        assert text_of(client, "/consultations/mine/").count('class="case own-answer"') == 3


def test_ones_own_over_the_api(closed: Consultation, specialist: User) -> None:
    client = client_for(specialist)
    (row,) = client.get("/api/v1/answers/mine/").json()["results"]
    assert (row["usefulness"], row["outcome"]) == (4, "")
    assert client.get("/api/v1/answers/mine/scores/").json()["usefulness"]["mine"] == 4.0
