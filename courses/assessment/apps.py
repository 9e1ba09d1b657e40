from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_AT_ONCE = _("Somebody else was first: load the page again.")
_PLACE = _("Two of them cannot stand in the same place.")
_TAG = _("The bank has no such tag: choose one of the list.")


class AssessmentConfig(AppConfig):
    name = "courses.assessment"
    #: what a rule of the database means to whoever breaks it
    rules: ClassVar[dict[str, Any]] = {
        "assessment_item_kind": _("There is no such kind of question."),
        "assessment_item_age_band": _TAG,
        "assessment_item_system": _TAG,
        "assessment_item_task": _TAG,
        "assessment_item_danger": _TAG,
        "assessment_version_number": _("Somebody made a version at the same moment: look at that one first."),
        "assessment_version_step": _("A version of a question is a draft, in review, approved or retired."),
        "assessment_version_reviewed_pair": _("A question that was reviewed says by whom and when."),
        "assessment_exam_step": _("An exam is a draft, open or closed."),
        "assessment_exam_published": _("An exam that learners can begin says since when."),
        "assessment_examquestion_place": _PLACE,
        "assessment_blueprint_place": _PLACE,
        "assessment_form_number": _AT_ONCE,
        "assessment_formquestion_place": _PLACE,
        "assessment_formquestion_once": _("A form asks each question once."),
        "assessment_accommodation_once": _("This person has an exception already: load the page again."),
        "assessment_accommodation_reason": _("Say why this person gets more than the others."),
        "assessment_attempt_step": _("An attempt is running, being marked or finished."),
        "assessment_attempt_number": _AT_ONCE,
        "assessment_attempt_handed_in": _("An attempt that was handed in says when."),
        "assessment_attempt_result": _("A finished attempt has its points, and says whether it was passed."),
        "assessment_attempt_time": _("An attempt ends after it begins."),
        "assessment_answer_once": _AT_ONCE,
        "assessment_answer_seq": _("This is no number of an answer."),
        "assessment_mark_places": _("Two people mark an essay, and a third where they disagree."),
        "assessment_mark_points": _("Points are not less than nothing."),
        "assessment_questionnaire_step": _("A questionnaire is a draft, open or closed."),
        "assessment_questionnaire_published": _("A questionnaire that may be answered says since when."),
        "assessment_surveyquestion_place": _PLACE,
        "assessment_surveyquestion_kind": _("There is no such kind of question."),
        "assessment_answered_once": _("You have answered this already."),
        "assessment_answerbox_one_open": _AT_ONCE,
        "assessment_answerbox_number": _AT_ONCE,
        "assessment_answerbox_sealed": _("A box is sealed, or open."),
        "assessment_answerbox_full": _("A box opens with five answers."),
        "assessment_response_once": _AT_ONCE,
        "assessment_response_use": _("A question is asked in an exam, a video, a poll or for practice."),
        "assessment_response_most": _("A question is worth more than nothing."),
        "assessment_response_score": _("An answer earns between nothing and all of its points."),
    }

    def ready(self) -> None:
        """What a trigger means to the person who meets it, and what the notices say."""
        from consortium.kernel.errors import explain_constraint
        from consortium.notices.states import NoticeKind, register_kind
        from courses.assessment.receivers.kinds import NOTICE_KINDS

        explain_constraint("item_version_content", _("Only a draft is edited. Make a new version of the question."))
        explain_constraint("item_version_asked", _("Somebody was asked this: it stays as it was. Make a new version."))
        explain_constraint(
            "assessment_survey_fixed", _("A published questionnaire is not changed. Copy it, and publish the copy.")
        )
        explain_constraint("assessment_asked_approved", _("Only approved questions are asked."))
        for words in NOTICE_KINDS:
            register_kind(NoticeKind(*words))
