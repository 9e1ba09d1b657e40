"""Draft, clinical review, pharmacy review, approved: two people, neither of them the author."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from decision_manual import operations
from decision_manual.library import Pathway
from decision_manual.models import PathwayVersion, VersionState
from decision_manual.queries import pathways_shown
from tests.cast import actor_for
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(hospital: Institution) -> User:
    return make_staff("editor", hospital, Role.MANUAL_EDITOR)


@pytest.fixture
def reviewer(hospital: Institution) -> User:
    return make_staff("reviewer", hospital, Role.CLINICAL_REVIEWER)


@pytest.fixture
def pharmacist(hospital: Institution) -> User:
    return make_staff("pharmacist", hospital, Role.PHARMACIST)


def act(verb: str, user: User, version: PathwayVersion, **words: str) -> VersionState:
    actor = actor_for(user)
    with acting_as(actor):
        state: VersionState = getattr(operations, verb)(actor=actor, version_id=version.pk, **words)
    return state


@pytest.fixture
def in_review(cough_version: PathwayVersion, editor: User) -> PathwayVersion:
    act("send_to_review", editor, cough_version)
    return cough_version


@pytest.fixture
def at_pharmacy(in_review: PathwayVersion, reviewer: User) -> PathwayVersion:
    act("approve_clinically", reviewer, in_review)
    return in_review


def test_two_people_approve(at_pharmacy: PathwayVersion, reviewer: User, pharmacist: User) -> None:
    state = act("approve_doses", pharmacist, at_pharmacy)

    assert state.step == "approved"
    assert (state.clinician, state.pharmacist) == (reviewer, pharmacist)


def test_a_stranger_to_editing_sends_nothing_to_review(cough_version: PathwayVersion, asker: User) -> None:
    with pytest.raises(NotPermitted):
        act("send_to_review", asker, cough_version)


def test_a_pharmacist_is_no_clinical_reviewer(in_review: PathwayVersion, pharmacist: User) -> None:
    with pytest.raises(NotPermitted):
        act("approve_clinically", pharmacist, in_review)


def test_a_reviewer_is_no_pharmacist(at_pharmacy: PathwayVersion, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        act("approve_doses", make_staff("second", hospital, Role.CLINICAL_REVIEWER), at_pharmacy)


def test_doses_are_not_approved_before_the_clinician_has(in_review: PathwayVersion, pharmacist: User) -> None:
    with pytest.raises(WrongStep):
        act("approve_doses", pharmacist, in_review)


def test_one_person_with_both_seats_is_still_one(in_review: PathwayVersion, hospital: Institution) -> None:
    both = make_staff("both", hospital, Role.CLINICAL_REVIEWER, Role.PHARMACIST)
    act("approve_clinically", both, in_review)

    with pytest.raises(NotPermitted, match="Two different people"):
        act("approve_doses", both, in_review)


@pytest.fixture
def own_version(cough: Pathway, hospital: Institution) -> tuple[User, PathwayVersion]:
    author = make_staff("author", hospital, Role.MANUAL_EDITOR, Role.CLINICAL_REVIEWER, Role.PHARMACIST)
    actor = actor_for(author)
    with acting_as(actor):
        version = operations.add_version(actor=actor, pathway=cough)
    act("send_to_review", author, version)
    return author, version


def test_the_author_does_not_approve_as_a_clinician(own_version: tuple[User, PathwayVersion]) -> None:
    author, version = own_version

    with pytest.raises(NotPermitted, match="what they wrote"):
        act("approve_clinically", author, version)


def test_the_author_does_not_approve_as_a_pharmacist(own_version: tuple[User, PathwayVersion], reviewer: User) -> None:
    author, version = own_version
    act("approve_clinically", reviewer, version)

    with pytest.raises(NotPermitted, match="what they wrote"):
        act("approve_doses", author, version)


def test_the_database_refuses_the_author_as_well(own_version: tuple[User, PathwayVersion]) -> None:
    author, version = own_version

    with pytest.raises(IntegrityError, match="not_the_author"), transaction.atomic():
        VersionState.objects.filter(pk=version.pk).update(clinician=author, clinician_at=clock.now())


def test_the_database_refuses_one_person_twice(in_review: PathwayVersion, reviewer: User) -> None:
    now = clock.now()
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        VersionState.objects.filter(pk=in_review.pk).update(
            clinician=reviewer, clinician_at=now, pharmacist=reviewer, pharmacist_at=now
        )


def test_the_database_refuses_approval_by_nobody(at_pharmacy: PathwayVersion) -> None:
    with pytest.raises(IntegrityError, match="two_approve"), transaction.atomic():
        VersionState.objects.filter(pk=at_pharmacy.pk).update(step="approved")


def test_the_database_refuses_a_jump(cough_version: PathwayVersion) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        VersionState.objects.filter(pk=cough_version.pk).update(step="approved")


def test_an_approver_is_named_with_a_time(in_review: PathwayVersion, reviewer: User) -> None:
    with pytest.raises(IntegrityError, match="clinician_pair"), transaction.atomic():
        VersionState.objects.filter(pk=in_review.pk).update(clinician=reviewer)


def test_a_pharmacist_is_named_with_a_time(in_review: PathwayVersion, reviewer: User) -> None:
    with pytest.raises(IntegrityError, match="pharmacist_pair"), transaction.atomic():
        VersionState.objects.filter(pk=in_review.pk).update(pharmacist=reviewer)


def test_who_wrote_a_version_is_never_changed(cough_version: PathwayVersion, editor: User) -> None:
    with pytest.raises(DatabaseError, match="version_state_fixed"), transaction.atomic():
        VersionState.objects.filter(pk=cough_version.pk).update(author=editor)


@pytest.fixture
def marked(young: Pathway, editor: User, reviewer: User) -> PathwayVersion:
    """The young infant's gentamicin band is marked to be verified."""
    actor = actor_for(editor)
    with acting_as(actor):
        version = operations.add_version(actor=actor, pathway=young)
    act("send_to_review", editor, version)
    act("approve_clinically", reviewer, version)
    return version


