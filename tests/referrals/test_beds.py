"""The bed board: said with its time, promised with an acceptance, never promised twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion, Taken
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import BedBoard, Referral
from referrals.operations.answering import accept
from referrals.operations.beds import publish_beds
from referrals.queries.beds import bed_choices
from referrals.states import Place, Step
from tests.cast import client_for
from tests.consultations.cases import by
from tests.consultations.test_concurrency import as_user, race
from tests.factories.patients import make_patient
from tests.referrals.cases import sent
from tests.referrals.test_answering import stored


def publish(user: User, service: Service, free: int = 2, place: str = Place.WARD, **more: object) -> BedBoard:
    made: BedBoard = by(user, publish_beds, service_id=service.pk, place=place, free=free, **more)
    return made


def test_what_is_free_is_said_with_its_time(specialist: User, service: Service) -> None:
    board = publish(specialist, service, note="One cot")
    assert (board.free, board.note, board.noted_by_id, board.version) == (2, "One cot", specialist.pk, 1)
    assert clock.now() - board.noted_at < timedelta(minutes=1)


def test_said_again_it_is_the_same_row(specialist: User, service: Service) -> None:
    publish(specialist, service)
    assert publish(specialist, service, 5, version=1).version == 2
    assert BedBoard.objects.get().free == 5


def test_what_somebody_changed_meanwhile_is_not_undone(specialist: User, service: Service) -> None:
    publish(specialist, service)
    publish(specialist, service, 1, version=1)
    with pytest.raises(StaleVersion):
        publish(specialist, service, 5, version=1)


def test_others_do_not_keep_the_board(asker: User, rival: User, service: Service) -> None:
    for user in (asker, rival):
        with pytest.raises(NotPermitted):
            publish(user, service)


def test_the_coordinator_keeps_it_too(coordinator: User, service: Service) -> None:
    assert publish(coordinator, service).free == 2


def test_a_board_of_no_service_is_none(specialist: User, referral: Referral) -> None:
    with pytest.raises(NotVisible):
        by(specialist, publish_beds, service_id=referral.pk, place=Place.WARD, free=1)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("place", {"place": Place.CLINIC}),
        ("free", {"free": 201}),
        ("free", {"free": -1}),
        ("note", {"note": "x" * 121}),
    ],
)
def test_what_makes_no_sense_is_refused(
    specialist: User, service: Service, field: str, words: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        publish(specialist, service, **words)  # type: ignore[arg-type]
    assert list(wrong.value.fields) == [field]


@pytest.mark.parametrize(
    ("rule", "words"),
    [("referrals_beds_place", {"place": "clinic"}), ("referrals_beds_few", {"free": 201})],
)
def test_the_database_refuses_it_as_well(
    specialist: User, service: Service, rule: str, words: dict[str, object]
) -> None:
    fields = {"place": "ward", "free": 1, **words}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        BedBoard.objects.create(service=service, noted_at=clock.now(), noted_by=specialist, **fields)


def test_each_kind_of_bed_has_one_row(specialist: User, service: Service) -> None:
    publish(specialist, service)
    with pytest.raises(IntegrityError, match="referrals_beds_once"), transaction.atomic():
        BedBoard.objects.create(service=service, place="ward", free=1, noted_at=clock.now(), noted_by=specialist)


# -- promised ---------------------------------------------------------------------------------------------------------


def test_a_promised_bed_is_no_longer_free(specialist: User, service: Service, referral: Referral) -> None:
    board = publish(specialist, service)
    by(specialist, accept, case_id=referral.pk, bed_id=board.pk, promise="by the window")
    board.refresh_from_db()
    assert (board.free, board.version) == (1, 2)
    assert stored(referral).promise == "Ward / 病区 · by the window"


def test_without_a_free_bed_nothing_is_accepted(specialist: User, service: Service, referral: Referral) -> None:
    board = publish(specialist, service, 0)
    with pytest.raises(Taken):
        by(specialist, accept, case_id=referral.pk, bed_id=board.pk)
    assert stored(referral).step == Step.REQUESTED


def test_a_bed_of_another_hospital_is_not_promised(
    specialist: User, rival: User, elsewhere: Service, referral: Referral
) -> None:
    board = publish(rival, elsewhere)
    with pytest.raises(InvalidInput):
        by(specialist, accept, case_id=referral.pk, bed_id=board.pk)


def test_only_what_is_free_may_be_chosen(specialist: User, service: Service, referral: Referral) -> None:
    free = publish(specialist, service)
    publish(specialist, service, 0, Place.INTENSIVE)
    choices = by(specialist, lambda actor: bed_choices(stored(referral)))
    assert [code for code, _words in choices] == [str(free.pk), ""]
    assert choices[0][1].startswith("Ward: 2 free beds, as of ")
    text = client_for(specialist).get(reverse("referrals:act", args=[referral.pk, "accept"])).content.decode()
    assert "Which bed do you keep?" in text and choices[0][1] in text


@pytest.mark.django_db(transaction=True)
def test_the_last_bed_is_promised_once(
    asker: User, specialist: User, other_specialist: User, service: Service, patient: Patient
) -> None:
    for _ in range(6):
        BedBoard.objects.all().delete()
        board = publish(specialist, service, 1)
        pair = [
            sent(asker, child, service, priority=Priority.STAT)
            for child in (patient, make_patient(patient.registered_at))
        ]
        results = race([
            as_user(user, accept, case_id=each.pk, bed_id=board.pk)
            for user, each in zip((specialist, other_specialist), pair, strict=True)
        ])  # fmt: skip
        assert len([each for each in results if isinstance(each, Taken)]) == 1, results
        assert BedBoard.objects.get(pk=board.pk).free == 0


# -- the page ---------------------------------------------------------------------------------------------------------


def test_all_staff_read_the_board(asker: User, specialist: User, service: Service) -> None:
    publish(specialist, service, note="One cot")
    text = client_for(asker).get(reverse("referrals:beds", args=[service.pk])).content.decode()
    assert "One cot" in text
    assert "<form" not in text.split("<main")[1].split("</main>")[0]


def test_who_works_there_saves_a_row(specialist: User, service: Service) -> None:
    said = {"place": "ward", "free": "3", "note": ""}
    response = client_for(specialist).post(reverse("referrals:beds", args=[service.pk]), said)
    assert response.status_code == 302
    assert BedBoard.objects.get().free == 3


def test_what_is_wrong_stands_at_its_row(specialist: User, service: Service) -> None:
    said = {"place": "ward", "free": "500"}
    response = client_for(specialist).post(reverse("referrals:beds", args=[service.pk]), said)
    assert response.status_code == 422
    assert b'value="500"' in response.content


def test_what_was_changed_meanwhile_is_said(specialist: User, service: Service) -> None:
    publish(specialist, service)
    publish(specialist, service, 1, version=1)
    said = {"place": "ward", "free": "3", "version": "1"}
    response = client_for(specialist).post(reverse("referrals:beds", args=[service.pk]), said)
    assert response.status_code == 409


def test_others_do_not_save(asker: User, service: Service) -> None:
    said = {"place": "ward", "free": "3"}
    assert client_for(asker).post(reverse("referrals:beds", args=[service.pk]), said).status_code == 403
