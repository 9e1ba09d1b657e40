"""Addresses of questionnaires."""

from django.urls import path

from courses.assessment.views import questionnaires

urlpatterns = [
    path("questionnaires/", questionnaires.questionnaires, name="questionnaires"),
    path("questionnaires/new/", questionnaires.new, name="questionnaire_new"),
    path("questionnaires/<uuid:questionnaire_id>/", questionnaires.fill, name="questionnaire"),
    path("questionnaires/<uuid:questionnaire_id>/build/", questionnaires.build, name="questionnaire_build"),
    path("questionnaires/<uuid:questionnaire_id>/titles/", questionnaires.titles, name="questionnaire_titles"),
    path("questionnaires/<uuid:questionnaire_id>/order/", questionnaires.order, name="questionnaire_order"),
    path(
        "questionnaires/<uuid:questionnaire_id>/questions/<int:position>/",
        questionnaires.question,
        name="survey_question",
    ),
    path(
        "questionnaires/<uuid:questionnaire_id>/questions/<slug:kind>/",
        questionnaires.new_question,
        name="survey_question_new",
    ),
    path("questionnaires/<uuid:questionnaire_id>/results/", questionnaires.results, name="questionnaire_results"),
    path(
        "questionnaires/<uuid:questionnaire_id>/results/file/",
        questionnaires.results_file,
        name="questionnaire_file",
    ),
    path("questionnaires/<uuid:questionnaire_id>/<slug:verb>/", questionnaires.act, name="questionnaire_act"),
]
