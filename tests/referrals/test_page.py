"""The page of a referral: its head, who has the ball, the first look, the thread, what changes by itself."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import escape

from consortium.casework.models import Clock, Message, Service
from consortium.casework.states import Leg, Priority
from consortium.journal.models import Entry
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.models import Consultation
from referrals.models import Offer, Referral
from referrals.states import OfferStep, Step
from tests.cast import client_for
from tests.consultations.cases import submitted
from tests.referrals.cases import QUESTION, sent


def shown(user: User, referral: Referral, name: str = "show", query: str = "") -> str:
    response = client_for(user).get(reverse(f"referrals:{name}", args=[referral.pk]) + query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def stored(referral: Referral) -> Referral:
    return Referral.unscoped.select_related("case").get(pk=referral.pk)


def test_the_receiving_service_sees_the_child_and_the_question(specialist: User, referral: Referral) -> None:
    text = shown(specialist, referral)
    assert QUESTION in text
    assert referral.patient.display_name in text
    assert "6.8 kg" in text


def test_the_first_look_of_the_receiving_service_is_its_seen(specialist: User, referral: Referral) -> None:
    shown(specialist, referral)
    after = stored(referral)
    assert after.step == Step.SEEN
    offer = Offer.unscoped.get(case_id=referral.pk)
    assert (offer.step, offer.seen_by_id) == (OfferStep.SEEN, specialist.pk)


def test_seen_stops_its_clock_and_the_acceptance_counts_from_the_send(specialist: User, referral: Referral) -> None:
    shown(specialist, referral)
    legs = dict(Clock.unscoped.filter(case_id=referral.pk).values_list("leg", "stopped_at"))
    assert legs[Leg.SEEN] is not None
    assert legs[Leg.ACCEPTANCE] is None
    started = Clock.unscoped.get(case_id=referral.pk, leg=Leg.ACCEPTANCE).started_at
    assert started == stored(referral).case.submitted_at


def test_a_second_look_writes_nothing_more(specialist: User, referral: Referral) -> None:
    shown(specialist, referral)
    shown(specialist, referral)
    assert Entry.unscoped.filter(verb="open", subject_id=str(referral.pk)).count() == 1


def test_a_head_request_is_no_look(specialist: User, referral: Referral) -> None:
    client_for(specialist).head(reverse("referrals:show", args=[referral.pk]))
    assert stored(referral).step == Step.REQUESTED


def test_the_senders_look_is_not_the_recipients(asker: User, referral: Referral) -> None:
    assert "Sent" in shown(asker, referral)
    assert stored(referral).step == Step.REQUESTED


def test_a_stranger_finds_nothing(stranger: User, referral: Referral) -> None:
    assert client_for(stranger).get(reverse("referrals:show", args=[referral.pk])).status_code == 404


def test_the_look_is_journalled_with_the_child(specialist: User, referral: Referral) -> None:
    shown(specialist, referral)
    reads = Entry.unscoped.filter(verb="read", patient_id=referral.patient_id, actor_id=specialist.pk)
    assert [entry.facts["what"] for entry in reads] == ["referral"]


def test_a_stat_one_shows_the_duty_telephone(
    asker: User, patient: Patient, service: Service, specialist: User
) -> None:  # fmt: skip
    Service.objects.filter(pk=service.pk).update(duty_phone="021 5555 0199")
    assert "021 5555 0199" in shown(asker, sent(asker, patient, service, priority=Priority.STAT))


def test_who_has_the_ball_is_said_by_name_of_the_service(asker: User, service: Service, referral: Referral) -> None:
    assert "To be accepted" in shown(asker, referral)


def test_where_the_child_goes_and_why_stand_in_the_head(asker: User, service: Service, referral: Referral) -> None:
    text = shown(asker, referral)
    assert escape(service.institution.name) in text
    assert "Has to be admitted" in text


def test_what_a_stat_one_went_without_is_named(
    asker: User, patient: Patient, service: Service, specialist: User
) -> None:  # fmt: skip
    bare = sent(
        asker, patient, service, priority=Priority.STAT, weight_grams=None, consent_given=False, situation=""
    )  # fmt: skip
    text = shown(asker, bare)
    assert "the weight, the guardian&#x27;s consent, the situation" in text


def test_the_live_parts_come_without_the_page(specialist: User, referral: Referral) -> None:
    text = shown(specialist, referral, "live")
    assert 'id="case-head" hx-swap-oob="true"' in text
    assert "<html" not in text


def test_a_live_part_for_who_has_come_to_know_the_child_is_the_page_anew(specialist: User, referral: Referral) -> None:
    response = client_for(specialist).get(reverse("referrals:live", args=[referral.pk]) + "?known=00")
    assert response["HX-Refresh"] == "true"


def test_a_page_of_a_referral_out_of_sight_leads_to_the_worklist(stranger: User, referral: Referral) -> None:
    url = reverse("referrals:live", args=[referral.pk])
    led = client_for(stranger).get(url, headers={"HX-Request": "true"})
    assert (led.status_code, led["HX-Redirect"]) == (200, "/")


def test_the_page_listens_to_its_case(specialist: User, referral: Referral) -> None:
    assert f"case:{referral.pk}@" in shown(specialist, referral)


def test_the_receiving_side_writes_into_the_thread(specialist: User, referral: Referral) -> None:
    said = {"text": "Give oxygen on the way.", "request_key": "00000000-0000-4000-8000-000000000001"}
    response = client_for(specialist).post(reverse("referrals:message", args=[referral.pk]), said)
    assert response["Location"].endswith("#thread")
    assert Message.unscoped.get(case_id=referral.pk).text == "Give oxygen on the way."


def test_the_sender_reads_what_the_receiving_side_wrote(specialist: User, asker: User, referral: Referral) -> None:
    client_for(specialist).post(reverse("referrals:message", args=[referral.pk]), {"text": "Keep her warm."})
    assert "Keep her warm." in shown(asker, referral)


def test_earlier_messages_are_asked_for_by_their_number(specialist: User, referral: Referral) -> None:
    client_for(specialist).post(reverse("referrals:message", args=[referral.pk]), {"text": "Keep her warm."})
    assert "Keep her warm." in shown(specialist, referral, "thread", "?before=2")


def test_an_act_that_nobody_knows_is_not_found(specialist: User, referral: Referral) -> None:
    assert client_for(specialist).get(reverse("referrals:act", args=[referral.pk, "dance"])).status_code == 404


def test_the_timeline_says_who_sent_it_and_how_urgent(asker: User, referral: Referral) -> None:
    text = shown(asker, referral)
    assert "Referral sent" in text
    assert "Urgent" in text


def test_a_consultation_is_no_referral(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:  # fmt: skip
    question: Consultation = submitted(asker, patient, service)
    assert client_for(asker).get(reverse("referrals:show", args=[question.pk])).status_code == 404
