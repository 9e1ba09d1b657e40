"""Checklist, way and signs on the page of a referral, and the acts that stand in its dock."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Resource, Service
from consortium.casework.states import Priority, ResourceKind
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.models import Check, Incident, Referral
from referrals.operations.answering import decline
from referrals.operations.transport import arrive, report_incident
from referrals.queries.page import referral_page
from referrals.queries.parts.transport import part_transport, part_vitals
from referrals.states import MACHINE, DeclineReason, IncidentKind, LifeThreat, Mode, Step
from referrals.views.travelling import TRAVEL_ACTS
from tests.cast import actor_for, client_for
from tests.consultations.cases import by
from tests.factories.patients import make_measured, make_patient
from tests.referrals.cases import sent
from tests.referrals.way import accepted, arranged, departed, handed_over, stored, transport_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def going(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return accepted(asker, specialist, patient, service)


def way(user: User, referral: Referral) -> dict[str, Any] | None:
    with acting_as(actor_for(user)) as actor:
        return part_transport(referral_page(actor, referral.pk))


def vitals(user: User, referral: Referral) -> dict[str, Any] | None:
    with acting_as(actor_for(user)) as actor:
        return part_vitals(referral_page(actor, referral.pk))


def acted(user: User, referral: Referral, verb: str, **said: str) -> int:
    return client_for(user).post(reverse("referrals:act", args=[referral.pk, verb]), said).status_code


# -- the way ----------------------------------------------------------------------------------------------------------


def test_before_anything_is_arranged_there_is_no_way(asker: User, going: Referral) -> None:
    assert way(asker, going) is None


def test_the_way_says_what_is_missing(asker: User, going: Referral) -> None:
    shown = way(asker, arranged(asker, going, phone=""))
    assert shown is not None
    assert {"The signed hand-over", "The telephone on the way"} <= set(shown["missing"])


def test_on_arrival_the_read_back_is_missing(asker: User, specialist: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    by(specialist, arrive, case_id=going.pk)
    shown = way(specialist, going)
    assert shown is not None and shown["missing"] == ["The read-back"]


def test_the_handover_is_shown_once_it_is_signed(asker: User, going: Referral) -> None:
    before = way(asker, arranged(asker, going))
    after = way(asker, handed_over(asker, going))
    assert before is not None and after is not None
    assert (before["handover"], after["handover"][0]) == ([], "Unstable")


def test_incidents_stand_in_the_order_of_time(asker: User, going: Referral) -> None:
    arranged(asker, going)
    by(asker, report_incident, case_id=going.pk, kind=IncidentKind.SEIZURE)
    earlier = clock.now() - timedelta(minutes=9)
    by(asker, report_incident, case_id=going.pk, kind=IncidentKind.OXYGEN, happened_at=earlier)
    shown = way(asker, going)
    assert shown is not None and [each.kind for each in shown["incidents"]] == ["oxygen", "seizure"]


def test_who_may_not_know_the_child_reads_no_words_of_the_way(asker: User, coordinator: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    shown = way(coordinator, going)
    assert shown is not None and (shown["handover"], shown["notes_shown"]) == ([], False)


def test_the_page_shows_checklist_and_way_together(asker: User, going: Referral) -> None:
    departed(asker, handed_over(asker, arranged(asker, going)))
    text = client_for(asker).get(reverse("referrals:show", args=[going.pk])).content.decode()
    assert 'id="checklist"' in text and 'id="transport-title"' in text and "139 0000 0000" in text


# -- the signs --------------------------------------------------------------------------------------------------------


def test_timed_signs_are_shown_with_their_score(asker: User, patient: Patient, going: Referral) -> None:
    make_measured(patient, avpu="V")
    make_measured(patient, at=clock.now() - timedelta(minutes=20), avpu="A")
    shown = vitals(asker, going)
    assert shown is not None and len(shown["sets"]) == 2
    assert shown["sets"][0].pews.level > shown["sets"][1].pews.level


def test_a_weight_is_no_sign(asker: User, patient: Patient, going: Referral) -> None:
    make_measured(patient, weight="6.8")
    assert vitals(asker, going) is None


def test_who_may_not_know_the_child_sees_no_signs(coordinator: User, patient: Patient, going: Referral) -> None:
    make_measured(patient, avpu="V")
    assert vitals(coordinator, going) is None


# -- a tick -----------------------------------------------------------------------------------------------------------


def test_a_tick_brings_the_card_back(nurse: User, going: Referral) -> None:
    url = reverse("referrals:check", args=[going.pk])
    said = {"item": "airway", "state": "done"}
    text = client_for(nurse).post(url, said, headers={"HX-Request": "true"}).content.decode()
    assert 'id="checklist"' in text and "<html" not in text
    assert Check.unscoped.get(case_id=going.pk).item == "airway"


def test_without_scripts_a_tick_leads_back_to_the_page(nurse: User, going: Referral) -> None:
    answer = client_for(nurse).post(reverse("referrals:check", args=[going.pk]), {"item": "airway", "state": "cannot"})
    assert answer["Location"] == reverse("referrals:show", args=[going.pk])


# -- the acts ---------------------------------------------------------------------------------------------------------


def test_each_act_of_the_way_has_a_form_that_opens(asker: User, going: Referral) -> None:
    browser = client_for(asker)
    for verb in ("arrange_transport", "depart", "sign_handover"):
        assert browser.get(reverse("referrals:act", args=[going.pk, verb])).status_code == 200


def test_the_form_offers_the_vehicles_of_the_house(
    asker: User, going: Referral, community: Institution, hospital: Institution
) -> None:
    for place, name in ((community, "Own van"), (hospital, "Their van")):
        Resource.objects.create(kind=ResourceKind.VEHICLE, institution=place, name_en=name)
    url = reverse("referrals:act", args=[going.pk, "arrange_transport"])
    text = client_for(asker).get(url).content.decode()
    assert "Own van" in text and "Their van" not in text


def test_the_forms_do_what_they_say(asker: User, specialist: User, going: Referral) -> None:
    assert acted(asker, going, "arrange_transport", mode=Mode.EMERGENCY, crew="120") == 302
    assert acted(asker, going, "sign_handover", summary="Croup.") == 302
    assert acted(asker, going, "depart") == 302
    assert acted(asker, going, "report_incident", kind=IncidentKind.ACCESS) == 302
    assert acted(specialist, going, "arrive") == 302
    assert acted(specialist, going, "read_back", text="Croup, line lost.") == 302
    assert (stored(going).step, transport_of(going).read_back) == (Step.ARRIVED, "Croup, line lost.")
    assert Incident.unscoped.filter(case_id=going.pk).count() == 1


def test_the_read_back_is_asked_for_beside_what_was_handed_over(asker: User, specialist: User, going: Referral) -> None:
    handed_over(asker, arranged(asker, going))
    by(specialist, arrive, case_id=going.pk)
    url = reverse("referrals:act", args=[going.pk, "read_back"])
    assert "adrenaline twice" in client_for(specialist).get(url).content.decode()


def test_on_arrival_the_handover_stands_beside_its_read_back(asker: User, specialist: User, going: Referral) -> None:
    url = reverse("referrals:act", args=[going.pk, "arrive"])
    before = client_for(specialist).get(url)
    handed_over(asker, arranged(asker, going))
    assert before.status_code == 200 and "adrenaline twice" in client_for(specialist).get(url).content.decode()


def test_who_may_not_know_the_child_notes_its_arrival_without_the_handover(
    asker: User, coordinator: User, going: Referral
) -> None:
    handed_over(asker, arranged(asker, going))
    answer = client_for(coordinator).get(reverse("referrals:act", args=[going.pk, "arrive"]))
    assert answer.status_code == 200 and "adrenaline twice" not in answer.content.decode()


def test_what_was_arranged_before_stays_and_is_said(asker: User, going: Referral) -> None:
    url, words = reverse("referrals:act", args=[going.pk, "arrange_transport"]), "What is left empty stays"
    assert words not in client_for(asker).get(url).content.decode()
    arranged(asker, going)
    assert words in client_for(asker).get(url).content.decode()


def asked_of(user: User, referral: Referral, verb: str) -> set[str]:
    """The fields of an act's form."""
    text = client_for(user).get(reverse("referrals:act", args=[referral.pk, verb])).content.decode()
    return set(re.findall(r'id="act_([a-z_]+?)(?:_\d+)?"', text)) - {"title", "form", "body"}


