from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "consortium.files"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "files_series_once": _("This series of pictures is in the case already."),
        "files_attachment_step": _("A file is being checked, can be opened, or was refused."),
        "files_attachment_size": _("A file is not smaller than nothing."),
        "files_attachment_period": _("A file arrives after its upload was begun."),
        "files_cleancopy_step": _("A copy without names is being made, looked at, ready, or was refused."),
        "files_cleancopy_counts": _("No more pictures are confirmed than were flagged, nor flagged than there are."),
        "files_cleanimage_once": _("This picture is in the copy already."),
        "files_message_file_once": _("This file is in the message already."),
        "files_message_file_place": _("Each file of a message has a place of its own."),
    }

    def ready(self) -> None:
        """Where others point may be listened to."""
        from consortium.files.queries.pointing import kind
        from consortium.kernel.topics import register

        register(kind())
