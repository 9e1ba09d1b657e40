"""Errors as RFC 9457 problem details: our own family, the framework's and the database's."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, MethodNotAllowed, ValidationError
from rest_framework.response import Response
from rest_framework.views import set_rollback

from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, database_rules

MEDIA_TYPE = "application/problem+json"


class Unavailable(DomainError):
    status, code = 503, "unavailable"
    default = _("The service cannot be reached just now. Try again in a moment.")


def problem(
    status: int, code: str, *, title: Any = "", detail: Any = "", headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """A problem reply. `code` is stable, `title` and `detail` are for people; `more` are extension members."""
    body = {
        **more,
        "type": f"urn:consortium:problem:{code}",
        "title": str(title or HTTPStatus(status).phrase),
        "status": status,
        "code": code,
        "detail": str(detail or title or HTTPStatus(status).phrase),
    }
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def of_domain(error: DomainError) -> Response:
    headers = {"Retry-After": str(error.detail["retry_after"])} if "retry_after" in error.detail else None
    return problem(
        error.status, error.code, title=type(error).default, detail=error.message, headers=headers, **error.detail
    )


def _flat(detail: Any) -> str:
    """The first sentence of a serializer's nested errors."""
    while isinstance(detail, dict | list) and detail:
        detail = next(iter(detail.values())) if isinstance(detail, dict) else detail[0]
    return str(detail) if detail else ""


def fields_of(detail: Any) -> dict[str, str]:
    """{"field": "what is wrong"} of a serializer's errors; nested fields with dots."""
    if not isinstance(detail, dict):
        return {"body": _flat(detail)}
    found: dict[str, str] = {}
    for name, wrong in detail.items():
        key = "body" if name == "non_field_errors" else str(name)
        if isinstance(wrong, dict):
            found.update({f"{key}.{inner}": text for inner, text in fields_of(wrong).items()})
        else:
            found[key] = _flat(wrong)
    return found


def _of_framework(error: APIException) -> Response:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if isinstance(error, MethodNotAllowed) and (allow := getattr(error, "allow", None)):
        headers["Allow"] = allow
    code = str(error.default_code).replace("_", "-")
    return problem(error.status_code, code, title=error.default_detail, detail=_flat(error.detail), headers=headers)


def _of_database(error: DatabaseError | InterfaceError) -> DomainError | None:
    if isinstance(error, OperationalError | InterfaceError):
        return Unavailable()
    try:
        with database_rules():
            raise error
    except DomainError as told:
        return told
    except DatabaseError:
        return None


def _as_domain(error: Exception) -> DomainError | None:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, ValidationError):
        return InvalidInput(fields_of(error.detail))
    if isinstance(error, Http404):
        return NotVisible()
    if isinstance(error, PermissionDenied):
        return NotPermitted(str(error) or None)
    return _of_database(error) if isinstance(error, DatabaseError | InterfaceError) else None


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The framework's exception handler: a problem for everything foreseen, None (a 500, logged) for the rest."""
    told = _as_domain(error)
    if told is None and not isinstance(error, APIException | SuspiciousOperation):
        return None
    set_rollback()
    if told is not None:
        return of_domain(told)
    if isinstance(error, APIException):
        return _of_framework(error)
    return problem(400, "bad-request", detail=_("The request could not be understood."))
