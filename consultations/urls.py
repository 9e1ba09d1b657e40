from django.urls import path

from consultations import views
from consultations.views import meeting, outcomes, reviews

app_name = "consultations"
urlpatterns = [
    path("new/", views.choose_child, name="new"),
    path("new/<uuid:patient_id>/", views.begin, name="begin"),
    path("service-note/", views.service_note, name="service_note"),
    path("templates/", views.templates, name="templates"),
    path("templates/new/", views.template, name="template_new"),
    path("templates/<uuid:pair>/", views.template, name="template"),
    path("templates/<uuid:pair>/retire/", views.template_retire, name="template_retire"),
    path("manual-gaps/", views.manual_gaps, name="manual_gaps"),
    path("mine/", reviews.mine, name="mine"),
    path("outcomes/", outcomes.outcomes, name="outcomes"),
    path("calls/", meeting.ahead, name="calls"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<uuid:review_id>/", reviews.review, name="review"),
    path("reviews/<uuid:review_id>/rater/", reviews.rater, name="rater"),
    path("reviews/services/<uuid:service_id>/", reviews.service_reviews, name="service_reviews"),
    path("<uuid:case_id>/outcome/", outcomes.outcome, name="outcome"),
    path("<uuid:case_id>/", views.show, name="show"),
    path("<uuid:case_id>/live/", views.live, name="live"),
    path("<uuid:case_id>/edit/", views.edit, name="edit"),
    path("<uuid:case_id>/autosave/", views.autosave, name="autosave"),
    path("<uuid:case_id>/needs/", views.needs, name="needs"),
    path("<uuid:case_id>/manual/", views.manual_beside, name="manual_beside"),
    path("<uuid:case_id>/message/", views.message, name="message"),
    path("<uuid:case_id>/thread/", views.thread, name="thread"),
    path("<uuid:case_id>/answer/", views.answer, name="answer"),
    path("<uuid:case_id>/answer/autosave/", views.answer_autosave, name="answer_autosave"),
    path("<uuid:case_id>/report/", views.report, name="report"),
    path("<uuid:case_id>/fhir/", views.fhir, name="fhir"),
    path("recordings/<uuid:recording_id>/", views.recording, name="recording"),
    path("visit/recording/", views.visit_recording, name="visit_recording"),
    path("<uuid:case_id>/call-note/", views.keep_note, name="call_note"),
    path("<uuid:case_id>/call-note/jot/", views.jot, name="call_note_jot"),
    path("<uuid:case_id>/still/", views.still, name="call_still"),
    path("<uuid:case_id>/<slug:verb>/", views.act, name="act"),
]
