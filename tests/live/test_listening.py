"""What one may listen to, what was missed of it, and how it rings."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.db import transaction

from consortium.journal.models import READS
from consortium.journal.operations import record
from consortium.kernel import topics
from consortium.kernel.actors import ANONYMOUS, Actor, acting_as, system
from consortium.kernel.events import DomainEvent, receivers_of
from consortium.kernel.policies import Allowed, Denied
from consortium.kernel.topics import TopicKind
from consortium.live import operations, queries, receivers
from consortium.live.consumers import page
from consortium.live.queries import Missed
from consortium.patients.events import AccessEnded, SharingEnded
from consortium.patients.models import Patient
from consortium.people.events import SeatGained, SeatLost, SessionsEnded
from consortium.people.models import Institution, User
from consultations.events import SharingStopped
from referrals.events import ReferralCancelled
from tests.cast import actor_for, client_for

ANN = uuid4()

# -- what one may listen to


@pytest.fixture
def ward(monkeypatch: pytest.MonkeyPatch) -> TopicKind:
    """A kind of topic that people with the key "open" may hear."""
    monkeypatch.setattr(topics, "_kinds", {})
    kind = TopicKind(
        "ward",
        lambda actor, key: Allowed() if key == "open" else Denied("not here"),
        lambda keys: dict.fromkeys(keys, 7),
        lambda actor, key, after, limit: [{"seq": n} for n in range(after + 1, 8)][:limit],
    )
    topics.register(kind)
    return kind


def test_what_its_kind_allows(ward: TopicKind) -> None:
    assert queries.may_listen(Actor("person", user_id=ANN), "ward:open").allowed


def test_what_its_kind_refuses(ward: TopicKind) -> None:
    assert not queries.may_listen(Actor("person", user_id=ANN), "ward:shut").allowed


@pytest.mark.parametrize("topic", ["", "ward", "ward:", "other:open", "ward:" + "x" * 120])
def test_a_name_that_is_none_is_hidden(ward: TopicKind, topic: str) -> None:
    assert queries.may_listen(Actor("person", user_id=ANN), topic).hidden


def test_a_visitor_hears_nothing(ward: TopicKind) -> None:
    assert queries.may_listen(ANONYMOUS, "ward:open").hidden


def test_where_topics_stand(ward: TopicKind) -> None:
    assert queries.last_seqs(["ward:a", "ward:b", "other:c", "ward:"]) == {"ward:a": 7, "ward:b": 7}


def test_where_one_topic_stands_and_until_when(ward: TopicKind) -> None:
    assert queries.where_it_stands(Actor("person", user_id=ANN), "ward:open") == (Missed(7), None)


def test_a_kind_that_is_none_stands_at_nothing(ward: TopicKind) -> None:
    assert queries.where_it_stands(Actor("person", user_id=ANN), "other:x") == (Missed(0), None)


def test_where_it_stands_holds_what_was_missed(ward: TopicKind) -> None:
    found = Missed(7, [{"seq": 6}, {"seq": 7}])
    assert queries.where_it_stands(Actor("person", user_id=ANN), "ward:open", 5) == (found, None)


def test_who_has_the_newest_missed_nothing(ward: TopicKind) -> None:
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 7) == Missed(7)


def test_a_number_that_was_never_stored_is_not_believed(ward: TopicKind) -> None:
    """Else one page could tell the hub that a topic stands where no bell will ever come."""
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 10**17) == Missed(7)


def test_a_list_has_no_entries_and_stands_at_its_number(monkeypatch: pytest.MonkeyPatch, ward: TopicKind) -> None:
    monkeypatch.setattr(queries, "entries_after", lambda *given: [])
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 5) == Missed(7, [])


def test_a_long_absence_stops_at_the_last_entry_told(monkeypatch: pytest.MonkeyPatch, ward: TopicKind) -> None:
    monkeypatch.setattr(queries, "CATCH_UP_LIMIT", 2)
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 1) == Missed(3, [{"seq": 2}, {"seq": 3}], True)


def test_what_commits_between_two_reads_does_not_count_as_shown(ward: TopicKind) -> None:
    """The newest number was 7 when it was asked for; by the time the entries are read there is an eighth."""
    grown = TopicKind("ward", ward.may_listen, ward.last_seqs, lambda actor, key, after, limit: [{"seq": 8}])
    topics._kinds["ward"] = grown
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 6) == Missed(8, [{"seq": 8}])


def test_a_kind_that_is_none_has_no_entries(ward: TopicKind) -> None:
    assert queries.entries_after(Actor("person", user_id=ANN), "other:x", 0) == []


# -- catching up over HTTP


def test_what_was_missed(ward: TopicKind, asker: User) -> None:
    reply = client_for(asker).get("/live/catch-up/?topic=ward:open&after=5").json()
    assert reply == {"topic": "ward:open", "seq": 7, "entries": [{"seq": 6}, {"seq": 7}], "more": False}


def test_a_long_absence_says_that_there_is_more(ward: TopicKind, asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CATCH_UP_LIMIT", 2)
    reply = client_for(asker).get("/live/catch-up/", {"topic": "ward:open"}).json()
    assert (reply["seq"], reply["more"]) == (2, True)


def test_who_is_ahead_is_not_set_back(ward: TopicKind, asker: User) -> None:
    assert client_for(asker).get("/live/catch-up/?topic=ward:open&after=99").json()["seq"] == 99


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 19, ""])
def test_a_number_that_is_none(ward: TopicKind, asker: User, after: str) -> None:
    assert client_for(asker).get("/live/catch-up/", {"topic": "ward:open", "after": after}).status_code == 422


def test_a_topic_that_is_refused_says_why(ward: TopicKind, asker: User) -> None:
    reply = client_for(asker).get("/live/catch-up/", {"topic": "ward:shut"})
    assert (reply.status_code, reply.json()["title"]) == (403, "not here")


def test_numbers_of_what_one_may_hear(ward: TopicKind, asker: User) -> None:
    reply = client_for(asker).get("/live/seqs/", {"topic": ["ward:open", "ward:shut", "x"]}).json()
    assert reply == {"seqs": {"ward:open": 7}}


def test_no_more_topics_than_a_page_may_have(ward: TopicKind, asker: User) -> None:
    asked: Any = ["x:y"] * 32 + ["ward:open"]
    assert client_for(asker).get("/live/seqs/", {"topic": asked}).json() == {"seqs": {}}


# -- ringing


def test_a_right_that_changed_rings_whose(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(operations, "_rung", lambda *frames: rung.extend(frames))
    operations.ring([(f"rights:{ANN}", 7)])
    assert rung == [("rights", 7, str(ANN))]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Whose bells of rights Redis took."""
    rung: list[tuple[str, int]] = []

    def ring(user_ids: list[str], seq: int) -> None:
        rung.extend((user_id, seq) for user_id in user_ids)

    monkeypatch.setattr(receivers, "ring_rights", ring)
    return rung


