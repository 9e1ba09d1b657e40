"""Consultations over the API: lists, drafts, every act of the machine's table, answers, opinions, templates."""

from django.urls import path

from consultations.api import acts, answers, lists, meetings, opinions, outcomes, texts

urlpatterns = [
    path("consultations/", lists.Consultations.as_view(), name="consultations"),
    path("consultations/<uuid:case_id>/", lists.ConsultationDetail.as_view(), name="consultation"),
    path("consultations/<uuid:case_id>/answers/", answers.Answers.as_view(), name="consultation-answers"),
    path(
        "consultations/<uuid:case_id>/answer-draft/",
        answers.AnswerDraftDetail.as_view(),
        name="consultation-answer-draft",
    ),
    path("consultations/<uuid:case_id>/opinions/", opinions.OpinionsOfCase.as_view(), name="consultation-opinions"),
    path("opinions/", opinions.OpinionsAsked.as_view(), name="opinions-asked"),
    path("answer-templates/", texts.AnswerTemplates.as_view(), name="answer-templates"),
    path("answer-templates/<uuid:pair>/", texts.TemplatePair.as_view(), name="answer-template"),
    path("consultations/<uuid:case_id>/calls/", meetings.Meetings.as_view(), name="consultation-calls"),
    path("consultations/<uuid:case_id>/call-note/", meetings.CallNoteDetail.as_view(), name="consultation-call-note"),
    path("consultations/<uuid:case_id>/recordings/", meetings.Recordings.as_view(), name="consultation-recordings"),
    path("rooms/<uuid:room_id>/recording/", meetings.LiveRecording.as_view(), name="room-recording"),
    path("recordings/<uuid:recording_id>/answer/", meetings.AnswerToRecording.as_view(), name="recording-answer"),
    path("recordings/<uuid:recording_id>/start/", meetings.StartRecording.as_view(), name="recording-start"),
    path("recordings/<uuid:recording_id>/stop/", meetings.StopRecording.as_view(), name="recording-stop"),
    path("recordings/<uuid:recording_id>/bytes/", meetings.RecordingBytes.as_view(), name="recording-bytes"),
    *outcomes.urlpatterns,
    *acts.urlpatterns,
]
