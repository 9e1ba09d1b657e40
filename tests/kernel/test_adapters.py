"""Adapters: dotted paths in settings."""

from __future__ import annotations

import math
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from consortium.kernel.adapters import adapter, adapters


def test_the_setting_names_what_is_used(settings: Any) -> None:
    settings.LOOK_UP = "math.sqrt"
    assert adapter("LOOK_UP") is math.sqrt


def test_a_setting_that_is_empty_is_said(settings: Any) -> None:
    settings.LOOK_UP = ""
    with pytest.raises(ImproperlyConfigured, match="LOOK_UP"):
        adapter("LOOK_UP")


def test_a_setting_that_is_missing_is_said() -> None:
    with pytest.raises(ImproperlyConfigured, match="NO_SUCH_PORT"):
        adapter("NO_SUCH_PORT")


def test_a_path_that_leads_nowhere_fails_when_it_is_used(settings: Any) -> None:
    settings.LOOK_UP = "math.no_such_thing"
    with pytest.raises(ImportError):
        adapter("LOOK_UP")


def test_several_adapters_by_name(settings: Any) -> None:
    settings.CHANNELS_MAP = {"root": "math.sqrt", "power": "math.pow"}
    assert adapters("CHANNELS_MAP") == {"root": math.sqrt, "power": math.pow}


def test_no_adapters_are_none() -> None:
    assert adapters("NO_SUCH_PORTS") == {}


@pytest.mark.parametrize("name", ["ACTOR_OF_REQUEST"])
def test_each_port_of_the_product_is_filled(name: str) -> None:
    assert callable(adapter(name))
