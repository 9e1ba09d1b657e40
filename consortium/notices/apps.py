from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "consortium.notices"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "notices_page_step": _("A call goes on, or was answered, stopped or given up."),
        "notices_page_acknowledged_pair": _("A call that was answered says by whom and when."),
        "notices_page_taken_by_somebody": _("Only somebody who answered ends a call."),
        "notices_call_order": _("Two people are not called in the same place of a list."),
        "notices_notice_once": _("They were told of this already."),
        "notices_notice_seq": _("Another notice came at the same moment: nothing was lost."),
        "notices_batch_is_read": _("What was marked as read together has been read."),
        "notices_delivery_once": _("This notice goes this way already."),
        "notices_delivery_step": _("A notice waits, was sent, has arrived or failed."),
        "notices_choice_once": _("Your choice for this way is kept already."),
    }

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
