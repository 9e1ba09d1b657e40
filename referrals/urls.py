from django.urls import path

from referrals import views
from referrals.views import alarming, beds, drafting, exporting, family, printing, radar, receiving, visits, writing

app_name = "referrals"
urlpatterns = [
    path("new/", drafting.new, name="new"),
    path("mine/", drafting.mine, name="mine"),
    path("new/<uuid:patient_id>/", drafting.begin, name="begin"),
    path("<uuid:case_id>/edit/", drafting.edit, name="edit"),
    path("<uuid:case_id>/autosave/", drafting.autosave, name="autosave"),
    path("<uuid:case_id>/suggestions/", drafting.suggestions, name="suggestions"),
    path("radar/", radar.radar, name="radar"),
    path("family/", family.family, name="family"),
    path("family/answer/", family.family_answer, name="family_answer"),
    path("family/<str:token>/", family.family_open, name="family_open"),
    path("<uuid:case_id>/family/", family.family_link, name="family_link"),
    path("<uuid:case_id>/family/revoke/", family.family_revoke, name="family_revoke"),
    path("alarm/", alarming.alarm_choose, name="alarm_choose"),
    path("alarm/call/", alarming.alarm_call, name="alarm_call"),
    path("alarm/<uuid:patient_id>/", alarming.alarm, name="alarm"),
    path("unannounced/", receiving.unannounced_choose, name="unannounced_choose"),
    path("unannounced/<uuid:patient_id>/", receiving.unannounced, name="unannounced"),
    path("<uuid:case_id>/alarm/", alarming.alarm_sent, name="alarm_sent"),
    path("<uuid:case_id>/check/", receiving.check, name="check"),
    path("<uuid:case_id>/", views.show, name="show"),
    path("<uuid:case_id>/live/", views.live, name="live"),
    path("<uuid:case_id>/message/", views.message, name="message"),
    path("<uuid:case_id>/thread/", views.thread, name="thread"),
    path("beds/<uuid:service_id>/", beds.beds, name="beds"),
    path("<uuid:case_id>/visit/", visits.visit, name="visit"),
    path("<uuid:case_id>/wait/", visits.wait, name="wait"),
    path("<uuid:case_id>/outcome/", writing.outcome, name="outcome"),
    path("<uuid:case_id>/outcome/save/", writing.save_outcome, name="save_outcome"),
    path("<uuid:case_id>/back/", writing.back, name="back"),
    path("<uuid:case_id>/back/save/", writing.save_plan, name="save_plan"),
    path("<uuid:case_id>/fhir/", exporting.fhir, name="fhir"),
    path("<uuid:case_id>/form/", printing.form, name="form"),
    path("<uuid:case_id>/form.pdf", printing.form_pdf, name="form_pdf"),
    path("<uuid:case_id>/letter/", printing.letter, name="letter"),
    path("<uuid:case_id>/letter.pdf", printing.letter_pdf, name="letter_pdf"),
    # addresses of a referral's own pages stand above: this one takes every other word for an act
    path("<uuid:case_id>/<slug:verb>/", views.act, name="act"),
]
