"""Topics, frames, tasks and byte movers: each stands in the table, and does what it says there."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any

import pytest
from django.urls import reverse

from consortium.celery import app
from consortium.files.routing import http_wrappers
from consortium.insight.routing import http_wrappers as exports
from consortium.kernel.topics import kinds
from consortium.live import consumers, queries
from consultations.routing import http_wrappers as recordings
from courses.library.routing import http_wrappers as films
from courses.live.room.saying import COMMANDS, STAGE_COMMANDS
from tests.access.beside import BYTES, FRAMES, ROOM_FRAMES, STAGE_FRAMES, TASKS, TOPICS, TopicRow
from tests.access.matrix import ROWS
from tests.access.rows import ALLOWED, FORBIDDEN, HIDDEN
from tests.access.world import ROLES, World
from tests.cast import actor_for

pytestmark = pytest.mark.django_db
_SOME = "00000000-0000-0000-0000-000000000001"


def heard(world: World, role: str, topic: str) -> str:
    decision = queries.may_listen(actor_for(world.people[role]), topic)
    if decision.allowed:
        return ALLOWED
    return HIDDEN if decision.hidden else FORBIDDEN


@pytest.mark.parametrize("row", TOPICS, ids=lambda row: row.kind)
def test_each_role_hears_what_the_table_says(world: World, row: TopicRow) -> None:
    told = {role: heard(world, role, f"{row.kind}:{row.key(world)}") for role in ROLES}
    assert told == {role: row.expected(role) for role in ROLES}


def test_every_kind_of_topic_has_a_row() -> None:
    assert sorted(kinds()) == sorted(row.kind for row in TOPICS)


@pytest.mark.parametrize(
    "topic", ["nothing:1", "case:", "case", "", ":", "case:not-an-id", f"case:{_SOME}", "rights:1"]
)
def test_a_topic_that_is_none_is_hidden(world: World, topic: str) -> None:
    assert heard(world, "asker", topic) == HIDDEN


def test_a_topic_over_http_asks_the_same_policy(world: World) -> None:
    url = reverse("live:seqs") + f"?topic=case:{world.case['received'].pk}"
    assert world.clients["stranger"].get(url).json() == {"seqs": {}}
    assert list(world.clients["asker"].get(url).json()["seqs"]) == [f"case:{world.case['received'].pk}"]


def test_every_frame_has_a_row() -> None:
    """The commands that the consumer compares with, as they stand in its code."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(consumers.PageConsumer)))  # type: ignore[arg-type]
    compared: set[Any] = {
        side.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and getattr(node.left, "id", "") == "command"
        for side in node.comparators
        if isinstance(side, ast.Constant)
    }
    assert compared == set(FRAMES)


def test_every_frame_of_a_room_has_a_row() -> None:
    assert sorted(COMMANDS) == sorted(ROOM_FRAMES)
    assert sorted(STAGE_COMMANDS) == sorted(STAGE_FRAMES)


def test_every_task_has_a_row() -> None:
    app.loader.import_default_modules()
    ours = {name for name, task in app.tasks.items() if not type(task).__module__.startswith(("celery.", "tests."))}
    assert sorted(ours) == sorted(TASKS)


def test_every_byte_mover_stands_behind_routes_of_the_matrix() -> None:
    """It never decides: what it moves was released by a view, and that view is a row."""
    known = {row.route for row in ROWS}
    assert {route for routes in BYTES.values() for route in routes} <= known
    addresses = {
        "api:upload": reverse("api:upload", args=[_SOME]),
        "files:picture": reverse("files:picture", args=[_SOME, "thumb"]),
        "files:frame": reverse("files:frame", args=[_SOME, 1, "lung"]),
        "files:sized_frame": reverse("files:sized_frame", args=[_SOME, 1, "lung", "small"]),
        "files:original": reverse("files:original", args=[_SOME]),
        "files:sound": reverse("files:sound", args=[_SOME]),
        "files:copy_file": reverse("files:copy_file", args=[_SOME]),
        "api:recording-bytes": reverse("api:recording-bytes", args=[_SOME]),
        "consultations:recording": reverse("consultations:recording", args=[_SOME]),
        "insight:export_file": reverse("insight:export_file", args=[_SOME]),
        "api:video-upload": reverse("api:video-upload", args=[_SOME]),
        "library:video_still": reverse("library:video_still", args=[_SOME, 1, "poster"]),
        "library:picture": reverse("library:picture", args=[_SOME, "full"]),
        "library:file": reverse("library:file", args=[_SOME]),
    }
    patterns = [re.compile(pattern) for pattern, _factory in [*http_wrappers, *recordings, *exports, *films]]
    assert len(patterns) == len(BYTES)
    for routes, pattern in zip(BYTES.values(), patterns, strict=True):
        assert all(pattern.fullmatch(addresses[route]) for route in routes)
