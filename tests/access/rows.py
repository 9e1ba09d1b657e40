"""What a row of the access matrix says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.access.world import ROLES, World

ALLOWED, SIGN_IN, FORBIDDEN, HIDDEN = "yes", "sign-in", "403", "404"
EVERYBODY = " ".join(ROLES)
ANYBODY = f"anonymous {EVERYBODY}"

Words = Callable[[World], Mapping[str, Any]]


def _none(world: World) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Row:
    """One route and method: who may, who sees that it is there but may not (403); all others: 404, or signing in.

    `at` names the step of the case it is tried on. `args` are the address's, `body` what is sent; `else_` names other
    outcomes by role ("422": past the check, stopped by something that is not about rights).
    """

    route: str
    method: str
    may: str = ""
    sees: str = ""
    at: str = "received"
    args: Words = _none
    body: Words = _none
    query: str = ""
    else_: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    headers: Words = _none

    def __post_init__(self) -> None:
        named = [*self.may.split(), *self.sees.split(), *self.else_]
        unknown = set(named) - {"anonymous", *ROLES}
        if unknown or len(named) != len(set(named)):
            raise ValueError(f"{self.route} {self.method}: unknown or doubled roles {sorted(unknown) or named}")

    @property
    def id(self) -> str:
        return f"{self.method} {self.route}" + (f" @{self.note}" if self.note else "")

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api:")

    def expected(self, role: str) -> str:
        if role in self.else_:
            return self.else_[role]
        if role in self.may.split():
            return ALLOWED
        if role in self.sees.split():
            return FORBIDDEN
        return SIGN_IN if role == "anonymous" else HIDDEN
