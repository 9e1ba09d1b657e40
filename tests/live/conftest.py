"""Fixtures of the live tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.own_valkey import OwnValkey


@pytest.fixture
def own_valkey() -> Iterator[OwnValkey]:
    """A running Valkey that the test may kill; its socket's path must stay short."""
    with tempfile.TemporaryDirectory(prefix="lv", dir="/tmp") as directory:
        server = OwnValkey(Path(directory))
        server.start()
        yield server
        server.kill()
