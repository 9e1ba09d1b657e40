"""The journal over the API, and its page in every state and in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from django.utils.html import escape

from consortium.journal.models import Entry, Verification
from consortium.journal.operations import record
from consortium.journal.templatetags import journal_words
from consortium.kernel import clock
from consortium.kernel.actors import system
from consortium.people.models import Institution, Region, User
from tests.api.conftest import calls_of, ok
from tests.cast import client_for

pytestmark = pytest.mark.django_db


def say(subject: Any, verb: str = "edit", **more: Any) -> Entry:
    with transaction.atomic():
        return record(actor=system("a timer"), verb=verb, subject=subject, **more)


def listed(auditor: User, **query: Any) -> list[Any]:
    results: list[Any] = ok(calls_of(auditor).get("journal/", **query))["results"]
    return results


def test_an_entry_over_the_api(auditor: User, region: Region) -> None:
    made = Entry.unscoped.get(pk=say(region, facts={"to": 3}).pk)
    shown = listed(auditor)[0]
    assert (shown["verb"], shown["facts"], shown["hash"]) == ("edit", {"to": 3}, bytes(made.hash).hex())


def test_the_system_s_reason_stands_for_its_name(auditor: User, region: Region) -> None:
    say(region)
    assert listed(auditor)[0]["who"] == "a timer"


def test_narrowed_over_the_api(auditor: User, region: Region, hospital: Institution) -> None:
    say(region, "one")
    say(region, "two", institution_id=hospital.pk)
    assert [entry["verb"] for entry in listed(auditor, institution=str(hospital.pk))] == ["two"]


def test_a_sealed_text_is_not_among_the_members(auditor: User, region: Region) -> None:
    say(region, text="the mother is worried")
    assert "sealed" not in listed(auditor)[0]


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"verb": "two words"}, {"institution": "x"}, {"who": "x"}])
def test_a_question_that_means_nothing_is_refused(auditor: User, query: dict[str, str]) -> None:
    assert calls_of(auditor).get("journal/", **query).status_code == 422


@pytest.mark.parametrize("who", ["asker", "specialist", "manager", "coordinator", "admin"])
@pytest.mark.parametrize("path", ["journal/", "journal/verification/"])
def test_others_are_told_why_not(who: str, path: str, request: pytest.FixtureRequest) -> None:
    reply = calls_of(request.getfixturevalue(who)).get(path)
    assert (reply.status_code, "auditors" in reply.json()["detail"]) == (403, True)


def test_before_the_first_verification_there_is_none(auditor: User) -> None:
    assert calls_of(auditor).get("journal/verification/").status_code == 404


@pytest.fixture
def verified(db: None) -> Verification:
    return Verification.objects.create(at=clock.now(), finished_at=clock.now(), chains=3, newest_id=0)


def test_the_last_verification_over_the_api(auditor: User, verified: Verification) -> None:
    assert ok(calls_of(auditor).get("journal/verification/"))["chains"] == 3


def test_its_faults_over_the_api(auditor: User, verified: Verification) -> None:
    fault = {"chain": "patient:x", "seq": 2, "what": "altered"}
    Verification.objects.update(faults=[fault], fault_count=1)
    assert ok(calls_of(auditor).get("journal/verification/"))["faults"] == [fault]


def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(
    auditor: User, region: Region, django_assert_num_queries: Any
) -> None:
    caller = calls_of(auditor)
    say(region)
    caller.get("journal/")
    counts = []
    for rows in (1, 3):
        with django_assert_num_queries(4) as counted:
            assert len(listed_by(caller)) == rows
        counts.append(len(counted))
        say(region)
        say(region)
    assert counts == [4, 4]


def listed_by(caller: Any) -> list[Any]:
    results: list[Any] = ok(caller.get("journal/"))["results"]
    return results


# -- the page


def page(user: User, language: str = "en", **query: str) -> str:
    return client_for(user).get("/journal/", query, headers={"Accept-Language": language}).content.decode()


def test_an_empty_journal_says_so(auditor: User) -> None:
    assert "No entries" in page(auditor)


def test_an_empty_journal_says_so_in_chinese(auditor: User) -> None:
    assert "No entries" not in page(auditor, "zh-hans")


def test_an_empty_journal_offers_no_export(auditor: User) -> None:
    assert "/journal/export/" not in page(auditor)


def test_an_auditor_is_offered_the_export(auditor: User, region: Region) -> None:
    say(region)
    assert "/journal/export/" in page(auditor)


def test_a_privacy_officer_is_not(privacy: User, community: Institution, region: Region) -> None:
    say(region, institution_id=community.pk)
    text = page(privacy)
    assert "entry-what" in text
    assert "/journal/export/" not in text


def test_the_export_keeps_what_was_narrowed(auditor: User, region: Region) -> None:
    say(region)
    assert '<input type="hidden" name="verb" value="edit">' in page(auditor, verb="edit")


def test_an_unreadable_day_narrows_nothing(auditor: User, region: Region) -> None:
    say(region)
    assert "entry-what" in page(auditor, since="yesterday")


def test_before_the_first_night_the_page_says_so(auditor: User) -> None:
    assert "not been verified yet" in page(auditor)


def test_chains_that_hold_are_said_to(auditor: User, verified: Verification) -> None:
    assert "3 chains verified" in page(auditor)


def test_one_chain_is_one(auditor: User, verified: Verification) -> None:
    Verification.objects.update(chains=1)
    assert "1 chain verified" in page(auditor)


def test_a_fault_is_an_alarm(auditor: User, verified: Verification) -> None:
    Verification.objects.update(faults=[{"chain": "patient:x", "seq": 2, "what": "altered"}], fault_count=1)
    text = page(auditor)
    assert 'role="alert"' in text
    assert "patient:x #2" in text


def test_several_faults_are_counted(auditor: User, verified: Verification) -> None:
    Verification.objects.update(faults=[], fault_count=7)
    assert "tampered with: 7 faults" in page(auditor)


def test_an_entry_says_for_which_institution(auditor: User, region: Region, hospital: Institution) -> None:
    say(region, institution_id=hospital.pk)
    assert f'<span class="soft">{escape(hospital.name_en)}</span>' in page(auditor)


def test_an_entry_says_where_something_was_read(auditor: User, region: Region) -> None:
    say(region, "read", facts={"what": "report"})
    assert "(report)" in page(auditor)


# -- words


class _Entry:
    def __init__(self, **fields: Any) -> None:
        plain = {"actor_kind": "person", "actor_name": "", "subject_type": "", "subject_id": "", "facts": {}}
        self.__dict__.update({**plain, **fields})


def test_a_person_is_named() -> None:
    assert journal_words.actor_words(_Entry(actor_name="Dr Li")) == "Dr Li"


def test_somebody_without_a_name_is_a_dash() -> None:
    assert journal_words.actor_words(_Entry()) == "–"


def test_the_system_s_reason_is_put_in_words() -> None:
    assert journal_words.actor_words(_Entry(actor_kind="system", actor_name="paging")) == "Urgent calls"


def test_the_system_s_reason_is_put_in_chinese_words() -> None:
    with translation.override("zh-hans"):
        assert journal_words.actor_words(_Entry(actor_kind="system", actor_name="paging")) != "Urgent calls"


def test_a_reason_without_words_is_the_system() -> None:
    assert journal_words.actor_words(_Entry(actor_kind="system", actor_name="odd")) == "The system"


def test_a_model_without_words_of_its_own_says_its_name() -> None:
    assert journal_words.subject_words(_Entry(subject_type="people.region")) == "region"


def test_what_is_no_model_says_what_was_read() -> None:
    assert journal_words.subject_words(_Entry(subject_type="list", subject_id="worklist-mine")) == "worklist"


def test_a_model_that_is_gone_says_its_id() -> None:
    assert journal_words.subject_words(_Entry(subject_type="gone.thing", subject_id="7")) == "7"


def test_a_verb_without_words_is_shown_as_it_is() -> None:
    assert journal_words.verb_words("odd-act") == "Odd act"


def test_a_place_without_words_is_shown_as_it_is() -> None:
    assert journal_words.what_words("odd") == "odd"
