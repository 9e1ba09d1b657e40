"""What a row of a list says, in both languages, and the forms and topics of the lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from django.utils import translation

from consortium.casework.forms import DutyForm, MessageForm, NarrowForm
from consortium.casework.models import Service, ServiceMember
from consortium.casework.queries import lists_live
from consortium.casework.queries.rows import EMPTY, age_words, child_words, kilograms, page_url, show_url, spoken
from consortium.casework.queries.worklists import Narrow, Tab
from consortium.casework.states import Ball, CaseKind, Leg, MessageKind, Priority
from consortium.kernel import clock, valkey
from consortium.kernel.actors import Actor, Seat, acting_as
from consortium.patients.states import Sex
from consortium.people.models import Institution, User
from tests.cast import actor_for

# -- words


@pytest.mark.parametrize(
    ("grams", "words"), [(6800, "6.8"), (7000, "7"), (850, "0.85"), (12_345, "12.345"), (None, ""), (0, "")]
)
def test_a_weight(grams: int | None, words: str) -> None:
    assert kilograms(grams) == words


def test_an_age_nobody_knows() -> None:
    assert age_words(None) == ""


def test_a_newborn_s_age_is_in_days() -> None:
    assert age_words(0) == "0 days"


def test_who_it_is_about() -> None:
    assert child_words(Sex.FEMALE, 210, 6800).startswith("Girl, ")


def test_a_sex_nobody_knows_is_not_said() -> None:
    assert child_words(Sex.UNKNOWN, 5, None) == "5 days"


def test_a_weight_nobody_knows_is_not_said() -> None:
    assert "kg" not in child_words(Sex.MALE, 5, None)


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    assert child_words(Sex.UNKNOWN, None, None) == ""


def test_in_chinese_the_facts_have_its_own_comma() -> None:
    with translation.override("zh-hans"):
        assert ", " not in child_words(Sex.FEMALE, 5, 6800)


NAMES = {"asker_names": ("Dr Wang", "王医生")}


def test_a_name_in_english() -> None:
    assert spoken(NAMES, "asker") == "Dr Wang"


def test_a_name_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert spoken(NAMES, "asker") == "王医生"


def test_where_there_is_no_chinese_name_the_other_is_said() -> None:
    with translation.override("zh-hans"):
        assert spoken({"asker_names": ("Dr Wang", "")}, "asker") == "Dr Wang"


def test_where_there_is_no_name_nothing_is_said() -> None:
    assert spoken({"asker_names": None}, "asker") == ""


@pytest.mark.parametrize("tab", Tab, ids=lambda tab: tab.value)
def test_every_empty_list_says_so_and_what_happens_next(tab: Tab) -> None:
    title, what_next = EMPTY[tab]
    assert str(title)
    assert str(what_next).endswith(".")


@pytest.mark.parametrize("tab", Tab, ids=lambda tab: tab.value)
def test_every_empty_list_says_so_in_chinese(tab: Tab) -> None:
    english = str(EMPTY[tab][0])
    with translation.override("zh-hans"):
        assert str(EMPTY[tab][0]) != english


@pytest.mark.parametrize("kind", [*Priority, *Ball, *Leg, *MessageKind], ids=lambda kind: f"{kind}")
def test_every_word_of_the_vocabulary_has_its_chinese(kind: Any) -> None:
    english = str(kind.label)
    with translation.override("zh-hans"):
        assert str(kind.label) != english


def test_an_urgency_has_its_fhir_code() -> None:
    assert [priority.code for priority in Priority] == ["stat", "urgent", "routine"]


# -- forms


def service_of(name: str = "Respiratory") -> Any:
    return type("S", (), {"pk": uuid4(), "name": name})()


def test_nothing_chosen_narrows_nothing() -> None:
    assert NarrowForm({}, []).narrow() == Narrow(None, None)


def test_a_service_and_an_urgency_are_typed() -> None:
    service = service_of()
    assert NarrowForm({"service": str(service.pk), "priority": "1"}, [service]).narrow() == Narrow(service.pk, 1)


def test_a_service_that_is_not_offered_is_left_out() -> None:
    assert NarrowForm({"service": str(uuid4())}, [service_of()]).narrow().service_id is None


@pytest.mark.parametrize("priority", ["9", "stat", "-1"])
def test_an_urgency_that_is_none_is_left_out(priority: str) -> None:
    assert NarrowForm({"priority": priority}, []).narrow().priority is None


def test_one_bad_choice_does_not_spoil_the_other() -> None:
    assert NarrowForm({"priority": "1", "service": "x"}, []).narrow().priority == 1


@pytest.mark.parametrize("hours", [4, 8, 12, 24])
def test_duty_lasts_as_long_as_was_chosen(hours: int) -> None:
    form = DutyForm({"hours": str(hours)})
    assert form.is_valid()
    assert abs(form.until() - clock.now() - timedelta(hours=hours)) < timedelta(seconds=5)


@pytest.mark.parametrize("hours", ["", "0", "5", "9000", "x"])
def test_duty_does_not_last_as_long_as_nobody_offered(hours: str) -> None:
    assert not DutyForm({"hours": hours}).is_valid()


def test_a_message_needs_words() -> None:
    assert not MessageForm({"text": "  "}).is_valid()


def test_a_message_s_key_is_typed() -> None:
    key = uuid4()
    form = MessageForm({"text": "x", "request_key": str(key)})
    assert form.is_valid()
    assert form.cleaned_data["request_key"] == key


def test_a_message_without_a_key_is_a_message() -> None:
    assert MessageForm({"text": "x"}).is_valid()


def test_a_made_up_key_is_refused() -> None:
    assert not MessageForm({"text": "x", "request_key": "1"}).is_valid()


# -- the topics of the lists


@pytest.fixture(autouse=True)
def served(valkey: redis.Redis) -> redis.Redis:
    return valkey


@pytest.fixture
def away(redis_away: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Redis is away, and was not known to be."""
    monkeypatch.setattr(valkey, "answers", lambda: False)
    yield
    valkey.breaker.close()


