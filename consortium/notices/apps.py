from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "consortium.notices"

    def ready(self) -> None:
        """The inbox is a live topic; and what it says about emergency access and duty."""
        from consortium.casework.states import NOTICE_KINDS
        from consortium.kernel.topics import register
        from consortium.notices.queries.inbox import USER_TOPIC
        from consortium.notices.states import GLASS, NoticeKind, register_kind

        register(USER_TOPIC)
        register_kind(GLASS)
        for words in NOTICE_KINDS:
            register_kind(NoticeKind(*words))
