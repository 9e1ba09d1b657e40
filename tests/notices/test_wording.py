"""What notices say: facts in the reader's language, kinds that are known and that are not."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from consortium.kernel.actors import acting_as, system
from consortium.notices.channels import Undeliverable, Unreachable, web_push
from consortium.notices.channels.mail import _told
from consortium.notices.channels.signed_http import SignedHttp, _reference, is_signed, signature
from consortium.notices.forms import ShowForm
from consortium.notices.queries.inbox import USER_TOPIC, about
from consortium.notices.states import CHANNEL_LABELS, NoticeKind, _kinds, kind_of, register_kind, spoken, worded
from consortium.people.models import User
from tests.cast import actor_for

NAME = {"en": "Dr Wang", "zh": "王医生"}


def test_a_plain_fact_is_said_as_it_is() -> None:
    assert spoken("respiratory") == "respiratory"


def test_a_fact_in_english() -> None:
    assert spoken(NAME) == "Dr Wang"


def test_a_fact_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert spoken(NAME) == "王医生"


def test_a_fact_without_chinese_is_said_in_english() -> None:
    with translation.override("zh-hans"):
        assert spoken({"en": "Dr Wang", "zh": ""}) == "Dr Wang"


def test_a_fact_without_english_is_said_in_chinese() -> None:
    assert spoken({"zh": "王医生"}) == "王医生"


def test_a_fact_in_no_language_is_nothing() -> None:
    assert spoken({}) == ""


def test_facts_are_put_into_the_sentence() -> None:
    assert worded("A question for %(who)s.", {"who": NAME}) == "A question for Dr Wang."


@pytest.mark.parametrize("text", ["A question for %(nobody)s.", "50 %", "%(who)d"])
def test_a_sentence_that_does_not_fit_its_facts_is_left_as_it_is(text: str) -> None:
    assert worded(text, {"who": NAME}) == text


def test_a_kind_that_is_no_longer_known_still_says_that_something_waits() -> None:
    assert str(kind_of("gone").text) == "Something waits for you."


def test_a_kind_registered_again_says_the_new_words() -> None:
    before = dict(_kinds)
    register_kind(NoticeKind("x", "old", "old"))
    register_kind(NoticeKind("x", "new", "new"))
    assert kind_of("x").text == "new"
    _kinds.clear()
    _kinds.update(before)


@pytest.mark.parametrize("kind", sorted(_kinds), ids=str)
def test_what_leaves_the_house_takes_no_fact(kind: str) -> None:
    """Neither a name nor a specialty: only that something waits."""
    assert "%(" not in str(_kinds[kind].outside)


@pytest.mark.parametrize("channel", sorted(CHANNEL_LABELS))
def test_every_channel_has_a_name_for_people(channel: str) -> None:
    assert str(CHANNEL_LABELS[channel])


def test_which_case_without_a_name() -> None:
    assert about({"sex": "female", "age_days": 5, "service": {"en": "Respiratory"}}) == "Girl, 5 days · Respiratory"


def test_without_a_case_nothing_is_said_about_it() -> None:
    assert about({}) == ""


# -- which to show


def test_all_are_shown_unless_asked() -> None:
    assert ShowForm({}).values() == ("", "")


def test_a_filter_is_kept() -> None:
    assert ShowForm({"show": "unread", "after": "x"}).values() == ("unread", "x")


@pytest.mark.parametrize("query", [{"show": "everything"}, {"show": "<b>"}])
def test_a_filter_that_is_none_is_left_out(query: dict[str, str]) -> None:
    assert ShowForm(query).values()[0] == ""


def test_a_cursor_that_is_far_too_long_is_left_out() -> None:
    assert ShowForm({"after": "x" * 500}).values()[1] == ""


# -- the live topic


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nobody_listens_to_an_inbox_that_is_none(asker: User, key: str) -> None:
    assert not USER_TOPIC.may_listen(actor_for(asker), key).allowed


def test_an_inbox_that_never_moved_stands_at_nothing(asker: User) -> None:
    with acting_as(system("where topics stand")):
        assert USER_TOPIC.last_seqs([str(asker.pk), "x"]) == {str(asker.pk): 0, "x": 0}


# -- signatures and replies

SECRET, BODY = "s" * 32, b'{"a": 1}'


def signed(**changes: Any) -> bool:
    plain = {"secret": SECRET, "timestamp": "1790000000", "body": BODY, "now": 1_790_000_000.0}
    given = {**plain, **changes}
    claimed = given.pop("claimed", signature(SECRET, "1790000000", BODY))
    return is_signed(given["secret"], given["timestamp"], given["body"], claimed, now=given["now"])


def test_a_signature_of_now_is_good() -> None:
    assert signed()


def test_a_signature_of_another_body_is_not() -> None:
    assert not signed(body=b'{"a": 2}')


def test_a_signature_of_another_secret_is_not() -> None:
    assert not signed(secret="t" * 32)


def test_a_signature_of_another_time_is_not() -> None:
    assert not signed(timestamp="1790000001")


def test_without_a_secret_nothing_is_signed() -> None:
    assert not signed(secret="")


@pytest.mark.parametrize("late", [301, -301])
def test_a_signature_from_another_five_minutes_is_not(late: int) -> None:
    assert not signed(now=1_790_000_000.0 + late)


@pytest.mark.parametrize("late", [299, -299])
def test_clocks_may_differ_a_little(late: int) -> None:
    assert signed(now=1_790_000_000.0 + late)


@pytest.mark.parametrize("claimed", ["", "v1=", "v2=abc", "儿"])
def test_a_signature_that_is_none(claimed: str) -> None:
    assert not signed(claimed=claimed)


@pytest.mark.parametrize(
    ("reply", "reference"),
    [(b'{"id": "a-1"}', "a-1"), (b'{"id": 7}', "7"), (b"{}", ""), (b"[]", ""), (b"not json", ""), (b"", ""),
     (b'{"id": "' + b"x" * 200 + b'"}', "x" * 120)],
    ids=["text", "number", "none", "a list", "no json", "empty", "long"],
)  # fmt: skip
def test_the_gateway_s_own_reference(reply: bytes, reference: str) -> None:
    assert _reference(reply) == reference


def test_over_https_the_certificate_is_checked() -> None:
    connection: Any = SignedHttp("sms", "https://gateway.example:8443/send", SECRET)._connection()
    assert (connection.host, connection.port) == ("gateway.example", 8443)
    assert connection._context.check_hostname


@pytest.mark.parametrize(("code", "kind"), [(450, Unreachable), (499, Unreachable), (500, Undeliverable)])
def test_what_a_mail_server_s_reply_means(code: int, kind: type[Exception]) -> None:
    assert type(_told(code)) is kind


@pytest.mark.parametrize("endpoint", ["", "http://fcm.googleapis.com/x", "https://evil.example/x", "https://[::1",
                                      "https://fcm.googleapis.com.evil.example/x", "https://fcm.googleapis.com:444/x",
                                      "https://user@fcm.googleapis.com/x"])  # fmt: skip
def test_an_endpoint_that_is_no_push_service(endpoint: str, settings: Any) -> None:
    settings.PUSH_SERVICES = ["fcm.googleapis.com"]
    assert not web_push.is_push_service(endpoint)


@pytest.mark.parametrize("endpoint", ["https://fcm.googleapis.com/x", "https://fcm.googleapis.com:443/x",
                                      "https://eu.fcm.googleapis.com/x"])  # fmt: skip
def test_an_endpoint_of_a_push_service(endpoint: str, settings: Any) -> None:
    settings.PUSH_SERVICES = ["fcm.googleapis.com"]
    assert web_push.is_push_service(endpoint)


def test_the_second_to_make_the_key_takes_the_first_s(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    settings.VAPID_FOLDER = tmp_path
    first = web_push.key_file().read_bytes()
    monkeypatch.setattr("pathlib.Path.exists", lambda self: False)
    assert web_push.key_file().read_bytes() == first


def test_of_the_second_s_draft_nothing_is_left(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    settings.VAPID_FOLDER = tmp_path
    web_push.key_file()
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.exists", lambda self: False)
        web_push.key_file()
    assert [path.name for path in tmp_path.iterdir()] == ["vapid.pem"]


def test_the_key_is_its_owner_s_alone(settings: Any, tmp_path: Any) -> None:
    settings.VAPID_FOLDER = tmp_path
    assert web_push.key_file().stat().st_mode & 0o077 == 0
