"""The key of a studio's encoder: whose it is, when it opens, and what the server of streams is answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError

from consortium.kernel import clock
from consortium.kernel.errors import DomainError, NotPermitted, NotVisible, Taken, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.broadcast import rtmp
from courses.live.broadcast.rtmp import Call, NginxRtmp
from courses.live.management.commands import encoders as management
from courses.live.models import Broadcast, Crew, EncoderKey, Lecture
from courses.live.operations.broadcasting import keep_stage, leave_stage, take_stage
from courses.live.operations.encoders import (
    TURN,
    give_encoder_the_stage,
    renew_encoder_key,
    take_stage_by_key,
    withdraw_encoder_key,
)
from courses.live.operations.lectures import end_lecture
from courses.live.queries.encoders import call_secret, row_of_key, sends, text_of
from courses.live.states.lectures import LectureStep, Part
from tests.cast import client_for
from tests.courses.library.films import as_
from tests.courses.live.encoder import NGINX
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff
from tests.live.server import WebProcess
from tests.live.visitor import web

__all__ = ["web"]

ONE, OTHER = uuid4(), uuid4()


@pytest.fixture
def live(hospital: Institution, lecturer: User) -> Lecture:
    return given_by(lecture_at(hospital, hours=0, step="live"), lecturer)


@pytest.fixture
def cohost(hospital: Institution, live: Lecture) -> User:
    found = make_staff("cohost", hospital, Role.ASKER)
    given_by(live, found, Part.COHOST)
    return found


@pytest.fixture
def key(lecturer: User, live: Lecture) -> str:
    return renewed(lecturer, live)


def renewed(user: User, lecture: Lecture) -> str:
    row: EncoderKey = as_(user, renew_encoder_key, lecture_id=lecture.pk)
    return text_of(row)


def take(user: User, key: str, holder: object = ONE, client: str = "1") -> int:
    run: int = as_(user, take_stage_by_key, key=key, client=client, holder=holder)[1]
    return run


def row(lecture: Lecture) -> EncoderKey:
    found: EncoderKey = EncoderKey.unscoped.get(lecture=lecture)
    return found


# -- the key ----------------------------------------------------------------------------------------------------------


def test_it_is_kept_sealed(live: Lecture, key: str) -> None:
    assert len(key) > 60
    assert key.encode() not in bytes(row(live).sealed)


def test_it_opens_in_its_own_row_alone(hospital: Institution, lecturer: User, live: Lecture, key: str) -> None:
    other = given_by(lecture_at(hospital, hours=0, step="live"), lecturer)
    renewed(lecturer, other)
    EncoderKey.unscoped.filter(lecture=other).update(sealed=row(live).sealed)
    assert text_of(row(other)) == ""
    assert row_of_key(other.pk.hex + key[32:]) is None


def test_a_new_one_replaces_it(lecturer: User, live: Lecture, key: str) -> None:
    assert renewed(lecturer, live) != key
    assert row_of_key(key) is None


@pytest.mark.parametrize("change", [lambda key: key[:-1], lambda key: key + "a", lambda key: "x" * 64, lambda key: ""])
def test_no_other_text_is_it(key: str, change: Callable[[str], str]) -> None:
    assert row_of_key(change(key)) is None


def test_who_left_opens_nothing(lecturer: User, key: str) -> None:
    lecturer.is_active = False
    lecturer.save()
    assert row_of_key(key) is None


def test_a_viewer_makes_none(listener: User, live: Lecture) -> None:
    with pytest.raises(NotPermitted):
        as_(listener, renew_encoder_key, lecture_id=live.pk)


def test_a_moderator_makes_none(hospital: Institution, live: Lecture) -> None:
    moderator = make_staff("moderator", hospital, Role.ASKER)
    given_by(live, moderator, Part.MODERATOR)
    with pytest.raises(NotPermitted):
        as_(moderator, renew_encoder_key, lecture_id=live.pk)


def test_a_lecture_that_is_over_has_none(lecturer: User, live: Lecture, key: str) -> None:
    as_(lecturer, end_lecture, lecture_id=live.pk)
    with pytest.raises(WrongStep):
        as_(lecturer, renew_encoder_key, lecture_id=live.pk)
    with pytest.raises(WrongStep):
        take(lecturer, key)


def test_taken_back_it_opens_nothing(lecturer: User, live: Lecture, key: str) -> None:
    for _twice in range(2):
        as_(lecturer, withdraw_encoder_key, lecture_id=live.pk)
    assert row_of_key(key) is None


# -- the stage --------------------------------------------------------------------------------------------------------


def test_an_encoder_takes_the_stage(lecturer: User, live: Lecture, key: str) -> None:
    assert take(lecturer, key) == 1
    assert (row(live).holder, row(live).client, sends(row(live))) == (ONE, "1", True)


def test_before_the_lecture_is_opened_it_does_not(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(WrongStep):
        take(lecturer, renewed(lecturer, lecture))


def test_by_a_wrong_key_nothing_is_taken(lecturer: User, key: str) -> None:
    for wrong in ("", key[:-1], "0" * 64):
        with pytest.raises((NotPermitted, NotVisible)):
            take(lecturer, wrong)


def test_in_another_s_name_nothing_is_taken(cohost: User, key: str) -> None:
    with pytest.raises(NotPermitted):
        take(cohost, key)


def test_a_second_encoder_is_refused(lecturer: User, live: Lecture, key: str) -> None:
    take(lecturer, key)
    with pytest.raises(Taken):
        take(lecturer, key, OTHER, "2")
    assert row(live).holder == ONE


def test_it_does_not_replace_one_s_own_browser_unasked(lecturer: User, live: Lecture, key: str) -> None:
    as_(lecturer, take_stage, lecture_id=live.pk, holder=OTHER)
    with pytest.raises(Taken):
        take(lecturer, key)


def test_by_consent_it_takes_over_once(lecturer: User, cohost: User, live: Lecture, key: str) -> None:
    as_(cohost, take_stage, lecture_id=live.pk, holder=OTHER)
    as_(cohost, give_encoder_the_stage, lecture_id=live.pk)
    assert take(lecturer, key) == 2
    assert not as_(cohost, keep_stage, lecture_id=live.pk, holder=OTHER)
    with pytest.raises(Taken):
        take(lecturer, key, uuid4(), "2")


def test_consent_does_not_last(lecturer: User, cohost: User, live: Lecture, key: str) -> None:
    as_(cohost, take_stage, lecture_id=live.pk, holder=OTHER)
    as_(cohost, give_encoder_the_stage, lecture_id=live.pk)
    EncoderKey.unscoped.update(turn_until=clock.now() - TURN)
    with pytest.raises(Taken):
        take(lecturer, key)


def test_without_a_key_there_is_nobody_to_give_it_to(lecturer: User, live: Lecture) -> None:
    with pytest.raises(WrongStep):
        as_(lecturer, give_encoder_the_stage, lecture_id=live.pk)


def test_a_browser_takes_over_from_it_only_when_told_to(lecturer: User, live: Lecture, key: str) -> None:
    take(lecturer, key)
    with pytest.raises(Taken):
        as_(lecturer, take_stage, lecture_id=live.pk, holder=OTHER)
    as_(lecturer, take_stage, lecture_id=live.pk, holder=OTHER, takes_over=True)
    assert not sends(row(live))


def test_once_it_is_gone_another_may(lecturer: User, live: Lecture, key: str) -> None:
    take(lecturer, key)
    as_(lecturer, leave_stage, lecture_id=live.pk, holder=ONE)
    assert take(lecturer, key, OTHER, "2") == 2


@pytest.mark.parametrize("act", [renew_encoder_key, withdraw_encoder_key])
def test_with_its_key_its_stream_ends(lecturer: User, live: Lecture, key: str, act: Callable[..., object]) -> None:
    take(lecturer, key)
    as_(lecturer, act, lecture_id=live.pk)
    assert Broadcast.unscoped.get(lecture=live).holder is None


def test_a_browser_sends_on_when_the_key_is_renewed(lecturer: User, live: Lecture, key: str) -> None:
    as_(lecturer, take_stage, lecture_id=live.pk, holder=OTHER)
    renewed(lecturer, live)
    assert Broadcast.unscoped.get(lecture=live).holder == OTHER


def test_who_is_out_of_the_crew_sends_nothing(hospital: Institution, live: Lecture, cohost: User) -> None:
    key = renewed(cohost, live)
    Crew.unscoped.filter(lecture=live, user=cohost).delete()
    with pytest.raises(DomainError):
        take(cohost, key)


def test_a_run_has_a_connection_by_the_database(live: Lecture, key: str) -> None:
    with pytest.raises(IntegrityError, match="lectures_encoder_run"):
        EncoderKey.unscoped.update(holder=ONE, client="")


# -- the panel --------------------------------------------------------------------------------------------------------


@pytest.fixture
def offered(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LECTURE_ENCODERS = NGINX
    monkeypatch.setattr(NginxRtmp, "answers", lambda self: True)


def panel(user: User, lecture: Lecture) -> str:
    return client_for(user).get(f"/lectures/{lecture.pk}/encoder/").content.decode()


def act(user: User, lecture: Lecture, verb: str) -> str:
    answer = client_for(user).post(f"/lectures/{lecture.pk}/encoder/{verb}/", headers={"HX-Request": "true"})
    return answer.content.decode()


def test_where_there_is_no_server_it_says_so(lecturer: User, live: Lecture, key: str, settings: LazySettings) -> None:
    settings.LECTURE_ENCODERS = ""
    told = panel(lecturer, live)
    assert "not offered here" in told
    assert key not in told


def test_a_server_that_is_away_is_told(lecturer: User, live: Lecture, settings: LazySettings) -> None:
    settings.LECTURE_ENCODERS, settings.RTMP_PORT = NGINX, 1
    assert "does not answer" in panel(lecturer, live)


def test_a_key_is_made_and_shown(offered: None, lecturer: User, live: Lecture) -> None:
    assert "it has no key" in panel(lecturer, live)
    made = act(lecturer, live, "renew")
    assert text_of(row(live)) in made
    assert "The encoder does not send." in made


def test_it_tells_what_comes(offered: None, lecturer: User, live: Lecture, key: str) -> None:
    assert "may take over now" in act(lecturer, live, "give")
    take(lecturer, key)
    assert "The encoder sends" in panel(lecturer, live)
    assert "it has no key" in act(lecturer, live, "withdraw")


def test_what_cannot_be_done_is_said(offered: None, lecturer: User, live: Lecture) -> None:
    live.step, live.ended_at = LectureStep.ENDED, clock.now()
    live.save()
    assert "The lecture is over." in act(lecturer, live, "renew")
    plain = client_for(lecturer).post(f"/lectures/{live.pk}/encoder/renew/", follow=True)
    assert "The lecture is over." in plain.content.decode()


def test_no_other_act_is_known(lecturer: User, live: Lecture) -> None:
    assert client_for(lecturer).post(f"/lectures/{live.pk}/encoder/fly/").status_code == 404


# -- the server of streams --------------------------------------------------------------------------------------------


def test_only_the_server_of_streams_is_answered(web: WebProcess, settings: LazySettings) -> None:
    def call(secret: str, method: str = "POST", body: str = "call=update_play&name=a") -> int:
        address = f"{web.origin}/lectures/encoders/{secret}/update/"
        return requests.request(method, address, data=body, timeout=10).status_code

    assert call(call_secret()) == 404
    settings.LECTURE_ENCODERS = NGINX
    assert call(call_secret()) == 204
    assert call("0" * 40) == 404
    assert call(call_secret(), "GET") == 404
    assert call(call_secret(), body="a" * 10_000) == 404
    for kind in ("publish", "update_publish"):
        assert call(call_secret(), body=f"call={kind}&name=made-up&clientid=1") == 403
    assert call(call_secret(), body="call=publish_done&name=made-up&clientid=1") == 204


@pytest.mark.parametrize(
    ("body", "call"),
    [
        (b"call=publish&name=k&clientid=7", Call("publish", "k", "7")),
        (b"call=publish_done&name=k&clientid=7", Call("done", "k", "7")),
        (b"call=update_publish&name=k&clientid=7", Call("update", "k", "7")),
        (b"call=update_play&name=k&clientid=7", None),
        (b"\xff", None),
    ],
)
def test_what_nginx_asks_is_read(body: bytes, call: Call | None) -> None:
    assert NginxRtmp(1935, "").read(body) == call


def test_it_listens_on_this_machine_alone_and_logs_no_key(tmp_path: Path) -> None:
    told = NginxRtmp(1935, "").configuration(module=Path("/m.so"), calls="http://127.0.0.1:1/x", folder=tmp_path)
    assert "listen 127.0.0.1:1935;" in told
    assert told.count("listen ") == 1
    assert "access_log off;" in told


def test_its_configuration_is_nobody_else_s_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(management, "found", lambda: ("/sbin/nginx", Path("/m.so")))
    program = management.command(NginxRtmp(1935, ""), tmp_path / "encoders")
    written = Path(program[-1])
    assert written.stat().st_mode & 0o077 == 0
    assert call_secret() in written.read_text()


def test_the_command_becomes_nginx(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    begun: list[list[str]] = []
    settings.LECTURE_ENCODERS, settings.STATE_DIR = NGINX, tmp_path
    monkeypatch.setattr(management, "found", lambda: ("/sbin/nginx", Path("/m.so")))
    monkeypatch.setattr("os.execv", lambda program, words: begun.append(words))
    call_command("encoders")
    assert begun[0][0] == "/sbin/nginx"


def test_the_command_says_what_is_missing(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="RTMP=1"):
        call_command("encoders")
    settings.LECTURE_ENCODERS = NGINX
    monkeypatch.setattr(rtmp, "_MODULES", ())
    with pytest.raises(CommandError, match="libnginx-mod-rtmp"):
        call_command("encoders")
