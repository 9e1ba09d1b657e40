"""Answers rated blind: the draw, who rates, the look that ends with the rating, who sees what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from consortium.casework.models import Case, Service, ServiceMember
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, database_rules
from consortium.patients.models import PathwayMember, Patient
from consortium.patients.states import ConsentStatus
from consortium.people.models import Institution, Membership, Specialty, User
from consortium.people.states import Role
from consultations import operations
from consultations.models import Answer, Consultation, Opinion, Review, ReviewPlan, ReviewRound
from consultations.operations import Advice
from consultations.operations.reviewing import (
    draw_rounds,
    drawn,
    month_before,
    name_rater,
    signed_in,
)
from consultations.queries.rating import candidates, fitting_raters, lot
from consultations.queries.reviews import (
    blind_case,
    line_of,
    open_review_of,
)
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.consultations.rated import knows, newest, opened, pathway_of, rate, tended
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_consent, make_pathway_member
from tests.factories.people import make_staff

MONTH = timedelta(days=32)


# -- the draw, as arithmetic

IDS = [UUID(int=n) for n in range(1, 41)]


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(IDS, seed="a", percent=10) == drawn(list(reversed(IDS)), seed="a", percent=10)


def test_another_seed_draws_others() -> None:
    assert drawn(IDS, seed="a", percent=10) != drawn(IDS, seed="b", percent=10)


@pytest.mark.parametrize(("percent", "many"), [(0, 0), (1, 1), (10, 4), (11, 5), (100, 40)])
def test_a_share_is_rounded_up(percent: int, many: int) -> None:
    assert len(drawn(IDS, seed="a", percent=percent)) == many


def test_nothing_is_drawn_from_nothing() -> None:
    assert drawn([], seed="a", percent=10) == []


def test_every_answer_has_its_chance() -> None:
    chosen = {each for n in range(60) for each in drawn(IDS, seed=str(n), percent=10)}
    assert chosen == set(IDS)


def test_a_lot_hangs_on_seed_and_id() -> None:
    assert len({lot("a", IDS[0]), lot("a", IDS[1]), lot("b", IDS[0])}) == 3


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 1, 1), date(2025, 12, 1)),
        (date(2026, 3, 31), date(2026, 2, 1)),
        (date(2028, 3, 1), date(2028, 2, 1)),
    ],
)
def test_the_month_before(day: date, before: date) -> None:
    assert month_before(day) == before


# -- the draw of a month


def test_a_round_says_how_many_were_signed_and_drawn(review: Review) -> None:
    made = review.round
    assert (made.signed, made.drawn, made.percent, made.month) == (1, 1, 10, clock.today().replace(day=1))


def test_the_round_can_be_drawn_again_from_its_seed(review: Review, service: Service) -> None:
    made = review.round
    with acting_as(system("test")):
        ids = signed_in(service.pk, made.month)
    assert drawn(ids, seed=made.seed, percent=made.percent) == [review.answer_id]


def test_a_month_is_drawn_once(review: Review) -> None:
    tended()
    assert ReviewRound.objects.count() == 1


def test_a_second_draw_at_once_finds_the_first(review: Review, service: Service) -> None:
    from consultations.operations.reviewing import _draw

    with acting_as(system("test")) as actor:
        assert _draw(actor, service, review.round.month) is False


def test_this_month_is_not_drawn_yet(made: Consultation) -> None:
    with acting_as(system("test")) as actor:
        draw_rounds(actor=actor)
    assert not Review.unscoped.exists()


def test_the_draw_is_an_entry_with_its_seed(review: Review) -> None:
    assert Entry.unscoped.get(verb="draw_reviews").facts["seed"] == review.round.seed


def test_a_corrected_answer_is_not_drawn(made: Consultation, specialist: User, service: Service) -> None:
    by(specialist, operations.correct_answer, case_id=made.pk, advice=Advice("Croup.", "Less."), reason="Dose")
    with acting_as(system("test")):
        ids = signed_in(service.pk, clock.today().replace(day=1))
    assert ids == [Answer.unscoped.get(number=2).pk]


def test_an_error_is_not_drawn(made: Consultation, asker: User, service: Service) -> None:
    by(asker, operations.enter_in_error, case_id=made.pk, reason="wrong_child")
    with acting_as(system("test")):
        assert signed_in(service.pk, clock.today().replace(day=1)) == []


def test_an_answer_is_rated_once_whatever_is_drawn(review: Review) -> None:
    from consultations.operations.reviewing import _add

    with acting_as(system("test")):
        _add(review.round, review.answer_id)
    assert Review.unscoped.count() == 1


def test_a_share_of_nothing_draws_nothing(made: Consultation, service: Service) -> None:
    ReviewPlan.objects.create(service=service, percent=0)
    tended()
    assert (ReviewRound.objects.get().drawn, Review.unscoped.count()) == (0, 0)


# -- who rates


def test_a_colleague_who_neither_answered_nor_asked_rates(review: Review, other_specialist: User) -> None:
    assert review.rater == other_specialist


def test_nobody_else_there_leaves_it_open(made: Consultation) -> None:
    tended()
    assert newest().rater is None


def test_it_is_given_once_somebody_can(made: Consultation, hospital: Institution, service: Service) -> None:
    tended()
    late = make_staff("late", hospital, Role.SPECIALIST)
    make_service_member(service, late)
    tended()
    assert newest().rater == late


def test_the_same_specialty_elsewhere_rates_where_nobody_is_left(
    made: Consultation, district: Institution, respiratory: Specialty
) -> None:
    far = make_staff("far", district, Role.SPECIALIST)
    make_service_member(make_service(district, respiratory), far)
    tended()
    assert newest().rater == far


def test_who_gave_an_opinion_does_not_rate(
    made: Consultation, specialist: User, other_specialist: User, lead: User, service: Service
) -> None:
    Opinion.unscoped.create(
        case=made.case, specialist=other_specialist, asked_by=specialist, question="?", service=service,
        asked_at=clock.now(), created_by=specialist,
    )  # fmt: skip
    tended()
    assert newest().rater == lead


def test_who_knows_the_child_by_this_pathway_does_not_rate(
    made: Consultation, hospital: Institution, other_specialist: User, lead: User
) -> None:
    make_pathway_member(pathway_of(made.case_id), hospital, other_specialist)
    tended()
    assert newest().rater == lead


def test_who_has_least_to_rate_comes_first(review: Review, other_specialist: User, lead: User) -> None:
    with acting_as(system("test")):
        assert candidates(review) == [lead.pk, other_specialist.pk]


def test_who_can_no_longer_act_gives_it_back(review: Review, other_specialist: User, lead: User) -> None:
    Membership.unscoped.filter(user=other_specialist).update(ends_on=clock.today() - timedelta(days=1))
    tended()
    assert newest().rater == lead


def test_who_left_the_service_gives_it_back(review: Review, other_specialist: User) -> None:
    ServiceMember.objects.filter(user=other_specialist).update(left_at=clock.now())
    tended()
    assert (newest().rater, newest().assigned_at) == (None, None)


def test_what_is_given_to_somebody_is_not_given_again(review: Review) -> None:
    from consultations.operations.reviewing import _give, _release_one, _remind_one

    with acting_as(system("test")) as actor:
        assert (_give(actor, review.pk), _release_one(actor, review.pk)) == (False, False)
        Review.unscoped.update(reminded_at=clock.now())
        assert _remind_one(actor, review.pk) is False


def test_after_two_weeks_the_rater_is_reminded_once(review: Review) -> None:
    tended(47)
    tended(48)
    assert Entry.unscoped.filter(verb="remind_review").count() == 1


def test_the_lead_names_another(review: Review, lead: User, service: Service, hospital: Institution) -> None:
    third = make_staff("third", hospital, Role.SPECIALIST)
    make_service_member(service, third)
    done = by(lead, name_rater, review_id=review.pk, rater_id=third.pk)
    assert (done.rater_id, done.joined_at) == (third.pk, None)


def test_the_look_of_the_one_before_ends(
    review: Review, lead: User, other_specialist: User, service: Service, hospital: Institution, patient: Patient
) -> None:
    third = make_staff("third", hospital, Role.SPECIALIST)
    make_service_member(service, third)
    opened(other_specialist, review)
    by(lead, name_rater, review_id=review.pk, rater_id=third.pk)
    assert not knows(other_specialist, patient)


def test_naming_the_same_again_changes_nothing(review: Review, lead: User, other_specialist: User) -> None:
    before = review.assigned_at
    assert by(lead, name_rater, review_id=review.pk, rater_id=other_specialist.pk).assigned_at == before


def test_who_answered_is_not_named(review: Review, lead: User, specialist: User) -> None:
    with pytest.raises(InvalidInput, match="neither answered nor asked"):
        by(lead, name_rater, review_id=review.pk, rater_id=specialist.pk)


def test_only_the_lead_names(review: Review, other_specialist: User, lead: User) -> None:
    with pytest.raises(NotPermitted):
        by(other_specialist, name_rater, review_id=review.pk, rater_id=lead.pk)


def test_the_choice_shows_names(review: Review, lead: User) -> None:
    with acting_as(actor_for(lead)):
        assert (str(lead.pk), lead.full_name) in fitting_raters(review)


# -- the look


def test_before_opening_it_the_rater_knows_nothing(review: Review, other_specialist: User, patient: Patient) -> None:
    assert not knows(other_specialist, patient)


def test_opening_it_shows_the_case(review: Review, other_specialist: User, patient: Patient) -> None:
    opened(other_specialist, review)
    assert knows(other_specialist, patient)


def test_opening_it_twice_joins_once(review: Review, other_specialist: User) -> None:
    for _ in range(2):
        opened(other_specialist, review)
    assert Entry.unscoped.filter(verb="join", facts__user=str(other_specialist.pk)).count() == 1


def test_the_look_ends_by_itself(review: Review, other_specialist: User, patient: Patient) -> None:
    opened(other_specialist, review)
    with clock.moved(timedelta(days=15)):
        assert not knows(other_specialist, patient)


def test_the_look_ends_with_the_rating(review: Review, other_specialist: User, patient: Patient) -> None:
    opened(other_specialist, review)
    rate(other_specialist, review)
    assert not knows(other_specialist, patient)


def test_also_where_the_pathway_was_closed_long_ago(review: Review, other_specialist: User, patient: Patient) -> None:
    PathwayMember.unscoped.update(ends_at=clock.now() - timedelta(days=1))
    opened(other_specialist, review)
    assert knows(other_specialist, patient)


def test_who_takes_part_already_keeps_their_look(
    review: Review, other_specialist: User, patient: Patient, hospital: Institution
) -> None:
    make_pathway_member(pathway_of(review.case_id), hospital, other_specialist)
    assert opened(other_specialist, review).joined_at is None
    rate(other_specialist, review)
    assert knows(other_specialist, patient)


def test_who_answers_a_case_of_the_pathway_meanwhile_keeps_it(
    review: Review, other_specialist: User, patient: Patient
) -> None:
    opened(other_specialist, review)
    Case.unscoped.filter(pk=review.case_id).update(responder=other_specialist)
    rate(other_specialist, review)
    assert knows(other_specialist, patient)


def test_nothing_is_opened_against_the_guardians_will(
    review: Review, other_specialist: User, patient: Patient, asker: User
) -> None:
    make_consent(patient, asker, status=ConsentStatus.INACTIVE)
    with pytest.raises(NotPermitted, match="guardian"):
        opened(other_specialist, review)


@pytest.mark.parametrize("who", ["specialist", "asker", "lead"])
def test_nobody_else_opens_it(review: Review, request: pytest.FixtureRequest, who: str) -> None:
    with pytest.raises(NotVisible):
        opened(request.getfixturevalue(who), review)


def test_a_rater_who_lost_the_seat_opens_nothing(review: Review, other_specialist: User) -> None:
    Membership.unscoped.filter(user=other_specialist).update(role=Role.PHARMACIST)
    with pytest.raises(NotPermitted):
        opened(other_specialist, review)


def test_what_the_rater_reads_names_nobody(
    review: Review, other_specialist: User, asker: User, specialist: User, patient: Patient
) -> None:
    opened(other_specialist, review)
    actor = actor_for(other_specialist)
    with acting_as(actor):
        told = str(vars(blind_case(actor, review))) + str(blind_case(actor, review).advice) + str(line_of(review))
    assert not any(name in told for name in (asker.full_name, specialist.full_name, patient.name))


def test_the_rater_reads_what_was_said_before_the_answer(
    made: Consultation, asker: User, specialist: User, other_specialist: User
) -> None:
    from consortium.casework.operations import post_message

    by(asker, post_message, case_id=made.pk, text="And now?")
    tended()
    actor = actor_for(other_specialist)
    with acting_as(actor):
        blind = blind_case(actor, newest())
    assert (blind.said, [label for label, _text in blind.parts]) == ([], ["Situation"])


def test_the_page_of_the_case_leads_the_rater_to_the_blind_one(
    review: Review, other_specialist: User, specialist: User, asker: User
) -> None:
    def leads(user: User) -> Any:
        actor = actor_for(user)
        with acting_as(actor):
            return open_review_of(actor, review.case)

    assert (leads(other_specialist), leads(specialist), leads(asker)) == (review.pk, None, None)


# -- what the database holds


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"information": 3}, "one to five"), ({"rated_at": clock.now()}, "one to five"),
        ({"concern": True}, "afraid of"),
    ],
)  # fmt: skip
def test_the_database_refuses_half_a_rating(review: Review, fields: Any, words: str) -> None:
    with pytest.raises(DomainError, match=words), database_rules(), transaction.atomic():
        Review.unscoped.update(**fields)


@pytest.mark.parametrize("who", ["specialist", "asker"])
def test_the_database_refuses_a_rater_who_took_part(review: Review, request: pytest.FixtureRequest, who: str) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(DomainError, match="neither gave it nor asked"), database_rules(), transaction.atomic():
        Review.unscoped.update(rater=user)


def test_the_database_refuses_a_month_twice(review: Review) -> None:
    again = review.round
    again.pk = uuid4()
    with pytest.raises(DomainError, match="drawn already"), database_rules(), transaction.atomic():
        again.save(force_insert=True)


def test_the_database_refuses_more_than_all(service: Service) -> None:
    with pytest.raises(DomainError, match="between 0 and 100"), database_rules(), transaction.atomic():
        ReviewPlan.objects.create(service=service, percent=101)
