"""Finding a place: another hospital instead, another one too, and the sender who disagrees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.casework.models import Case, Clock, Message, Service
from consortium.casework.states import Ball, Leg, Symptom
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import PathwayMember, Patient
from consortium.people.models import Institution, Region, Specialty, User
from consortium.people.states import Tier
from referrals.models import Offer, Referral
from referrals.operations.answering import accept, decline, open_referral
from referrals.operations.redirecting import also_ask, dispute, redirect
from referrals.queries import referral_for
from referrals.queries.beside import asked_beside
from referrals.queries.places import place_choices
from referrals.queries.routing import Need, places
from referrals.states import DeclineReason, OfferStep, Step
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.factories.people import make_institution
from tests.referrals.cared import admitted, sent_back
from tests.referrals.test_answering import no, running, steps, stored


def test_a_redirection_adds_the_next_asking(
    specialist: User, asker: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    no(specialist, referral)
    by(asker, redirect, case_id=referral.pk, service_id=elsewhere.pk)
    after = stored(referral)
    assert (after.step, after.case.service_id) == (Step.REQUESTED, elsewhere.pk)
    assert steps(referral) == [OfferStep.DECLINED, OfferStep.REQUESTED]


def test_the_place_in_line_is_that_of_the_first_send(
    specialist: User, asker: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    with clock.moved(timedelta(minutes=20)):
        no(specialist, referral)
        by(asker, redirect, case_id=referral.pk, service_id=elsewhere.pk)
    running_clock = Clock.unscoped.get(case_id=referral.pk, stopped_at=None)
    assert (running_clock.leg, running_clock.started_at) == (Leg.SEEN, stored(referral).case.submitted_at)


def test_the_next_hospital_has_the_ball_and_sees_the_record(
    specialist: User, asker: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    no(specialist, referral)
    by(asker, redirect, case_id=referral.pk, service_id=elsewhere.pk)
    assert stored(referral).case.ball == Ball.RESPONDER
    assert by(rival, accept, case_id=referral.pk).step == Step.ACCEPTED


def test_who_declined_sees_it_a_day_longer(
    specialist: User, asker: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    no(specialist, referral)
    by(asker, redirect, case_id=referral.pk, service_id=elsewhere.pk)
    hospital_id = specialist.memberships(manager="unscoped").get().institution_id
    member = PathwayMember.unscoped.get(institution_id=hospital_id, user=None)
    assert member.ends_at is not None
    with clock.moved(timedelta(hours=25)), pytest.raises(NotVisible):
        by(specialist, open_referral, case_id=referral.pk)


def test_redirected_before_an_answer_the_first_is_asked_no_longer(
    asker: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    by(asker, redirect, case_id=referral.pk, service_id=elsewhere.pk)
    assert steps(referral) == [OfferStep.WITHDRAWN, OfferStep.REQUESTED]


def test_redirecting_there_again_is_the_same(asker: User, referral: Referral, service: Service) -> None:
    by(asker, redirect, case_id=referral.pk, service_id=service.pk)
    assert steps(referral) == [OfferStep.REQUESTED]


def test_the_recipient_redirects_when_the_sender_has_agreed(
    specialist: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    no(specialist, referral)
    assert by(specialist, redirect, case_id=referral.pk, service_id=elsewhere.pk).step == Step.REQUESTED


def test_the_recipient_does_not_redirect_without_that(
    specialist: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    Referral.unscoped.filter(pk=referral.pk).update(may_be_redirected=False)
    no(specialist, referral)
    with pytest.raises(NotPermitted):
        by(specialist, redirect, case_id=referral.pk, service_id=elsewhere.pk)


def test_the_coordinator_redirects(
    specialist: User, coordinator: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    no(specialist, referral)
    by(coordinator, redirect, case_id=referral.pk, service_id=elsewhere.pk, note="They have a bed.")
    assert Message.unscoped.filter(case_id=referral.pk, text="They have a bed.").exists()


def test_nobody_is_sent_to_where_they_came_from(specialist: User, asker: User, referral: Referral) -> None:
    with pytest.raises(InvalidInput):
        by(asker, redirect, case_id=referral.pk, service_id=referral.pk)


def test_a_service_that_takes_no_such_child_is_not_asked(
    asker: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    Service.objects.filter(pk=elsewhere.pk).update(urgencies=[3])
    with pytest.raises(InvalidInput):
        by(asker, redirect, case_id=referral.pk, service_id=elsewhere.pk)


# -- another too ------------------------------------------------------------------------------------------------------


def test_only_a_stat_child_is_asked_for_in_two_places(
    asker: User, rival: User, referral: Referral, elsewhere: Service
) -> None:
    with pytest.raises(NotPermitted):
        by(asker, also_ask, case_id=referral.pk, service_id=elsewhere.pk)


def test_asking_another_too_changes_no_step_and_no_clock(
    asker: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    assert stored(stat).step == Step.REQUESTED
    assert running(stat) == [Leg.SEEN]
    assert steps(stat) == [OfferStep.REQUESTED, OfferStep.REQUESTED]


def test_asking_the_same_too_twice_is_once(asker: User, rival: User, stat: Referral, elsewhere: Service) -> None:
    for _ in range(2):
        by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    assert Offer.unscoped.filter(case_id=stat.pk).count() == 2


def test_who_is_asked_beside_finds_it_above_the_list(
    asker: User, specialist: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    assert [row["priority"] for row in by(rival, asked_beside)["asked"]] == ["stat"]
    assert by(specialist, asked_beside) == {}, "theirs stands in the list itself"
    assert by(asker, asked_beside) == {}


def test_once_one_has_accepted_nobody_is_asked_beside(
    asker: User, specialist: User, rival: User, stat: Referral, elsewhere: Service
) -> None:
    by(asker, also_ask, case_id=stat.pk, service_id=elsewhere.pk)
    by(specialist, accept, case_id=stat.pk)
    assert by(rival, asked_beside) == {}


# -- the sender disagrees ---------------------------------------------------------------------------------------------


def test_a_dispute_goes_to_the_lead_of_who_declined(
    specialist: User, lead: User, asker: User, referral: Referral
) -> None:  # fmt: skip
    no(specialist, referral)
    by(asker, dispute, case_id=referral.pk, reason="She will not live here.")
    case = stored(referral).case
    assert stored(referral).step == Step.SEEN
    assert (case.ball, case.ball_user_id) == (Ball.RESPONDER, lead.pk)
    assert running(referral) == [Leg.ACCEPTANCE]


def test_only_the_lead_accepts_what_is_disputed(specialist: User, lead: User, asker: User, referral: Referral) -> None:
    no(specialist, referral)
    by(asker, dispute, case_id=referral.pk, reason="She will not live here.")
    with pytest.raises(NotPermitted):
        by(specialist, accept, case_id=referral.pk)
    assert by(lead, accept, case_id=referral.pk).step == Step.ACCEPTED


def test_the_lead_may_decline_it_again(specialist: User, lead: User, asker: User, referral: Referral) -> None:
    no(specialist, referral)
    by(asker, dispute, case_id=referral.pk, reason="She will not live here.")
    assert no(lead, referral, reason=DeclineReason.LOCAL).step == Step.DECLINED


def test_a_decline_is_disputed_once(specialist: User, lead: User, asker: User, referral: Referral) -> None:
    no(specialist, referral)
    by(asker, dispute, case_id=referral.pk, reason="She will not live here.")
    no(lead, referral)
    with pytest.raises(NotPermitted):
        by(asker, dispute, case_id=referral.pk, reason="Still not.")


def test_the_same_dispute_twice_is_one(specialist: User, lead: User, asker: User, referral: Referral) -> None:
    no(specialist, referral)
    for _ in range(2):
        by(asker, dispute, case_id=referral.pk, reason="She will not live here.")
    assert stored(referral).dispute_reason == "She will not live here."


@pytest.mark.parametrize("reason", ["  ", "x" * 10_001], ids=["empty", "too long"])
def test_a_dispute_says_why(specialist: User, lead: User, asker: User, referral: Referral, reason: str) -> None:
    no(specialist, referral)
    with pytest.raises(InvalidInput) as wrong:
        by(asker, dispute, case_id=referral.pk, reason=reason)
    assert "reason" in wrong.value.fields


def test_without_a_lead_there_is_nobody_to_look_again(specialist: User, asker: User, referral: Referral) -> None:
    no(specialist, referral)
    with pytest.raises(WrongStep):
        by(asker, dispute, case_id=referral.pk, reason="She will not live here.")


def test_another_lead_than_who_declined_looks(lead: User, asker: User, referral: Referral) -> None:
    by(lead, decline, case_id=referral.pk, reason=DeclineReason.NO_BED)
    by(asker, dispute, case_id=referral.pk, reason="She will not live here.")
    assert stored(referral).case.ball_user_id == lead.pk, "the only lead looks at their own decline"


# -- whom one may ask -------------------------------------------------------------------------------------------------


def test_who_was_named_stands_first(
    specialist: User, asker: User, rival: User, other_service: Service, referral: Referral, elsewhere: Service
) -> None:
    no(specialist, referral, service_id=elsewhere.pk)
    choices = by(asker, lambda actor: place_choices(stored(referral)))
    assert choices[0][0] == str(elsewhere.pk)
    assert "named by who declined" in choices[0][1]


def test_who_has_declined_stands_last_and_says_so(
    specialist: User, asker: User, referral: Referral, service: Service, elsewhere: Service, other_service: Service
) -> None:
    no(specialist, referral)
    choices = by(asker, lambda actor: place_choices(stored(referral)))
    assert choices[-1][0] == str(service.pk) and "has declined it" in choices[-1][1]
    assert not any("has declined it" in words for _service_id, words in choices[:-1])


def test_who_is_asked_now_is_not_offered(asker: User, referral: Referral, service: Service) -> None:
    choices = by(asker, lambda actor: place_choices(stored(referral)))
    assert str(service.pk) not in dict(choices)


def test_the_next_place_is_ranked_as_the_first_one_was(
    asker: User, referral: Referral, elsewhere: Service, other_service: Service
) -> None:
    """The respiratory service of another hospital before the cardiologists of this one, each with its reasons."""
    Case.unscoped.filter(pk=referral.pk).update(symptom=Symptom.COUGH)
    choices = by(asker, lambda actor: place_choices(stored(referral)))
    ranked = by(asker, lambda actor: places(Need.of_referral(stored(referral))))
    assert [service_id for service_id, _words in choices] == [
        str(place.service.pk) for place in ranked if place.service.pk != referral.case.service_id
    ]
    assert "for Cough" in dict(choices)[str(elsewhere.pk)]


def test_a_lower_hospital_is_offered_once_it_was_named(
    asker: User, specialist: User, referral: Referral, respiratory: Specialty, region: Region
) -> None:
    Institution.objects.filter(pk=referral.case.asking_institution_id).update(tier=Tier.DISTRICT)
    near = make_service(make_institution("Plum Centre", tier=Tier.COMMUNITY, region=region), respiratory)
    assert str(near.pk) not in dict(by(asker, lambda actor: place_choices(stored(referral))))
    no(specialist, referral, service_id=near.pk)
    assert by(asker, lambda actor: place_choices(stored(referral)))[0][0] == str(near.pk)


def test_a_child_on_its_way_home_is_offered_to_centres_as_they_match(
    asker: User, specialist: User, patient: Patient, service: Service, community: Institution, respiratory: Specialty,
    region: Region,
) -> None:  # fmt: skip
    centre = make_service(community, respiratory)
    other = make_service(make_institution("Plum Centre", tier=Tier.COMMUNITY, region=region), respiratory)
    back = sent_back(admitted(asker, specialist, patient, service), specialist, centre)
    choices = by(specialist, lambda actor: place_choices(referral_for(back.pk)))
    assert [service_id for service_id, _words in choices] == [str(other.pk)]
    assert "same region" in choices[0][1]


def test_the_choice_takes_as_many_queries_for_many_as_for_one(
    asker: User, referral: Referral, respiratory: Specialty, region: Region
) -> None:
    def counted() -> int:
        row = by(asker, lambda actor: referral_for(referral.pk))
        with CaptureQueriesContext(connection) as asked:
            by(asker, lambda actor: place_choices(row))
        return len(asked)

    make_service(make_institution("One", tier=Tier.TERTIARY, region=region), respiratory)
    first = counted()
    for name in ("Two", "Three"):
        make_service(make_institution(name, tier=Tier.TERTIARY, region=region), respiratory)
    assert counted() == first
