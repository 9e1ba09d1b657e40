"""A rating: what it holds, who is told, who sees it, how many there are, and one's own answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Service
from consortium.journal.models import Entry
from consortium.kernel.actors import ANONYMOUS, acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, StaleVersion
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from consultations import events, operations
from consultations.models import Consultation, Review
from consultations.operations.reviewing import (
    percent_of,
    plan_reviews,
)
from consultations.queries.own_answers import comparison, outcome_counts, own_answers
from consultations.queries.reviews import (
    distribution,
    review_for,
    reviews_panel,
    reviews_to_give,
    rounds_of,
    sample_of,
    services_led,
)
from consultations.receivers import rating
from tests.cast import actor_for
from tests.consultations.cases import answered, by
from tests.consultations.rated import opened, rate
from tests.factories.cases import make_service_member
from tests.factories.people import make_staff

MONTH = timedelta(days=32)


# -- the rating


def test_both_scores_are_kept(review: Review, other_specialist: User) -> None:
    done = rate(other_specialist, review, note=" Clear. ")
    assert (done.information, done.quality, done.note, done.rated_at is not None) == (3, 4, "Clear.", True)


def test_rating_twice_is_once(review: Review, other_specialist: User) -> None:
    rate(other_specialist, review)
    assert rate(other_specialist, review, quality=1).quality == 4


def test_a_rated_one_is_not_opened_again(review: Review, other_specialist: User) -> None:
    rate(other_specialist, review)
    with pytest.raises(NotPermitted, match="has been rated"):
        opened(other_specialist, review)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"quality": 0}, "quality"), ({"information": 6}, "information"), ({"concern": True}, "note"),
        ({"note": "x" * 2001}, "note"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(review: Review, other_specialist: User, words: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rate(other_specialist, review, **words)
    assert list(refused.value.fields) == [field]


def test_the_words_are_sealed_in_the_journal(review: Review, other_specialist: User) -> None:
    rate(other_specialist, review, note="Too little fluid.")
    entry = Entry.unscoped.get(verb="rate_answer")
    assert ("fluid" in str(entry.facts), bool(entry.sealed)) == (False, True)


def heard(receiver: Any, event: Any) -> dict[str, list[str]]:
    with acting_as(system("test")):
        receiver(Entry.unscoped.order_by("-id")[0].pk, event)
    told: dict[str, list[str]] = {}
    for notice in Notice.unscoped.filter(kind__contains="rat").order_by("kind").select_related("recipient"):
        told.setdefault(notice.recipient.username, []).append(notice.kind.removeprefix("consultation."))
    return told


def test_the_rater_is_told(review: Review, other_specialist: User) -> None:
    assert heard(rating.tell_rater, events.AnswerToRate(review.pk, other_specialist.pk)) == {
        "other_specialist": ["to_rate"]
    }


def test_who_answered_is_told_that_it_was_rated(review: Review, other_specialist: User, lead: User) -> None:
    rate(other_specialist, review)
    assert heard(rating.tell_answerer, events.AnswerRated(review.pk, review.case_id, False)) == {
        "specialist": ["rated"]
    }


def test_a_fear_of_harm_reaches_the_leads(review: Review, other_specialist: User, lead: User) -> None:
    rate(other_specialist, review, concern=True, note="The dose.")
    told = heard(rating.tell_answerer, events.AnswerRated(review.pk, review.case_id, True))
    assert told == {"specialist": ["rated"], "lead": ["rating_concern"]}


def test_of_a_late_one_rater_and_leads_hear(review: Review, other_specialist: User, lead: User) -> None:
    told = heard(rating.tell_of_lateness, events.RatingLate(review.pk, other_specialist.pk))
    assert told == {"other_specialist": ["to_rate_late"], "lead": ["rating_late"]}


# -- who sees scores


def sees(user: User) -> int:
    with acting_as(actor_for(user)):
        return int(Review.objects.count())


def test_who_answered_sees_it_once_it_is_rated(review: Review, specialist: User, other_specialist: User) -> None:
    before = sees(specialist)
    rate(other_specialist, review)
    assert (before, sees(specialist)) == (0, 1)


@pytest.mark.parametrize(
    ("who", "many"), [("lead", 1), ("asker", 0), ("coordinator", 0), ("manager", 0), ("stranger", 0)]
)
def test_nobody_but_the_leads_sees_scores_of_others(
    review: Review, other_specialist: User, request: pytest.FixtureRequest, who: str, many: int
) -> None:
    user = request.getfixturevalue(who)
    rate(other_specialist, review)
    assert sees(user) == many


def test_a_lead_of_another_service_sees_none(
    review: Review, hospital: Institution, other_service: Service, other_specialist: User
) -> None:
    other = make_staff("other_lead", hospital, Role.SERVICE_LEAD)
    make_service_member(other_service, other, is_lead=True)
    rate(other_specialist, review)
    assert sees(other) == 0


def test_a_visitor_sees_none(review: Review) -> None:
    with acting_as(ANONYMOUS):
        assert not Review.objects.exists()


def test_the_raters_list(review: Review, other_specialist: User) -> None:
    actor = actor_for(other_specialist)
    with acting_as(actor):
        assert reviews_to_give(actor) == [review]
        assert review_for(review.pk) == review
        assert reviews_panel(actor) == {"template": "consultations/review_panel.html", "count": 1}


def test_no_card_without_anything_to_rate(review: Review, specialist: User, asker: User) -> None:
    for user in (specialist, asker):
        actor = actor_for(user)
        with acting_as(actor):
            assert reviews_panel(actor) is None


def test_the_leads_sample(review: Review, lead: User, service: Service, other_specialist: User) -> None:
    rate(other_specialist, review)
    actor = actor_for(lead)
    with acting_as(actor):
        assert services_led(actor) == [service]
        (made,) = rounds_of(service.pk)
        sample = sample_of(made)
    spread = distribution(sample)
    assert [each["count"] for each in spread["quality"]] == [0, 0, 0, 1, 0]
    assert [each["percent"] for each in spread["information"]] == [0, 0, 100, 0, 0]


def test_who_leads_nothing_has_no_sample(specialist: User) -> None:
    actor = actor_for(specialist)
    with acting_as(actor):
        assert services_led(actor) == []


# -- the share


def test_the_share_is_the_setting_until_it_is_chosen(service: Service, lead: User, settings: Any) -> None:
    settings.REVIEW_PERCENT = 7
    before = percent_of(service.pk)
    by(lead, plan_reviews, service_id=service.pk, percent=25)
    assert (before, percent_of(service.pk)) == (7, 25)


def test_the_share_is_changed_again(service: Service, lead: User) -> None:
    by(lead, plan_reviews, service_id=service.pk, percent=25)
    assert by(lead, plan_reviews, service_id=service.pk, percent=30, version=1).version == 2


def test_a_stale_share_is_refused(service: Service, lead: User) -> None:
    by(lead, plan_reviews, service_id=service.pk, percent=25)
    with pytest.raises(StaleVersion):
        by(lead, plan_reviews, service_id=service.pk, percent=30, version=7)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_that_is_none_is_refused(service: Service, lead: User, percent: int) -> None:
    with pytest.raises(InvalidInput, match="between 0 and 100"):
        by(lead, plan_reviews, service_id=service.pk, percent=percent)


def test_only_leads_choose_it(service: Service, specialist: User) -> None:
    with pytest.raises(NotPermitted, match="service lead"):
        by(specialist, plan_reviews, service_id=service.pk, percent=20)


# -- one's own answers


def own(user: User) -> list[dict[str, Any]]:
    actor = actor_for(user)
    with acting_as(actor):
        return own_answers(actor).items


def test_ones_own_answers_with_what_became_of_them(
    made: Consultation, asker: User, specialist: User, patient: Patient
) -> None:
    from consultations.operations.following import tell_outcome

    by(asker, operations.close_out, case_id=made.pk, change="treatment", referral_avoided=True, usefulness=5)
    by(asker, tell_outcome, case_id=made.pk, outcome="improved", advice_fit="partly", diagnosis="Croup")
    (row,) = own(specialist)
    assert (row["usefulness"], str(row["outcome"]["label"]), row["outcome"]["diagnosis"]) == (5, "Better", "Croup")
    assert patient.name not in str(row)
    actor = actor_for(specialist)
    with acting_as(actor):
        (counted,) = outcome_counts(actor)
    assert (counted["code"], counted["n"], counted["tone"]) == ("improved", 1, "green")


def test_what_others_answered_is_not_ones_own(made: Consultation, other_specialist: User) -> None:
    assert own(other_specialist) == []


def test_the_panels_scores_stand_beside_it(review: Review, specialist: User, other_specialist: User) -> None:
    rate(other_specialist, review, note="Clear.")
    (row,) = own(specialist)
    assert (row["information"], row["quality"], row["remark"]) == (3, 4, "Clear.")


def test_ones_means_beside_the_published_ones(review: Review, specialist: User, other_specialist: User) -> None:
    rate(other_specialist, review)
    actor = actor_for(specialist)
    with acting_as(actor):
        told = comparison(actor)
    assert told["quality"] == {"mine": 4.0, "n": 1, "others": None, "others_n": 0, "published": 3.3}
    assert (told["information"]["published"], told["usefulness"]["mine"]) == (2.8, None)


def test_colleagues_are_shown_from_five_on(
    made: Consultation, asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    for _ in range(5):
        other = answered(asker, other_specialist, patient, service)
        by(asker, operations.close_out, case_id=other.pk, change="nothing", referral_avoided=False, usefulness=2)
    actor = actor_for(specialist)
    with acting_as(actor):
        told = comparison(actor)["usefulness"]
    assert (told["others"], told["others_n"]) == (2.0, 5)
