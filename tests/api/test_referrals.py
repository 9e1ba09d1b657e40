"""A referral over the API, from the draft to the acknowledgement, by the pages' operations and policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.casework.api.lists import CaseShown
from consortium.casework.models import Case, Clock, Service
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.models import FollowUp, Referral
from tests.api.conftest import calls_of, draft_body, ok
from tests.casework import rosters
from tests.factories.cases import make_service
from tests.factories.patients import make_patient
from tests.factories.people import make_specialty

PLACE = "referrals/"


def referral_body(patient: Patient, service: Service, **more: Any) -> dict[str, Any]:
    told = {"reason": "admission", "assessment": "Severe croup.", "diagnosis_code": "J05.0", **more}
    return draft_body(patient, service, **told)


def verbs(body: Any) -> set[str]:
    return {action["verb"] for action in body["available_actions"]}


def outcome_body() -> dict[str, Any]:
    day = clock.today().isoformat()
    words = dict.fromkeys(("medicines", "immunisations", "pending", "follow_up"), "None.")
    return {
        "admitted_on": day, "left_on": day, "diagnoses": ["J05.0 Croup"], "course": "Quiet.", "destination": "home",
        "special_care": True, **words,
    }  # fmt: skip


@pytest.fixture
def written(asker: User, patient: Patient, service: Service) -> Any:
    return ok(calls_of(asker).post(PLACE, referral_body(patient, service), Idempotency_Key=str(uuid4())), 201)


@pytest.fixture
def sent(written: Any, asker: User, specialist: User) -> Any:
    return ok(calls_of(asker).post(f"{PLACE}{written['id']}/send/"))


def test_the_whole_way(sent: Any, asker: User, specialist: User) -> None:
    ours, theirs, place = calls_of(asker), calls_of(specialist), f"{PLACE}{sent['id']}/"
    assert (sent["step"], sent["status"], sent["ball"]) == ("requested", "requested", "responder")
    assert ok(theirs.post(f"{place}open/"))["step"] == "seen"
    assert ok(theirs.post(f"{place}ask-information/", {"text": "Stridor?"}))["business_status"] == "asker to supply"
    assert ok(ours.post(f"{place}supply-information/", {"text": "Yes."}))["information_asked_at"] is None
    accepted = ok(theirs.post(f"{place}accept/", {"promise": "Bed 12"}))
    assert (accepted["step"], accepted["responder"]["name"], accepted["promise"]) == (
        "accepted",
        "Dr Specialist",
        "Bed 12",
    )
    assert [each["step"] for each in accepted["offers"]] == ["accepted"]
    assert ok(ours.post(f"{place}arrange-transport/", {"mode": "sender_ambulance"}))["step"] == "transport"
    assert ok(ours.post(f"{place}sign-handover/", {"summary": "Croup."}))["step"] == "transport"
    assert ok(ours.post(f"{place}depart/"))["step"] == "en_route"
    assert ok(ours.post(f"{place}report-incident/", {"kind": "oxygen"}))["step"] == "en_route"
    assert ok(theirs.post(f"{place}arrive/", {"read_back": "Croup."}))["step"] == "arrived"
    assert ok(theirs.post(f"{place}admit/", {"place": "ward", "ward": "Ward 3"}))["step"] == "under_care"
    assert ok(theirs.post(f"{place}note-interim/", {"text": "Better."}))["step"] == "under_care"
    assert ok(theirs.post(f"{place}send-outcome/", outcome_body()))["step"] == "outcome_sent"
    assert (
        ok(ours.post(f"{place}acknowledge/", {"usefulness": 5, "concordance": "same", "learnt": "Mine."}))["step"]
        == "closed"
    )
    way = ok(ours.get(f"{place}transport/"))
    assert (way["mode"], way["read_back"], len(way["incidents"])) == ("sender_ambulance", "Croup.", 1)
    assert [each["ward"] for each in ok(ours.get(f"{place}encounters/"))["results"]] == ["Ward 3"]
    assert ok(ours.get(f"{place}outcomes/"))["results"][0]["diagnoses"][0]["code"] == "J05.0"
    (read,) = ok(ours.get(f"{place}acknowledgements/"))["results"]
    assert (read["usefulness"], "learnt" in read) == (5, False)
    steps = ok(ours.get(f"cases/{sent['id']}/timeline/"))["results"]
    assert {"send", "open", "accept", "depart", "arrive", "admit", "send_outcome"} <= {each["verb"] for each in steps}


def test_a_plan_back_is_a_referral_of_its_own(sent: Any, specialist: User, community: Institution) -> None:
    theirs, place = calls_of(specialist), f"{PLACE}{sent['id']}/"
    home = make_service(community, make_specialty("general"))
    ok(theirs.post(f"{place}accept/"))
    ok(theirs.post(f"{place}arrive/"))
    ok(theirs.post(f"{place}admit/", {"place": "ward"}))
    plan = {
        "service_id": str(home.pk), "plan": "Weigh her.", "medicines": "None.", "guardian_agreed": True,
        "visits": [{"on": clock.today().isoformat(), "task": "Weigh her."}], "priority": "routine",
    }  # fmt: skip
    ok(theirs.post(f"{place}back-refer/", plan))
    back = Referral.unscoped.get(kind="back")
    assert (str(back.parent_id), FollowUp.unscoped.filter(case=back.pk).count()) == (sent["id"], 1)
    assert [each["task"] for each in ok(theirs.get(f"{PLACE}{back.pk}/follow-ups/"))["results"]] == ["Weigh her."]


def test_ten_times_the_same_draft_is_one(asker: User, patient: Patient, service: Service) -> None:
    ours, key = calls_of(asker), str(uuid4())
    made = {ok(ours.post(PLACE, referral_body(patient, service), Idempotency_Key=key), 201)["id"] for _ in range(3)}
    assert (len(made), Referral.unscoped.count()) == (1, 1)


def test_a_draft_is_saved_by_its_version(written: Any, asker: User) -> None:
    ours, place = calls_of(asker), f"{PLACE}{written['id']}/"
    saved = ok(ours.patch(place, {"question": "Now?"}, If_Match=f'"{written["version"]}"'))
    assert (saved["question"], saved["version"]) == ("Now?", written["version"] + 1)
    assert ours.patch(place, {"question": "Later?", "version": written["version"]}).status_code == 409


def test_an_indication_is_cited(written: Any, asker: User) -> None:
    cited = {"pathway": "cough", "version": 3, "id": "RI-1", "urgency": "U"}
    ok(calls_of(asker).patch(f"{PLACE}{written['id']}/", {"indication": cited, "version": written["version"]}))
    assert Referral.unscoped.get().indication_id == "RI-1"


def test_available_actions_are_the_buttons_and_lead_where_they_say(sent: Any, asker: User, specialist: User) -> None:
    seen = ok(calls_of(specialist).get(f"{PLACE}{sent['id']}/"))
    assert {"open", "accept", "decline"} <= verbs(seen)
    assert "accept" not in verbs(sent)
    href = next(each["href"] for each in seen["available_actions"] if each["verb"] == "accept")
    assert ok(calls_of(specialist).post(href.removeprefix("/api/v1/")))["step"] == "accepted"


def test_lists_hold_one_kind_each(sent: Any, asked: Any, asker: User) -> None:
    ours = calls_of(asker)
    (referred,) = ok(ours.get(PLACE, list="asked"))["results"]
    (question,) = ok(ours.get("consultations/", list="asked"))["results"]
    assert (referred["id"], question["id"]) == (sent["id"], asked["id"])


def test_a_list_is_narrowed(sent: Any, asker: User) -> None:
    ours = calls_of(asker)
    assert ok(ours.get(PLACE, list="asked", priority="stat"))["results"] == []
    assert len(ok(ours.get(PLACE, list="asked", priority="urgent"))["results"]) == 1
    assert ok(ours.get(PLACE, list="queue"))["results"] == []


def test_who_has_no_such_list_gets_an_empty_one(manager: User) -> None:
    assert ok(calls_of(manager).get(PLACE)) == {"results": [], "next": None}


def test_a_list_costs_the_same_for_one_and_for_three(
    sent: Any, asker: User, community: Institution, service: Service
) -> None:
    ours = calls_of(asker)
    counted = []
    for more in (0, 2):
        for _ in range(more):
            body = referral_body(make_patient(community), service)
            made = ok(ours.post(PLACE, body, Idempotency_Key=str(uuid4())), 201)
            ok(ours.post(f"{PLACE}{made['id']}/send/"))
        with CaptureQueriesContext(connection) as captured:
            ok(ours.get(PLACE, list="asked"))
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_a_stranger_is_told_there_is_none(sent: Any, stranger: User) -> None:
    reply = calls_of(stranger).get(f"{PLACE}{sent['id']}/")
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "application/problem+json")


def test_what_is_wrong_is_named_by_its_field(written: Any, asker: User) -> None:
    body = {"diagnosis_code": "croup", "version": written["version"]}
    reply = calls_of(asker).patch(f"{PLACE}{written['id']}/", body)
    assert (reply.status_code, set(reply.json()["fields"])) == (422, {"diagnosis_code"})


def test_a_step_that_is_not_now_is_refused(sent: Any, specialist: User) -> None:
    reply = calls_of(specialist).post(f"{PLACE}{sent['id']}/admit/", {"place": "ward"})
    assert (reply.status_code, Case.unscoped.get(pk=sent["id"]).is_open) == (422, True)


def test_a_transport_that_is_not_arranged_is_not_there(sent: Any, asker: User) -> None:
    assert calls_of(asker).get(f"{PLACE}{sent['id']}/transport/").status_code == 404


def test_the_checklist_is_ticked(sent: Any, asker: User) -> None:
    ours, place = calls_of(asker), f"{PLACE}{sent['id']}/checks/"
    assert ok(ours.post(place, {"item": "airway", "state": "done"}))["state"] == "done"
    assert [each["item"] for each in ok(ours.get(place))["results"]] == ["airway"]


def test_an_alarm_is_one_call(
    asker: User, specialist: User, patient: Patient, service: Service, community: Institution
) -> None:
    body = {
        "patient_id": str(patient.pk), "institution_id": str(community.pk), "problem": "breathing",
        "service_id": str(service.pk),
    }  # fmt: skip
    made = ok(calls_of(asker).post(f"{PLACE}alarms/", body, Idempotency_Key=str(uuid4())), 201)
    assert (made["step"], made["priority"]) == ("requested", "stat")


# --- what follows a child


def test_the_radar_tells_what_is_lost_and_whom_to_call(sent: Any, coordinator: User, asker: User) -> None:
    office = calls_of(coordinator)
    assert ok(office.get(f"{PLACE}radar/"))["results"] == []
    Institution.objects.update(phone="0555 1")
    Clock.unscoped.filter(case_id=sent["id"]).update(escalates_at=None)
    Case.unscoped.filter(pk=sent["id"]).update(due_at=clock.now() - timedelta(hours=1))
    (row,) = ok(office.get(f"{PLACE}radar/"))["results"]
    assert (row["id"], row["step"], row["lost"]) == (sent["id"], "requested", "Nobody has opened it")
    assert {"whom": "The sender", "phone": "0555 1"} in row["calls"]
    assert calls_of(asker).get(f"{PLACE}radar/").status_code == 403


def test_the_radar_costs_the_same_for_one_and_for_three(
    sent: Any, coordinator: User, asker: User, community: Institution, service: Service
) -> None:
    office, ours, counted = calls_of(coordinator), calls_of(asker), []
    for more in (0, 2):
        for _ in range(more):
            body = referral_body(make_patient(community), service)
            made = ok(ours.post(PLACE, body, Idempotency_Key=str(uuid4())), 201)
            ok(ours.post(f"{PLACE}{made['id']}/send/"))
        Clock.unscoped.update(escalates_at=None)
        Case.unscoped.update(due_at=clock.now() - timedelta(hours=1))
        with CaptureQueriesContext(connection) as captured:
            ok(office.get(f"{PLACE}radar/"))
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_a_child_waits_for_a_place(sent: Any, asker: User, specialist: User, service: Service) -> None:
    theirs, place = calls_of(specialist), f"{PLACE}{sent['id']}/"
    clinic = rosters.calendar(service)
    assert theirs.post(f"{place}waiting/", {"calendar_id": str(clinic.pk)}).status_code == 422
    ok(theirs.post(f"{place}accept/"))
    assert calls_of(asker).get(f"{place}waiting/").status_code == 404
    made = ok(theirs.post(f"{place}waiting/", {"calendar_id": str(clinic.pk), "notice_hours": 4}))
    assert (made["calendar"]["id"], made["notice_hours"]) == (str(clinic.pk), 4)
    assert ok(calls_of(asker).get(f"{place}waiting/")) == made
    (step,) = (each for each in ok(theirs.get(f"cases/{sent['id']}/timeline/"))["results"]
               if each["verb"] == "wait_for_place")  # fmt: skip
    assert step["verb"] == "wait_for_place"


def test_the_family_s_link_is_made_shown_and_taken_back(sent: Any, asker: User, nurse: User) -> None:
    ours, place = calls_of(asker), f"{PLACE}{sent['id']}/family-link/"
    assert ours.get(place).status_code == 404
    made = ok(ours.post(place, {"language": "zh-hans"}, Idempotency_Key=str(uuid4())), 201)
    assert ("/referrals/family/" in made["url"], made["stands"], made["language"]) == (True, True, "zh-hans")
    assert ok(calls_of(nurse).get(place))["id"] == made["id"]
    assert ours.client.delete(f"/api/v1/{place}").status_code == 204
    assert ours.get(place).status_code == 404


def test_a_visit_of_a_plan_names_what_it_takes(sent: Any, specialist: User, community: Institution) -> None:
    theirs, place = calls_of(specialist), f"{PLACE}{sent['id']}/"
    home = make_service(community, make_specialty("general"))
    for verb, body in (("accept", {}), ("arrive", {}), ("admit", {"place": "ward"})):
        ok(theirs.post(f"{place}{verb}/", body))
    visit = {"on": clock.today().isoformat(), "task": "Drug level.", "needs": ["laboratory"]}
    plan = {"service_id": str(home.pk), "plan": "Weigh.", "medicines": "None.", "guardian_agreed": True}
    ok(theirs.post(f"{place}back-refer/", {**plan, "visits": [visit], "needs": ["oxygen"]}))
    back = Referral.unscoped.get(kind="back")
    assert back.needs_capabilities == ["oxygen", "laboratory"]
    assert ok(theirs.get(f"{PLACE}{back.pk}/follow-ups/"))["results"][0]["needs"] == ["laboratory"]


def test_a_case_begins_with_the_same_words_whatever_it_is(sent: Any, asked: Any) -> None:
    head = set(CaseShown().get_fields())
    assert head <= set(sent) and head <= set(asked)
