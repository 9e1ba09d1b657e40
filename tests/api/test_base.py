"""The base of the API: bodies, headers, problems, limits, and who acts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.db import IntegrityError, InternalError, OperationalError
from django.http import Http404
from django.test import Client
from django.utils.translation import gettext_lazy

from consortium.kernel.api.inputs import read_key, read_version
from consortium.kernel.api.problems import fields_of, handle
from consortium.kernel.api.rendering import to_json
from consortium.kernel.errors import Busy, InvalidInput, NotPermitted, Taken, TooLarge, TooMany, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.api.conftest import calls_of, ok
from tests.cast import client_for


def told(reply: Any) -> tuple[int, str, str]:
    return reply.status_code, reply.json()["code"], reply.headers["Content-Type"]


PROBLEM = "application/problem+json"


def test_nobody_is_asked_to_sign_in_and_told_how() -> None:
    reply = Client().get("/api/v1/me/")
    assert told(reply) == (401, "not-authenticated", PROBLEM)
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_address_that_is_none() -> None:
    assert told(Client().get("/api/v1/nothing/")) == (404, "not-found", PROBLEM)


def test_a_method_that_is_not_served(asker: User) -> None:
    reply = client_for(asker).delete("/api/v1/me/")
    assert told(reply) == (405, "method-not-allowed", PROBLEM)
    assert reply.headers["Allow"] == "GET, PATCH, HEAD, OPTIONS"


def test_options_tell_the_methods(asker: User) -> None:
    reply = client_for(asker).options("/api/v1/me/")
    assert (reply.status_code, reply.headers["Allow"]) == (204, "GET, PATCH, HEAD, OPTIONS")


def test_only_json_is_served(asker: User) -> None:
    reply = client_for(asker).get("/api/v1/me/", headers={"Accept": "text/csv"})
    assert told(reply) == (406, "not-acceptable", PROBLEM)


def test_only_json_is_read(asker: User) -> None:
    reply = client_for(asker).post("/api/v1/consultations/", "a,b", content_type="text/csv")
    assert told(reply) == (415, "unsupported-media-type", PROBLEM)


@pytest.mark.parametrize("body", [b"{", b"NaN", b'{"a": "\\ud800"}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json(asker: User, body: bytes) -> None:
    reply = client_for(asker).patch("/api/v1/me/", body, content_type="application/json")
    assert told(reply) == (400, "parse-error", PROBLEM)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_a_body_that_is_no_object(asker: User, body: bytes) -> None:
    reply = client_for(asker).patch("/api/v1/me/", body, content_type="application/json")
    assert told(reply)[0] == 422


def test_a_body_that_is_too_large(asker: User, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20
    reply = client_for(asker).patch("/api/v1/me/", {"phone": "1" * 30}, content_type="application/json")
    assert told(reply) == (413, "too-large", PROBLEM)


def test_a_nul_in_a_text_is_refused(asker: User) -> None:
    assert calls_of(asker).patch("me/", {"phone": "1\x00"}).status_code == 422
    assert client_for(asker).get("/api/v1/staff/?search=%00").status_code == 422


def test_the_limit_is_told_with_when_to_come_again(asker: User, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": (2, 60)}
    client = client_for(asker)
    replies = [client.get("/api/v1/me/") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert 1 <= int(replies[2].headers["Retry-After"]) <= 60


def test_one_caller_s_limit_is_not_another_s(asker: User, colleague: User, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": (1, 60)}
    assert [client_for(user).get("/api/v1/me/").status_code for user in (asker, colleague)] == [200, 200]


def test_a_session_that_is_locked_is_nobody_s(asker: User) -> None:
    client = client_for(asker, shared=True)
    assert client.get("/api/v1/me/", headers={"Accept": "application/json"}).status_code == 423


def test_a_session_without_its_second_factor_is_nobody_s(asker: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = client_for(asker, second_factor=False)
    assert client.get("/api/v1/regions/", headers={"Accept": "application/json"}).status_code == 403


def test_replies_are_not_kept(asker: User) -> None:
    assert "no-store" in client_for(asker).get("/api/v1/me/").headers["Cache-Control"]


def test_an_etag_is_the_version(manager: User, hospital: Institution) -> None:
    reply = client_for(manager).get(f"/api/v1/institutions/{hospital.pk}/")
    assert reply.headers["ETag"] == f'"{hospital.version}"'


def test_words_come_in_the_caller_s_language(asker: User, patient: Patient) -> None:
    reply = client_for(asker).get("/api/v1/me/", headers={"Accept-Language": "zh-hans"})
    assert reply.headers["Content-Language"] == "zh-hans"


# -- pieces -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "body", "version"), [('"3"', {}, 3), ('W/"3"', {}, 3), ("3", {}, 3), (None, {"version": 4}, 4)]
)
def test_a_version_is_read(header: str | None, body: Any, version: int) -> None:
    assert read_version(header, body) == version


_NO_VERSIONS = [("x", {}), ("*", {}), (None, {}), (None, {"version": True}), (None, {"version": 0}), (None, [])]


@pytest.mark.parametrize(("header", "body"), _NO_VERSIONS)
def test_a_version_that_is_none(header: str | None, body: Any) -> None:
    with pytest.raises(InvalidInput):
        read_version(header, body)


def test_a_key_is_a_uuid() -> None:
    key = uuid4()
    assert (read_key(str(key)), read_key(None)) == (key, None)
    with pytest.raises(InvalidInput):
        read_key("mine")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotPermitted(), 403),
        (Http404(), 404),
        (Taken("Dr Wang was first.", detail={"winner": "Dr Wang"}), 409),
        (TooLarge(), 413),
        (WrongStep(), 422),
        (InvalidInput({"name": "Write it."}), 422),
        (Busy(), 423),
        (TooMany(detail={"retry_after": 9}), 429),
        (OperationalError("gone"), 503),
        (InternalError("Invalid transition of field"), 422),
    ],
)
def test_each_error_is_a_problem(error: Exception, status: int) -> None:
    reply = handle(error, {})
    assert reply is not None
    assert (reply.status_code, reply.content_type, reply.data["status"]) == (status, PROBLEM, status)
    assert reply.data["type"] == f"urn:consortium:problem:{reply.data['code']}"


@pytest.mark.parametrize("error", [ZeroDivisionError(), IntegrityError("unknown rule"), KeyError("x")])
def test_what_nobody_foresaw_is_a_500_and_logged(error: Exception) -> None:
    assert handle(error, {}) is None


def test_members_of_a_problem_tell_more() -> None:
    taken = handle(Taken("Dr Wang was first.", detail={"winner": "Dr Wang"}), {})
    late = handle(TooMany(detail={"retry_after": 9}), {})
    assert taken is not None and late is not None
    assert (taken.data["winner"], taken.data["detail"]) == ("Dr Wang", "Dr Wang was first.")
    assert late.headers["Retry-After"] == "9"


def test_nested_faults_are_named_with_dots() -> None:
    faults = {"a": {"b": ["wrong"]}, "c": [{"d": ["bad"]}], "non_field_errors": ["both"]}
    assert fields_of(faults) == {"a.b": "wrong", "c": "bad", "body": "both"}


def test_json_holds_translated_words_and_no_queryset() -> None:
    assert orjson.loads(to_json({"a": gettext_lazy("Sex")})) == {"a": "Sex"}
    with pytest.raises(TypeError):
        to_json({"rows": User.objects.all()})


# -- people -------------------------------------------------------------------------------------------------------


def test_a_role_is_given_only_by_who_proved_it_just_now(admin: User, specialist: User, hospital: Institution) -> None:
    client = client_for(admin)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 1}]
    session.save()
    body = {"user_id": str(specialist.pk), "role": "lecturer"}
    path = f"/api/v1/institutions/{hospital.pk}/seats/"
    reply = client.post(path, body, content_type="application/json")
    assert told(reply) == (403, "reauthentication-needed", PROBLEM)
    assert ok(calls_of(admin).post(f"institutions/{hospital.pk}/seats/", body), 201)["role"] == "lecturer"


def test_ten_times_the_same_institution_is_one(manager: User) -> None:
    region = Institution.objects.values_list("region_id", flat=True)[0]
    body, key = {"name_en": "New Place", "tier": 1, "region_id": str(region)}, str(uuid4())
    ids = {ok(calls_of(manager).post("institutions/", body, Idempotency_Key=key), 201)["id"] for _ in range(10)}
    assert ids == {key}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("path", "count"), [("institutions/", 4), ("staff/", 5), ("tokens/", 4)])
def test_lists_of_people_take_as_many_queries_for_three_rows_as_for_one(
    asker: User, path: str, count: int, rows: int
) -> None:
    from tests.api.test_consultations import queries_of
    from tests.factories.people import make_institution, make_staff

    for _ in range(rows - 1):
        make_staff(f"person{_}", make_institution(), "nurse")
    assert queries_of(calls_of(asker), path) == count
