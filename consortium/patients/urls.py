"""Addresses around children's records: ids only, never a name or a number."""

from django.urls import path

from consortium.patients.views import measuring, merging, registry, sharing, watching

app_name = "patients"
urlpatterns = [
    path("", registry.listing, name="list"),
    path("find/", registry.find, name="find"),
    path("new/", registry.register, name="register"),
    path("link/", sharing.link, name="link"),
    path("emergency/<str:token>/", watching.break_glass, name="break_glass"),
    path("access/", watching.grants, name="grants"),
    path("access/<uuid:grant_id>/", watching.grant, name="grant"),
    path("access/<uuid:grant_id>/end/", watching.end_access, name="end_access"),
    path("readers/", watching.watch, name="watch"),
    path("guardians/<uuid:guardian_id>/", sharing.guardian, name="guardian"),
    path("merges/<uuid:merge_id>/undo/", merging.undo, name="undo_merge"),
    path("pathways/<uuid:pathway_id>/close/", registry.pathway, {"verb": "close"}, name="close_pathway"),
    path("pathways/<uuid:pathway_id>/reopen/", registry.pathway, {"verb": "reopen"}, name="reopen_pathway"),
    path("measurements/<uuid:measurement_id>/correct/", measuring.correct, name="correct_measurement"),
    path("<uuid:patient_id>/", registry.show, name="show"),
    path("<uuid:patient_id>/measurements/", measuring.listing, name="measurements"),
    path("<uuid:patient_id>/measurements/new/", measuring.add, name="measure"),
    path("<uuid:patient_id>/growth/", measuring.growth, name="growth"),
    path("<uuid:patient_id>/edit/", registry.edit, name="edit"),
    path("<uuid:patient_id>/twin/", registry.twin, name="twin"),
    path("<uuid:patient_id>/guardians/new/", sharing.new_guardian, name="new_guardian"),
    path("<uuid:patient_id>/consents/<slug:kind>/", sharing.consent, name="consent"),
    path("<uuid:patient_id>/merge/", merging.choose, name="merge"),
    path("<uuid:patient_id>/merge/<uuid:other_id>/", merging.compare, name="compare"),
    path("<uuid:patient_id>/readers/", watching.readers, name="readers"),
    path("<uuid:patient_id>/erase/", watching.erase, name="erase"),
]
