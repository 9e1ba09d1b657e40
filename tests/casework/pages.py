"""Asking for the pages of duty, calendars and working time as a browser does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from consortium.kernel import clock


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def post(client: Client, path: str, status: Any = 302, **data: Any) -> Any:
    answer = client.post(path, {"request_key": uuid4(), **data})
    assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-2000:])
    return answer


def day(ahead: int = 3) -> str:
    return str(clock.today() + timedelta(days=ahead))
