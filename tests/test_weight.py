"""How much comes over the wire with a first page: no more than a phone on a slow line can bear."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from consortium.assets import SHEET
from consortium.bundle import flattened
from consortium.casework.models import Service
from consortium.kernel.pagination import PAGE_SIZE
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import client_for
from tests.factories.cases import make_asked

MOST_PAGE = 60_000
MOST_CSS = 20_000

Figure = Callable[[str, str], None]
_ASSETS = re.compile(
    r"""(?:<script[^>]+src|<link[^>]+rel="(?:stylesheet|manifest|modulepreload)"[^>]*href)="/static/([^"]+)"""
)
_IMPORTS = re.compile(r"""^\s*(?:import|export)\b[^"';]*["'](\.[^"']+)["']""", re.MULTILINE)


def read(name: str) -> str:
    found = finders.find(name)
    assert found, name
    return Path(found).read_text()


def sent(name: str) -> int:
    """Bytes of one file as they are sent: the stylesheet in one piece, all compressed."""
    text = flattened(SHEET, read) if name == SHEET else read(name)
    return len(gzip.compress(text.encode(), 9))


def modules(name: str, known: set[str]) -> Iterator[str]:
    """The script and whatever it imports."""
    if name in known:
        return
    known.add(name)
    yield name
    if name.endswith(".js"):
        for path in _IMPORTS.findall(read(name)):
            yield from modules(str((Path("/") / name).parent.joinpath(path).resolve()).lstrip("/"), known)


def weight(page: bytes) -> dict[str, int]:
    """Bytes by file; those of the compressed page itself as ""."""
    known: set[str] = set()
    names = _ASSETS.findall(gzip.decompress(page).decode())
    return {"": len(page), **{one: sent(one) for name in names for one in modules(name, known)}}


def first_page(client: Client, path: str, figure: Figure) -> int:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    found = weight(answer.content)
    assert SHEET in found
    total = sum(found.values())
    figure(
        f"weight of {path} with all it loads", f"{total / 1000:.1f} kB of {MOST_PAGE / 1000:.0f}, {len(found)} files"
    )
    return total


def test_the_stylesheet_is_light(figure: Figure) -> None:
    figure("stylesheet, compressed", f"{sent(SHEET) / 1000:.1f} kB of {MOST_CSS / 1000:.0f}")
    assert sent(SHEET) <= MOST_CSS


def test_the_sign_in_page_is_light(db: None, figure: Figure) -> None:
    assert first_page(Client(), "/accounts/login/", figure) <= MOST_PAGE


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_full_worklist_is_light(
    specialist: User, asker: User, patient: Patient, community: Institution, service: Service, language: str,
    figure: Figure,
) -> None:  # fmt: skip
    for _ in range(PAGE_SIZE):
        make_asked(patient, asker, community, service)
    client = client_for(specialist)
    client.cookies["django_language"] = language
    assert first_page(client, "/", figure) <= MOST_PAGE


def test_imports_of_scripts_are_counted() -> None:
    names = [path.name for path in Path("static/js").glob("*.js") if _IMPORTS.search(path.read_text())]
    assert names, "no script imports another: the pattern finds nothing"
    for name in names:
        assert len(list(modules(f"js/{name}", set()))) > 1
