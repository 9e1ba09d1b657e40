"""Notices of certificates: whose is revoked hears of it, and finds why on its page."""

from django.urls import reverse

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice
from courses.assessment.events import CertificateRevoked
from courses.assessment.models import Certificate


@receives(CertificateRevoked)
def tell_its_holder(entry_id: int, event: CertificateRevoked) -> None:
    rows = unfiltered(Certificate, why="telling whose certificate was revoked")
    certificate: Certificate = rows.get(pk=event.certificate_id)
    title = {"en": certificate.title_en or certificate.title_zh, "zh": certificate.title_zh}
    send_notice(
        actor=current_actor(), recipient_id=event.user_id, kind="certificate.revoked", subject=certificate,
        url=reverse("assessment:certificate", args=[certificate.pk]), once=f"{entry_id}:revoked",
        facts={"title": title},
    )  # fmt: skip
