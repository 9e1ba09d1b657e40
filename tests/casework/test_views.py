"""The worklist page, the services, and the first screen of each role."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from consortium.casework.models import Service, ServiceMember
from consortium.casework.states import Priority
from consortium.home import PLACES
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from tests.cast import client_for
from tests.consultations.cases import QUESTION, answered, by, claimed, drafted, submitted
from tests.factories.people import make_staff


def page(client: Client, path: str = "/", **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def aside(text: str) -> str:
    """What stands beside the list."""
    return text.partition("<aside")[2].partition("</aside>")[0]


def rows(text: str) -> int:
    return text.count('<article class="case')


# Query counts: what signing in costs (session, user, seats) + service seats + list + names + the list's entry + the
# cards beside it (outcomes asked for, answers to rate); they are the same however many rows there are.


def test_query_count_of_the_specialists_worklist(
    asker: User, specialist: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(specialist)
    claimed(asker, specialist, patient, service)
    page(client)
    with django_assert_num_queries(16):
        assert rows(page(client)) == 1
    submitted(asker, patient, service)
    claimed(asker, specialist, patient, service)
    with django_assert_num_queries(16):
        assert rows(page(client)) == 3


def test_query_count_of_the_askers_list(
    asker: User, specialist: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(asker)
    submitted(asker, patient, service)
    page(client, tab="asked")
    with django_assert_num_queries(16):
        assert rows(page(client, tab="asked")) == 1
    for _ in range(2):
        claimed(asker, specialist, patient, service)
    with django_assert_num_queries(16):
        assert rows(page(client, tab="asked")) == 3


def test_query_count_of_the_nurses_list(
    asker: User, specialist: User, nurse: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(nurse)
    claimed(asker, specialist, patient, service)
    page(client)
    with django_assert_num_queries(14):
        assert rows(page(client)) == 1
    submitted(asker, patient, service)
    claimed(asker, specialist, patient, service)
    with django_assert_num_queries(14):
        assert rows(page(client)) == 3


def test_query_count_of_the_coordinators_queue(
    asker: User, coordinator: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(coordinator)
    submitted(asker, patient, service)
    page(client)
    with django_assert_num_queries(11):
        assert rows(page(client)) == 1
    for _ in range(2):
        submitted(asker, patient, service)
    with django_assert_num_queries(11):
        assert rows(page(client)) == 3


def test_a_queue_shows_age_sex_and_question_and_no_name(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    submitted(asker, patient, service)
    for user in (specialist, coordinator):
        for tab in ("mine", "queue", "service"):
            text = page(client_for(user), tab=tab)
            assert QUESTION in text
            assert "Girl" in text
            assert "6.8 kg" in text
            assert patient.name not in text, (user.username, tab)


def test_who_knows_the_child_reads_its_name_and_leaves_one_entry_for_each_list(
    asker: User, specialist: User, nurse: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    submitted(asker, patient, service)
    for user, tab in ((specialist, "mine"), (nurse, "asked")):
        assert patient.name in page(client_for(user), tab=tab)
        entry = Entry.unscoped.get(actor=user, verb="list-read")
        assert entry.facts == {"patients": [str(patient.pk)]}


def test_a_child_known_from_another_case_has_no_name_in_the_queue(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    submitted(asker, patient, service)
    assert rows(page(client_for(specialist))) == 2
    assert page(client_for(specialist)).count(patient.name) == 1
    assert patient.name not in page(client_for(specialist), tab="queue")


def test_a_list_without_names_is_no_read(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    submitted(asker, patient, service)
    page(client_for(specialist), tab="queue")
    assert not Entry.unscoped.filter(actor=specialist, verb="list-read").exists()


def test_beside_the_askers_list_stand_whom_to_call_and_what_came_back(
    asker: User, specialist: User, patient: Patient, service: Service, other_service: Service
) -> None:
    Service.objects.filter(pk=other_service.pk).update(duty_phone="")
    assert "Came back to you" not in page(client_for(asker))
    made = [answered(asker, specialist, patient, service) for _ in range(4)]
    submitted(asker, patient, service)
    text = page(client_for(asker), tab="drafts")
    assert "On duty now" in text
    assert 'href="tel:' in aside(text)
    assert other_service.name not in aside(text), "nobody can be called there"
    assert "Came back to you" in text
    links = re.findall(r'href="/consultations/([^"]+)/"', aside(text))
    assert links == [str(one.pk) for one in reversed(made)][:3]
    assert patient.name not in aside(text)


def test_nobody_elses_answers_come_back(
    asker: User, colleague: User, nurse: User, specialist: User, patient: Patient, service: Service
) -> None:
    answered(asker, specialist, patient, service)
    for user in (colleague, nurse, specialist):
        assert "Came back to you" not in page(client_for(user))


def test_query_count_of_the_askers_aside(
    asker: User, specialist: User, patient: Patient, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(asker)
    answered(asker, specialist, patient, service)
    page(client, tab="drafts")
    with django_assert_num_queries(14):
        page(client, tab="drafts")
    for _ in range(2):
        answered(asker, specialist, patient, service)
    with django_assert_num_queries(14):
        page(client, tab="drafts")


def test_a_row_says_whose_turn_it_is_and_how_much_time_is_left(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = submitted(asker, patient, service)
    assert "To be taken" in page(client_for(specialist))
    by(specialist, operations.claim, case_id=made.pk)
    text = page(client_for(specialist))
    assert "Your turn" in text
    assert re.search(r"data-clock-left>1 h 59 min left|2 h left", text)
    assert f"With {specialist.full_name}" in page(client_for(asker), tab="asked")
    with clock.moved(timedelta(hours=3)):
        assert re.search(r"1 h( \d+ min)? late|59 min late", page(client_for(specialist)))


def test_htmx_gets_the_list_alone_with_where_its_topics_stand(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    submitted(asker, patient, service)
    text = client_for(specialist).get("/", headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div id="worklist"')
    topics = re.search(r'data-live-topics="([^"]+)"', text)
    assert topics
    assert {t.split("@")[0] for t in topics[1].split()} == {f"desk:{specialist.pk}", f"queue:{service.pk}"}
    assert all(t.split("@")[1].isdecimal() for t in topics[1].split())


def test_load_more_leads_to_the_next_page(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    for _ in range(26):
        submitted(asker, patient, service)
    client = client_for(specialist)
    first = page(client)
    after = re.search(r'href="(/\?after=[^"]+)"', first)
    assert after
    assert rows(first) == 25
    assert rows(page(client, after[1].replace("&amp;", "&"))) == 1


@pytest.mark.parametrize(
    "query", [{"tab": "no-such"}, {"service": "x"}, {"priority": "9"}, {"service": "", "priority": ""}]
)
def test_a_query_that_makes_no_sense_shows_the_whole_list(
    query: dict[str, str], asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    submitted(asker, patient, service)
    assert rows(page(client_for(specialist), **query)) == 1


def test_narrowed_and_empty_offers_the_way_back(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    submitted(asker, patient, service)
    text = page(client_for(specialist), priority=Priority.STAT.value)
    assert rows(text) == 0
    assert "Show everything" in text


def test_a_made_up_cursor_is_a_422(specialist: User) -> None:
    assert client_for(specialist).get("/", {"after": "%%%"}).status_code == 422


@pytest.mark.parametrize(("role", "name"), PLACES)
def test_other_roles_land_where_their_work_is(role: str, name: str, hospital: Any) -> None:
    answer = client_for(make_staff("someone", hospital, role)).get("/")
    try:
        wanted = reverse(name)
    except NoReverseMatch:
        pytest.fail(f"{name} is missing")
    assert (answer.status_code, answer.headers["Location"]) == (302, wanted)


@pytest.mark.parametrize(("role", "name"), [("training_admin", "library:desk"), ("lecturer", "library:courses")])
def test_who_teaches_lands_among_the_courses(role: str, name: str, hospital: Any) -> None:
    answer = client_for(make_staff("someone", hospital, role)).get("/")
    assert answer.headers["Location"] == reverse(name)


@pytest.mark.parametrize("role", ["manual_editor", "clinical_reviewer", "pharmacist"])
def test_who_keeps_the_manual_lands_on_it(role: str, hospital: Any) -> None:
    answer = client_for(make_staff("someone", hospital, role)).get("/")
    assert answer.headers["Location"] == reverse("manual:manual")


def test_a_person_without_a_seat_gets_no_worklist(db: None) -> None:
    from tests.factories.people import make_user

    client = client_for(make_user())
    assert client.get("/cases/").status_code == 403


# -- services


def test_everybody_finds_the_duty_telephones(asker: User, service: Service) -> None:
    text = page(client_for(asker), "/cases/services/")
    assert 'href="tel:02155550142"' in text


def test_on_and_off_duty_with_undo(specialist: User, service: Service) -> None:
    client, seat = client_for(specialist), ServiceMember.objects.get(user=specialist)
    client.post(f"/cases/services/{service.pk}/off-duty/")
    seat.refresh_from_db()
    assert not seat.on_duty_now
    client.post(f"/cases/services/{service.pk}/on-duty/", {"hours": 4})
    seat.refresh_from_db()
    assert seat.on_duty_until is not None
    assert timedelta(hours=3, minutes=59) < seat.on_duty_until - clock.now() <= timedelta(hours=4)
    text = page(client, f"/cases/services/{service.pk}/")
    assert "You are on duty." in text
    assert f'action="/cases/services/{service.pk}/off-duty/"' in text


def test_hours_that_are_not_offered_change_nothing(specialist: User, service: Service) -> None:
    before = ServiceMember.objects.get(user=specialist).on_duty_until
    client_for(specialist).post(f"/cases/services/{service.pk}/on-duty/", {"hours": 9000})
    assert ServiceMember.objects.get(user=specialist).on_duty_until == before


@pytest.mark.parametrize("act", ["on-duty", "off-duty", "leave"])
def test_only_who_answers_for_a_service_goes_on_duty(act: str, asker: User, stranger: User, service: Service) -> None:
    for user in (asker, stranger):
        answer = client_for(user).post(f"/cases/services/{service.pk}/{act}/", {"hours": 4})
        assert answer.status_code == 403


def test_leaving_gives_the_open_work_back(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = claimed(asker, specialist, patient, service)
    client_for(specialist).post(f"/cases/services/{service.pk}/leave/")
    made.case.refresh_from_db()
    assert made.case.responder_id is None
    assert client_for(specialist).post(f"/cases/services/{service.pk}/on-duty/", {"hours": 4}).status_code == 403


def test_the_load_is_shown_to_the_service_and_its_coordinator_only(
    asker: User, specialist: User, coordinator: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    url = f"/cases/services/{service.pk}/"
    assert "1 case in hand" in page(client_for(coordinator), url)
    assert "1 case in hand" in page(client_for(specialist), url)
    assert "in hand" not in page(client_for(asker), url)


def test_a_missing_service_is_a_404(specialist: User, patient: Patient) -> None:
    assert client_for(specialist).get(f"/cases/services/{patient.pk}/").status_code == 404


def test_drafts_are_found_again(asker: User, patient: Patient, service: Service) -> None:
    made = drafted(asker, patient, service)
    assert f"/consultations/{made.pk}/" in page(client_for(asker), tab="drafts")
