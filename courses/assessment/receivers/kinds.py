"""What the notices of certificates say."""

from typing import Any

from django.utils.translation import gettext_lazy as _

NOTICE_KINDS: tuple[tuple[str, Any, Any, str], ...] = (
    (
        "certificate.revoked", _("Your certificate was revoked: %(title)s"),
        _("Something waits for you in the consortium."), "triangle-alert",
    ),
)  # fmt: skip
