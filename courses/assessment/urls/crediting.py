"""Addresses of credits, their rules, and certificates."""

from django.urls import path

from courses.assessment.views import certificates, crediting

urlpatterns = [
    path("credits/", crediting.own, name="credits"),
    path("credits/rules/", crediting.rules, name="credit_rules"),
    path("credits/rules/new/", crediting.new_rule, name="credit_rule_new"),
    path("credits/<uuid:entry_id>/reverse/", crediting.reverse, name="credit_reverse"),
    path("certificates/", certificates.issued, name="certificates"),
    path("certificates/certificates.xlsx", certificates.spreadsheet, name="certificates_file"),
    path("certificates/<uuid:certificate_id>/", certificates.certificate, name="certificate"),
    path("certificates/<uuid:certificate_id>/<slug:language>.pdf", certificates.paper_file, name="certificate_paper"),
    path("certificates/<uuid:certificate_id>/revoke/", certificates.revoke, name="certificate_revoke"),
    path("certificates/<uuid:certificate_id>/reissue/", certificates.reissue, name="certificate_reissue"),
]