def test_what_is_to_be_verified_is_not_approved(marked: PathwayVersion, pharmacist: User) -> None:
    with pytest.raises(NotPermitted, match="verified"):
        act("approve_doses", pharmacist, marked)


def test_the_database_holds_that_too(marked: PathwayVersion, pharmacist: User) -> None:
    with pytest.raises(IntegrityError, match="all_verified"), transaction.atomic():
        VersionState.objects.filter(pk=marked.pk).update(
            step="approved", pharmacist=pharmacist, pharmacist_at=clock.now()
        )


def test_sending_back_takes_the_first_approval_away(at_pharmacy: PathwayVersion, pharmacist: User) -> None:
    state = act("send_back", pharmacist, at_pharmacy, reason="The band of amoxicillin ends too early.")

    assert (state.step, state.clinician, state.reason[:8]) == ("draft", None, "The band")


def test_sending_back_takes_a_reason(in_review: PathwayVersion, reviewer: User) -> None:
    with pytest.raises(InvalidInput):
        act("send_back", reviewer, in_review, reason=" ")


def test_an_asker_sends_nothing_back(in_review: PathwayVersion, asker: User) -> None:
    with pytest.raises(NotPermitted):
        act("send_back", asker, in_review, reason="No.")


def test_a_retired_version_is_not_the_newest(cough_version: PathwayVersion, editor: User) -> None:
    act("retire", editor, cough_version, reason="A better one is coming.")

    assert pathways_shown() == []


def test_a_retired_version_stays_retired(cough_version: PathwayVersion, editor: User) -> None:
    act("retire", editor, cough_version, reason="Wrong.")

    with pytest.raises(WrongStep):
        act("send_to_review", editor, cough_version)


def test_an_asker_retires_nothing(cough_version: PathwayVersion, asker: User) -> None:
    with pytest.raises(NotPermitted):
        act("retire", asker, cough_version, reason="No.")


def test_a_version_that_is_not_there_is_hidden(editor: User) -> None:
    actor = actor_for(editor)
    with acting_as(actor), pytest.raises(NotVisible):
        operations.send_to_review(actor=actor, version_id=uuid4())


def test_in_the_demonstration_approval_is_marked(at_pharmacy: PathwayVersion, pharmacist: User, settings: Any) -> None:
    settings.DEMO_MODE = True
    state = act("approve_doses", pharmacist, at_pharmacy)

    assert state.demonstration
    assert state.shown_step == "demonstration"


def test_outside_it_what_the_demonstration_approved_is_a_draft(
    at_pharmacy: PathwayVersion, pharmacist: User, settings: Any
) -> None:
    settings.DEMO_MODE = True
    state = act("approve_doses", pharmacist, at_pharmacy)
    settings.DEMO_MODE = False

    assert state.shown_step == "draft"
    assert pathways_shown(approved=True) == []


def test_in_production_approval_is_no_demonstration(
    at_pharmacy: PathwayVersion, pharmacist: User, settings: Any
) -> None:
    settings.DEMO_MODE = False
    act("approve_doses", pharmacist, at_pharmacy)

    (listed,) = pathways_shown(approved=True)
    assert listed.step == "approved"


def test_an_overdue_review_is_told(cough_version: PathwayVersion) -> None:
    late = cough_version.next_review - clock.today()
    with clock.moved(late):
        (listed,) = pathways_shown()

    assert listed.expired


def test_a_review_that_lies_ahead_is_not(cough_version: PathwayVersion) -> None:
    (listed,) = pathways_shown()

    assert not listed.expired
