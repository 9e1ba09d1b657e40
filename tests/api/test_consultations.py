"""A consultation from question to close-out over the API, by the operations and policies of the pages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.casework.models import Case, Message, Service
from consortium.journal.models import Entry
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consultations.models import Answer
from consultations.states import MACHINE
from tests.api.conftest import QUESTION, Caller, calls_of, draft_body, ok
from tests.factories.cases import make_asked, make_message
from tests.factories.patients import make_patient

ADVICE = {"impression": "Croup, moderate.", "do_now": "Dexamethasone 0.15 mg/kg by mouth once."}


def verbs(body: Any) -> list[str]:
    return [action["verb"] for action in body["available_actions"]]


def test_the_whole_way(asked: Any, asker: User, specialist: User) -> None:
    ours, theirs, place = calls_of(asker), calls_of(specialist), f"consultations/{asked['id']}/"
    assert ok(theirs.post(f"{place}claim/"))["step"] == "received"
    assert ok(theirs.post(f"{place}start/"))["step"] == "in_progress"
    assert ok(theirs.post(f"{place}ask-information/", {"text": "Stridor at rest?"}))["step"] == "on_hold"
    assert ok(ours.post(f"{place}supply-information/", {"text": "Yes."}))["step"] == "in_progress"
    assert ok(theirs.post(f"{place}answer/", ADVICE))["step"] == "answered"
    assert ok(ours.post(f"{place}ask-clarification/", {"text": "Once?"}))["step"] == "clarification"
    assert ok(theirs.post(f"{place}answer/", ADVICE))["step"] == "answered"
    correction = {**ADVICE, "reason": "Wrong dose"}
    assert ok(theirs.post(f"{place}correct-answer/", correction))["step"] == "answered"
    assert "close_out" not in verbs(ok(ours.get(place)))
    ok(ours.post(f"{place}acknowledge-correction/"))
    closed = ok(ours.post(f"{place}close-out/", {"change": "treatment", "referral_avoided": True, "usefulness": 5}))
    assert (closed["step"], closed["status"], closed["is_open"]) == ("closed", "completed", False)
    answers = ok(ours.get(f"{place}answers/"))["results"]
    assert [a["number"] for a in answers] == [1, 2, 3]
    steps = ok(ours.get(f"cases/{asked['id']}/timeline/"))["results"]
    assert [s["verb"] for s in steps][:4] == ["save", "submit", "claim", "start"]
    assert all(s["who"] for s in steps)


def test_every_act_has_an_address_and_every_address_an_act(draft: Any) -> None:
    from django.urls import NoReverseMatch, reverse

    from consultations.api.shapes import CONSULTATION

    for transition in MACHINE.transitions:
        if transition.system:
            with pytest.raises(NoReverseMatch):
                reverse(f"api:consultation-{transition.verb.replace('_', '-')}", args=[draft["id"]])
        else:
            assert CONSULTATION.address(transition.verb, draft["id"]).startswith("/api/v1/consultations/")


def test_available_actions_lead_where_they_say(asked: Any, specialist: User) -> None:
    claim = next(a for a in ok(calls_of(specialist).get(f"consultations/{asked['id']}/"))["available_actions"])
    assert (claim["verb"], claim["label"]) == ("claim", "Take this case")
    assert ok(Caller(calls_of(specialist).client).post(claim["href"].removeprefix("/api/v1/")))["step"] == "received"


def test_ten_times_the_same_draft_is_one(asker: User, patient: Patient, service: Service) -> None:
    key, ours = str(uuid4()), calls_of(asker)
    replies = [ours.post("consultations/", draft_body(patient, service), Idempotency_Key=key) for _ in range(10)]
    assert {ok(reply, 201)["id"] for reply in replies} == {str(Case.unscoped.get().pk)}


def test_ten_times_the_same_message_is_one(claimed: Any, asker: User) -> None:
    key, ours = str(uuid4()), calls_of(asker)
    path = f"cases/{claimed['id']}/messages/"
    ids = {ok(ours.post(path, {"text": "She sleeps."}, Idempotency_Key=key), 201)["id"] for _ in range(10)}
    assert ids == {str(Message.unscoped.get().pk)}


def test_ten_times_the_same_answer_is_one(claimed: Any, specialist: User) -> None:
    key, theirs = str(uuid4()), calls_of(specialist)
    for _ in range(10):
        ok(theirs.post(f"consultations/{claimed['id']}/answer/", ADVICE, Idempotency_Key=key))
    assert Answer.unscoped.count() == 1


def test_a_stale_draft_is_refused_and_says_who_changed_it(draft: Any, asker: User) -> None:
    ours, place = calls_of(asker), f"consultations/{draft['id']}/"
    saved = ours.patch(place, {"question": "Now?"}, If_Match=f'"{draft["version"]}"')
    assert saved.headers["ETag"] == f'"{draft["version"] + 1}"'
    stale = ours.patch(place, {"question": "Later?"}, If_Match=f'"{draft["version"]}"')
    body = ok(stale, 409)
    assert (body["code"], body["version"], body["expected"]) == ("stale-version", 2, 1)
    assert body["changed_by"] == "Dr Asker"
    assert ok(ours.get(place))["question"] == "Now?"


def test_an_edit_without_a_version_is_refused(draft: Any, asker: User) -> None:
    body = ok(calls_of(asker).patch(f"consultations/{draft['id']}/", {"question": "Now?"}), 422)
    assert "version" in body["fields"]


def test_the_second_to_claim_is_told_who_was_first(asked: Any, specialist: User, other_specialist: User) -> None:
    ok(calls_of(specialist).post(f"consultations/{asked['id']}/claim/"))
    body = ok(calls_of(other_specialist).post(f"consultations/{asked['id']}/claim/"), 409)
    assert (body["code"], body["winner"]) == ("taken", "Dr Specialist")


def test_an_act_at_the_wrong_step_and_by_the_wrong_person(asked: Any, asker: User, coordinator: User) -> None:
    place = f"consultations/{asked['id']}/"
    assert ok(calls_of(asker).post(f"{place}supply-information/", {"text": "x"}), 422)["code"] == "wrong-step"
    assert ok(calls_of(coordinator).post(f"{place}claim/"), 403)["code"] == "not-permitted"


def test_what_is_missing_is_named_by_field(asker: User, patient: Patient, service: Service) -> None:
    ours = calls_of(asker)
    made = ok(ours.post("consultations/", {"patient_id": str(patient.pk)}), 201)
    fields = ok(ours.post(f"consultations/{made['id']}/submit/"), 422)["fields"]
    assert set(fields) == {"service_id", "question", "weight_grams", "consent_given"}


def test_an_unknown_field_is_not_lost_in_silence(asker: User, patient: Patient) -> None:
    body = ok(calls_of(asker).post("consultations/", {"patient_id": str(patient.pk), "qestion": "?"}), 422)
    assert set(body["fields"]) == {"qestion"}


# -- who sees what ------------------------------------------------------------------------------------------------


def test_before_the_claim_there_is_age_sex_and_question_and_no_name(asked: Any, specialist: User) -> None:
    seen = ok(calls_of(specialist).get(f"consultations/{asked['id']}/"))
    assert (seen["question"], seen["sex"], seen["age_days"]) == (QUESTION, "female", 210)
    assert seen["patient"] is None
    assert seen["situation"] is None
    assert "Lin" not in str(seen)
    row = ok(calls_of(specialist).get("consultations/", list="queue"))["results"][0]
    assert row["patient"] is None
    assert "Lin" not in str(row)


@pytest.mark.parametrize("path", ["consultations/{}/answers/", "cases/{}/messages/"])
def test_before_the_claim_thread_and_answers_are_closed(asked: Any, specialist: User, path: str) -> None:
    assert calls_of(specialist).get(path.format(asked["id"])).status_code == 403


def test_before_the_claim_the_timeline_has_no_words(asked: Any, specialist: User, asker: User) -> None:
    path = f"cases/{asked['id']}/timeline/"
    assert not any(step["text"] or step["changes"] for step in ok(calls_of(specialist).get(path))["results"])
    assert any(step["text"] for step in ok(calls_of(asker).get(path))["results"])


def test_after_the_claim_the_specialist_knows_the_child(claimed: Any, specialist: User) -> None:
    seen = ok(calls_of(specialist).get(f"consultations/{claimed['id']}/"))
    assert seen["patient"]["name"] == "Lin Xiaoyu"
    assert seen["situation"] == "Lin Xiaoyu breathes fast."


def test_the_coordinator_allocates_without_a_name(asked: Any, coordinator: User, specialist: User) -> None:
    theirs = calls_of(coordinator)
    assert ok(theirs.get(f"consultations/{asked['id']}/"))["patient"] is None
    body = {"responder_id": str(specialist.pk)}
    assert ok(theirs.post(f"consultations/{asked['id']}/allocate/", body))["responder"]["name"] == "Dr Specialist"


def test_declined_to_another_service_it_is_out_of_sight(claimed: Any, specialist: User, other_service: Service) -> None:
    body = {"reason": "wrong_service", "service_id": str(other_service.pk)}
    reply = calls_of(specialist).post(f"consultations/{claimed['id']}/decline/", body)
    assert reply.status_code == 204
    assert calls_of(specialist).get(f"consultations/{claimed['id']}/").status_code == 404


def test_a_draft_is_its_author_s_alone(draft: Any, colleague: User, specialist: User) -> None:
    for user in (colleague, specialist):
        assert calls_of(user).get(f"consultations/{draft['id']}/").status_code == 404


def test_an_unsigned_answer_is_its_author_s_alone(claimed: Any, specialist: User, asker: User) -> None:
    place = f"consultations/{claimed['id']}/answer-draft/"
    ok(calls_of(specialist).put(place, {"impression": "Croup?"}))
    assert ok(calls_of(specialist).get(place))["fields"]["impression"] == "Croup?"
    assert calls_of(asker).get(place).status_code == 403


# -- the journal --------------------------------------------------------------------------------------------------


def reads() -> int:
    return Entry.unscoped.filter(verb__in=("read", "list-read")).count()


IDENTIFIED = ["consultations/{}/", "consultations/{}/answers/", "cases/{}/messages/", "cases/{}/timeline/"]


@pytest.mark.parametrize("path", IDENTIFIED)
def test_each_identified_read_leaves_one_entry(claimed: Any, specialist: User, path: str) -> None:
    theirs, before = calls_of(specialist), reads()
    ok(theirs.get(path.format(claimed["id"])))
    assert reads() == before + 1
    entry = Entry.unscoped.filter(verb="read").latest("id")
    assert (entry.actor_id, str(entry.subject_id)) == (specialist.pk, claimed["id"])


def test_an_identified_list_leaves_one_entry_that_names_the_children(claimed: Any, asker: User) -> None:
    before = reads()
    ok(calls_of(asker).get("consultations/", list="asked"))
    assert reads() == before + 1
    entry = Entry.unscoped.filter(verb="list-read").latest("id")
    assert entry.facts["patients"] == [claimed["patient"]["id"]]


@pytest.mark.parametrize("path", ["consultations/{}/", "consultations/?list=queue"])
def test_a_row_without_a_name_is_no_read_of_a_record(asked: Any, specialist: User, path: str) -> None:
    theirs, before = calls_of(specialist), reads()
    ok(theirs.get(path.format(asked["id"])))
    assert reads() == before


# -- lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "lists"),
    [
        ("asker", {"mine", "asked", "drafts", "closed", "open"}),
        ("specialist", {"mine", "queue", "closed", "open"}),
        ("lead", {"mine", "queue", "service", "open", "closed"}),
        ("coordinator", {"queue", "service", "open"}),
        ("nurse", {"asked", "closed", "open"}),
        ("manager", set()),
    ],
)
def test_each_has_their_own_lists(request: pytest.FixtureRequest, asked: Any, who: str, lists: set[str]) -> None:
    caller = calls_of(request.getfixturevalue(who))
    shown = {
        name
        for name in ("mine", "queue", "service", "open", "asked", "drafts", "closed")
        if asked["id"] in {row["id"] for row in ok(caller.get("consultations/", list=name))["results"]}
    }
    assert shown <= lists


def test_the_most_urgent_comes_first_and_pages_follow(
    patient: Patient, asker: User, community: Institution, service: Service, specialist: User
) -> None:
    for priority in (3, 1, 2):
        make_asked(patient, asker, community, service, priority=priority)
    theirs, seen, path = calls_of(specialist), [], "consultations/?list=queue&limit=1"
    while path:
        page = ok(theirs.get(path))
        seen += [row["priority"] for row in page["results"]]
        path = (page["next"] or "").removeprefix("/api/v1/")
    assert seen == ["stat", "urgent", "routine"]


@pytest.mark.parametrize("query", ["after=zzz", "after=W10", "limit=0", "limit=1000", "limit=x", "list=none", "x=1"])
def test_a_query_that_means_nothing_is_refused(specialist: User, query: str) -> None:
    assert calls_of(specialist).get(f"consultations/?{query}").status_code == 422


def queries_of(caller: Caller, path: str) -> int:
    caller.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("who", "path", "count"),
    [
        ("specialist", "consultations/?list=queue", 5),
        ("specialist", "consultations/?list=mine", 5),
        ("asker", "consultations/?list=asked", 7),
        ("coordinator", "consultations/?list=service", 5),
        ("asker", "services/", 4),
        ("asker", "answer-templates/", 4),
    ],
)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(
    request: pytest.FixtureRequest, asker: User, community: Institution, service: Service, specialist: User,
    who: str, path: str, count: int, rows: int,
) -> None:  # fmt: skip
    for _ in range(rows):
        make_asked(make_patient(community), asker, community, service)
    assert queries_of(calls_of(request.getfixturevalue(who)), path) == count


@pytest.mark.parametrize("rows", [1, 3])
def test_a_thread_takes_as_many_queries_for_three_messages_as_for_one(
    claimed: Any, asker: User, community: Institution, rows: int
) -> None:
    case = Case.unscoped.get(pk=claimed["id"])
    for _ in range(rows):
        make_message(case, asker, community)
    assert queries_of(calls_of(asker), f"cases/{case.pk}/messages/") == 10
