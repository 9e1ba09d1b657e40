"""The base of every API module, piece by piece: what goes in, what comes out, and how it is described."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, QueryDict
from django.utils import translation
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, NotAuthenticated, ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from consortium.kernel.actors import ANONYMOUS, Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described, page_of
from consortium.kernel.api.base import actor_of, page_limit
from consortium.kernel.api.inputs import read_key, read_version, valid
from consortium.kernel.api.problems import Unavailable, fields_of, handle, problem
from consortium.kernel.api.rendering import JSON, JSONBody, ProblemJSON, to_json
from consortium.kernel.api.schema import ClockTime, close_bodies
from consortium.kernel.errors import InvalidInput, NotPermitted, TooLarge


class Weight(Input):
    grams = serializers.IntegerField(min_value=1)
    note = serializers.CharField(required=False)


def asked(query: str = "", path: str = "/api/v1/things/", **headers: str) -> Request:
    return Request(APIRequestFactory().get(f"{path}?{query}", headers=headers))


def view(request: Request) -> ApiView:
    made = ApiView()
    made.request = request
    return made


# -- what goes in


def test_what_is_valid_comes_out_typed() -> None:
    assert valid(Weight, {"grams": "6800"}) == {"grams": 6800}


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ValidationError) as wrong:
        valid(Weight, {})
    assert set(wrong.value.detail) == {"grams"}


def test_a_part_may_be_sent_alone_where_it_may() -> None:
    assert valid(Weight, {"note": "after feeding"}, partial=True) == {"note": "after feeding"}


def test_a_misspelt_name_is_not_lost_in_silence() -> None:
    with pytest.raises(ValidationError) as wrong:
        valid(Weight, {"grams": 6800, "gramms": 6800})
    assert set(wrong.value.detail) == {"gramms"}


def test_unknown_names_are_told_in_the_reader_s_language() -> None:
    with translation.override("zh-hans"), pytest.raises(ValidationError) as wrong:
        valid(Weight, {"grams": 6800, "gramms": 6800})
    assert "This is" not in str(wrong.value.detail)


@pytest.mark.parametrize("body", [[], "text", 7, None, True])
def test_a_body_is_one_object(body: Any) -> None:
    with pytest.raises(InvalidInput, match="one JSON object"):
        valid(Weight, body)


def test_no_key_is_no_key() -> None:
    assert read_key(None) is None


KEY = "8f1f6f2e-0a54-4f0e-9a3c-6b1f0a8f5f11"


@pytest.mark.parametrize("key", ["", "1", f"{{{KEY}}}", KEY.replace("-", ""), f" {KEY}", f"urn:uuid:{KEY}"])
def test_a_key_that_is_not_written_as_a_uuid(key: str) -> None:
    with pytest.raises(InvalidInput):
        read_key(key)


def test_a_key_may_be_written_large() -> None:
    assert read_key("8F1F6F2E-0A54-4F0E-9A3C-6B1F0A8F5F11") == UUID("8f1f6f2e-0a54-4f0e-9a3c-6b1f0a8f5f11")


def test_the_header_s_version_goes_before_the_body_s() -> None:
    assert read_version('"3"', {"version": 4}) == 3


@pytest.mark.parametrize("header", ["", '""', "1234567890", "-1", "three", "*"])
def test_a_header_that_is_no_version(header: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        read_version(header, {})
    assert set(wrong.value.fields) == {"If-Match"}


@pytest.mark.parametrize("version", [None, "3", 0, -1, 2**31, True, 1.0])
def test_a_body_s_version_that_is_none(version: Any) -> None:
    with pytest.raises(InvalidInput) as wrong:
        read_version(None, {"version": version})
    assert set(wrong.value.fields) == {"version"}


def test_the_largest_version_is_read() -> None:
    assert read_version(None, {"version": 2**31 - 1}) == 2**31 - 1


def test_version_beside_the_values_is_no_unknown_name() -> None:
    request: Any = SimpleNamespace(data={"grams": 1, "version": 3})
    assert view(request).given(Weight) == {"grams": 1}


def test_a_list_as_body_is_refused_by_name() -> None:
    request: Any = SimpleNamespace(data=[1])
    with pytest.raises(InvalidInput):
        view(request).given(Weight)


def test_the_query_s_values_are_typed_without_the_pager_s() -> None:
    assert view(asked("grams=5&after=x&limit=10")).asked(Weight) == {"grams": 5}


def test_the_key_of_a_request_is_its_header() -> None:
    key = uuid4()
    assert view(asked(**{"Idempotency-Key": str(key)})).request_key == key


def test_the_version_of_a_request_is_its_header() -> None:
    assert view(asked(**{"If-Match": '"7"'})).version == 7


# -- bodies


def body(text: bytes, limit: int = 100) -> Any:
    return JSONBody().parse(SimpleNamespace(read=lambda most: text[:most]))


def test_a_json_body_is_read() -> None:
    assert body('{"名": 1}'.encode()) == {"名": 1}


def test_an_empty_body_is_an_empty_object() -> None:
    assert body(b"") == {}


def test_a_body_as_long_as_the_limit_is_read(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 8
    assert body(b'{"a": 1}') == {"a": 1}


def test_a_body_one_byte_longer_is_not(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 7
    with pytest.raises(TooLarge):
        body(b'{"a": 1}')


# -- what comes out


def test_nothing_is_nothing() -> None:
    assert JSON().render(None) == b""


def test_false_is_not_nothing() -> None:
    assert JSON().render(False) == b"false"


def test_a_time_ends_in_z() -> None:
    assert to_json(datetime(2026, 6, 1, 12, tzinfo=UTC)) == b'"2026-06-01T12:00:00Z"'


def test_a_time_of_another_zone_keeps_its_instant() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert to_json(datetime(2026, 6, 1, 20, tzinfo=shanghai)) == b'"2026-06-01T20:00:00+08:00"'


def test_an_id_is_text() -> None:
    key = uuid4()
    assert orjson.loads(to_json({"id": key})) == {"id": str(key)}


def test_a_translated_word_is_text() -> None:
    with translation.override("zh-hans"):
        assert to_json(gettext_lazy("Sex")) != b'"Sex"'


def test_what_is_no_plain_data_is_a_slip_of_ours() -> None:
    with pytest.raises(TypeError, match="object"):
        to_json({"a": object()})


def test_chinese_is_sent_as_it_is() -> None:
    assert to_json("儿科") == '"儿科"'.encode()


def test_problems_have_their_own_type_for_who_accepts_nothing_else() -> None:
    assert ProblemJSON.media_type == "application/problem+json"


def test_one_object_without_a_version_has_no_etag() -> None:
    assert "ETag" not in view(asked()).one({"a": 1}).headers


def test_one_object_with_a_version_has_it_as_etag() -> None:
    assert view(asked()).one({"version": 3}).headers["ETag"] == '"3"'


def test_what_was_made_now_is_a_201() -> None:
    assert view(asked()).created({}).status_code == 201


def test_what_the_same_request_had_made_is_a_200() -> None:
    assert view(asked()).created({}, fresh=False).status_code == 200


def test_what_is_done_says_nothing() -> None:
    assert view(asked()).done().status_code == 204


# -- pages


@pytest.mark.parametrize("limit", ["1", "100", "25"])
def test_a_limit_within_bounds(limit: str) -> None:
    assert page_limit(asked(f"limit={limit}"), 25) == int(limit)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1.0", "٣٣٣٣٣", "99999"])
def test_a_limit_out_of_bounds(limit: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        page_limit(asked(f"limit={limit}"), 25)
    assert wrong.value.fields == {"limit": "1-100"}


def test_without_a_limit_the_list_s_own_counts() -> None:
    assert page_limit(asked(), 50) == 50


def test_without_a_cursor_there_is_no_next() -> None:
    assert view(asked()).next_link("") is None


def test_the_next_address_keeps_the_filters() -> None:
    link = view(asked("tab=mine&limit=5")).next_link("abc")
    assert link == "/api/v1/things/?tab=mine&limit=5&after=abc"


def test_the_next_address_has_one_cursor() -> None:
    link = view(asked("after=old")).next_link("new")
    assert link == "/api/v1/things/?after=new"


def test_a_page_of_results() -> None:
    assert view(asked()).paged([{"a": 1}]).data == {"results": [{"a": 1}], "next": None}


def test_a_page_that_reads_no_filter_refuses_one() -> None:
    with pytest.raises(ValidationError):
        view(asked("colour=red")).paged([])


def test_a_page_that_read_its_filters_does_not_read_them_again() -> None:
    page = view(asked("grams=5"))
    page.asked(Weight)
    assert page.paged([]).data["results"] == []


def test_a_page_refuses_a_limit_that_is_none() -> None:
    with pytest.raises(InvalidInput):
        view(asked("limit=0")).paged([])


# -- who acts


def request_of(user: Any, auth: Any = None, actor: Any = None) -> Any:
    return SimpleNamespace(user=user, auth=auth, _request=SimpleNamespace(**({"actor": actor} if actor else {})))


PERSON = Actor("person", user_id=uuid4())
SIGNED_IN = SimpleNamespace(is_authenticated=True)


def test_who_is_not_signed_in_is_nobody() -> None:
    assert actor_of(request_of(SimpleNamespace(is_authenticated=False), actor=PERSON)) is ANONYMOUS


def test_a_token_s_own_actor_goes_before_the_session_s() -> None:
    assert actor_of(request_of(SIGNED_IN, SimpleNamespace(actor=PERSON), ANONYMOUS)) is PERSON


def test_a_session_s_actor_is_what_the_middleware_read() -> None:
    assert actor_of(request_of(SIGNED_IN, actor=PERSON)) is PERSON


def test_signed_in_without_an_actor_is_nobody() -> None:
    assert actor_of(request_of(SIGNED_IN)) is ANONYMOUS


# -- problems


def reply_to(error: Exception) -> Any:
    found = handle(error, {})
    assert found is not None
    return found


def test_a_problem_without_a_title_has_the_status_s() -> None:
    assert problem(404, "not-found").data["title"] == "Not Found"


def test_a_problem_s_own_members_do_not_hide_its_status() -> None:
    assert problem(422, "x", status_text="odd").data["status"] == 422


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_without_the_database_the_service_is_unavailable(error: Exception) -> None:
    assert reply_to(error).data["code"] == Unavailable.code == "unavailable"


@pytest.mark.parametrize("error", [DataError("value too long"), IntegrityError("unknown")])
def test_a_fault_of_the_database_that_nobody_foresaw_is_a_500(error: Exception) -> None:
    assert handle(error, {}) is None


def test_a_missing_page_is_not_visible() -> None:
    assert reply_to(Http404()).data["code"] == "not-found"


def test_a_refusal_of_the_framework_s_is_ours() -> None:
    assert reply_to(PermissionDenied()).data["code"] == NotPermitted.code


def test_a_refusal_of_the_framework_s_keeps_its_words() -> None:
    assert reply_to(PermissionDenied("Only on Mondays.")).data["detail"] == "Only on Mondays."


def test_a_request_that_is_not_understood() -> None:
    reply = reply_to(SuspiciousOperation())
    assert (reply.status_code, reply.data["code"]) == (400, "bad-request")


def test_what_a_serializer_refuses_names_its_fields() -> None:
    assert reply_to(ValidationError({"grams": ["Too few."]})).data["fields"] == {"grams": "Too few."}


def test_what_a_serializer_refuses_as_a_whole_is_the_body() -> None:
    assert fields_of(["Send less."]) == {"body": "Send less."}


def test_a_fault_without_words_has_none() -> None:
    assert fields_of([]) == {"body": ""}


def test_who_is_not_signed_in_is_told_how() -> None:
    error = NotAuthenticated()
    error.auth_header = 'Bearer realm="api"'  # type: ignore[attr-defined]
    assert reply_to(error).headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_wrong_method_is_told_the_right_ones() -> None:
    error = MethodNotAllowed("DELETE")
    error.allow = "GET, HEAD"  # type: ignore[attr-defined]
    assert reply_to(error).headers["Allow"] == "GET, HEAD"


def test_a_wrong_method_without_word_of_the_right_ones() -> None:
    assert "Allow" not in reply_to(MethodNotAllowed("DELETE")).headers


def test_codes_are_written_with_hyphens() -> None:
    assert reply_to(AuthenticationFailed()).data["code"] == "authentication-failed"


# -- the description


class Thing(Output):
    id = serializers.UUIDField()


def test_a_page_of_a_shape_is_named_after_it() -> None:
    assert page_of(Thing).__name__ == "ThingPage"


def test_a_page_of_a_shape_is_made_once() -> None:
    assert page_of(Thing) is page_of(Thing)


def test_a_page_has_results_and_next() -> None:
    assert set(page_of(Thing)().fields) == {"results", "next"}


def test_acts_are_shown_as_they_are() -> None:
    assert Acts().to_representation([{"verb": "claim"}]) == [{"verb": "claim"}]


def test_acts_are_never_read() -> None:
    assert Acts().read_only


def test_a_described_method_knows_whether_it_gives_a_page() -> None:
    def get(self: Any) -> None: ...

    marked: Any = described("Things", gives=Thing, page=True)(get)
    assert marked.is_page


def test_a_time_of_day_has_no_zone() -> None:
    field: Any = ClockTime
    pattern = field(None).map_serializer_field(None, "response")["pattern"]
    assert not pattern.endswith("Z$")


def schema(*parameters: str) -> dict[str, Any]:
    reference = {"schema": {"$ref": "#/components/schemas/Weight"}}
    return {
        "components": {"schemas": {"Weight": {"type": "object", "properties": {}}}},
        "paths": {
            "/x/": {
                "post": {
                    "requestBody": {"content": {"application/json": reference}},
                    "parameters": [{"name": name} for name in parameters],
                },
                "get": {},
            }
        },
    }


def closed(given: dict[str, Any]) -> Any:
    return close_bodies(given)["components"]["schemas"]["Weight"]


def test_a_body_is_said_to_hold_nothing_else() -> None:
    assert closed(schema())["additionalProperties"] is False


def test_version_may_stand_in_the_body_of_a_safe_write() -> None:
    assert "version" in closed(schema("If-Match"))["properties"]


def test_version_does_not_stand_in_another_body() -> None:
    assert "version" not in closed(schema("Idempotency-Key"))["properties"]


def test_a_body_without_a_named_shape_is_left_as_it_is() -> None:
    given = schema()
    given["paths"]["/x/"]["post"]["requestBody"]["content"]["application/json"] = {"schema": {"type": "object"}}
    assert "additionalProperties" not in closed(given)


def test_a_query_with_a_name_twice_takes_the_last() -> None:
    assert QueryDict("grams=1&grams=2")["grams"] == "2"
    assert view(asked("grams=1&grams=2")).asked(Weight) == {"grams": 2}
