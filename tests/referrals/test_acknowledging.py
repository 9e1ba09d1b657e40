"""The sender acknowledges: how useful, how near their diagnosis, in time or not, and what they take from it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from consortium.casework.models import Service
from consortium.casework.states import Ball, Leg
from consortium.journal.models import Entry
from consortium.kernel.errors import InvalidInput, NotPermitted, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Acknowledgement, Referral
from referrals.operations.outcomes import acknowledge, correct_outcome
from referrals.states import Appropriateness, Concordance, Step
from tests.cast import client_for
from tests.consultations.cases import by
from tests.referrals.cared import ended_at, ending, fresh, holder, running, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent_home(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return told(asker, specialist, patient, service)


def said(user: User, referral: Referral, **fields: Any) -> None:
    plain = {"usefulness": 5, "concordance": Concordance.SAME, "learnt": " Give steroids at once. "}
    by(user, acknowledge, case_id=referral.pk, **{**plain, **fields})


def test_what_the_sender_says_is_kept(sent_home: Referral, asker: User) -> None:
    said(asker, sent_home, appropriateness=Appropriateness.TOO_LATE)
    kept = Acknowledgement.unscoped.get(case_id=sent_home.pk)
    assert (kept.usefulness, kept.concordance, kept.appropriateness) == (5, "same", "too_late")
    assert (kept.learnt, kept.by_id) == ("Give steroids at once.", asker.pk)


def test_the_coordinator_who_wrote_it_down_compares_no_diagnoses(
    sent_home: Referral, asker: User, coordinator: User
) -> None:
    Referral.unscoped.filter(pk=sent_home.pk).update(recorded_by=coordinator)
    url = reverse("referrals:act", args=[sent_home.pk, "acknowledge"])
    pages = [client_for(user).get(url) for user in (asker, coordinator)]
    assert [page.status_code for page in pages] == [200, 200]
    assert ["Final diagnosis" in page.content.decode() for page in pages] == [True, False]


@pytest.mark.parametrize("fields", [{}, {"usefulness": "5", "concordance": "same"}])
def test_who_may_not_acknowledge_reads_nothing_by_sending_the_form(
    sent_home: Referral, specialist: User, fields: dict[str, str]
) -> None:
    """Whether it is filled in or empty."""
    answer = client_for(specialist).post(reverse("referrals:act", args=[sent_home.pk, "acknowledge"]), fields)
    assert (answer.status_code, "Final diagnosis" in answer.content.decode()) == (403, False)


def test_the_loop_is_closed(sent_home: Referral, asker: User) -> None:
    said(asker, sent_home)
    closed = fresh(sent_home)
    assert (closed.step, closed.case.is_open, closed.case.ball) == (Step.CLOSED, False, Ball.NONE)
    assert running(sent_home) == []


def test_the_pathway_begins_to_end(sent_home: Referral, asker: User) -> None:
    said(asker, sent_home)
    assert ended_at(sent_home) is not None


def test_what_is_private_stands_in_no_journal(sent_home: Referral, asker: User) -> None:
    said(asker, sent_home)
    entry = Entry.unscoped.get(verb="acknowledge")
    assert ("steroids" in f"{entry.facts}{entry.payload}", entry.sealed) == (False, None)
    assert entry.facts["concordance"] == Concordance.SAME


def test_a_colleague_of_the_sender_may(sent_home: Referral, colleague: User) -> None:
    said(colleague, sent_home)
    assert fresh(sent_home).step == Step.CLOSED


def test_the_hospital_does_not_acknowledge_itself(sent_home: Referral, specialist: User) -> None:
    with pytest.raises(NotPermitted):
        said(specialist, sent_home)


def test_a_nurse_does_not(sent_home: Referral, nurse: User) -> None:
    with pytest.raises(NotPermitted):
        said(nurse, sent_home)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"usefulness": 0}, "usefulness"),
        ({"usefulness": 6}, "usefulness"),
        ({"concordance": ""}, "concordance"),
        ({"appropriateness": "perhaps"}, "appropriateness"),
        ({"learnt": "x" * 10_001}, "learnt"),
    ],
)
def test_what_is_wrong_is_named(sent_home: Referral, asker: User, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidInput) as error:
        said(asker, sent_home, **fields)
    assert list(error.value.fields) == [wrong]


def test_nobody_acknowledges_twice(sent_home: Referral, asker: User) -> None:
    said(asker, sent_home)
    with pytest.raises(WrongStep):
        said(asker, sent_home)


def test_a_correction_is_acknowledged_anew(sent_home: Referral, asker: User, specialist: User) -> None:
    said(asker, sent_home)
    by(specialist, correct_outcome, case_id=sent_home.pk, ending=ending(), reason="The other ear.")
    opened = fresh(sent_home)
    assert (opened.step, opened.case.is_open) == (Step.OUTCOME_SENT, True)
    assert (running(sent_home), holder(sent_home)) == ([Leg.ACKNOWLEDGEMENT], (Ball.ASKER, asker.pk))
    assert ended_at(sent_home) is None
    said(asker, sent_home, usefulness=3)
    assert sorted(Acknowledgement.unscoped.values_list("usefulness", flat=True)) == [3, 5]


def test_a_correction_before_it_was_read_starts_the_clock_anew(sent_home: Referral, specialist: User) -> None:
    before = fresh(sent_home).case.due_at
    by(specialist, correct_outcome, case_id=sent_home.pk, ending=ending(), reason="The other ear.")
    assert running(sent_home) == [Leg.ACKNOWLEDGEMENT]
    assert fresh(sent_home).case.due_at > before
