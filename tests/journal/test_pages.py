"""The auditor's page and its export."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.journal.models import Entry, Verification
from consortium.journal.operations import note_read, record
from consortium.journal.tasks import verify_when_due
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import actor_for, client_for

pytestmark = pytest.mark.django_db

PAGE, EXPORT = "/journal/", "/journal/export/"


def _act(user: User, verb: str = "edit", subject: Any = None, **more: Any) -> Entry:
    with transaction.atomic():
        return record(actor=actor_for(user), verb=verb, subject=subject or user, **more)


def _who(response: Any) -> list[str]:
    return [entry.actor_name for entry in response.context["entries"]]


def test_the_auditor_sees_all_newest_first(asker: User, specialist: User, auditor: User) -> None:
    _act(asker), _act(specialist)
    response = client_for(auditor).get(PAGE)
    assert _who(response) == [specialist.full_name, asker.full_name]
    assert "no-store" in response["Cache-Control"]


def test_a_privacy_officer_sees_what_was_done_for_their_institution(
    asker: User, specialist: User, privacy: User
) -> None:
    _act(asker), _act(specialist)
    assert _who(client_for(privacy).get(PAGE)) == [asker.full_name]


@pytest.mark.parametrize("who", ["asker", "manager", "coordinator", "stranger"])
def test_nobody_else_does(request: pytest.FixtureRequest, who: str) -> None:
    client = client_for(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert client.post(EXPORT).status_code == 403


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"person": "special"}, ["specialist"]),
        ({"person": "nobody"}, []),
        ({"verb": "merge"}, ["specialist"]),
        ({"institution": "community"}, ["asker"]),
        ({"since": "tomorrow"}, []),
        ({"until": "yesterday"}, []),
        ({"since": "today", "until": "today"}, ["specialist", "asker"]),
        ({"since": "no date"}, ["specialist", "asker"]),
    ],
)
def test_narrowing(
    asker: User, specialist: User, auditor: User, community: Institution, narrowed: dict[str, str], found: list[str]
) -> None:
    _act(asker), _act(specialist, "merge")
    today = clock.today()
    words = {
        "community": str(community.pk), "today": today.isoformat(),
        "tomorrow": (today + timedelta(days=1)).isoformat(), "yesterday": (today - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    response = client_for(auditor).get(PAGE, {name: words.get(value, value) for name, value in narrowed.items()})
    names = {"asker": asker.full_name, "specialist": specialist.full_name}
    assert _who(response) == [names[name] for name in found]


def test_pages_follow_each_other(asker: User, auditor: User) -> None:
    for _ in range(30):
        _act(asker)
    client = client_for(auditor)
    first = client.get(PAGE, {"person": "asker"})
    second = client.get(PAGE + first.context["next_url"])
    ids = [entry.pk for response in (first, second) for entry in response.context["entries"]]
    assert len(ids) == len(set(ids)) == 30
    assert second.context["next_url"] == ""


def test_a_broken_cursor_is_told(auditor: User) -> None:
    assert client_for(auditor).get(PAGE, {"after": "xx"}).status_code == 422


def test_the_last_verification_is_shown(asker: User, auditor: User) -> None:
    _act(asker)
    assert "not been verified yet" in client_for(auditor).get(PAGE).content.decode()
    verify_when_due()
    assert "1 chain verified" in client_for(auditor).get(PAGE).content.decode()
    Verification.objects.update(fault_count=2, faults=[{"chain": "x", "seq": 7, "what": "altered"}])
    page = client_for(auditor).get(PAGE).content.decode()
    assert "tampered with: 2 faults" in page
    assert "altered" in page


# -- export -------------------------------------------------------------------------------------------------------


def test_the_export_holds_what_was_narrowed_and_is_noted(asker: User, specialist: User, auditor: User) -> None:
    _act(asker), _act(specialist, "merge")
    response = client_for(auditor).post(EXPORT, {"verb": "merge"})
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["verb"], row["person"]) for row in rows] == [("merge", specialist.full_name)]
    assert response["Content-Disposition"].startswith("attachment")
    noted = Entry.unscoped.get(verb="export")
    assert (noted.actor_id, noted.facts) == (auditor.pk, {"rows": 1, "filters": {"verb": "merge"}})


def test_the_export_asks_for_the_proof_first(asker: User, auditor: User) -> None:
    client = client_for(auditor)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    response = client.post(EXPORT, {"verb": "merge"})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not Entry.unscoped.filter(verb="export").exists()


def test_no_cell_is_a_formula(auditor: User, asker: User) -> None:
    asker.full_name = '=HYPERLINK("http://evil.example")'
    asker.save()
    _act(asker)
    response = client_for(auditor).post(EXPORT, {})
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0]["person"] == "'" + asker.full_name


def test_no_sealed_text_leaves_the_house(patient: Patient, asker: User, auditor: User) -> None:
    _act(asker, "edit", patient, patient_id=patient.pk, text="the mother drinks", changes={"name": ["A", "B"]})
    assert "drinks" not in client_for(auditor).post(EXPORT, {}).content.decode()


# -- query counts and single looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts_of_the_page(asker: User, auditor: User, rows: int) -> None:
    for _ in range(rows):
        _act(asker)
    client = client_for(auditor)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PAGE).status_code == 200
    assert len(captured) == 7


def test_a_page_that_refreshes_itself_is_one_look(patient: Patient, asker: User, colleague: User) -> None:
    for user, after in ((asker, 0), (asker, 14), (colleague, 14), (asker, 16)):
        with clock.moved(timedelta(minutes=after)):
            note_read(actor=actor_for(user), subject=patient, patient_id=patient.pk, what="record", once_per_look=True)
    looks = Entry.unscoped.filter(verb="read").order_by("id").values_list("actor_id", flat=True)
    assert list(looks) == [asker.pk, colleague.pk, asker.pk]
