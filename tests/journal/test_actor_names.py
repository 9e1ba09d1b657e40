"""Who acted, in the reader's language: without a query for each entry."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from consortium.journal.models import Entry
from consortium.journal.operations import note_read
from consortium.journal.queries import Narrow, journal_page
from consortium.journal.templatetags.journal_words import actor_words, verb_words
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.cast import actor_for, client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(asker: User, patient: Patient) -> User:
    """Somebody with a name in both languages has read a record."""
    User.objects.filter(pk=asker.pk).update(full_name="Lin Yue", full_name_zh="林悦")
    user = User.objects.get(pk=asker.pk)
    note_read(actor=actor_for(user), subject=patient, patient_id=patient.pk, what="record")
    return user


def entry_of(auditor: User) -> Any:
    with acting_as(actor_for(auditor)):
        return next(e for e in journal_page(Narrow()).items if e.verb == "read")


@pytest.mark.parametrize(("language", "name"), [("en", "Lin Yue"), ("zh-hans", "林悦")])
def test_a_person_in_the_readers_language(read: User, auditor: User, language: str, name: str) -> None:
    with translation.override(language):
        assert actor_words(entry_of(auditor)) == name


def test_a_name_changed_since_stays_as_it_was_then(read: User, auditor: User) -> None:
    User.objects.filter(pk=read.pk).update(full_name="Lin Yueming", full_name_zh="林悦明")
    with translation.override("zh-hans"):
        assert actor_words(entry_of(auditor)) == "Lin Yue"


def test_the_list_reads_the_persons_along(read: User, auditor: User, django_assert_num_queries: Any) -> None:
    entry = entry_of(auditor)
    with django_assert_num_queries(0):
        actor_words(entry)


def test_an_entry_read_without_its_person_asks_for_nobody(read: User, django_assert_num_queries: Any) -> None:
    entry = Entry.unscoped.get(verb="read")
    with django_assert_num_queries(0):
        assert actor_words(entry) == "Lin Yue"


def test_the_auditors_page_in_chinese(read: User, auditor: User) -> None:
    page = client_for(auditor).get(reverse("journal:entries"), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "林悦" in page


def test_the_readers_of_a_record_in_chinese(read: User, auditor: User, patient: Patient) -> None:
    url = reverse("patients:readers", args=[patient.pk])
    assert "林悦" in client_for(auditor).get(url, headers={"Accept-Language": "zh-hans"}).content.decode()


@pytest.mark.parametrize("verb", ["stop_sharing", "send_again", "end-sharing"])
def test_what_happens_around_the_consent_has_words(verb: str) -> None:
    assert "_" not in str(verb_words(verb))
