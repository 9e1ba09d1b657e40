from django.urls import path

from courses.assessment.views import marking, sitting, training

app_name = "assessment"
urlpatterns = [
    path("exams/", sitting.exams, name="exams"),
    path("exams/<uuid:exam_id>/", sitting.exam, name="exam"),
    path("exams/<uuid:exam_id>/begin/", sitting.begin, name="exam_begin"),
    path("attempts/<uuid:attempt_id>/", sitting.attempt, name="attempt"),
    path("attempts/<uuid:attempt_id>/state/", sitting.state, name="attempt_state"),
    path("attempts/<uuid:attempt_id>/save/", sitting.save_all, name="attempt_save"),
    path("attempts/<uuid:attempt_id>/answers/<int:position>/", sitting.answer, name="attempt_answer"),
    path("attempts/<uuid:attempt_id>/here/", sitting.go_on_here, name="go_on_here"),
    path("attempts/<uuid:attempt_id>/hand-in/", sitting.handing_in, name="hand_in"),
    path("attempts/<uuid:attempt_id>/result/", sitting.result, name="result"),
    path("training/", training.training, name="training"),
    path("training/new/", training.new, name="exam_new"),
    path("training/<uuid:exam_id>/", training.build, name="exam_build"),
    path("training/<uuid:exam_id>/rules/", training.rules, name="exam_rules"),
    path("training/<uuid:exam_id>/questions/", training.questions, name="exam_questions"),
    path("training/<uuid:exam_id>/blueprint/", training.blueprint, name="exam_blueprint"),
    path("training/<uuid:exam_id>/exceptions/", training.exceptions, name="exam_exceptions"),
    path("training/<uuid:exam_id>/results/", training.results, name="exam_results"),
    path("training/<uuid:exam_id>/results/file/", training.results_file, name="exam_results_file"),
    path("training/<uuid:exam_id>/<slug:verb>/", training.act, name="exam_act"),
    path("marking/", marking.desk, name="marking"),
    path("marking/<uuid:answer_id>/", marking.essay, name="essay"),
]
