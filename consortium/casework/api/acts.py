"""Every verb of a feature's machine as an address of its own, whatever kind of case it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import URLPattern, path, reverse
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.actors import Actor
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.machine import Machine, Transition


@dataclass(frozen=True, slots=True)
class Feature:
    """One kind of case over the API: `name` ("consultation") as its addresses have it, its machine, how it is shown.

    `show` gives the case as the actor may see it, or raises NotVisible.
    """

    name: str
    machine: Machine
    gives: type[Output]
    show: Callable[[Actor, UUID], Mapping[str, Any]]

    def address(self, verb: str, case_id: UUID) -> str:
        """Where an act is posted to; saving a draft is a PATCH of the case itself."""
        if verb == "save":
            return reverse(f"api:{self.name}", args=[case_id])
        return reverse(f"api:{self.name}-{verb.replace('_', '-')}", args=[case_id])

    def action(self, transition: Transition, case_id: UUID) -> dict[str, Any]:
        """One of the `available_actions`."""
        return {
            "verb": transition.verb,
            "label": str(transition.label),
            "href": self.address(transition.verb, case_id),
            "required": list(transition.required),
        }

    def label(self, verb: str) -> str:
        return str(next(t.label for t in self.machine.transitions if t.verb == verb))


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb of the machine as an address: what it takes, the operation, and whether it writes a row once."""

    verb: str
    run: Callable[..., Any]
    takes: type[Input] = Input
    key: bool = False
    shape: Callable[[dict[str, Any]], dict[str, Any]] = field(default=dict)

    @property
    def slug(self) -> str:
        return self.verb.replace("_", "-")


def _view_of(feature: Feature, deed: Deed) -> type[ApiView]:
    class Act(ApiView):
        @described(feature.label(deed.verb), takes=deed.takes, gives=feature.gives, key=deed.key, gone=True)
        def post(self, request: Request, case_id: UUID) -> Response:
            words = deed.shape(self.given(deed.takes))
            if deed.key:
                words["key"] = self.request_key
            deed.run(actor=self.actor, case_id=case_id, **words)
            return self.after_act(case_id)

        def after_act(self, case_id: UUID) -> Response:
            """The case as it is now; nothing where the act gave it out of the caller's sight."""
            try:
                return self.one(feature.show(self.actor, case_id))
            except NotVisible:
                return self.done()

    Act.__name__ = f"{feature.name.title()}{deed.verb.title().replace('_', '')}"
    return Act


def act_paths(feature: Feature, deeds: Sequence[Deed]) -> list[URLPattern]:
    return [
        path(
            f"{feature.name}s/<uuid:case_id>/{deed.slug}/",
            _view_of(feature, deed).as_view(),
            name=f"{feature.name}-{deed.slug}",
        )
        for deed in deeds
    ]
