"""YAML without its surprises: decimals stay exact, only true and false are booleans, a key stands once."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from decision_manual.library.places import LibraryError, Place


class _Loader(yaml.CSafeLoader):
    """SafeLoader with `no`, `on` and dates left as text."""


_PLAIN = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in rules if tag not in _PLAIN]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _scalar(loader: _Loader, node: yaml.ScalarNode) -> Any:
    text = str(loader.construct_scalar(node))
    return {"true": True, "false": False}.get(text, text) if not node.style else text


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _value in node.value]
    if twice := {str(key) for key in keys if keys.count(key) > 1}:
        raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} stands twice", node.start_mark)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:str", _scalar)
_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def document(file: Path, root: Path) -> Place:
    """The document in `file`, named as seen from `root`."""
    name = str(file.relative_to(root))
    try:
        return Place(yaml.load(file.read_text(encoding="utf-8"), _Loader), name)  # noqa: S506 a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        raise LibraryError(name, where, f"is not YAML: {getattr(error, 'problem', error)}") from error


def plain(value: Any) -> Any:
    """A document as JSON can hold it: decimals as text, so that nothing is lost."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value
