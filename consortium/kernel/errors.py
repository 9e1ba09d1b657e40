"""One family of errors. Each maps once: to a form error, to problem+json, to a WebSocket error frame."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, InternalError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Something the person can understand and act on. `message` is shown as it is; `detail` is JSON-able."""

    status = 422
    code = "error"
    default: Any = _("This could not be done.")

    def __init__(self, message: Any = None, *, code: str = "", detail: Mapping[str, Any] | None = None) -> None:
        self.message = message or self.default
        self.code = code or type(self).code
        self.detail: dict[str, Any] = dict(detail or {})
        super().__init__(str(self.message))


class NotPermitted(DomainError):
    status, code = 403, "not-permitted"
    default = _("You may not do this.")


class NotVisible(DomainError):
    """Hidden and missing look the same, so that an id tells nothing."""

    status, code = 404, "not-found"
    default = _("There is nothing here that you can see.")


class StaleVersion(DomainError):
    status, code = 409, "stale-version"
    default = _("Someone changed this while you were working on it. Look at the change, then try again.")


class Taken(DomainError):
    status, code = 409, "taken"
    default = _("Somebody else was first.")


class TooLarge(DomainError):
    status, code = 413, "too-large"
    default = _("This file is too large.")


class WrongStep(DomainError):
    status, code = 422, "wrong-step"
    default = _("This is not possible at the present step.")


class InvalidInput(DomainError):
    """`fields` maps a field's name to what is wrong with it."""

    status, code = 422, "invalid-input"
    default = _("Please check what you entered.")

    def __init__(self, fields: Mapping[str, Any] | None = None, message: Any = None, *, code: str = "") -> None:
        self.fields: dict[str, Any] = dict(fields or {})
        super().__init__(
            message or next(iter(self.fields.values()), None),
            code=code,
            detail={"fields": {k: str(v) for k, v in self.fields.items()}},
        )


class Busy(DomainError):
    status, code = 423, "busy"
    default = _("This is being worked on just now. Try again in a moment.")


class TooMany(DomainError):
    status, code = 429, "too-many"
    default = _("Too many tries. Wait a little, then try again.")


class StorageFull(DomainError):
    status, code = 507, "storage-full"
    default = _("The server has no room for this just now. Nothing is lost: try again later.")


class NobodyActing(RuntimeError):
    """A programming error: rows were asked for while nobody was acting."""


#: Messages for database rules, by constraint or trigger name; apps add those of rules that can't say it themselves
#: (`AppConfig.rules`: a message added to a rule that exists would be a migration of every table, for words).
_constraint_messages: dict[str, Any] = {}


def explain_constraint(name: str, message: Any) -> None:
    """Say in plain words what the database rule `name` means to the person who breaks it."""
    _constraint_messages[name] = message


def explain_constraints(models: Iterable[type[Model]]) -> None:
    """Let each constraint that has a sentence of its own (`violation_error_message`) be told in it."""
    for rule in (rule for model in models for rule in model._meta.constraints):
        if rule.violation_error_message != rule.default_violation_error_message:
            explain_constraint(rule.name, rule.violation_error_message)
        elif rule.name.endswith("_created_once"):
            explain_constraint(rule.name, _("This was sent already."))


def _broken_rule(error: Exception) -> str:
    diagnostic = getattr(error.__cause__, "diag", None)
    named = getattr(diagnostic, "constraint_name", None)
    if named:
        return str(named)
    quoted = re.search(r"\[rule:([\w.]+)\]", str(error))
    return quoted.group(1) if quoted else ""


@contextmanager
def database_rules() -> Iterator[None]:
    """Turn what the database refuses into a DomainError; anything it does not know passes on."""
    try:
        yield
    except InternalError as error:
        if "Invalid transition" in str(error) or "[rule:" in str(error):
            raise WrongStep(_constraint_messages.get(_broken_rule(error)), code="refused-by-database") from error
        raise
    except IntegrityError as error:
        message = _constraint_messages.get(_broken_rule(error))
        if message is None:
            raise
        raise DomainError(message, code="refused-by-database") from error
