"""What everybody may look up: whether a certificate is valid."""

from django.urls import path

from courses.assessment.views import verifying

app_name = "verify"
urlpatterns = [
    path("", verifying.ask, name="ask"),
    path("signer.pem", verifying.signer, name="signer"),
    path("<str:code>/", verifying.certificate, name="certificate"),
]
