"""Children's records over the API. Erasing is not offered here: it wants a person who has just shown who they are."""

from django.urls import path

from consortium.patients.api import measuring, records, sharing, watching

urlpatterns = [
    path("patients/", records.Patients.as_view(), name="patients"),
    path("patients/search/", records.Search.as_view(), name="patient-search"),
    path("patients/link/", sharing.Linking.as_view(), name="patient-link"),
    path("patients/<uuid:patient_id>/", records.PatientDetail.as_view(), name="patient"),
    path("patients/<uuid:patient_id>/twin/", records.Twin.as_view(), name="patient-twin"),
    path("patients/<uuid:patient_id>/merge/", records.Merging.as_view(), name="patient-merge"),
    path("patients/<uuid:patient_id>/guardians/", sharing.Guardians.as_view(), name="guardians"),
    path("patients/<uuid:patient_id>/consents/", sharing.Consents.as_view(), name="consents"),
    path("patients/<uuid:patient_id>/readers/", watching.Readers.as_view(), name="patient-readers"),
    path("patients/<uuid:patient_id>/measurements/", measuring.Measurements.as_view(), name="measurements"),
    path("patients/<uuid:patient_id>/measurements/latest/", measuring.Latest.as_view(), name="measurements-latest"),
    path("patients/<uuid:patient_id>/growth/", measuring.Growth.as_view(), name="growth"),
    path("measurements/<uuid:measurement_id>/correct/", measuring.Correction.as_view(), name="measurement-correct"),
    path("guardians/<uuid:guardian_id>/", sharing.GuardianDetail.as_view(), name="guardian"),
    path("merges/<uuid:merge_id>/undo/", records.MergeUndo.as_view(), name="merge-undo"),
    path("pathways/<uuid:pathway_id>/close/", records.PathwayClose.as_view(), name="pathway-close"),
    path("pathways/<uuid:pathway_id>/reopen/", records.PathwayReopen.as_view(), name="pathway-reopen"),
    path("access-grants/", watching.Grants.as_view(), name="access-grants"),
    path("access-grants/<uuid:grant_id>/end/", watching.GrantEnd.as_view(), name="access-grant-end"),
    path("access-grants/<uuid:grant_id>/review/", watching.GrantReview.as_view(), name="access-grant-review"),
]
