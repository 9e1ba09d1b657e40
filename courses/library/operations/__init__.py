"""What is done with courses, and by those who take them."""

from courses.library.operations.drafting import (
    archive_course,
    copy_course,
    discard_draft,
    draft_again,
    edit_version,
    make_course,
)
from courses.library.operations.enrolling import (
    apply_rules,
    end_rule,
    enrol_oneself,
    enrol_people,
    leave_course,
    make_rule,
)
from courses.library.operations.grouping import edit_programme, make_programme
from courses.library.operations.learning import (
    begin_lesson,
    complete_lesson,
    complete_those_done,
    confirm_lesson,
    know_chapter,
    open_stage,
)
from courses.library.operations.outlining import (
    add_chapter,
    add_lesson,
    drop_chapter,
    drop_lesson,
    edit_chapter,
    edit_lesson,
    move_row,
    put_in_order,
)
from courses.library.operations.publishing import publish_course, withdraw_course
from courses.library.operations.requiring import drop_need, need_course
from courses.library.operations.staling import mark_stale, settle_stale
from courses.library.operations.starting import start_course, start_from_file

__all__ = [
    "add_chapter",
    "add_lesson",
    "apply_rules",
    "archive_course",
    "begin_lesson",
    "complete_lesson",
    "complete_those_done",
    "confirm_lesson",
    "copy_course",
    "discard_draft",
    "draft_again",
    "drop_chapter",
    "drop_lesson",
    "drop_need",
    "edit_chapter",
    "edit_lesson",
    "edit_programme",
    "edit_version",
    "end_rule",
    "enrol_oneself",
    "enrol_people",
    "know_chapter",
    "leave_course",
    "make_course",
    "make_programme",
    "make_rule",
    "mark_stale",
    "move_row",
    "need_course",
    "open_stage",
    "publish_course",
    "put_in_order",
    "settle_stale",
    "start_course",
    "start_from_file",
    "withdraw_course",
]
