"""The shared pointer: told to those of the case while it is open, forgotten after some seconds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consortium.casework.models import Case
from consortium.casework.queries.lists_live import present
from consortium.files.models import Attachment
from consortium.files.operations import point
from consortium.files.queries import pointing
from consortium.files.queries.pointing import points_in, topic_of
from consortium.journal.models import Entry
from consortium.kernel import bells
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible
from consortium.kernel.valkey import breaker
from consortium.live.queries import may_listen
from consortium.people.models import User
from tests.cast import actor_for, client_for

from . import makers
from .conftest import Attach, as_, inspected


@pytest.fixture
def ct(asked_case: Case, attach: Attach, valkey: Any) -> Attachment:
    return inspected(attach(asked_case, makers.dicom(frames=3)))


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(bells, "_ringers", [lambda rings: heard.extend(topic for topic, _seq in rings)])
    return heard


def pointed(user: User, row: Attachment, **words: Any) -> None:
    as_(user, point, attachment=row, **{"frame": 2, "x": 0.25, "y": 0.5, **words})


def seen(user: User, case: Case) -> list[dict[str, Any]]:
    actor = actor_for(user)
    with acting_as(actor):
        return points_in(actor, case)


def closed(case: Case) -> None:
    Case.unscoped.filter(pk=case.pk).update(
        is_open=False, closed_at="2030-01-01T00:00:00Z", ball="none", ball_user=None
    )


def test_others_see_where_one_points_and_who_it_is(ct: Attachment, asker: User, colleague: User) -> None:
    pointed(asker, ct)
    assert seen(colleague, ct.case) == [
        {"by": str(asker.pk), "attachment": str(ct.pk), "frame": 2, "x": 0.25, "y": 0.5, "name": asker.full_name}
    ]


def test_one_does_not_see_oneself(ct: Attachment, asker: User) -> None:
    pointed(asker, ct)
    assert seen(asker, ct.case) == []


def test_the_newest_place_counts(ct: Attachment, asker: User, colleague: User) -> None:
    pointed(asker, ct)
    pointed(asker, ct, x=0.75)
    assert [each["x"] for each in seen(colleague, ct.case)] == [0.75]


def test_it_is_forgotten_after_some_seconds(
    ct: Attachment, asker: User, colleague: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointed(asker, ct)
    later = present() + 1000 * pointing.FORGOTTEN_AFTER
    monkeypatch.setattr(pointing, "present", lambda: later)
    assert seen(colleague, ct.case) == []


@pytest.mark.django_db(transaction=True)
def test_the_cases_bell_is_rung_without_content(ct: Attachment, asker: User, rung: list[str]) -> None:
    rung.clear()
    pointed(asker, ct)
    assert rung == [topic_of(ct.case_id)]


def test_nothing_of_it_is_kept_in_the_journal(ct: Attachment, asker: User) -> None:
    before = Entry.unscoped.count()
    pointed(asker, ct)
    assert Entry.unscoped.count() == before


@pytest.mark.parametrize("words", [{"x": -0.1}, {"x": 1.1}, {"y": 2}, {"frame": 0}, {"x": float("nan")}])
def test_outside_the_picture_there_is_nothing_to_point_at(ct: Attachment, asker: User, words: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        pointed(asker, ct, **words)


def test_in_a_closed_case_nobody_points(ct: Attachment, asker: User) -> None:
    closed(ct.case)
    ct.case.refresh_from_db()
    with pytest.raises(NotPermitted):
        pointed(asker, ct)


def test_a_stranger_points_at_nothing(ct: Attachment, stranger: User) -> None:
    with pytest.raises((NotPermitted, NotVisible)):
        pointed(stranger, ct)


def test_while_redis_is_away_pointing_is_lost_without_a_word(
    ct: Attachment, asker: User, colleague: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(breaker), "open", property(lambda self: True))
    pointed(asker, ct)
    assert seen(colleague, ct.case) == []


def test_a_redis_that_goes_meanwhile_is_let_alone(
    ct: Attachment, asker: User, colleague: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Any:
        raise OSError

    tripped: list[int] = []
    monkeypatch.setattr(type(breaker), "trip", lambda self: tripped.append(1))
    monkeypatch.setattr("consortium.files.operations.pointing.client", gone)
    monkeypatch.setattr(pointing, "client", gone)
    pointed(asker, ct)
    assert seen(colleague, ct.case) == []
    assert tripped == [1, 1]


# -- who listens ------------------------------------------------------------------------------------------------------


def test_those_of_the_case_listen(ct: Attachment, colleague: User) -> None:
    assert may_listen(actor_for(colleague), topic_of(ct.case_id)).allowed


def test_the_right_ends_with_the_case(ct: Attachment, colleague: User) -> None:
    closed(ct.case)
    assert may_listen(actor_for(colleague), topic_of(ct.case_id)).hidden


def test_a_queue_that_may_not_see_pictures_hears_nothing(ct: Attachment, specialist: User) -> None:
    assert may_listen(actor_for(specialist), topic_of(ct.case_id)).hidden


def test_a_topic_that_is_none(ct: Attachment, colleague: User) -> None:
    assert may_listen(actor_for(colleague), "pointer:nothing").hidden


# -- over HTTP --------------------------------------------------------------------------------------------------------


def tell(client: Client, row: Attachment, **words: Any) -> Any:
    return client.post(reverse("files:point", args=[row.pk]), {"frame": 1, "x": 0.5, "y": 0.5, **words})


def test_pointing_and_asking_over_http(ct: Attachment, asker: User, colleague: User) -> None:
    assert tell(client_for(asker), ct).status_code == 204
    reply = client_for(colleague).get(reverse("files:pointers", args=[ct.case_id]))
    assert [each["name"] for each in reply.json()["points"]] == [asker.full_name]


@pytest.mark.parametrize("words", [{"x": "left"}, {"frame": ""}])
def test_what_is_no_place_is_refused(ct: Attachment, asker: User, words: dict[str, str]) -> None:
    assert tell(client_for(asker), ct, **words).status_code == 422


def test_a_flood_of_points_is_refused(ct: Attachment, asker: User, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"pointer": (2, 60)}
    client = client_for(asker)
    assert [tell(client, ct).status_code for _ in range(3)] == [204, 204, 429]


def test_the_points_of_a_closed_case_are_not_there(ct: Attachment, colleague: User) -> None:
    closed(ct.case)
    assert client_for(colleague).get(reverse("files:pointers", args=[ct.case_id])).status_code == 404
