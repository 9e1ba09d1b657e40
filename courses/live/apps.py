from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_REACH = _("It is for one institution, for its region or for the whole consortium.")


class LecturesConfig(AppConfig):
    name = "courses.live"
    label = "lectures"
    rules: ClassVar[dict[str, Any]] = {
        "lectures_series_reach": _REACH,
        "lectures_lecture_reach": _REACH,
        "lectures_lecture_step": _("A lecture is a draft, announced, live, ended or cancelled."),
        "lectures_lecture_language": _("A lecture is given in English or in Chinese."),
        "lectures_lecture_announced": _("A lecture that was announced says since when."),
        "lectures_lecture_times": _("A lecture that was given says when it began and ended."),
        "lectures_crew_part": _("People give a lecture, moderate it or type its captions."),
        "lectures_seat_kind": _("A seat is for one person, or for a room with several people."),
        "lectures_teachingcase_step": _("A teaching case is a draft, in review, approved or taken down."),
        "lectures_casestage_kind": _("A case is told by history, examination, laboratory, images and course."),
        "lectures_recommendation_step": _("A recommendation is sent, seen, followed, not followed or taken back."),
        "lectures_run_number": _("Two started to send at once: try again."),
        "lectures_vote_once": _("You have voted in this poll already."),
        "lectures_support_once": _("You support this question already."),
        "lectures_roomevent_seq": _("Two things happened in the room at once: try again."),
    }

    def ready(self) -> None:
        """Say what the database's rules and the notices mean."""
        from consortium.kernel.errors import explain_constraint
        from consortium.notices.states import NoticeKind, register_kind
        from courses.live.receivers.kinds import NOTICE_KINDS

        explain_constraint("lectures_case_fixed", _("An approved case stays as it is. Take it down to change it."))
        explain_constraint("lectures_case_looked_at", _("Each part and each picture has to be confirmed first."))
        explain_constraint("lectures_seat_free", _("All seats are taken. Look again: some are given up."))
        for words in NOTICE_KINDS:
            register_kind(NoticeKind(*words))
