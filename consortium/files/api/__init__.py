"""Files over the API: uploads (tus 1.0), a case's files, and de-identified copies."""

from django.urls import path

from consortium.files.api import attachments, copies

urlpatterns = [
    path("uploads/", attachments.Uploads.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", attachments.Upload.as_view(), name="upload"),
    path("cases/<uuid:case_id>/attachments/", attachments.CaseAttachments.as_view(), name="case-attachments"),
    path("attachments/<uuid:attachment_id>/", attachments.AttachmentDetail.as_view(), name="attachment"),
    path("attachments/<uuid:attachment_id>/clean-copies/", copies.CleanCopies.as_view(), name="clean-copies"),
    path("attachments/<uuid:attachment_id>/transcript/", attachments.Transcript.as_view(), name="transcript"),
    path("attachments/<uuid:attachment_id>/<slug:verb>/", attachments.AttachmentAct.as_view(), name="attachment-act"),
    path("clean-copies/<uuid:copy_id>/", copies.CleanCopyDetail.as_view(), name="clean-copy"),
    path("clean-copies/<uuid:copy_id>/confirm/", copies.Confirm.as_view(), name="clean-copy-confirm"),
    path("clean-copies/<uuid:copy_id>/discard/", copies.Discard.as_view(), name="clean-copy-discard"),
]
