"""Words of the pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

#: the tabs of the catalogue
SHELF_WORDS: dict[str, Any] = {
    "all": _("All courses"), "for_me": _("For my role"), "required": _("Required of me"), "taking": _("I take"),
    "finished": _("Finished"),
}  # fmt: skip
