"""The API's description is complete, typed and without a warning; its page obeys the site's policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from consortium import api
from tests.access.matrix import routes

PROBLEMS = "application/problem+json"


@pytest.fixture(scope="module")
def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def operations(schema: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield path, method, operation


def test_it_is_valid_and_without_warnings(tmp_path: Any) -> None:
    GENERATOR_STATS.reset()
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "openapi.yaml"))


def test_every_route_of_the_api_is_described(schema: Any) -> None:
    undescribed = {"api:schema", "api:docs", "api:unknown"}
    named = {name for name, _pattern in routes() if name.startswith("api:")} - undescribed
    assert len(schema["paths"]) >= len(named) - len(undescribed)
    assert not [path for path in schema["paths"] if not path.startswith("/api/v1/")]


def test_every_answer_is_typed(schema: Any) -> None:
    """No reply without a shape but those that have no body."""
    bare = [
        f"{method} {path} {status}"
        for path, method, operation in operations(schema)
        for status, reply in operation["responses"].items()
        if "content" not in reply and int(status) not in (200, 201, 204)
    ]
    assert bare == []


def test_every_operation_says_what_it_does_and_how_it_fails(schema: Any) -> None:
    for path, method, operation in operations(schema):
        if path == "/api/v1/schema/":
            continue
        assert operation["summary"], (path, method)
        problems = {int(s) for s, r in operation["responses"].items() if PROBLEMS in r.get("content", {})}
        assert {401, 403, 404, 422, 429} <= problems, (path, method)


def test_every_operation_but_the_public_ones_names_its_credentials(schema: Any) -> None:
    public = [path for path, _method, operation in operations(schema) if not operation.get("security")]
    assert public == ["/api/v1/token/"] or set(public) <= {"/api/v1/token/", "/api/v1/schema/"}


def test_names_of_operations_are_unique(schema: Any) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(schema)]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_it_is_served_to_everybody() -> None:
    reply = Client().get("/api/v1/schema/")
    assert reply.status_code == 200
    assert b"openapi: 3" in reply.content


@pytest.mark.django_db
def test_it_is_made_once_for_each_language_and_form() -> None:
    api.description.cache_clear()
    for language in ("en", "en", "zh-hans"):
        for form in ("application/vnd.oai.openapi", "application/vnd.oai.openapi+json"):
            reply = Client().get("/api/v1/schema/", headers={"Accept": form, "Accept-Language": language})
            assert reply.headers["Content-Type"].partition(";")[0] == form
    assert api.description.cache_info().misses == 4


@pytest.mark.django_db
def test_it_is_kept_under_its_own_name() -> None:
    reply = Client().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert reply.headers["Content-Disposition"].endswith('.json"')
    assert reply.json()["info"]["version"] == "1"


@pytest.mark.django_db
def test_the_page_loads_its_parts_from_here_and_runs_nothing_inline() -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=') == 2
    assert "http" not in page.replace('lang="', "")
