"""The page's socket on the real web process: who gets in, who hears what, and how it ends."""

import socket
import time
from contextlib import suppress

import orjson
import pytest
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from consortium.journal.models import Entry
from consortium.journal.operations import record
from consortium.kernel import bells, topics
from consortium.kernel.actors import acting_as, system
from consortium.kernel.clock import now
from consortium.kernel.policies import Allowed
from consortium.live import queries
from consortium.live.consumers import page as page_consumer
from consortium.live.consumers import the_process
from consortium.live.consumers.page import BURST, FLOOD, MALFORMED, NOT_TEXT, RIGHT_ENDED, SIGNED_OUT, TOO_BIG, TROUBLE
from consortium.live.operations import lost_bells, publish
from consortium.live.queries import UNSEEN
from consortium.people.events import SeatLost
from consortium.people.models import Membership, User
from tests.live.conftest import Cast, Door, cookie_of
from tests.live.own_valkey import OwnValkey
from tests.live.server import WebProcess


def happens(cast: Cast, verb: str = "move") -> Entry:
    with transaction.atomic():
        return record(actor=system("test"), verb=verb, subject=cast.seat)


def lose_seat(seat: Membership) -> None:
    """The seat ends, and the event says so, in one transaction: as the operations of people do."""
    with transaction.atomic(), acting_as(system("test")):
        Membership.objects.filter(pk=seat.pk).update(starts_on="2020-01-01", ends_on="2020-01-02")
        record(
            actor=system("test"), verb="end", subject=seat, event=SeatLost(seat.user_id, seat.institution_id, seat.role)
        )  # fmt: skip


