"""A referral as FHIR R4: accepted by R4B, and what its resources tell."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.casework.models import Service
from consortium.interop.fhir.bundle import pathway_bundle
from consortium.interop.r4.blocks import references_in
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.fhir.statuses import FOLLOW_UPS, OFFERS, STATUSES
from referrals.states import FollowUpStep, OfferStep, Step
from tests.cast import actor_for
from tests.interop.checking import accepted, path, resources
from tests.referrals.stages import STEPS, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(
    asker: User, colleague: User, nurse: User, specialist: User, lead: User, coordinator: User, stranger: User,
    patient: Patient, service: Service, community: Institution,
) -> Stage:  # fmt: skip
    cast = {
        "asker": asker, "colleague": colleague, "nurse": nurse, "specialist": specialist, "lead": lead,
        "coordinator": coordinator, "stranger": stranger,
    }  # fmt: skip
    return Stage(cast, patient, service, community)


def bundle_for(stage: Stage, who: str) -> Any:
    actor = actor_for(stage.cast[who])
    with acting_as(actor):
        pathway_id: Any = stage.referral().case.pathway_id
        return pathway_bundle(actor, pathway_id)


@pytest.mark.parametrize("step", [step for step in STEPS if step != "draft"])
def test_a_pathway_at_every_step_is_r4_and_whole(stage: Stage, step: str) -> None:
    stage.bring_to(step)
    found = bundle_for(stage, "asker")
    for each in resources(found):
        accepted(each)
    accepted(found)
    there = {f"{each['resourceType']}/{each['id']}" for each in resources(found)}
    assert references_in(found) - there == set()
    assert len(there) == len(resources(found))
    asked = [each for each in resources(found, "ServiceRequest") if each["id"] == str(stage.case_id)]
    assert [each["status"] for each in asked] == [STATUSES[step].request]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("Bundle.entry.resource.ofType(ServiceRequest).status", ["completed"]),
        ("Bundle.entry.resource.ofType(ServiceRequest).category.coding.code", ["up"]),
        ("Bundle.entry.resource.ofType(ServiceRequest).reasonCode.coding.where(system.endsWith('icd-10')).code",
         ["J05.0"]),
        ("Bundle.entry.resource.ofType(Task).where(code.coding.code='receive-child').status", ["completed"]),
        ("Bundle.entry.resource.ofType(Task).where(code.coding.code='receive-child').businessStatus.text",
         ["loop closed"]),
        ("Bundle.entry.resource.ofType(Task).where(code.coding.code='receive-child').businessStatus.coding"
         ".where(system.contains('bser')).code", ["7.0"]),
        ("Bundle.entry.resource.ofType(Task).where(code.coding.where(code='transport').exists()).status",
         ["completed"]),
        ("Bundle.entry.resource.ofType(Task).output.where(type.coding.code='concordance').value.coding.code", ["same"]),
        ("Bundle.entry.resource.ofType(Encounter).class.code", ["IMP"]),
        ("Bundle.entry.resource.ofType(Encounter).status", ["finished"]),
        ("Bundle.entry.resource.ofType(Condition).where(verificationStatus.coding.code='provisional').code.text",
         ["Croup"]),
        ("Bundle.entry.resource.ofType(Condition).where(verificationStatus.coding.code='confirmed').code.coding.code",
         ["J05.0", "R06.1"]),
        ("Bundle.entry.resource.ofType(Composition).status", ["final"]),
        ("Bundle.entry.resource.ofType(Composition).section.count()", [8]),
        ("Bundle.entry.resource.ofType(AdverseEvent).event.coding.code", ["oxygen"]),
        ("Bundle.entry.resource.ofType(Communication).where(category.coding.code='handover').payload.count()", [6]),
        ("Bundle.entry.resource.ofType(Communication).where(category.coding.code='interim').payload.content",
         ["Settled after adrenaline."]),
        ("Bundle.entry.resource.ofType(Communication).where(category.coding.code='acknowledgement').extension"
         ".where(url.endsWith('usefulness')).value", [5]),
        ("Bundle.entry.resource.ofType(EpisodeOfCare).status", ["finished"]),
    ],
)  # fmt: skip
def test_fhirpath_finds(closed: Any, expression: str, found: list[Any]) -> None:
    assert path(closed, expression) == found


@pytest.fixture
def closed(stage: Stage) -> Any:
    stage.to_closed()
    return bundle_for(stage, "asker")


def test_every_step_has_a_status() -> None:
    assert set(STATUSES) == set(Step.values)


def test_every_asking_and_every_visit_has_one() -> None:
    assert (set(OFFERS), set(FOLLOW_UPS)) == (set(OfferStep.values), set(FollowUpStep.values))


def test_what_the_sender_keeps_for_themselves_is_in_no_bundle(closed: Any) -> None:
    assert "Mine." not in str(closed)


def test_the_plan_back_names_its_visits(stage: Stage) -> None:
    stage.to_following()
    found = bundle_for(stage, "colleague")
    (plan,) = resources(found, "CarePlan")
    visits = {f"Task/{each['id']}": each["status"] for each in resources(found, "Task")}
    assert [visits[each["reference"]["reference"]] for each in plan["activity"]] == ["on-hold", "ready"]
    assert plan["status"] == "active"
    assert path(found, "Bundle.entry.resource.ofType(ServiceRequest).where(basedOn.exists()).category.coding.code") == [
        "back"
    ]


def test_a_declined_asking_stays_and_says_why(stage: Stage) -> None:
    stage.to_declined()
    (task,) = resources(bundle_for(stage, "asker"), "Task")
    assert (task["status"], task["statusReason"]["coding"][0]["code"]) == ("rejected", "no_bed")
    assert task["note"] == [{"text": "Full until Monday."}]


def test_the_history_of_a_task_is_the_journal_s(stage: Stage) -> None:
    stage.to_accepted()
    found = bundle_for(stage, "asker")
    (task,) = resources(found, "Task")
    history = [each["reference"].partition("/")[2] for each in task["relevantHistory"]]
    told = {each["id"]: path(each, "activity.coding.code") for each in resources(found, "Provenance")}
    assert [told[each][0] for each in history] == ["send", "open", "accept"]


def test_a_child_that_left_early_is_on_the_way_for_whom_was_asked(stage: Stage) -> None:
    stage.gone_early()
    (task,) = [each for each in resources(bundle_for(stage, "asker"), "Task") if "transport" not in str(each["code"])]
    assert (task["status"], task["businessStatus"]["text"]) == ("in-progress", "en-route")


def test_a_pathway_is_for_who_may_know_the_child(stage: Stage) -> None:
    stage.to_accepted()
    with pytest.raises(NotVisible):
        bundle_for(stage, "stranger")
    assert bundle_for(stage, "specialist")["entry"]
