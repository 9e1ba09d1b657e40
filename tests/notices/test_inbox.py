"""The inbox on the screen: what is shown, read, and taken back; and only to its owner."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.kernel.actors import acting_as
from consortium.kernel.clock import moved
from consortium.kernel.topics import split
from consortium.notices.models import Notice
from consortium.people.models import User
from tests.cast import actor_for, client_for
from tests.notices.conftest import SYSTEM, Call, Tell

pytestmark = pytest.mark.django_db


def test_an_empty_inbox_says_what_will_come(ann: User) -> None:
    answer = client_for(ann).get("/notices/")
    assert "Nothing has been sent to you yet" in answer.content.decode()
    assert "Nothing of this kind" in client_for(ann).get("/notices/?show=urgent").content.decode()


def test_newest_first_with_what_is_unread_marked(tell: Tell, ann: User) -> None:
    for n in range(3):
        tell(ann, f"entry:{n}", urgent=n == 2)
    page = client_for(ann).get("/notices/").content.decode()
    assert page.count("Unread:") == 3
    assert page.count("Urgent:") == 1
    assert page.index("Urgent:") < page.index("Unread:", page.index("Unread:") + 1)


def test_filters_and_whatever_is_no_filter(tell: Tell, ann: User) -> None:
    client = client_for(ann)
    first = tell(ann, "a")
    tell(ann, "b", urgent=True)
    assert first is not None
    client.get(f"/notices/{first.pk}/")
    asked = {show: client.get(f"/notices/?show={show}").content.decode() for show in ("", "unread", "urgent", "x")}
    assert {show: page.count("inbox-item") for show, page in asked.items()} == {"": 2, "unread": 1, "urgent": 1, "x": 2}


def test_more_than_a_page_is_loaded_by_key(tell: Tell, ann: User) -> None:
    for n in range(27):
        tell(ann, f"entry:{n}")
    client = client_for(ann)
    page = client.get("/notices/").content.decode()
    assert page.count("inbox-item") == 25
    following = re.search(r'href="(\?after=[^"]+)"', page)
    assert following is not None
    assert client.get(f"/notices/{following.group(1)}").content.decode().count("inbox-item") == 2


def test_opening_one_reads_it_and_goes_there(tell: Tell, ann: User) -> None:
    notice = tell(ann)
    assert notice is not None
    client = client_for(ann)
    for _ in range(2):
        answer = client.get(f"/notices/{notice.pk}/")
        assert (answer.status_code, answer["Location"]) == (302, "/services/")
    assert Notice.unscoped.get().read_at is not None
    assert client.get("/notices/badge/").json() == {"count": 0}


def test_it_never_leads_to_another_site(tell: Tell, ann: User) -> None:
    notice = tell(ann)
    assert notice is not None
    Notice.unscoped.update(url="https://evil.example/")
    assert client_for(ann).get(f"/notices/{notice.pk}/")["Location"] == "/notices/"


def test_a_stranger_finds_nothing_of_it(tell: Tell, call: Call, ann: User, stranger: User) -> None:
    notice, page = tell(ann), call(ann)
    assert notice is not None
    client = client_for(stranger)
    for address in (f"/notices/{notice.pk}/", f"/notices/pages/{page.pk}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/notices/pages/{page.pk}/acknowledge/").status_code == 404
    assert Notice.unscoped.filter(read_at=None).count() == 2


def test_all_read_and_taken_back(tell: Tell, call: Call, ann: User) -> None:
    client = client_for(ann)
    first = tell(ann, "a")
    assert first is not None
    client.get(f"/notices/{first.pk}/")
    tell(ann, "b")
    call(ann)
    shown = client.post("/notices/read/", follow=True).content.decode()
    assert "1 notice is read." in shown
    assert client.get("/notices/badge/").json() == {"count": 1}, "a page that waits for an answer stays"
    undo = re.search(r'action="(/notices/read/[^"]+/undo/)"', shown)
    assert undo is not None
    client.post(undo.group(1))
    assert client.get("/notices/badge/").json() == {"count": 2}
    assert Notice.unscoped.get(pk=first.pk).read_at is not None, "what one had read before stays read"


def test_nothing_to_read_says_nothing(ann: User) -> None:
    assert "is read" not in client_for(ann).post("/notices/read/", follow=True).content.decode()


def test_the_bell_stands_on_every_page_and_says_where_its_topic_stands(tell: Tell, ann: User) -> None:
    tell(ann)
    page = client_for(ann).get("/notices/").content.decode()
    assert f'data-live-topics="user:{ann.pk}@1"' in page
    assert re.search(r"data-badge-count>1<", page)


def test_a_page_is_taken_from_its_screen(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    client = client_for(ann)
    shown = client.get(f"/notices/pages/{page.pk}/").content.decode()
    assert "A question for respiratory waits." in shown
    assert "I take it" in shown
    assert ann.get_full_name() in shown and bo.get_full_name() in shown
    answer = client.post(f"/notices/pages/{page.pk}/acknowledge/")
    assert answer["Location"] == "/services/"
    after = client_for(bo).get(f"/notices/pages/{page.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "has taken it" in after
    assert "I take it" not in after
    assert client_for(bo).post(f"/notices/pages/{page.pk}/acknowledge/").status_code == 409


def test_the_inbox_shows_the_button_to_take_a_page(call: Call, ann: User) -> None:
    page = call(ann)
    client = client_for(ann)
    assert f"/notices/pages/{page.pk}/acknowledge/" in client.get("/notices/").content.decode()
    client.post(f"/notices/pages/{page.pk}/acknowledge/")
    assert "acknowledge" not in client.get("/notices/", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_asks_the_database_five_times(tell: Tell, ann: User, rows: int) -> None:
    for n in range(rows):
        tell(ann, f"entry:{n}")
    client = client_for(ann)
    client.get("/notices/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/notices/")
    assert len(asked) == QUERIES, [query["sql"] for query in asked]


QUERIES = 5  # session, user, seats, notices, badge


def test_its_topic_is_ones_own_and_tells_what_was_missed(tell: Tell, ann: User, bo: User) -> None:
    kind, key = split(f"user:{ann.pk}")
    assert kind is not None
    tell(ann, "a")
    tell(ann, "b", urgent=True)
    with acting_as(SYSTEM):
        assert kind.last_seqs([key, str(bo.pk), "nobody"]) == {key: 2, str(bo.pk): 0, "nobody": 0}
    with acting_as(actor_for(ann)) as actor:
        assert kind.may_listen(actor, key)
        assert kind.entries_after(actor, key, 1, 200) == [{"seq": 2, "what": "question", "urgent": True}]
    with acting_as(actor_for(bo)) as actor:
        assert kind.may_listen(actor, key).hidden
        assert kind.entries_after(actor, key, 0, 200) == []


def test_reading_works_with_the_clock_set_back(tell: Tell, ann: User) -> None:
    notice = tell(ann)
    assert notice is not None
    with moved(timedelta(hours=-1)):
        assert client_for(ann).get(f"/notices/{notice.pk}/").status_code == 302
