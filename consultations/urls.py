from django.urls import path

from consultations import views

app_name = "consultations"
urlpatterns = [
    path("new/", views.choose_child, name="new"),
    path("new/<uuid:patient_id>/", views.begin, name="begin"),
    path("service-note/", views.service_note, name="service_note"),
    path("<uuid:case_id>/", views.show, name="show"),
    path("<uuid:case_id>/live/", views.live, name="live"),
    path("<uuid:case_id>/edit/", views.edit, name="edit"),
    path("<uuid:case_id>/autosave/", views.autosave, name="autosave"),
    path("<uuid:case_id>/message/", views.message, name="message"),
    path("<uuid:case_id>/thread/", views.thread, name="thread"),
    path("<uuid:case_id>/answer/", views.answer, name="answer"),
    path("<uuid:case_id>/answer/autosave/", views.answer_autosave, name="answer_autosave"),
    path("<uuid:case_id>/report/", views.report, name="report"),
    path("<uuid:case_id>/<slug:verb>/", views.act, name="act"),
]
