"""The receiving hospital looks, accepts, declines; of several that are asked, one has the child."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from consortium.casework.models import BallSpell, Case, Clock, Message, Service, ServiceMember
from consortium.casework.queries.ledger import time_by_party
from consortium.casework.states import Ball, Leg, MessageKind, Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, Taken, WrongStep
from consortium.patients.models import PathwayMember, Patient
from consortium.people.models import Institution, Specialty, User
from consortium.people.states import Role
from referrals.models import Offer, Referral
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.redirecting import also_ask
from referrals.states import DeclineReason, Kind, OfferStep, Step
from tests.cast import client_for
from tests.consultations.cases import by
from tests.consultations.test_concurrency import ROUNDS, as_user, race
from tests.factories.cases import make_service, make_service_member
from tests.factories.people import make_staff
from tests.referrals.cases import sent


def stored(referral: Referral) -> Referral:
    return Referral.unscoped.select_related("case").get(pk=referral.pk)


def running(referral: Referral) -> list[str]:
    rows = Clock.unscoped.filter(case_id=referral.pk, stopped_at=None, paused_at=None)
    return list(rows.values_list("leg", flat=True))


def steps(referral: Referral) -> list[str]:
    return list(Offer.unscoped.filter(case_id=referral.pk).order_by("number").values_list("step", flat=True))


def no(user: User, referral: Referral, **words: Any) -> Referral:
    said = {"reason": DeclineReason.NO_BED, **words}
    made: Referral = by(user, decline, case_id=referral.pk, **said)
    return made


# -- open -------------------------------------------------------------------------------------------------------------


def test_opening_twice_is_opening_once(specialist: User, referral: Referral) -> None:
    by(specialist, open_referral, case_id=referral.pk)
    version = stored(referral).case.version
    by(specialist, open_referral, case_id=referral.pk)
    assert stored(referral).case.version == version


def test_the_sender_does_not_open_it(asker: User, referral: Referral) -> None:
    with pytest.raises(NotPermitted):
        by(asker, open_referral, case_id=referral.pk)


def test_a_stranger_opens_nothing(stranger: User, referral: Referral) -> None:
    with pytest.raises(NotVisible):
        by(stranger, open_referral, case_id=referral.pk)


def test_opening_later_than_the_answer_changes_nothing(specialist: User, asker: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    assert by(specialist, open_referral, case_id=referral.pk).step == Step.ACCEPTED


def test_each_hospital_stamps_its_own_look(
    asker: User, specialist: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    by(specialist, open_referral, case_id=stat.pk)
    by(rival, open_referral, case_id=stat.pk)
    assert steps(stat) == [OfferStep.SEEN, OfferStep.SEEN]
    assert Entry.unscoped.filter(verb="open", subject_id=str(stat.pk)).count() == 2


# -- accept -----------------------------------------------------------------------------------------------------------


def test_who_accepts_has_the_child_and_the_promise_is_kept(specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk, promise=" Ward 3, bed 12 ")
    after = stored(referral)
    assert (after.step, after.promise) == (Step.ACCEPTED, "Ward 3, bed 12")
    assert after.case.responder_id == specialist.pk
    assert steps(referral) == [OfferStep.ACCEPTED]


def test_acceptance_starts_the_booking_clock_and_gives_the_ball(specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    case = stored(referral).case
    assert running(referral) == [Leg.BOOKING]
    assert (case.ball, case.ball_user_id) == (Ball.RESPONDER, specialist.pk)


def test_a_back_referral_waits_to_be_taken_over_instead(
    specialist: User, asker: User, patient: Patient, service: Service
) -> None:
    back = sent(asker, patient, service, kind=Kind.BACK)
    by(specialist, accept, case_id=back.pk)
    assert running(back) == [Leg.TAKE_OVER]


def test_who_accepts_joins_the_pathway_by_name(specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    assert PathwayMember.unscoped.get(pathway__cases=referral.pk, user_id=specialist.pk).ends_at is None


def test_accepting_again_is_the_same_acceptance(specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk, promise="Bed 12")
    by(specialist, accept, case_id=referral.pk, promise="Bed 13")
    assert stored(referral).promise == "Bed 12"


def test_a_colleague_is_told_who_was_first_and_where(
    specialist: User, other_specialist: User, referral: Referral
) -> None:
    by(specialist, accept, case_id=referral.pk)
    with pytest.raises(Taken) as told:
        by(other_specialist, accept, case_id=referral.pk)
    assert told.value.detail == {"winner": "Dr Specialist", "hospital": "Children's Hospital"}
    assert told.value.status == 409


def test_a_promise_is_no_novel(specialist: User, referral: Referral) -> None:
    with pytest.raises(InvalidInput) as wrong:
        by(specialist, accept, case_id=referral.pk, promise="x" * 201)
    assert "promise" in wrong.value.fields


def test_a_specialist_of_another_service_does_not_accept(rival: User, referral: Referral) -> None:
    with pytest.raises(NotVisible):
        by(rival, accept, case_id=referral.pk)


def test_the_sender_does_not_accept(asker: User, referral: Referral) -> None:
    with pytest.raises(NotPermitted):
        by(asker, accept, case_id=referral.pk)


def test_the_others_are_asked_no_longer_and_look_a_day_on(
    asker: User, specialist: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    by(specialist, accept, case_id=stat.pk)
    assert steps(stat) == [OfferStep.ACCEPTED, OfferStep.WITHDRAWN]
    ends_at = PathwayMember.unscoped.get(institution_id=elsewhere.institution_id, user=None).ends_at
    assert ends_at is not None and timedelta(hours=23) < ends_at - clock.now() <= timedelta(days=1)


def test_the_child_goes_to_the_hospital_that_accepted(
    asker: User, specialist: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    by(rival, accept, case_id=stat.pk)
    after = stored(stat)
    assert (after.case.service_id, after.case.responder_id) == (elsewhere.pk, rival.pk)
    with pytest.raises(Taken) as told:
        by(specialist, accept, case_id=stat.pk)
    assert told.value.detail["hospital"] == "University Hospital"


# -- decline ----------------------------------------------------------------------------------------------------------


def test_a_decline_is_coded_and_the_coordinator_has_the_ball(specialist: User, referral: Referral) -> None:
    no(specialist, referral)
    after = stored(referral)
    assert (after.step, after.case.ball, after.case.ball_user_id) == (Step.DECLINED, Ball.COORDINATOR, None)
    assert running(referral) == [Leg.REDIRECTION]


def test_a_decline_names_whom_to_ask(specialist: User, referral: Referral, elsewhere: Service) -> None:
    no(specialist, referral, service_id=elsewhere.pk)
    offer = Offer.unscoped.get(case_id=referral.pk)
    assert (offer.decline_reason, offer.alternative_id) == (DeclineReason.NO_BED, elsewhere.pk)


def test_a_decline_names_another_than_itself(specialist: User, referral: Referral, service: Service) -> None:
    with pytest.raises(InvalidInput) as wrong:
        no(specialist, referral, service_id=service.pk)
    assert "service_id" in wrong.value.fields


def test_a_decline_without_a_known_reason_is_none(specialist: User, referral: Referral) -> None:
    with pytest.raises(InvalidInput) as wrong:
        no(specialist, referral, reason="tired")
    assert "reason" in wrong.value.fields
    assert stored(referral).step == Step.REQUESTED


def test_a_word_with_the_decline_stands_in_the_thread(specialist: User, referral: Referral) -> None:
    no(specialist, referral, note="All beds are full until Friday.")
    said = Message.unscoped.get(case_id=referral.pk)
    assert (said.kind, said.text) == (MessageKind.DECISION, "All beds are full until Friday.")


def test_declined_after_the_acceptance_nobody_holds_it(specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk, promise="Bed 12")
    no(specialist, referral)
    after = stored(referral)
    assert (after.case.responder_id, after.accepted_at, after.promise) == (None, None, "")
    assert steps(referral) == [OfferStep.DECLINED]


def test_one_of_two_declines_and_the_other_may_still_accept(
    asker: User, specialist: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    no(specialist, stat)
    after = stored(stat)
    assert (after.step, after.case.service_id) == (Step.REQUESTED, elsewhere.pk)
    assert running(stat) == [Leg.SEEN]
    assert by(rival, accept, case_id=stat.pk).step == Step.ACCEPTED


def test_the_last_of_two_declines_and_the_coordinator_has_it(
    asker: User, specialist: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    no(specialist, stat)
    no(rival, stat)
    assert stored(stat).step == Step.DECLINED
    assert steps(stat) == [OfferStep.DECLINED, OfferStep.DECLINED]


def test_what_is_closed_is_not_declined(specialist: User, referral: Referral) -> None:
    no(specialist, referral)
    with pytest.raises((WrongStep, NotPermitted)):
        no(specialist, referral)


def test_each_party_holds_it_in_turn_without_a_gap(specialist: User, referral: Referral) -> None:
    with clock.moved(timedelta(minutes=9)):
        no(specialist, referral)
        spent = time_by_party(stored(referral).case)
    assert set(spent) == {Ball.RESPONDER, Ball.COORDINATOR}
    assert timedelta(minutes=9) <= spent[Ball.RESPONDER] < timedelta(minutes=10)
    assert BallSpell.unscoped.filter(case_id=referral.pk, until=None).count() == 1


# -- the screens ------------------------------------------------------------------------------------------------------


def address(referral: Referral, verb: str) -> str:
    return reverse("referrals:act", args=[referral.pk, verb])


def test_the_dialog_of_acceptance_asks_for_the_promise(specialist: User, referral: Referral) -> None:
    response = client_for(specialist).get(address(referral, "accept"), headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "What do you promise?" in text
    assert "<html" not in text
    assert "Which bed do you keep?" not in text, "where the board has none, it is not asked for"


def test_accepting_on_the_screen_leads_back_to_the_referral(specialist: User, referral: Referral) -> None:
    response = client_for(specialist).post(address(referral, "accept"), {"promise": "Bed 12"})
    assert response["Location"] == reverse("referrals:show", args=[referral.pk])
    assert stored(referral).promise == "Bed 12"


def test_who_was_second_reads_who_was_first(specialist: User, other_specialist: User, referral: Referral) -> None:
    by(specialist, accept, case_id=referral.pk)
    response = client_for(other_specialist).post(address(referral, "accept"), {"promise": "Bed 12"})
    assert response.status_code == 409
    assert "Dr Specialist of Children" in response.content.decode()


def test_a_decline_without_a_reason_stays_on_the_form(specialist: User, referral: Referral) -> None:
    response = client_for(specialist).post(address(referral, "decline"), {"note": "Full."})
    assert response.status_code == 422
    assert b"Full." in response.content


def test_what_the_domain_refuses_stands_at_its_field(specialist: User, referral: Referral, service: Service) -> None:
    said = {"reason": "no_bed", "service_id": "", "note": "x" * 20_000}
    response = client_for(specialist).post(address(referral, "decline"), said)
    assert response.status_code == 422
    assert stored(referral).step == Step.REQUESTED


def test_the_card_says_who_was_asked_and_who_declined(
    asker: User, specialist: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    no(specialist, referral, service_id=elsewhere.pk, note="All beds are full.")
    text = client_for(asker).get(reverse("referrals:show", args=[referral.pk])).content.decode()
    assert "No bed or place in time" in text
    assert "They suggest Respiratory medicine, University Hospital." in text


def test_the_worklist_says_that_it_waits_to_be_accepted(specialist: User, referral: Referral) -> None:
    text = client_for(specialist).get("/").content.decode()
    assert "To be accepted" in text
    assert reverse("referrals:show", args=[referral.pk]) in text


def test_the_worklist_is_narrowed_to_referrals(specialist: User, referral: Referral) -> None:
    client, url = client_for(specialist), reverse("referrals:show", args=[referral.pk])
    assert url in client.get("/?kind=referral").content.decode()
    assert url not in client.get("/?kind=consultation").content.decode()


def test_a_declined_one_waits_for_the_coordinator_alone(
    specialist: User, coordinator: User, referral: Referral
) -> None:  # fmt: skip
    no(specialist, referral)
    url = reverse("referrals:show", args=[referral.pk])
    assert url not in client_for(specialist).get("/?tab=queue").content.decode()
    assert url in client_for(coordinator).get("/?tab=queue").content.decode()


# -- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_hospitals_that_accept_at_once_one_has_the_child(
    asker: User, patient: Patient, service: Service, specialist: User, rival: User, elsewhere: Service
) -> None:
    for _ in range(ROUNDS):
        stat = sent(asker, patient, service, priority=Priority.STAT)
        by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
        results = race([as_user(user, accept, case_id=stat.pk) for user in (specialist, rival)])
        lost = [each for each in results if isinstance(each, Taken)]
        winner = Case.unscoped.select_related("responder", "service__institution").get(pk=stat.pk)
        assert len(lost) == 1, results
        assert winner.responder is not None and winner.service is not None
        assert lost[0].detail == {
            "winner": winner.responder.get_full_name(), "hospital": winner.service.institution.name,
        }  # fmt: skip
        assert sorted(steps(stat)) == [OfferStep.ACCEPTED, OfferStep.WITHDRAWN]


# -- a stat child -----------------------------------------------------------------------------------------------------


@pytest.fixture
def off_duty(hospital: Institution, service: Service) -> User:
    """Answers for the service, and has no duty now."""
    user = make_staff("off_duty", hospital, Role.SPECIALIST)
    make_service_member(service, user, on_duty=False)
    return user


def test_a_stat_child_is_accepted_by_who_is_on_duty(off_duty: User, specialist: User, stat: Referral) -> None:
    with pytest.raises(NotPermitted, match="on duty"):
        by(off_duty, accept, case_id=stat.pk)
    assert by(specialist, accept, case_id=stat.pk).step == Step.ACCEPTED


def test_nor_is_it_declined_by_anybody_else(off_duty: User, stat: Referral) -> None:
    with pytest.raises(NotPermitted, match="on duty"):
        no(off_duty, stat)


def test_the_lead_accepts_a_stat_child_off_duty(hospital: Institution, service: Service, stat: Referral) -> None:
    lead = make_staff("lead_at_home", hospital, Role.SERVICE_LEAD)
    make_service_member(service, lead, is_lead=True, on_duty=False)
    assert by(lead, accept, case_id=stat.pk).step == Step.ACCEPTED


def test_where_nobody_is_on_duty_anybody_of_the_service_accepts(
    off_duty: User, specialist: User, service: Service, stat: Referral
) -> None:
    ServiceMember.objects.filter(service=service).update(on_duty_until=None)
    assert by(off_duty, accept, case_id=stat.pk).step == Step.ACCEPTED


def test_an_urgent_child_is_accepted_by_anybody_of_the_service(off_duty: User, referral: Referral) -> None:
    assert by(off_duty, accept, case_id=referral.pk).step == Step.ACCEPTED


def test_anybody_of_the_service_looks_at_a_stat_child(off_duty: User, stat: Referral) -> None:
    assert by(off_duty, open_referral, case_id=stat.pk).step == Step.SEEN


def test_in_a_district_hospital_nobody_stands_by_and_every_doctor_accepts(
    asker: User, specialist: User, patient: Patient, district: Institution, respiratory: Specialty
) -> None:
    near = make_service(district, respiratory)
    make_service_member(near, make_staff("near", district, Role.SPECIALIST))
    doctor = make_staff("district_doctor", district, Role.ASKER)
    made = sent(asker, patient, near, priority=Priority.STAT)
    assert by(doctor, accept, case_id=made.pk).step == Step.ACCEPTED
