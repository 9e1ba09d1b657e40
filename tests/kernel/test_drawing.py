"""The icons of the installed app, and what is missing from views when a file is not there."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image

from consortium.kernel import views


@pytest.fixture
def drawn(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "static" / "icons"
    folder.mkdir(parents=True)
    settings.BASE_DIR = tmp_path
    call_command("draw_icons", stdout=StringIO())
    return folder


@pytest.mark.parametrize("name", ["icon-192.png", "icon-512.png", "icon-maskable-512.png", "icon-180.png"])
def test_each_icon_is_drawn_anew_as_it_is_kept(drawn: Path, name: str, settings: Any) -> None:
    """The committed pictures are those that the command draws."""
    from tests.architecture.measures import ROOT

    with Image.open(drawn / name) as fresh, Image.open(ROOT / "static/icons" / name) as kept:
        assert fresh.convert("RGBA").tobytes() == kept.convert("RGBA").tobytes()


def test_apple_s_icon_has_no_transparency(drawn: Path) -> None:
    with Image.open(drawn / "icon-180.png") as icon:
        assert icon.mode == "RGB"


def test_the_command_draws_no_other_file(drawn: Path) -> None:
    assert len(list(drawn.iterdir())) == 4


def test_without_its_file_the_service_worker_fails_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    views._worker_code.cache_clear()
    monkeypatch.setattr("django.contrib.staticfiles.finders.find", lambda path: None)
    with pytest.raises(FileNotFoundError, match=r"static/js/sw\.js"):
        views._worker_code()
    views._worker_code.cache_clear()
