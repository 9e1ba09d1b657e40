"""Calls of the API as each of the cast, and a consultation at each stage, made over the API itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.cast import client_for

QUESTION = "Can she wait for the morning?"


class Caller:
    """The API as one person calls it; bodies and replies are dicts."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._write("post", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._write("patch", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._write("put", path, body, headers)

    def _write(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        call: Callable[..., Any] = getattr(self.client, method)
        return call(f"/api/v1/{path}", body or {}, content_type="application/json", headers=named)


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    """Rate limits begin anew with each test."""
    cache.clear()


def calls_of(user: User) -> Caller:
    return Caller(client_for(user))


def ok(reply: Any, status: int = 200) -> Any:
    assert reply.status_code == status, reply.content.decode()
    return reply.json()


def draft_body(patient: Patient, service: Service, **more: Any) -> dict[str, Any]:
    return {
        "patient_id": str(patient.pk),
        "service_id": str(service.pk),
        "priority": "urgent",
        "weight_grams": 6800,
        "question": QUESTION,
        "situation": "Lin Xiaoyu breathes fast.",
        "consent_given": True,
        **more,
    }


@pytest.fixture
def draft(asker: User, patient: Patient, service: Service) -> Any:
    return ok(calls_of(asker).post("consultations/", draft_body(patient, service), Idempotency_Key=str(uuid4())), 201)


@pytest.fixture
def asked(draft: Any, asker: User) -> Any:
    return ok(calls_of(asker).post(f"consultations/{draft['id']}/submit/"))


@pytest.fixture
def claimed(asked: Any, specialist: User) -> Any:
    return ok(calls_of(specialist).post(f"consultations/{asked['id']}/claim/"))
