"""The pages of a consultation: asking, showing, acting, answering, the report."""

from consultations.views.acting import act
from consultations.views.answering import answer, answer_autosave
from consultations.views.asking import autosave, begin, choose_child, edit, service_note
from consultations.views.citing import manual_beside, manual_gaps
from consultations.views.exporting import fhir
from consultations.views.meeting import jot, keep_note, recording, still, visit_recording
from consultations.views.needing import needs
from consultations.views.reporting import report
from consultations.views.showing import live, show
from consultations.views.talking import message, thread
from consultations.views.templates import template, template_retire, templates

__all__ = [
    "act", "answer", "answer_autosave", "autosave", "begin", "choose_child", "edit", "fhir", "jot", "keep_note", "live",
    "manual_beside", "manual_gaps", "message", "needs", "recording", "report", "service_note", "show", "still",
    "template", "template_retire", "templates", "thread", "visit_recording",
]  # fmt: skip
