"""The screens of the roster, its import and the swaps of shifts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consortium.casework import operations
from consortium.casework.models import (
    Service,
    Shift,
    Swap,
)
from consortium.casework.states import Rank, SwapStep
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.casework.pages import day, page, post
from tests.casework.rosters import shift
from tests.casework.test_sheets import xlsx
from tests.cast import client_for
from tests.consultations.cases import by

pytestmark = pytest.mark.django_db


# -- the roster -------------------------------------------------------------------------------------------------------


def test_the_roster_shows_who_and_the_gaps(asker: User, specialist: User, service: Service) -> None:
    shift(service, specialist, -1)
    text = page(client_for(asker), f"/cases/services/{service.pk}/roster/?week={day(7)}")
    assert "7 gaps in this week" in text
    assert "Nobody on Tuesday" in text
    assert specialist.full_name in page(client_for(asker), f"/cases/services/{service.pk}/roster/")


def test_only_who_keeps_it_may_change_it(lead: User, specialist: User, service: Service) -> None:
    url = f"/cases/services/{service.pk}/roster/"
    assert "Add a shift" in page(client_for(lead), url)
    assert "Add a shift" not in page(client_for(specialist), url)


def test_the_roster_costs_the_same_for_one_and_for_three(
    specialist: User, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(specialist)
    url = f"/cases/services/{service.pk}/roster/?week={day(7)}"
    page(client, url)
    for n in range(3):
        shift(service, specialist, 24 * (7 + n))
        with django_assert_num_queries(6):
            page(client, url)


def test_a_missing_service_has_no_roster(lead: User, patient: Patient) -> None:
    page(client_for(lead), f"/cases/services/{patient.pk}/roster/", 404)


def test_a_shift_over_midnight_is_typed_by_its_hours(lead: User, specialist: User, service: Service) -> None:
    words = {"user_id": specialist.pk, "day": day(), "begins": "20:00", "ends": "08:00", "rank": 1}
    post(client_for(lead), f"/cases/services/{service.pk}/roster/new/", **words)
    made = Shift.objects.get()
    assert made.ends - made.begins == timedelta(hours=12)


def test_a_shift_that_cannot_be_comes_back_with_the_reason(lead: User, specialist: User, service: Service) -> None:
    shift(service, specialist, 24 * 3, 20)
    words = {"user_id": specialist.pk, "day": day(3), "begins": "00:00", "ends": "23:59", "rank": 1}
    answer = post(client_for(lead), f"/cases/services/{service.pk}/roster/new/", 422, **words)
    assert "on duty twice" in answer.content.decode()


def test_a_shift_is_changed_and_taken_off(
    lead: User, specialist: User, other_specialist: User, service: Service
) -> None:
    made, client = shift(service, specialist, 30), client_for(lead)
    assert specialist.full_name in page(client, f"/cases/shifts/{made.pk}/")
    words = {"user_id": other_specialist.pk, "day": day(), "begins": "08:00", "ends": "18:00", "rank": 2, "version": 1}
    post(client, f"/cases/shifts/{made.pk}/", **words)
    made.refresh_from_db()
    assert (made.user_id, made.rank) == (other_specialist.pk, Rank.SECOND)
    post(client, f"/cases/shifts/{made.pk}/cancel/")
    page(client, f"/cases/shifts/{made.pk}/", 404)


def test_a_stale_change_says_so(lead: User, specialist: User, service: Service) -> None:
    made = shift(service, specialist, 30)
    words = {"user_id": specialist.pk, "day": day(), "begins": "08:00", "ends": "18:00", "rank": 1, "version": 9}
    post(client_for(lead), f"/cases/shifts/{made.pk}/", 409, **words)


def test_a_day_beyond_the_century_comes_back(lead: User, specialist: User, service: Service) -> None:
    words = {"user_id": specialist.pk, "day": "9999-12-31", "begins": "20:00", "ends": "08:00", "rank": 1}
    post(client_for(lead), f"/cases/services/{service.pk}/roster/new/", 422, **words)


# -- import -----------------------------------------------------------------------------------------------------------

HEAD = ("date", "from", "to", "name", "rank")


def upload(client: Client, service: Service, data: bytes, name: str = "roster.csv", status: int = 200) -> str:
    file = SimpleUploadedFile(name, data)
    answer = post(client, f"/cases/services/{service.pk}/roster/import/", status, file=file)
    return str(answer.content.decode())


def sheet(*rows: tuple[str, ...]) -> bytes:
    return "\n".join(",".join(row) for row in (HEAD, *rows)).encode()


def confirm(client: Client, service: Service, text: str, status: int = 302, key: Any = None) -> Any:
    signed = re.search(r'name="rows" value="([^"]+)"', text)
    assert signed
    url = f"/cases/services/{service.pk}/roster/import/"
    return post(client, url, status, rows=signed[1], **({"request_key": key} if key else {}))


def test_a_roster_is_looked_at_then_stored_whole(
    lead: User, specialist: User, other_specialist: User, service: Service
) -> None:
    client = client_for(lead)
    data = sheet(
        (day(3), "08:00", "20:00", specialist.username, "1"),
        (day(3), "20:00", "08:00", other_specialist.full_name, ""),
        (day(4), "08:00", "20:00", other_specialist.licence_number, "2"),
    )
    text = upload(client, service, data)
    assert not Shift.objects.exists(), "a look stores nothing"
    assert "Put 3 shifts on the roster" in text
    confirm(client, service, text)
    assert list(Shift.objects.order_by("period").values_list("rank", flat=True)) == [1, 1, 2]
    assert Entry.unscoped.filter(verb="import").count() == 1


def test_the_same_confirmation_twice_is_one_import(lead: User, specialist: User, service: Service) -> None:
    client, key = client_for(lead), uuid4()
    text = upload(client, service, sheet((day(3), "08:00", "20:00", specialist.username, "1")))
    for _ in range(2):
        confirm(client, service, text, key=key)
    assert Shift.objects.count() == 1


def test_an_xlsx_roster_is_read(lead: User, specialist: User, service: Service) -> None:
    tomorrow = timezone.localtime(clock.now()).replace(tzinfo=None) + timedelta(days=2)
    data = xlsx(HEAD, (tomorrow.date(), "08:00", "20:00", specialist.username, 1))
    assert "Put 1 shift on the roster" in upload(client_for(lead), service, data, "roster.xlsx")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("{day}", "08:00", "20:00", "nobody", ""), "Nobody of this service"),
        (("soon", "08:00", "20:00", "{who}", ""), "Write the day like"),
        (("{day}", "8", "20:00", "{who}", ""), "Write the times like"),
        (("{day}", "08:00", "20:00", "{who}", "7"), "The rank is 1 or 2"),
        (("2020-01-01", "08:00", "20:00", "{who}", ""), "lies ahead"),
        (("9999-12-31", "20:00", "08:00", "{who}", ""), "Write the day like"),
    ],
)
def test_each_row_tells_what_is_wrong_and_nothing_is_stored(
    row: tuple[str, ...], error: str, lead: User, specialist: User, service: Service
) -> None:
    wrong = tuple(cell.format(day=day(3), who=specialist.username) for cell in row)
    text = upload(client_for(lead), service, sheet((day(5), "08:00", "20:00", specialist.username, "1"), wrong))
    assert error in text
    assert "1 row is wrong" in text
    assert "Put 2 shifts" not in text
    assert not Shift.objects.exists()


def test_rows_that_overlap_each_other_or_the_roster_are_marked(lead: User, specialist: User, service: Service) -> None:
    shift(service, specialist, 24 * 9, 20)
    text = upload(
        client_for(lead), service,
        sheet(
            (day(3), "08:00", "20:00", specialist.username, "1"),
            (day(3), "19:00", "21:00", specialist.username, "2"),
            (day(9), "00:00", "23:59", specialist.username, "1"),
        ),
    )  # fmt: skip
    assert "is on duty in row 2 then" in text
    assert "on a roster then already" in text


def test_two_of_one_name_are_told_apart_by_sign_in(
    lead: User, specialist: User, other_specialist: User, service: Service
) -> None:
    User.objects.update(full_name="Same Name")
    text = upload(client_for(lead), service, sheet((day(3), "08:00", "20:00", "Same Name", "1")))
    assert "Several people are called so" in text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\x00\x01", "not a CSV"), (b"name\nA\n", "must name these columns"), (b"x" * 1_000_001, "1 MB")],
)
def test_a_file_that_is_no_roster_says_why(data: bytes, words: str, lead: User, service: Service) -> None:
    assert words in upload(client_for(lead), service, data, status=422)


def test_rows_that_became_wrong_meanwhile_store_nothing(lead: User, specialist: User, service: Service) -> None:
    client = client_for(lead)
    data = sheet(
        (day(3), "08:00", "20:00", specialist.username, "1"), (day(5), "08:00", "20:00", specialist.username, "1")
    )
    text = upload(client, service, data)
    shift(service, specialist, 24 * 4 + 12, 30)  # over some of the fifth day, whatever the hour is now
    assert "Nothing was imported" in confirm(client, service, text, 422).content.decode()
    assert Shift.objects.count() == 1


def test_rows_that_somebody_made_up_are_refused(lead: User, service: Service) -> None:
    answer = post(client_for(lead), f"/cases/services/{service.pk}/roster/import/", 422, rows="made-up")
    assert "choose the file again" in answer.content.decode()


# -- swaps ------------------------------------------------------------------------------------------------------------


def test_a_shift_is_offered_taken_and_overruled_on_pages(
    specialist: User, other_specialist: User, lead: User, service: Service
) -> None:
    mine, theirs = shift(service, specialist, 30), shift(service, other_specialist, 60)
    words = {"to_user_id": other_specialist.pk, "in_return_id": theirs.pk}
    assert other_specialist.full_name in page(client_for(specialist), f"/cases/shifts/{mine.pk}/swap/")
    post(client_for(specialist), f"/cases/shifts/{mine.pk}/swap/", **words)
    swap = Swap.unscoped.get()
    assert "offers you" in page(client_for(other_specialist), "/cases/duty/")
    assert "Offered to" in page(client_for(specialist), "/cases/duty/")
    post(client_for(other_specialist), f"/cases/swaps/{swap.pk}/accept/")
    mine.refresh_from_db()
    assert mine.user_id == other_specialist.pk
    assert "Overrule" in page(client_for(lead), f"/cases/services/{service.pk}/roster/")
    post(client_for(lead), f"/cases/swaps/{swap.pk}/overrule/", 422, reason="")
    post(client_for(lead), f"/cases/swaps/{swap.pk}/overrule/", reason="Nights")
    swap.refresh_from_db()
    assert swap.step == SwapStep.OVERRULED


def test_an_offer_without_somebody_comes_back(specialist: User, service: Service) -> None:
    made = shift(service, specialist, 30)
    post(client_for(specialist), f"/cases/shifts/{made.pk}/swap/", 422)


def test_an_offer_that_is_refused_comes_back_with_the_reason(
    specialist: User, other_specialist: User, lead: User, service: Service
) -> None:
    made = shift(service, specialist, 30)
    by(specialist, operations.offer_swap, shift_id=made.pk, to_user_id=lead.pk)
    answer = post(client_for(specialist), f"/cases/shifts/{made.pk}/swap/", 422, to_user_id=other_specialist.pk)
    assert "offered to somebody already" in answer.content.decode()


def test_a_verb_that_is_none_is_refused(specialist: User, other_specialist: User, service: Service) -> None:
    made = by(specialist, operations.offer_swap, shift_id=shift(service, specialist, 30).pk,
              to_user_id=other_specialist.pk)  # fmt: skip
    post(client_for(other_specialist), f"/cases/swaps/{made.pk}/explode/", 422)
