"""The pages of a consultation: asking, showing, acting, answering, the report."""

from consultations.views.acting import act
from consultations.views.answering import answer, answer_autosave
from consultations.views.asking import autosave, begin, choose_child, edit, service_note
from consultations.views.reporting import report
from consultations.views.showing import live, show
from consultations.views.talking import message, thread

__all__ = [
    "act", "answer", "answer_autosave", "autosave", "begin", "choose_child", "edit", "live", "message", "report",
    "service_note", "show", "thread",
]  # fmt: skip
