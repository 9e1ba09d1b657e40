"""Questions, exams and what they lead to, over the API."""

from courses.assessment.api import attempts, exams, items

urlpatterns = [
    *items.urlpatterns,
    *exams.urlpatterns,
    *attempts.urlpatterns,
    *exams.ACTS,
]
