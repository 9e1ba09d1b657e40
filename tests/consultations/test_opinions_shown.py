"""Second opinions as people meet them: on worklist, page, report and address, in the inbox and the timeline."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from consortium.casework.models import Case, Service
from consortium.casework.operations import post_message
from consortium.kernel.actors import acting_as, system
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation
from consultations.operations import Advice
from consultations.queries.opinions import worklist_card
from consultations.queries.timeline import steps_of
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed
from tests.consultations.test_opinions import DISSENT, QUESTION, ask, asked, cardiologist, give, held, only
from tests.consultations.test_telling import told

pytestmark = pytest.mark.django_db
__all__ = ["asked", "cardiologist", "held"]


def test_it_stands_on_their_worklist_without_a_name(asked: Consultation, cardiologist: User, patient: Patient) -> None:
    page = client_for(cardiologist).get("/").content.decode()
    assert "Your opinion is asked for" in page
    assert patient.name not in page.split("</ul>")[0]


def test_with_nothing_asked_there_is_no_card(cardiologist: User, asker: User) -> None:
    for user in (cardiologist, asker):
        with acting_as(actor_for(user)):
            assert worklist_card(actor_for(user)) == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_card_is_one_query(
    asked: Consultation, asker: User, specialist: User, cardiologist: User, patient: Patient, service: Service,
    rows: int, django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for _ in range(rows - 1):
        ask(claimed(asker, specialist, patient, service), specialist, cardiologist)
    actor = actor_for(cardiologist)
    with acting_as(actor), django_assert_num_queries(1):
        assert len(worklist_card(actor)["asked"]) == rows


def test_each_side_is_told_what_concerns_it(asked: Consultation, specialist: User, cardiologist: User) -> None:
    assert told(cardiologist) == ["consultation.opinion_asked"]
    give(asked, cardiologist)
    assert "consultation.opinion_dissent" in told(specialist)


def test_assent_is_told_as_such(asked: Consultation, specialist: User, cardiologist: User) -> None:
    give(asked, cardiologist, agrees=True)
    assert "consultation.opinion_given" in told(specialist)


def test_dissent_after_the_answer_reaches_the_asker(
    asked: Consultation, asker: User, specialist: User, cardiologist: User
) -> None:
    by(specialist, operations.answer, case_id=asked.pk, advice=Advice("Innocent.", "Nothing."))
    give(asked, cardiologist)
    assert "consultation.opinion_dissent" in told(asker)
    assert Notice.unscoped.get(recipient=asker, kind="consultation.opinion_dissent").urgent


def test_before_the_answer_it_is_the_leads_alone(asked: Consultation, asker: User, cardiologist: User) -> None:
    give(asked, cardiologist)
    assert "consultation.opinion_dissent" not in told(asker)


def test_the_page_shows_dissent_to_both_sides(
    asked: Consultation, asker: User, specialist: User, cardiologist: User
) -> None:
    give(asked, cardiologist)
    for user in (asker, specialist):
        page = client_for(user).get(f"/consultations/{asked.pk}/").content.decode()
        assert "There is dissent" in page
        assert DISSENT in page


def test_who_may_not_know_the_child_reads_no_opinion(
    asked: Consultation, other_specialist: User, cardiologist: User
) -> None:
    give(asked, cardiologist)
    assert DISSENT not in client_for(other_specialist).get(f"/consultations/{asked.pk}/").content.decode()


def test_the_page_of_who_is_asked_says_what(asked: Consultation, cardiologist: User) -> None:
    page = client_for(cardiologist).get(f"/consultations/{asked.pk}/").content.decode()
    assert "Your opinion is asked for" in page
    assert f"/consultations/{asked.pk}/give_opinion/" in page
    form = client_for(cardiologist).get(f"/consultations/{asked.pk}/give_opinion/").content.decode()
    assert QUESTION in form


def test_given_by_the_form_they_go_back_to_their_worklist(asked: Consultation, cardiologist: User) -> None:
    said = {"agrees": "no", "text": DISSENT}
    answer = client_for(cardiologist).post(f"/consultations/{asked.pk}/give_opinion/", said)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert only(asked).agrees is False


def test_the_lead_asks_by_the_form(held: Consultation, specialist: User, cardiologist: User) -> None:
    url = f"/consultations/{held.pk}/ask_second/"
    seat = cardiologist.service_seats.get()
    assert f"{seat.service_id}:{cardiologist.pk}" in client_for(specialist).get(url).content.decode()
    said = {"colleague": f"{seat.service_id}:{cardiologist.pk}", "question": QUESTION, "request_key": uuid4()}
    assert client_for(specialist).post(url, said).status_code == 302
    assert only(held).specialist_id == cardiologist.pk


def test_the_report_and_its_text_name_the_dissent(
    asked: Consultation, specialist: User, cardiologist: User, asker: User
) -> None:
    by(specialist, operations.answer, case_id=asked.pk, advice=Advice("Innocent.", "Nothing."))
    give(asked, cardiologist)
    page = client_for(asker).get(f"/consultations/{asked.pk}/report/").content.decode()
    assert page.count("Second opinion, dissents: Gu Lan") == 2, "on the sheet, and in the text to copy"
    assert page.count(DISSENT) == 2


def test_the_api_lists_what_was_said(asked: Consultation, asker: User, cardiologist: User) -> None:
    give(asked, cardiologist)
    (row,) = client_for(asker).get(f"/api/v1/consultations/{asked.pk}/opinions/").json()["results"]
    assert (row["agrees"], row["text"], row["signer_name"]) == (False, DISSENT, "Gu Lan")


def test_the_api_lists_what_is_asked_of_one(asked: Consultation, cardiologist: User, specialist: User) -> None:
    url = "/api/v1/opinions/"
    assert [row["question"] for row in client_for(cardiologist).get(url).json()["results"]] == [QUESTION]
    assert client_for(specialist).get(url).json()["results"] == []


def test_the_api_asks_gives_and_leaves(held: Consultation, specialist: User, cardiologist: User) -> None:
    url = f"/api/v1/consultations/{held.pk}/"
    said = json.dumps({"colleague_id": str(cardiologist.pk), "question": QUESTION})
    kind: dict[str, Any] = {"content_type": "application/json"}
    assert client_for(specialist).post(f"{url}ask-second/", said, **kind).status_code == 200
    told_back = client_for(cardiologist).post(
        f"{url}give-opinion/", json.dumps({"agrees": True, "text": "As you say."}), **kind
    )
    assert told_back.status_code == 204, "out of their sight"


def test_the_timeline_names_who_was_asked_and_what_came(asked: Consultation, cardiologist: User, asker: User) -> None:
    give(asked, cardiologist)
    with acting_as(system("test")):
        notes = {str(step["label"]): step["note"] for step in steps_of(Case.objects.get(pk=asked.pk))}
    assert notes["Second specialist asked"] == "Gu Lan"
    assert notes["Second opinion given"] == "Sees it differently"


def test_the_timeline_names_people_in_the_readers_language(asked: Consultation, cardiologist: User) -> None:
    give(asked, cardiologist)
    with acting_as(system("test")), translation.override("zh-hans"):
        who = [step["who"] for step in steps_of(Case.objects.get(pk=asked.pk))]
    assert who[-1].startswith("顾兰")


def test_a_request_that_ends_says_whose_and_why(asked: Consultation, asker: User) -> None:
    by(asker, operations.withdraw, case_id=asked.pk, reason="resolved")
    with acting_as(system("test")):
        notes = {str(step["label"]): step["note"] for step in steps_of(Case.objects.get(pk=asked.pk))}
    assert notes["A second opinion will not come"].startswith("Gu Lan: ")


def test_the_page_of_who_is_brought_in_costs_the_same_however_long_the_thread(
    asker: User, cardiologist: User, asked: Consultation, django_assert_num_queries: Any
) -> None:
    client = client_for(cardiologist)
    for count, more in ((1, 1), (3, 2)):
        for n in range(more):
            by(asker, post_message, case_id=asked.pk, text=f"One of {more}: {n}")
        client.get(f"/consultations/{asked.pk}/")
        with django_assert_num_queries(33):
            shown = client.get(f"/consultations/{asked.pk}/").content.decode()
        assert shown.count('class="msg-text"') == count
