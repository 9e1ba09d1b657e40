"""The description of the API: one decorator on each method, from which OpenAPI is made."""

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers

from consortium.kernel.api.inputs import Input, Output

_JSON = "application/json"
F = TypeVar("F", bound=Callable[..., Any])


class Problem(Output):
    """RFC 9457. `code` is stable; a further member may tell more, as `fields` does at 422 and `winner` at 409."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField(), required=False)  # type: ignore[assignment]


class Action(Output):
    """One thing the caller may do with the object now."""

    verb = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    href = serializers.CharField()
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


@extend_schema_field(Action(many=True))
class Acts(serializers.Field[Any, Any, Any, Any]):
    """`available_actions`: what the machine's table allows this person at this step."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return value


@cache
def page_of(kind: type[Output]) -> type[Output]:
    """The shape of one keyset page of `kind`."""
    members = {
        "results": kind(many=True),
        "next": serializers.CharField(allow_null=True, help_text="Address of the next page."),
    }
    return type(f"{kind.__name__}Page", (Output,), members)


_KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.UUID, OpenApiParameter.HEADER,
    description="Chosen by the client; the same key twice makes one row and gives the same reply.",
)  # fmt: skip
_VERSION = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The version seen; or `version` in the body."
)
_PAGER = [
    OpenApiParameter("after", OpenApiTypes.STR, description="The cursor of `next`."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100}, description="Rows in a page."),
]
_MEANINGS = {
    400: "The body cannot be read.",
    401: "Not signed in.",
    403: "You may not do this.",
    404: "Nothing here that you can see.",
    406: "Only application/json is served.",
    409: "Somebody else was first, or changed it meanwhile.",
    410: "No longer kept.",
    412: "Another version of the protocol is spoken here.",
    413: "Too large.",
    415: "Only application/json is read.",
    422: "Check what was sent, or not possible at this step.",
    423: "Being worked on just now.",
    429: "Too many calls.",
    460: "The bytes do not match their checksum.",
    507: "The server has no room just now.",
}


def _problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    return {
        (status, "application/problem+json"): OpenApiResponse(Problem, description=_MEANINGS[status])
        for status in statuses
    }


def described(
    summary: str,
    *,
    takes: type[Input] | None = None,
    gives: type[Output] | None = None,
    status: int = 200,
    page: bool = False,
    filters: type[Input] | None = None,
    key: bool = False,
    version: bool = False,
    public: bool = False,
    gone: bool = False,
    also: Sequence[int] = (),
    tag: str = "",
) -> Callable[[F], F]:
    """Describe one method.

    `takes` is the body, `gives` the reply (a page of it with `page`), `filters` the query string, `key` and `version`
    the two headers of safe writes; `gone` tells of a 204 when the act ends the caller's sight of the object; `also`
    names statuses beyond those that follow from these.
    """
    write = takes is not None or key or version
    named = {401, 403, 404, 406, 422, 429, *also} | ({400, 409, 413, 415, 423} if write else set())
    parameters: list[Any] = [*([filters] if filters else []), *(_PAGER if page else [])]
    parameters += [_KEY] if key else []
    parameters += [_VERSION] if version else []
    reply: Any = page_of(gives) if gives and page else gives
    replies: dict[Any, Any] = {status: OpenApiResponse(description="Done.")}
    if reply:
        replies = {(status, _JSON): OpenApiResponse(reply, description="")}
    if reply and status == 201 and key:
        replies[200, _JSON] = OpenApiResponse(reply, description="The same request had made it already.")
    if gone:
        replies[204] = OpenApiResponse(description="Done; the caller no longer sees the object.")
    describe = extend_schema(
        summary=summary,
        parameters=parameters,
        request=takes,
        responses={**replies, **_problems(*sorted(named))},
        tags=[tag] if tag else None,
        auth=[] if public else None,
    )

    def mark(method: F) -> F:
        marked: F = describe(method)
        marked.is_page = page  # type: ignore[attr-defined]
        return marked

    return mark


_VERBS = {"POST": "create", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy"}


class Schema(AutoSchema):
    """Names each operation by its path, and by whether it gives a page or one object."""

    def get_operation_id(self) -> str:
        method = getattr(self.view, self.method.lower())
        plain = "list" if getattr(method, "is_page", False) else "retrieve"
        parts = self.path.removeprefix("/api/v1/").strip("/").split("/")
        words = ["one" if part.startswith("{") else part.replace("-", "_") for part in parts]
        return "_".join([*words, _VERBS.get(self.method, plain)])

    def get_description(self) -> str:  # type: ignore[override]
        """The method's own words; a view's are for those who read the code."""
        method = getattr(self.view, self.method.lower())
        return inspect.getdoc(method) or ""


def close_bodies(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say that bodies hold nothing but what is named, and where `version` may stand in them (a spectacular hook)."""
    shapes = result.get("components", {}).get("schemas", {})
    for operation in (each for methods in result["paths"].values() for each in methods.values()):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            shape = shapes.get(media.get("schema", {}).get("$ref", "").rpartition("/")[2])
            if shape is not None:
                shape["additionalProperties"] = False
                if any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", ())):
                    shape["properties"]["version"] = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
    return result


class ClockTime(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A time of day without a zone. JSON Schema's own format "time" wants an offset, which a time of day has not."""

    target_class = "rest_framework.fields.TimeField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$", "example": "22:00"}
