"""Whom one has referred: on their way or over, what became of each, what to learn."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.casework.models import Case, Service
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import PathwayMember, Patient, RecordNumber
from consortium.people.models import Institution, User
from referrals.models import Referral
from referrals.operations.cancelling import withdraw
from referrals.operations.outcomes import acknowledge
from referrals.queries.mine import own_referrals, referred_panel
from tests.cast import actor_for, client_for
from tests.consultations.cases import by
from tests.factories.patients import make_patient
from tests.referrals.cared import told
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db


def rows(user: User, *, is_open: bool = True, **more: Any) -> list[dict[str, Any]]:
    actor = actor_for(user)
    with acting_as(actor):
        return own_referrals(actor, is_open=is_open, **more).items


@pytest.fixture
def learned(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    """Cared for, the outcome acknowledged: over."""
    made = told(asker, specialist, patient, service)
    by(asker, acknowledge, case_id=made.pk, usefulness=5, concordance="same", learnt="Dexamethasone sooner.")
    return made


def test_a_child_on_its_way_stands_with_its_place_and_step(asker: User, patient: Patient, service: Service) -> None:
    made = sent(asker, patient, service)
    row = rows(asker)[0]
    assert (row["id"], row["step"], row["priority"], row["is_open"]) == (made.pk, "Sent", "urgent", True)
    assert service.institution.name_en in row["where"]
    assert patient.name in row["who"]
    assert rows(asker, is_open=False) == []


def test_nobody_elses_stand_there(
    asker: User, colleague: User, specialist: User, patient: Patient, service: Service
) -> None:
    sent(asker, patient, service)
    assert rows(colleague) == []
    assert rows(specialist) == []


def test_a_draft_and_an_error_stand_nowhere(asker: User, patient: Patient, service: Service) -> None:
    made = sent(asker, patient, service)
    Case.unscoped.filter(pk=made.pk).update(entered_in_error_at=clock.now())
    assert rows(asker) == []


def test_an_outcome_waits_to_be_acknowledged(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    told(asker, specialist, patient, service)
    row = rows(asker)[0]
    assert (row["to_acknowledge"], row["outcome"]["diagnosis"], row["outcome"]["concordance"]) == (
        True, "Croup", "",
    )  # fmt: skip


def test_what_there_is_to_learn_is_told(learned: Referral, asker: User) -> None:
    learned_of = rows(asker, is_open=False)[0]["outcome"]
    assert (learned_of["to_sender"], learned_of["learnt"], learned_of["concordance"]) == (
        "Well timed.", "Dexamethasone sooner.", "The same",
    )  # fmt: skip
    assert (learned_of["timing"], learned_of["destination"]) == ("At the right time", "Home")


def test_ones_own_diagnosis_stands_beside_it(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = told(asker, specialist, patient, service)
    Referral.unscoped.filter(pk=made.pk).update(working_diagnosis="Foreign body", diagnosis_code="")
    assert rows(asker)[0]["outcome"]["mine"] == "Foreign body"


def test_why_it_ended_without_care_is_told(asker: User, patient: Patient, service: Service) -> None:
    made = sent(asker, patient, service)
    by(asker, withdraw, case_id=made.pk, reason="better")
    row = rows(asker, is_open=False)[0]
    assert (row["ended"], row["outcome"]) == ("The child is better", None)


def test_a_child_that_one_may_know_no_longer_has_no_name(
    asker: User, patient: Patient, service: Service, community: Institution
) -> None:
    sent(asker, patient, service)
    PathwayMember.unscoped.all().delete()
    RecordNumber.unscoped.all().delete()
    assert patient.name not in rows(asker)[0]["who"]


@pytest.mark.parametrize("count", [1, 3])
def test_three_queries_whatever_the_number(
    asker: User, service: Service, community: Institution, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        sent(asker, make_patient(community, f"Child {number}"), service)
    actor = actor_for(asker)
    with acting_as(actor), django_assert_num_queries(3):
        assert len(own_referrals(actor, is_open=True).items) == count


def test_the_newest_first_page_by_page(asker: User, service: Service, community: Institution) -> None:
    made = [sent(asker, make_patient(community, f"Child {number}"), service).pk for number in range(3)]
    actor = actor_for(asker)
    with acting_as(actor):
        first = own_referrals(actor, is_open=True, size=2)
        second = own_referrals(actor, is_open=True, size=2, after=first.next_cursor)
    assert [row["id"] for row in [*first.items, *second.items]] == made[::-1]
    assert (bool(first.next_cursor), second.next_cursor) == (True, "")


# --- the page and its way there


def test_the_page_shows_both_lists(learned: Referral, asker: User) -> None:
    client = client_for(asker)
    over = client.get("/referrals/mine/?tab=over").content.decode()
    assert "Well timed." in over
    assert "Croup" in over
    assert "Well timed." not in client.get("/referrals/mine/").content.decode()


@pytest.mark.parametrize(("tab", "words"), [("", "No child is on its way"), ("over", "No referral is over yet")])
def test_an_empty_list_says_what_will_stand_there(asker: User, tab: str, words: str) -> None:
    assert words in client_for(asker).get(f"/referrals/mine/?tab={tab}").content.decode()


def test_more_are_loaded_on(
    asker: User, service: Service, community: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        sent(asker, make_patient(community, f"Child {number}"), service)
    real = own_referrals
    monkeypatch.setattr("referrals.views.drafting.own_referrals", lambda *a, **k: real(*a, **k, size=1))
    assert "after=" in client_for(asker).get("/referrals/mine/").context["next_url"]


def test_the_worklist_leads_there_and_counts_what_waits(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    told(asker, specialist, patient, service)
    page = client_for(asker).get("/").content.decode()
    assert "/referrals/mine/" in page
    assert "1 outcome waits" in page


def test_who_refers_nobody_has_no_card(nurse: User) -> None:
    actor = actor_for(nurse)
    with acting_as(actor):
        assert referred_panel(actor) is None


def test_the_card_costs_one_query(asker: User, django_assert_num_queries: Any) -> None:
    actor = actor_for(asker)
    with acting_as(actor), django_assert_num_queries(1):
        assert referred_panel(actor) == {"template": "referrals/referred_panel.html", "waiting": 0}