def test_how_the_child_travels_is_asked_for_once(asker: User, going: Referral) -> None:
    before = {verb: "mode" in asked_of(asker, going, verb) for verb in ("depart", "sign_handover")}
    arranged(asker, going)
    after = {verb: "mode" in asked_of(asker, going, verb) for verb in ("depart", "sign_handover")}
    assert (set(before.values()), set(after.values())) == ({True}, {False})


def test_who_was_accepted_departs_without_a_word_of_the_threat(
    asker: User, going: Referral, patient: Patient, service: Service
) -> None:
    waiting = sent(asker, patient, service, priority=Priority.STAT)
    asked = ["life_threat" in asked_of(asker, each, "depart") for each in (waiting, going)]
    assert asked == [True, False]


def test_before_acceptance_the_form_wants_the_threat(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    referral = sent(asker, patient, service, priority=Priority.STAT)
    assert acted(asker, referral, "depart", mode=Mode.EMERGENCY) == 422
    assert acted(asker, referral, "depart", mode=Mode.EMERGENCY, life_threat=LifeThreat.AIRWAY) == 302


def test_urgency_is_raised_and_lowered_by_its_forms(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    referral = sent(asker, patient, service)
    assert acted(asker, referral, "raise_urgency", priority="1") == 302
    assert acted(coordinator, referral, "lower_urgency", priority="3", reason="Seen by video.") == 302
    assert stored(referral).case.priority == Priority.ROUTINE


def test_every_act_of_the_way_is_a_verb_of_the_machine() -> None:

    assert set(TRAVEL_ACTS) <= set(MACHINE.verbs())


# -- what stands at hand ----------------------------------------------------------------------------------------------


def dock(user: User, referral: Referral) -> tuple[str, set[str]]:
    """The main act, and those beside it."""
    with acting_as(actor_for(user)) as actor:
        shown = referral_page(actor, referral.pk).dock()
    return shown["main"].verb if shown["main"] else "", {t.verb for t in shown["near"]}


def test_that_it_departs_is_at_hand_for_who_has_the_child(asker: User, specialist: User, going: Referral) -> None:
    assert "depart" in dock(asker, going)[1]
    assert "depart" not in dock(specialist, going)[1]


def test_the_urgency_is_at_hand_while_the_child_is_awaited(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = sent(asker, patient, service)
    assert "raise_urgency" in dock(asker, made)[1]
    by(specialist, arrive, case_id=made.pk)
    assert "raise_urgency" not in dock(asker, made)[1]


def test_until_the_child_is_expected_its_arrival_is_not_the_main_act(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    assert dock(coordinator, sent(asker, patient, service))[0] != "arrive"
    going = accepted(asker, specialist, make_patient(patient.registered_at), service)
    assert dock(specialist, departed(asker, arranged(asker, going)))[0] == "arrive"


def test_another_hospital_is_the_main_act_when_it_is_the_coordinators_turn(
    asker: User, coordinator: User, patient: Patient, service: Service
) -> None:
    made = sent(asker, patient, service)
    Case.unscoped.filter(pk=made.pk).update(ball="coordinator", ball_user=None)
    assert dock(coordinator, made)[0] == "redirect"


def test_another_hospital_is_the_main_act_once_one_has_declined(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = sent(asker, patient, service)
    assert dock(asker, made)[0] != "redirect"
    by(specialist, decline, case_id=made.pk, reason=DeclineReason.NO_BED)
    assert dock(asker, made)[0] == "redirect"
