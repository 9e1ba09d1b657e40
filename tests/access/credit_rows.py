"""Credits and certificates: each their own; managers and auditors read; the public page opens for everybody."""

from __future__ import annotations

from typing import Any

from tests.access.page_rows import _form
from tests.access.rows import ANYBODY, EVERYBODY, Row
from tests.access.world import ROLES

_READ = [role for role in ("manager", "auditor", "trainer") if role in ROLES]
_SEEN = ["asker", *_READ]
_OTHERS = [role for role in ROLES if role not in _READ]
_TRAINS = "trainer" if "trainer" in ROLES else ""
_SETS = [role for role in ROLES if role != "manager"]


def _words(*names: str) -> str:
    return " ".join(filter(None, names))


def _held(**more: Any) -> Any:
    return lambda world: {"certificate_id": world.certificate.pk, **more}


def _code(world: Any) -> Any:
    return {"code": world.certificate.code}


def _entry(world: Any) -> Any:
    return {"entry_id": world.credit.pk}


_REASON = _form(reason="Not there")

ROWS: list[Row] = [
    Row("assessment:credits", "GET", EVERYBODY, note="each their own"),
    Row("assessment:credit_rules", "GET", EVERYBODY),
    Row("assessment:credit_rule_new", "GET", "manager", _words(*_SETS)),
    Row("assessment:credit_rule_new", "POST", "manager", _words(*_SETS)),
    Row("assessment:credit_reverse", "POST", _TRAINS, "asker manager auditor", args=_entry, body=_REASON),
    Row("assessment:certificates", "GET", _words(*_READ), _words(*_OTHERS)),
    Row("assessment:certificates_file", "POST", _words(*_READ), _words(*_OTHERS)),
    Row("assessment:certificate", "GET", _words(*_SEEN), args=_held()),
    Row("assessment:certificate_paper", "GET", _words(*_SEEN), args=_held(language="en")),
    Row("assessment:certificate_revoke", "POST", _TRAINS, "asker manager auditor", args=_held(), body=_REASON),
    Row("assessment:certificate_reissue", "POST", _words("asker", _TRAINS), "manager auditor", args=_held()),
    Row("verify:ask", "GET", ANYBODY),
    Row("verify:signer", "GET", ANYBODY),
    Row("verify:certificate", "GET", ANYBODY, args=_code, note="whoever holds the number"),
]
