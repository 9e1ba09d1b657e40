"""Reading a document with errors that name the file, the place in it and the remedy."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class LibraryError(ValueError):
    """A document that can't be used: `file`, `path` within it, and what to do."""

    def __init__(self, file: str, path: str, message: str) -> None:
        super().__init__(f"{file}: {path or '(top)'}: {message}")
        self.file, self.path, self.message = file, path, message


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    en: str
    zh: str

    def said(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Place:
    """A value and where it stands."""

    value: Any
    file: str
    path: str = ""

    def wrong(self, message: str) -> NoReturn:
        raise LibraryError(self.file, self.path, message)

    def mapping(self, allowed: Collection[str] = (), required: Collection[str] = ()) -> "Place":
        """Itself, if a mapping with these keys; `allowed` empty: any."""
        if not isinstance(self.value, dict):
            self.wrong("must be a mapping (key: value)")
        if allowed and (odd := [str(key) for key in self.value if key not in {*allowed, *required}]):
            self.wrong(f"unknown key {', '.join(odd)}; known are {', '.join(sorted({*allowed, *required}))}")
        if missing := [key for key in required if key not in self.value]:
            self.wrong(f"add {', '.join(missing)}")
        return self

    def at(self, key: str) -> "Place":
        """What stands under `key`; its value is None when nothing does."""
        return Place(self.value.get(key), self.file, f"{self.path}.{key}" if self.path else key)

    def has(self, key: str) -> bool:
        return self.value.get(key) is not None

    def entries(self) -> "list[tuple[str, Place]]":
        if self.value is None:
            return []
        return [(str(key), self.at(key)) for key in self.mapping().value]

    def items(self) -> "list[Place]":
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.wrong("must be a list")
        return [Place(value, self.file, f"{self.path}[{index}]") for index, value in enumerate(self.value)]

    def text(self, default: str | None = None) -> str:
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | Decimal) or str(self.value) == "":
            self.wrong("must be a text")
        return str(self.value)

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def flag(self) -> bool:
        if self.value is not None and not isinstance(self.value, bool):
            self.wrong("must be true or false")
        return bool(self.value)

    def whole(self, default: int | None = None) -> int:
        if self.value is None and default is not None:
            return default
        if type(self.value) is not int:
            self.wrong("must be a whole number")
        return int(self.value)

    def number(self) -> Decimal:
        try:
            return Decimal("" if isinstance(self.value, bool) else str(self.value))
        except InvalidOperation:
            self.wrong("must be a number")

    def pair(self) -> tuple[Decimal, Decimal]:
        """[from, to], ascending."""
        ends = [item.number() for item in self.items()]
        if len(ends) != 2 or ends[0] > ends[1]:
            self.wrong("must be two ascending numbers, e.g. [10, 120]")
        return ends[0], ends[1]

    def one_of(self, options: Collection[str], default: str | None = None) -> str:
        value = self.text(default)
        if value not in options:
            self.wrong(f"{value!r} is none of {', '.join(options)}")
        return value

    def words(self) -> Words:
        """{en: ..., zh: ...}, both of them."""
        place = self.mapping(("en", "zh"), ("en", "zh"))
        return Words(place.at("en").text(), place.at("zh").text())

    def maybe(self, read: "Callable[[Place], T]") -> T | None:
        return None if self.value is None else read(self)
