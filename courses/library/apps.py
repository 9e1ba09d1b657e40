from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "courses.library"

    def ready(self) -> None:
        """Say what the database's rules and the notices mean. The page of a video may be listened to."""
        from consortium.kernel.errors import explain_constraint
        from consortium.kernel.topics import register
        from consortium.notices.states import NoticeKind, register_kind
        from courses.library.queries.videos import kind
        from courses.library.receivers.kinds import NOTICE_KINDS

        fixed = _("A published version stays as it is. Make a new version to change it.")
        explain_constraint("library_published_fixed", fixed)
        register(kind())
        for words in NOTICE_KINDS:
            register_kind(NoticeKind(*words))
