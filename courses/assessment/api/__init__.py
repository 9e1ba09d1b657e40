"""Questions, exams and what they lead to, over the API."""

from courses.assessment.api import attempts, exams

urlpatterns = [
    *exams.urlpatterns,
    *attempts.urlpatterns,
    *exams.ACTS,
]
