"""The one view class of the API: enters the actor's scope, counts, parses, pages and replies."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consortium.kernel.actors import ANONYMOUS, Actor, acting_as, current_actor
from consortium.kernel.api.inputs import Input, read_key, read_version, valid
from consortium.kernel.api.rendering import JSON, JSONBody, ProblemJSON
from consortium.kernel.api.schema import Schema
from consortium.kernel.errors import InvalidInput
from consortium.kernel.limits import spend, spender
from consortium.kernel.pagination import PAGE_SIZE, keyset

Row = Callable[[dict[str, Any]], dict[str, Any]]
_MOST = 100


class Acting(BasePermission):
    """Somebody acts: a session that is locked or lacks its second factor is signed in, and yet nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return current_actor().is_person


class ApiView(APIView):
    """One path. Its methods parse, call one operation or query, and reply with plain data.

    Nobody acts before authentication has said who; whoever acted before does so again afterwards. `rate` names the
    limit of settings.RATE_LIMITS that a call spends.
    """

    permission_classes: Sequence[type[BasePermission]] = (Acting,)
    parser_classes: Sequence[type[BaseParser]] = (JSONBody,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSON, ProblemJSON)
    schema = Schema()
    rate = "api"
    _scope: ExitStack
    _asked = False

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Loaded late: they know people, and the kernel does not."""
        return [import_string(path)() for path in settings.API_AUTHENTICATION]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nobody of the surrounding request acts in here but the one that authentication names."""
        with ExitStack() as self._scope:
            self._scope.enter_context(acting_as(ANONYMOUS))
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        self._scope.enter_context(acting_as(actor_of(request)))

    def check_throttles(self, request: Request) -> None:
        spend(self.rate, spender(cast("HttpRequest", request)))

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        error = MethodNotAllowed(str(request.method))
        error.allow = ", ".join(self.allowed_methods)  # type: ignore[attr-defined]
        raise error

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Which methods there are; the description of the API tells the rest."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        reply = super().finalize_response(request, response, *args, **kwargs)
        reply.setdefault("Cache-Control", "no-store")
        return reply

    # -- what comes in ------------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        return current_actor()

    @property
    def request_key(self) -> UUID | None:
        """The Idempotency-Key header: the same key twice makes one row."""
        return read_key(self.request.headers.get("Idempotency-Key"))

    @property
    def version(self) -> int:
        """The version that the client saw: If-Match, or `version` in the body; 422 without."""
        return read_version(self.request.headers.get("If-Match"), self.request.data)

    def given(self, kind: type[Input], *, partial: bool = False) -> dict[str, Any]:
        """The body's validated values; `version`, which stands beside them, is read by `self.version`."""
        data = self.request.data
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if name != "version"}
        return valid(kind, data, partial=partial)

    def asked(self, kind: type[Input]) -> dict[str, Any]:
        """The query string's validated values, without the pager's own."""
        asked = {name: value for name, value in self.request.query_params.items() if name not in ("after", "limit")}
        self._asked = True
        return valid(kind, asked)

    # -- what goes out ------------------------------------------------------------------------------------------

    def one(self, body: Mapping[str, Any], *, status: int = 200) -> Response:
        """One object; its version becomes the ETag."""
        etag = {"ETag": f'"{body["version"]}"'} if "version" in body else None
        return Response(body, status=status, headers=etag)

    def created(self, body: Mapping[str, Any], *, fresh: bool = True) -> Response:
        """201 with the new object; 200 when the same request had already made it."""
        return self.one(body, status=201 if fresh else 200)

    def done(self) -> Response:
        return Response(status=204)

    def page(self, rows: QuerySet[Any], *, order: Sequence[str], row: Row, size: int = PAGE_SIZE) -> Response:
        """One keyset page of `rows` (.values()); `row` shapes each. `?after=` and `?limit=` are the caller's."""
        limit = page_limit(self.request, size)
        page = keyset(rows, order=order, after=self.after, size=limit)
        return self.paged([row(item) for item in page.items], page.next_cursor)

    @property
    def after(self) -> str:
        """`?after=`: the cursor of the page before."""
        return self.request.query_params.get("after", "")

    def paged(self, results: Sequence[Mapping[str, Any]], next_cursor: str = "") -> Response:
        """A page that a query has already made. A query string that nobody read is refused if it asks for more."""
        if not self._asked:
            self.asked(Input)
        page_limit(self.request, PAGE_SIZE)
        return Response({"results": results, "next": self.next_link(next_cursor)})

    def next_link(self, cursor: str) -> str | None:
        """The address of the next page, with this one's filters."""
        if not cursor:
            return None
        pairs = [(k, v) for k, v in self.request.query_params.items() if k != "after"]
        return f"{self.request.path}?{urlencode([*pairs, ('after', cursor)])}"


def actor_of(request: Request) -> Actor:
    """Whoever the credentials name: a token's own actor, else the session's as the middleware read it."""
    if not request.user.is_authenticated:
        return ANONYMOUS
    actor: Actor | None = getattr(request.auth, "actor", None) or getattr(request._request, "actor", None)
    return actor or ANONYMOUS


def page_limit(request: Request, size: int) -> int:
    """`?limit=`, from 1 to 100."""
    text = request.query_params.get("limit", str(size))
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= _MOST:
        raise InvalidInput({"limit": f"1-{_MOST}"})
    return int(text)
