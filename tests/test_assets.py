"""Static files as the web process sends them, and under the names that the collecting gives them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from consortium.assets import Assets
from consortium.embedded.places import ROOT
from tests.embedded.running import clean_environment


def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "method": method, "headers": raw}
    # a thread of its own: the browser's driver may keep an event loop in this one
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(Assets()(scope, receive, send))).result()
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:])


def test_a_file_comes_with_its_type_and_guards() -> None:
    status, headers, body = ask("/static/css/site.css")

    assert status == 200
    assert headers["content-type"].startswith("text/css")
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert body == (ROOT / "static/css/site.css").read_bytes()


def test_it_is_not_sent_twice() -> None:
    _, headers, _ = ask("/static/css/site.css")

    assert ask("/static/css/site.css", if_none_match=headers["etag"])[0] == 304


def test_a_part_is_sent() -> None:
    status, headers, body = ask("/static/css/site.css", range="bytes=0-9")

    assert (status, len(body)) == (206, 10)
    assert headers["content-range"].startswith("bytes 0-9/")


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/../manage.py", "/static//etc/passwd", "/static/"])
def test_nothing_else_is_there(path: str) -> None:
    assert ask(path)[0] == 404


def test_nothing_is_taken() -> None:
    assert ask("/static/css/site.css", method="POST")[0] == 405


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `collectstatic` makes of the files, as production serves them."""
    state = tmp_path_factory.mktemp("collected")
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    environ = clean_environment(STATE_DIR=str(state), MODE="development")
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return state / "static"


def test_modules_import_each_other_by_their_hashed_names(collected: Path) -> None:
    """An import under the plain name would be an old copy from a cache after an update."""
    hashed = [path for path in (collected / "js").glob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    imports = [name for path in hashed for name in re.findall(r"""from\s*["'](\./[^"']+)["']""", path.read_text())]

    assert hashed
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imports)


def test_style_sheets_fit_the_wire(collected: Path) -> None:
    sheets = list((collected / "css").glob("site.*.css.gz"))

    assert sheets
    assert sum(path.stat().st_size for path in sheets) <= 20_000
