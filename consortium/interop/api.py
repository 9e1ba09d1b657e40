"""The router under /fhir/R4/: read and search, in FHIR's media type and with its errors."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from django.conf import settings
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.interop.fhir.bundle import base_url, pathway_bundle
from consortium.interop.queries import MOST, PAGE_SIZE, Found, Shown, kind_named, one, search
from consortium.interop.r4.blocks import Resource
from consortium.interop.r4.bundles import searchset
from consortium.interop.r4.capability import statement
from consortium.interop.r4.kinds import Kind, kinds
from consortium.interop.r4.outcomes import outcome
from consortium.interop.r4.searching import BadSearch
from consortium.journal.operations import note_list_read, note_read
from consortium.kernel import clock
from consortium.kernel.api import ApiView
from consortium.kernel.api.problems import handle
from consortium.kernel.api.rendering import JSON
from consortium.kernel.errors import NotVisible, TooLarge

MEDIA_TYPE: Final = "application/fhir+json"
_FORM_LIMIT: Final = 8192
#: asked of every FHIR server; there is one format here
_PASSED_OVER: Final = ("_format", "_pretty")
Asked = dict[str, list[str]]


class FhirJSON(JSON):
    """application/fhir+json."""

    media_type = MEDIA_TYPE
    format = "fhir"


class SearchForm(BaseParser):
    """The body of a search by POST: what would stand in the address, and does not."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Asked:
        body: bytes = stream.read(_FORM_LIMIT + 1)
        if len(body) > _FORM_LIMIT:
            raise TooLarge(_("The body is too large."))
        return parse_qs(body.decode("utf-8", errors="replace"))


def as_outcome(error: Exception, context: dict[str, Any]) -> Response | None:
    """The errors of the API as an OperationOutcome; None (a 500, logged) for what nobody foresaw."""
    reply = handle(error, context)
    if reply is None:
        return None
    body = outcome(reply.status_code, reply.data["code"], reply.data["detail"], reply.data.get("fields"))
    headers = {
        name: reply.headers[name] for name in ("Retry-After", "WWW-Authenticate", "Allow") if name in reply.headers
    }
    return Response(body, status=reply.status_code, headers=headers, content_type=MEDIA_TYPE)


class FhirView(ApiView):
    """As any call of the API: the same callers, scope and counting, another tongue. Not in the OpenAPI description."""

    renderer_classes = (FhirJSON, JSON)
    parser_classes = (SearchForm,)
    schema = None  # type: ignore[assignment]
    rate = "fhir"

    def get_exception_handler(self) -> Any:
        return as_outcome


class Metadata(FhirView):
    """The CapabilityStatement. Open to all: it tells what there is, nothing about anybody."""

    permission_classes = ()

    def get(self, request: Request) -> Response:
        return Response(statement(kinds().values(), base=base_url(), release=settings.RELEASE, on=clock.today()))


class Read(FhirView):
    def get(self, request: Request, kind: str, resource_id: str) -> Response:
        shown = one(self.actor, kind, resource_id)
        if shown.child is not None:
            note_read(actor=self.actor, subject=shown.row, patient_id=shown.child, what=f"fhir {kind}")
        return Response(shown.resource, headers=_stamps(shown))


class Everything(FhirView):
    """`EpisodeOfCare/id/$everything`: a child's pathway over all tiers, questions and referrals, as one Bundle."""

    def get(self, request: Request, kind: str, resource_id: str) -> Response:
        if kind != "EpisodeOfCare":
            raise NotVisible
        shown = one(self.actor, kind, resource_id)
        found = pathway_bundle(self.actor, shown.row.pk)
        note_read(actor=self.actor, subject=shown.row, patient_id=shown.child, what="fhir everything")
        return Response(found)


def _stamps(shown: Shown) -> dict[str, str]:
    meta = shown.resource["meta"]
    stamps = {"ETag": f'W/"{meta["versionId"]}"'} if "versionId" in meta else {}
    touched = shown.row.touched_at
    return stamps | ({"Last-Modified": http_date(touched.timestamp())} if touched else {})


class Searching(FhirView):
    def found(self, kind: Kind, asked: Asked, *, by_post: bool = False) -> Response:
        """One page, its reads noted in the journal."""
        after, size = _one(asked, "_after"), _size(_one(asked, "_count"))
        plain = {name: values for name, values in asked.items() if name not in (*_PASSED_OVER, "_after", "_count")}
        private = [name for name in plain if (param := kind.params.get(name)) and param.private]
        if private and not by_post:
            raise BadSearch(
                dict.fromkeys(private, _("A child's number does not belong in an address: search by POST."))
            )
        page = search(self.actor, kind, plain, after=after, size=size)
        note_list_read(actor=self.actor, what=f"fhir {kind.name}", patient_ids=sorted(page.children, key=str))
        return Response(_page(kind, page) if private else _page(kind, page, plain, size))


class Search(Searching):
    def get(self, request: Request, kind: str) -> Response:
        return self.found(kind_named(kind), dict(request.query_params.lists()))


class SearchByPost(Searching):
    """`POST Kind/_search`: what must not stand in an address is sent in the body."""

    def post(self, request: Request, kind: str) -> Response:
        return self.found(kind_named(kind), dict(request.data), by_post=True)


class Unknown(FhirView):
    """Any other address: the same 404 as for a hidden row."""

    permission_classes = ()

    def get(self, request: Request, rest: str = "") -> Response:
        raise NotVisible

    post = put = patch = delete = get


def _one(asked: Asked, name: str) -> str:
    return asked.get(name, [""])[-1]


def _size(text: str) -> int:
    """`_count`; a server may give fewer than asked for, so more than we give is no error."""
    if not text:
        return PAGE_SIZE
    if not text.isascii() or not text.isdigit() or int(text[:9]) < 1:
        raise BadSearch({"_count": f"1-{MOST}"})
    return min(int(text[:9]), MOST)


def _page(kind: Kind, page: Found, asked: Asked | None = None, size: int = 0) -> Resource:
    """The page with its links. Without `asked`, which was private, there is no next one: what it finds fits one."""
    own = f"{base_url()}/{kind.name}"
    if asked is None:
        return searchset(page.resources, base=base_url(), own=own)
    pairs = [(name, value) for name, values in asked.items() for value in values]
    more = urlencode([*pairs, ("_count", str(size)), ("_after", page.following)])
    self_link = f"{own}?{urlencode(pairs)}" if pairs else own
    return searchset(
        page.resources, base=base_url(), own=self_link, following=f"{own}?{more}" if page.following else ""
    )
