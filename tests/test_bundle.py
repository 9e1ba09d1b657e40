"""The stylesheet in one piece says the same as its parts."""

import gzip
import re
from pathlib import Path

from django.conf import settings

from consortium.bundle import flattened

STATIC = Path(settings.BASE_DIR) / "static"
SHEETS = {
    "css/site.css": '@layer a, b;\n@import url("one.css") layer(a);\n@import url("deep/two.css") layer(b);\n',
    "css/one.css": "p { color: red; }\n",
    "css/deep/two.css": 'p { background: url("../../icons/x.svg") url("data:image/png;base64,") url("/y.svg"); }\n',
}


def _whole() -> str:
    return flattened("css/site.css", lambda name: (STATIC / name).read_text())


def test_imports_are_written_into_their_layers() -> None:
    assert "@layer a {\np { color: red; }\n}" in flattened("css/site.css", SHEETS.__getitem__)


def test_the_order_of_layers_stays_first() -> None:
    assert flattened("css/site.css", SHEETS.__getitem__).startswith("@layer a, b;")


def test_addresses_are_seen_from_the_new_home() -> None:
    assert 'url("../icons/x.svg")' in flattened("css/site.css", SHEETS.__getitem__)


def test_absolute_addresses_and_data_stay() -> None:
    whole = flattened("css/site.css", SHEETS.__getitem__)
    assert 'url("data:image/png;base64,")' in whole
    assert 'url("/y.svg")' in whole


def test_nothing_is_imported_any_more() -> None:
    assert "@import" not in _whole()


def test_every_stylesheet_is_in_it() -> None:
    site = (STATIC / "css/site.css").read_text()
    alone = {"site.css", "lectures.css"}  # a lecture's room asks for its own
    parts = {str(p.relative_to(STATIC / "css")) for p in (STATIC / "css").rglob("*.css")} - alone
    assert parts == set(re.findall(r'@import url\("([^"]+)"\)', site))


def test_every_layer_is_in_the_order() -> None:
    whole = _whole()
    order = re.search(r"^@layer ([\w, ]+);", whole, re.MULTILINE)
    assert order
    assert set(re.findall(r"^@layer (\w+) \{", whole, re.MULTILINE)) == set(order[1].split(", "))


def test_braces_are_balanced() -> None:
    whole = _whole()
    assert whole.count("{") == whole.count("}")


def test_every_token_that_is_used_is_defined() -> None:
    whole = _whole()
    used = set(re.findall(r"var\((--[\w-]+)\)", whole))
    assert used - set(re.findall(r"(--[\w-]+):", whole)) == set()


def test_the_dark_theme_is_the_same_by_choice_and_by_device() -> None:
    tokens = (STATIC / "css/tokens.css").read_text()
    device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.+?)\}', tokens, re.DOTALL)
    chosen = re.search(r':root\[data-theme="dark"\] \{(.+?)\}', tokens, re.DOTALL)
    assert device
    assert chosen
    assert device[1].split() == chosen[1].split()


def test_the_whole_weighs_less_than_20_kb() -> None:
    assert len(gzip.compress(_whole().encode())) <= 20_000


def test_nothing_comes_from_another_host() -> None:
    assert not re.search(r"https?://", _whole())