# --- the door ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost:1", "http://localhost.evil.example", "null", "file://localhost"],
)
def test_another_site_is_refused(door: Door, cast: Cast, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        door.open(cast.owner, origin=origin)


def test_no_origin_is_refused(door: Door, cast: Cast) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        door.open(cast.owner, origin="")


@pytest.mark.parametrize("cookie", ["", "session8000=", "session8000=forged", "a=b; c", '"'])
def test_nobody_known_is_refused(door: Door, cast: Cast, cookie: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        door.open(cookie=cookie)


def test_somebody_inactive_is_refused(door: Door, cast: Cast) -> None:
    cookie = cookie_of(cast.owner)
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    with pytest.raises(InvalidStatus, match="403"):
        door.open(cookie=cookie)


def test_an_unknown_address_is_refused(door: Door, cast: Cast) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        door.open(cast.owner, path="/ws/other/")


# --- topics ------------------------------------------------------------------------------------------------------


def test_two_pages_hear_what_commits(door: Door, cast: Cast) -> None:
    happens(cast)
    pages = [door.open(cast.owner), door.open(cast.mate)]
    for page in pages:
        assert page.listen(cast.topic) == {"did": "listen", "topic": cast.topic, "seq": 1}
    entry = happens(cast)
    for page in pages:
        assert page.hear() == {"topic": cast.topic, "seq": entry.seq}


def test_a_page_that_comes_back_gets_what_it_missed_with_the_answer(door: Door, cast: Cast) -> None:
    for verb in ("one", "two", "read", "three"):
        happens(cast, verb)
    page = door.open(cast.owner)
    page.say(do="listen", topic=cast.topic, after=1)
    told = page.hear()
    assert (told["did"], told["seq"], told["more"]) == ("listen", 4, False)
    assert [(entry["seq"], entry["what"]) for entry in told["entries"]] == [(2, "two"), (4, "three")]
    page.say(do="listen", topic=cast.topic, after=4)
    assert page.hear() == {"did": "listen", "topic": cast.topic, "seq": 4, "entries": [], "more": False}
    entry = happens(cast)
    assert page.hear() == {"topic": cast.topic, "seq": entry.seq}, "asking again is no second subscription"


def test_what_comes_in_pieces_alarms_nobody(door: Door, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CATCH_UP_LIMIT", 2)
    for verb in ("one", "two", "three"):
        happens(cast, verb)
    page = door.open(cast.owner)
    page.say(do="listen", topic=cast.topic, after=0)
    assert (told := page.hear())["more"] and told["seq"] == 2
    page.say(do="listen", topic=cast.topic, after=2)
    assert [entry["seq"] for entry in page.hear()["entries"]] == [3]


def test_a_full_page_may_still_ask_for_what_it_missed(door: Door, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    page = door.open(cast.owner)
    page.listen(cast.topic)
    monkeypatch.setattr(page_consumer, "MAX_TOPICS", 1)
    page.say(do="listen", topic=cast.topic, after=0)
    assert page.hear()["did"] == "listen"
    assert page.listen(f"membership:{cast.mates_seat.pk}")["code"] == "too-many"


def test_what_rolls_back_rings_nobody(door: Door, cast: Cast) -> None:
    page = door.open(cast.owner)
    page.listen(cast.topic)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happens(cast)
        raise ZeroDivisionError
    entry = happens(cast)
    assert page.hear()["seq"] == entry.seq


def test_one_socket_many_topics(door: Door, cast: Cast) -> None:
    page = door.open(cast.mate)
    with acting_as(system("test")):
        others = [str(seat.pk) for seat in Membership.objects.filter(institution=cast.seat.institution)]
    assert len(others) == 2
    for key in others:
        page.listen(f"membership:{key}")
    publish(f"membership:{others[1]}", 7, html="<b>x</b>", prev=6)
    assert page.hear() == {"topic": f"membership:{others[1]}", "seq": 7, "html": "<b>x</b>", "prev": 6}
    page.say(do="leave", topic=f"membership:{others[1]}")
    assert page.hear()["did"] == "leave"
    publish(f"membership:{others[1]}", 8)
    publish(f"membership:{others[0]}", 1)
    assert page.hear() == {"topic": f"membership:{others[0]}", "seq": 1}


def test_a_stranger_cannot_tell_hidden_from_missing(door: Door, cast: Cast) -> None:
    page = door.open(cast.stranger)
    missing = "membership:00000000-0000-0000-0000-000000000000"
    answers = [
        page.listen(topic)
        for topic in (cast.topic, missing, "membership:not-an-id", "membership:", "nonsense:1", "x" * 200)
    ]
    assert {(a["did"], a["code"], a["status"]) for a in answers} == {("refuse", "not-found", 404)}
    happens(cast)
    page.say(do="ping")
    assert page.hear() == {"did": "pong"}


def test_nobody_listens_to_the_rights_of_others(door: Door, cast: Cast) -> None:
    page = door.open(cast.stranger)
    assert page.listen(f"rights:{cast.owner.pk}")["did"] == "refuse"


def test_one_page_listens_to_so_many_topics_only(door: Door, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_consumer, "MAX_TOPICS", 1)
    page = door.open(cast.mate)
    page.listen(cast.topic)
    assert page.listen(f"membership:{cast.mates_seat.pk}")["code"] == "too-many"


# --- what a page says amiss --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", MALFORMED), ("[]", MALFORMED), ('"listen"', MALFORMED), ("{}", MALFORMED), ('{"do":7}', MALFORMED),
        ('{"do":"listen"}', MALFORMED), ('{"do":"listen","topic":7}', MALFORMED), ('{"do":"drop tables"}', MALFORMED),
        ('{"do":"__init__","topic":"a:b"}', MALFORMED), (b"\0\1", NOT_TEXT), ("x" * 5000, TOO_BIG),
        ("x" * 70000, TOO_BIG), ("[" * 4000, MALFORMED),
    ],
)  # fmt: skip
def test_a_bad_frame_ends_in_a_coded_close(door: Door, cast: Cast, frame: str | bytes, code: int) -> None:
    page = door.open(cast.owner)
    page.socket.send(frame)
    assert page.close_code() == code


def test_bad_utf8_ends_in_a_coded_close(door: Door, cast: Cast) -> None:
    page = door.open(cast.owner)
    page.socket.send(b"\xff\xfe{}", text=True)
    assert page.close_code() == 1007


def test_a_flood_ends_in_a_coded_close_and_others_go_on(door: Door, cast: Cast) -> None:
    flooding, fine = door.open(cast.owner), door.open(cast.mate)
    fine.listen(cast.topic)
    with suppress(ConnectionClosed):
        for _ in range(3 * BURST):
            flooding.say(do="ping")
    assert flooding.close_code() == FLOOD
    happens(cast)
    assert fine.hear()["topic"] == cast.topic


def test_errors_of_the_database_close_and_leave_no_traceback(
    door: Door, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import OperationalError

    def away(*args: object) -> None:
        raise OperationalError("the database is away")

    page = door.open(cast.owner)
    monkeypatch.setattr("consortium.live.queries.may_listen", away)
    page.say(do="listen", topic=cast.topic)
    assert page.close_code() == TROUBLE
    assert not [r for r in caplog.records if r.exc_info]


# --- rights that end ---------------------------------------------------------------------------------------------


def test_a_seat_lost_closes_the_page_that_showed_what_it_gave_within_two_seconds(door: Door, cast: Cast) -> None:
    """The administrator loses the role that shows other people's seats, and keeps her own."""
    page = door.open(cast.mate)
    for seat in (cast.seat, cast.mates_seat):
        page.listen(f"membership:{seat.pk}")
    begun = time.monotonic()
    lose_seat(cast.mates_seat)
    assert page.close_code() == RIGHT_ENDED
    assert time.monotonic() - begun < 2


def test_it_comes_back_with_what_is_still_its_readers(door: Door, cast: Cast) -> None:
    lose_seat(cast.mates_seat)
    page = door.open(cast.mate)
    assert page.listen(cast.topic)["did"] == "refuse"
    own = f"membership:{cast.mates_seat.pk}"
    assert page.listen(own)["did"] == "listen"
    publish(cast.topic, 99)
    publish(own, 100)
    assert page.hear() == {"topic": own, "seq": 100}, "and nothing came of the one that was refused"


def test_a_right_that_stays_keeps_its_topic(door: Door, cast: Cast) -> None:
    page = door.open(cast.owner)
    page.listen(cast.topic)
    lose_seat(cast.seat)  # one still sees the seats one has had
    assert page.hear()["topic"] == cast.topic
    happens(cast, "note")
    assert page.hear()["topic"] == cast.topic


def test_signing_out_closes_the_pages_of_that_session(door: Door, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.owner)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    here, elsewhere = door.open(cookie=cookie), door.open(cast.owner)
    elsewhere.listen(cast.topic)
    client.logout()
    assert here.close_code() == SIGNED_OUT
    happens(cast)
    assert elsewhere.hear()["topic"] == cast.topic


def test_a_right_that_runs_out_by_itself_closes_its_page(door: Door, cast: Cast) -> None:
    from datetime import timedelta

    ends = now() + timedelta(seconds=0.5)
    kind = topics.TopicKind(
        "brief",
        lambda actor, key: Allowed() if now() < ends else UNSEEN,
        lambda keys: dict.fromkeys(keys, 0),
        lambda actor, key, after, limit: [],
        lambda actor, key: ends,
    )
    topics.register(kind)
    page = door.open(cast.owner)
    assert page.listen("brief:1")["did"] == "listen"
    assert page.close_code() == RIGHT_ENDED
    topics._kinds.pop("brief")


# --- when Redis fails --------------------------------------------------------------------------------------------


def test_redis_restarted_empty_all_pages_are_told_to_resync(door: Door, cast: Cast, own_valkey: OwnValkey) -> None:
    pages = [door.open(cast.owner) for _ in range(5)]
    for page in pages:
        page.listen(cast.topic)
    own_valkey.kill()
    entry = happens(cast)  # stored, and its bell lost
    own_valkey.start()
    for page in pages:
        assert page.hear_until(did="resync")
    time.sleep(1.0)  # the sender's bell rests after a failure
    later = happens(cast)
    for page in pages:
        assert page.hear_until(seq=later.seq)["topic"] == cast.topic
    assert later.seq == entry.seq + 1


def test_with_redis_down_senders_never_see_it_and_pages_still_open(
    door: Door, cast: Cast, own_valkey: OwnValkey
) -> None:
    own_valkey.kill()
    before = lost_bells()
    entries = [happens(cast) for _ in range(3)]
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert lost_bells() == before + 3
    page = door.open(cast.owner)
    assert page.listen(cast.topic) == {"did": "listen", "topic": cast.topic, "seq": 3}
    own_valkey.start()
    page.hear_until(did="resync")


def test_a_bell_lost_between_commit_and_ring_is_made_good(
    door: Door, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = door.open(cast.owner)
    page.listen(cast.topic)
    monkeypatch.setattr(bells, "_ringers", [])
    entry = happens(cast)
    assert page.hear() == {"topic": cast.topic, "seq": entry.seq, "what": "behind"}


def _peer_that_never_reads(web: WebProcess, cookie: str, topic: str) -> socket.socket:
    """A raw connection that shakes hands, listens, and then takes nothing more out of its small buffer."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", web.port))
    peer.sendall(
        f"GET /ws/ HTTP/1.1\r\nHost: localhost:{web.port}\r\nOrigin: {web.origin}\r\nCookie: {cookie}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    peer.settimeout(10)
    _hear(peer, b"\r\n\r\n")
    frame = orjson.dumps({"do": "listen", "topic": topic})
    peer.sendall(bytes([0x81, 0x80 | len(frame)]) + b"\0\0\0\0" + frame)
    _hear(peer, b'"did":"listen"')
    return peer


def _hear(peer: socket.socket, wanted: bytes) -> None:
    heard = b""
    while wanted not in heard:
        heard += peer.recv(1024)


def _rings(topic: str, seq: int) -> bool:
    """A large frame, sent again while Valkey does not answer in time on a machine that has much to do."""
    for _ in range(50):
        if publish(topic, seq, html="x" * 60_000):
            return True
        time.sleep(0.2)
    return False


def test_a_peer_that_stops_reading_is_cut_and_costs_the_others_nothing(
    door: Door, cast: Cast, web: WebProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R10: its own queue fills, the line is cut; even the close frame that it does not take is not waited for."""
    monkeypatch.setattr(page_consumer, "CLOSE_GRACE", 0.2)
    fine = door.open(cast.mate)
    fine.listen(cast.topic)
    with _peer_that_never_reads(web, cookie_of(cast.owner), cast.topic):
        for n in range(400):
            assert _rings(cast.topic, n + 1)
            assert fine.hear()["seq"] == n + 1
        deadline = time.monotonic() + 10
        while (census := web.call(lambda: the_process().hub.census()))["lines"] > 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert census == {"lines": 2, "topics": 2, "losses": 0}, "the other page and the ear for rights"
        assert web.call(lambda: len(web.server.server_state.connections)) == 1