@pytest.mark.parametrize("kind", [SeatLost, SeatGained, SessionsEnded, AccessEnded, SharingEnded])
def test_a_change_of_rights_is_heard_in_its_commit_and_by_the_outbox(kind: type[DomainEvent]) -> None:
    heard = {(one.run, one.duty) for one in receivers_of(kind.event_name())}
    assert {(receivers.rights_changed, True), (receivers.rights_have_changed, False)} <= heard


def test_the_outbox_rings_rights_once_more(taken: list[tuple[str, int]]) -> None:
    receivers.rights_have_changed(7, AccessEnded(uuid4(), ANN))
    assert taken == [(str(ANN), 7)]


def test_it_rings_for_all_who_shared_a_child(taken: list[tuple[str, int]], asker: User, community: Institution) -> None:
    receivers.rights_have_changed(7, SharingEnded(uuid4(), [str(ANN)], [str(community.pk)]))
    assert set(taken) >= {(str(ANN), 7), (str(asker.pk), 7)}


def test_with_institutions_unnamed_only_the_named_look_again(db: None, taken: list[tuple[str, int]]) -> None:
    receivers.rights_have_changed(7, SharingEnded(uuid4(), [str(ANN)], []))
    assert taken == [(str(ANN), 7)]


def test_a_bell_of_rights_that_redis_did_not_take_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[int] = []
    monkeypatch.setattr(operations, "_rung", lambda *frames: trips.append(len(frames)))
    with pytest.raises(ConnectionError):
        receivers.rights_have_changed(7, AccessEnded(uuid4(), ANN))
    assert trips == [1]


