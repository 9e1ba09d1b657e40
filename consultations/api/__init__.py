"""Consultations over the API: lists, drafts, every act of the machine's table, answers and their templates."""

from django.urls import path

from consultations.api import acts, answers, lists

urlpatterns = [
    path("consultations/", lists.Consultations.as_view(), name="consultations"),
    path("consultations/<uuid:case_id>/", lists.ConsultationDetail.as_view(), name="consultation"),
    path("consultations/<uuid:case_id>/answers/", answers.Answers.as_view(), name="consultation-answers"),
    path(
        "consultations/<uuid:case_id>/answer-draft/",
        answers.AnswerDraftDetail.as_view(),
        name="consultation-answer-draft",
    ),
    path("answer-templates/", answers.AnswerTemplates.as_view(), name="answer-templates"),
    *acts.urlpatterns,
]
