"""The matrix as a page: docs/generated/access.md."""

from __future__ import annotations

from collections.abc import Iterable

from tests.access.beside import BYTES, FRAMES, ROOM_FRAMES, STAGE_FRAMES, TASKS, TOPICS, TopicRow
from tests.access.matrix import ROWS
from tests.access.rows import ALLOWED, FORBIDDEN, HIDDEN, SIGN_IN, Row
from tests.access.world import ROLES

SIGNS = {ALLOWED: "●", FORBIDDEN: "403", HIDDEN: "·", SIGN_IN: "→"}
_HEAD = """# Who may do what

Made from the table that `tests/access` holds every route, method and role to. A route that is missing fails the build.

● may · **403** sees that it is there, and may not · `·` 404, it does not exist for them · → is asked to sign in (401
over the API) · another number: let through, and stopped by something that is not about rights.

"""


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _table(first: list[str], rows: Iterable[list[str]], roles: Iterable[str]) -> str:
    heads = [*first, *roles]
    return _line(heads) + _line("---" for _ in heads) + "".join(map(_line, rows)) + "\n"


def _route(row: Row) -> list[str]:
    told = [row.expected(role) for role in ("anonymous", *ROLES)]
    name = f"`{row.route}`" + (f" {row.note}" if row.note else "")
    return [name, row.method, *(SIGNS.get(each, each) for each in told)]


def _topic(row: TopicRow) -> list[str]:
    return [f"`{row.kind}` {row.about}", *(SIGNS[row.expected(role)] for role in ROLES)]


def render() -> str:
    """The whole page."""
    roles = "".join(f"- **{name}**: {what}\n" for name, what in ROLES.items()) + "\n"
    everybody = ["anonymous", *ROLES]
    pages = [_route(row) for row in ROWS if not row.is_api]
    calls = [_route(row) for row in ROWS if row.is_api]
    return "".join(
        [
            _HEAD,
            "## Roles\n\n", roles,
            "## Pages\n\n", _table(["route", "method"], pages, everybody),
            "## API\n\n", _table(["route", "method"], calls, everybody),
            "## Topics of live pages\n\n", _table(["topic"], map(_topic, TOPICS), ROLES),
            "## Frames of the socket\n\nOnly signed-in people of our own pages connect; all others are refused.\n\n",
            _table(["frame", "who"], [[f"`{name}`", who] for name, who in FRAMES.items()], []),
            "## Frames of a lecture's room\n\n",
            _table(["frame", "who"], [[f"`{name}`", who] for name, who in ROOM_FRAMES.items()], []),
            "## Frames between a guest and the lecturer\n\n",
            _table(["frame", "who"], [[f"`{name}`", who] for name, who in STAGE_FRAMES.items()], []),
            "## Tasks\n\nNobody can ask for one from outside: each acts as the system, for the reason given.\n\n",
            _table(["task", "what for"], [[f"`{name}`", why] for name, why in TASKS.items()], []),
            "## Byte movers\n\nThey stand beside the pages and move what a view released; the view is the row.\n\n",
            _table(
                ["pattern", "routes"],
                [[f"`{p}`".replace("|", "\\|"), ", ".join(f"`{r}`" for r in routes)] for p, routes in BYTES.items()],
                [],
            ),
        ]
    ).rstrip() + "\n"  # fmt: skip