def test_rights_of_many_are_one_trip_and_of_nobody_none(monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[int] = []

    def rung(*frames: object) -> bool:
        trips.append(len(frames))
        return True

    monkeypatch.setattr(operations, "_rung", rung)
    operations.ring_rights(["a", "b", "c"], 7)
    operations.ring_rights([], 7)
    assert trips == [3]


@pytest.mark.parametrize("event", [SharingStopped, ReferralCancelled])
def test_what_is_no_longer_shared_is_shut_by_the_outbox_too(event: type[DomainEvent]) -> None:
    heard = {(one.run.__name__, one.duty) for one in receivers_of(event.event_name())}
    assert {("shut_open_pages", True), ("pages_are_shut", False)} <= heard


def test_a_topic_that_moved_rings_where_to(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(operations, "_rung", lambda *frames: rung.extend(frames))
    operations.ring([("case:1", 7)])
    assert rung == [("case:1", 7, '{"topic":"case:1","seq":7}')]


def test_a_bell_says_nothing_of_what_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/decisions/0007: who may not see it learns nothing by it."""
    texts: list[str] = []
    monkeypatch.setattr(operations, "_rung", lambda *frames: texts.extend(frame.text for frame in frames))
    operations.ring([("case:1", 7)])
    assert set(orjson.loads(texts[0])) == {"topic", "seq"}


def test_while_redis_is_left_alone_a_frame_is_counted_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consortium.kernel.valkey.Breaker.open", property(lambda self: True))
    before = operations.lost_bells()
    assert not operations.publish("case:1", 7)
    assert operations.lost_bells() == before + 1


def test_codes_of_closing_tell_each_other_apart() -> None:
    codes = [page.MALFORMED, page.SIGNED_OUT, page.RIGHT_ENDED, page.FLOOD, page.TOO_BIG, page.NOT_TEXT, page.TROUBLE]
    assert len(set(codes)) == len(codes)


def test_the_actor_of_a_session_holds_the_seats_of_now(asker: User) -> None:
    key = str(client_for(asker).session.session_key)
    assert queries.actor_of_session(key).seats == actor_for(asker).seats


# -- a record's page


@pytest.fixture
def wards(hospital: Institution, community: Institution) -> list[Institution]:
    """Two subjects, the first of which something happened to twice, the second once; a read tells nobody anything."""
    with acting_as(system("setting the stage")), transaction.atomic():
        for subject, verb in ((hospital, "rename"), (community, "rename"), (hospital, "move"), (hospital, READS[0])):
            record(actor=system("setting the stage"), verb=verb, subject=subject)
    return [hospital, community]


def test_one_subject_stands_where_it_stands_among_several(wards: list[Institution]) -> None:
    kind, keys = queries.journalled("people.Institution"), [str(ward.pk) for ward in wards]
    with acting_as(system("asking")):
        several = kind.last_seqs([*keys, str(ANN)])
        alone = [kind.last_seqs([key]) for key in (*keys, str(ANN))]
    assert alone == [{key: several[key]} for key in (*keys, str(ANN))]
    assert [several[key] for key in (*keys, str(ANN))] == [2, 1, 0]


def test_who_may_see_a_record_may_listen_and_nobody_else(patient: Patient, asker: User, stranger: User) -> None:
    kind = queries.journalled("patients.Patient")
    heard = []
    for user in (asker, stranger, asker):
        actor = actor_for(user)
        with acting_as(actor):
            heard.append(kind.may_listen(actor, str(patient.pk)).allowed)
    assert heard == [True, False, True]


def test_a_key_that_is_no_id_is_hidden(asker: User) -> None:
    assert queries.journalled("patients.Patient").may_listen(actor_for(asker), "nobody").hidden
