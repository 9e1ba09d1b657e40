"""The consent to share ends at the very moment in which somebody acts: whichever comes first, nothing stays shared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.journal.queries import chain_faults
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError
from consortium.live.consumers.page import RIGHT_ENDED
from consortium.patients.models import PathwayMember, Patient
from consortium.patients.operations import Decision, record_consent
from consortium.patients.queries.record import consent_withheld
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, User
from consultations import operations
from consultations.models import Consultation
from consultations.states import Step
from tests.cast import actor_for
from tests.consultations.cases import by, claimed, drafted, submitted
from tests.consultations.test_concurrency import ROUNDS, as_user, race
from tests.factories.patients import make_patient
from tests.live.conftest import Door
from tests.live.server import WebProcess
from tests.live.visitor import Browser, door, web

__all__ = ["door", "web"]
pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = Decision(ConsentKind.SHARE, ConsentStatus.REJECTED, how="spoken")
AGREED = Decision(ConsentKind.SHARE, ConsentStatus.ACTIVE, how="spoken")


def _children(community: Institution) -> list[Patient]:
    return [make_patient(community, f"Child {number}") for number in range(ROUNDS)]


def _nothing_is_shared(case_id: UUID, patient: Patient, specialist: User) -> None:
    """Where the consent is withheld now, no question is open and nobody else takes part."""
    if not consent_withheld(patient.pk, ConsentKind.SHARE):
        return
    assert not Case.unscoped.get(pk=case_id).is_open or _step(case_id) == Step.DRAFT
    with acting_as(actor_for(specialist)):
        assert not Patient.objects.filter(pk=patient.pk).exists()
    assert not PathwayMember.unscoped.filter(pathway__patient=patient, user=specialist, ends_at=None).exists()


def _step(case_id: UUID) -> str:
    return str(Consultation.unscoped.get(pk=case_id).step)


def _all_done(results: list[Any]) -> None:
    """Each came through, or was told why not; no deadlock, no error of the database."""
    assert all(result is not None for result in results)


def test_withdrawn_while_it_is_claimed(
    asker: User, colleague: User, specialist: User, service: Service, community: Institution
) -> None:
    for child in _children(community):
        case_id = submitted(asker, child, service).pk
        _all_done(
            race([
                as_user(specialist, operations.claim, case_id=case_id),
                as_user(colleague, record_consent, patient_id=child.pk, decision=REFUSED),
            ])
        )  # fmt: skip
        _nothing_is_shared(case_id, child, specialist)
        assert _step(case_id) == Step.WITHDRAWN
    assert list(chain_faults()) == []


def test_withdrawn_while_it_is_sent(
    asker: User, colleague: User, specialist: User, service: Service, community: Institution
) -> None:
    """Sent first, it comes back; sent later, the tick has gone from the draft or is a new consent."""
    for child in _children(community):
        case_id = drafted(asker, child, service).pk
        _all_done(
            race([
                as_user(asker, operations.submit, case_id=case_id),
                as_user(colleague, record_consent, patient_id=child.pk, decision=REFUSED),
            ])
        )  # fmt: skip
        _nothing_is_shared(case_id, child, specialist)
    assert list(chain_faults()) == []


def test_withdrawn_anew_while_it_is_sent_again(
    asker: User, colleague: User, specialist: User, service: Service, community: Institution
) -> None:
    for child in _children(community):
        case_id = claimed(asker, specialist, child, service).pk
        for decision in (REFUSED, AGREED):
            by(asker, record_consent, patient_id=child.pk, decision=decision)
        _all_done(
            race([
                as_user(asker, operations.send_again, case_id=case_id),
                as_user(colleague, record_consent, patient_id=child.pk, decision=REFUSED),
            ])
        )  # fmt: skip
        _nothing_is_shared(case_id, child, specialist)
    assert list(chain_faults()) == []


def test_withdrawn_by_two_at_once_it_comes_back_once(
    asker: User, colleague: User, specialist: User, service: Service, community: Institution
) -> None:
    for child in _children(community):
        case_id = claimed(asker, specialist, child, service).pk
        results = race([
            as_user(user, record_consent, patient_id=child.pk, decision=REFUSED) for user in (asker, colleague)
        ])  # fmt: skip
        assert not any(isinstance(result, DomainError) for result in results)
        _nothing_is_shared(case_id, child, specialist)


# -- open pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", ["case", "patient"])
def test_the_specialists_open_page_is_closed(
    web: WebProcess, door: Door, asker: User, specialist: User, patient: Patient, service: Service, topic: str
) -> None:
    case_id = claimed(asker, specialist, patient, service).pk
    page = Browser(specialist, web, door).socket()
    page.listen(f"case:{case_id}" if topic == "case" else f"patient:{patient.pk}")
    by(asker, record_consent, patient_id=patient.pk, decision=REFUSED)
    assert page.close_code() == RIGHT_ENDED


def test_the_askers_open_page_goes_on_and_hears_of_it(
    web: WebProcess, door: Door, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    case_id = claimed(asker, specialist, patient, service).pk
    page = Browser(asker, web, door).socket()
    page.listen(f"case:{case_id}")
    by(asker, record_consent, patient_id=patient.pk, decision=REFUSED)
    assert page.hear()["topic"] == f"case:{case_id}"


def test_a_page_of_the_queue_is_closed_too(
    web: WebProcess, door: Door, asker: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    case_id = submitted(asker, patient, service).pk
    page = Browser(other_specialist, web, door).socket()
    assert page.listen(f"case:{case_id}")["did"] == "listen"
    by(asker, record_consent, patient_id=patient.pk, decision=REFUSED)
    assert page.close_code() == RIGHT_ENDED


def test_what_the_specialist_had_open_is_not_there_any_more(
    web: WebProcess, door: Door, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    case_id = claimed(asker, specialist, patient, service).pk
    browser = Browser(specialist, web, door)
    path = reverse("consultations:show", args=[case_id])
    assert browser.get(path).status_code == 200
    by(asker, record_consent, patient_id=patient.pk, decision=REFUSED)
    assert browser.get(path).status_code == 404