def test_a_topic_that_moved_says_when() -> None:
    lists_live.mark(["desk:a"], 5_000)
    assert lists_live.numbers(["desk:a"]) == {"desk:a": 5_000}


def test_a_topic_that_never_moved_says_when_the_memory_began() -> None:
    began = lists_live.numbers(["desk:a"])["desk:a"]
    assert lists_live.numbers(["desk:b"]) == {"desk:b": began}


def test_no_topics_have_no_numbers() -> None:
    assert lists_live.numbers([]) == {}


def test_what_moved_is_forgotten_at_last(served: redis.Redis) -> None:
    lists_live.mark(["desk:a"], 5_000)
    left: Any = served.ttl(valkey.key("moved", "desk:a"))
    assert 0 < left <= lists_live.KEPT_SECONDS


@pytest.mark.usefixtures("away")
def test_while_redis_is_away_a_list_stands_at_the_present() -> None:
    before = lists_live.present()
    assert lists_live.numbers(["desk:a"])["desk:a"] >= before


@pytest.mark.usefixtures("away")
def test_while_redis_is_away_marking_costs_nobody_anything() -> None:
    lists_live.mark(["desk:a"], 1)
    assert valkey.breaker.open


@pytest.mark.usefixtures("away")
def test_a_redis_known_to_be_away_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    valkey.breaker.trip()
    monkeypatch.setattr(lists_live, "client", lambda: pytest.fail("asked"))
    lists_live.mark(["desk:a"], 1)
    assert lists_live.numbers(["desk:a"])["desk:a"] <= lists_live.present()


def test_numbers_are_milliseconds() -> None:
    assert 1.7e12 < lists_live.present() < 1e13


KINDS = {kind.name: kind for kind in lists_live.kinds()}


def hears(actor: Actor, topic: str) -> bool:
    name, _, key = topic.partition(":")
    with acting_as(actor):
        return KINDS[name].may_listen(actor, key).allowed


def test_one_hears_one_s_own_desk(asker: User) -> None:
    assert hears(actor_for(asker), f"desk:{asker.pk}")


def test_one_does_not_hear_another_s(asker: User, colleague: User) -> None:
    assert not hears(actor_for(asker), f"desk:{colleague.pk}")


def test_what_one_may_not_hear_is_hidden(asker: User) -> None:
    decision = KINDS["desk"].may_listen(actor_for(asker), "x")
    assert decision.hidden


def test_a_member_hears_the_queue(specialist: User, service: Service) -> None:
    assert hears(actor_for(specialist), f"queue:{service.pk}")


def test_the_coordinator_hears_the_queue(coordinator: User, service: Service) -> None:
    assert hears(actor_for(coordinator), f"queue:{service.pk}")


def test_who_left_hears_the_queue_no_more(specialist: User, service: Service) -> None:
    ServiceMember.objects.update(left_at=clock.now())
    assert not hears(actor_for(specialist), f"queue:{service.pk}")


@pytest.mark.parametrize("topic", ["queue:x", "queue:", "asked:x", "desk:"])
def test_a_key_that_is_none_is_heard_by_nobody(specialist: User, topic: str) -> None:
    assert not hears(actor_for(specialist), topic)


@pytest.mark.parametrize("role", ["asker", "nurse", "coordinator"])
def test_who_asks_for_a_house_hears_what_it_asked(role: str, community: Institution) -> None:
    actor = Actor("person", user_id=uuid4(), seats=frozenset({Seat(role, community.pk)}))
    assert hears(actor, f"asked:{community.pk}")


def test_an_admin_of_the_house_does_not(community: Institution) -> None:
    actor = Actor("person", user_id=uuid4(), seats=frozenset({Seat("institution_admin", community.pk)}))
    assert not hears(actor, f"asked:{community.pk}")


def test_a_list_has_missed_nothing() -> None:
    assert KINDS["desk"].entries_after(Actor("person"), "x", 0, 10) == []


def test_the_newest_number_of_several_lists_at_once() -> None:
    lists_live.mark(["desk:a", "desk:b"], 5_000)
    assert KINDS["desk"].last_seqs(["a", "b"]) == {"a": 5_000, "b": 5_000}


def test_a_nil_key_is_nobody_s_desk() -> None:
    assert not hears(Actor("person", user_id=uuid4()), f"desk:{UUID(int=0)}")


@pytest.mark.parametrize("kind", CaseKind)
def test_a_row_leads_where_the_page_of_its_case_is(kind: CaseKind) -> None:
    case_id = uuid4()
    assert show_url(kind, case_id) == page_url(kind, "show", case_id)
