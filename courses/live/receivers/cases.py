"""The guardian said no to teaching, or the record was erased: all that was made of the child's cases is destroyed.

Nothing of it is shown from the moment of the guardian's word on (`models.cases.agreed_to_teaching`); here the bytes go.
"""

from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.patients.events import ConsentChanged, PatientErased
from consortium.patients.states import ConsentKind, ConsentStatus
from courses.live.events.cases import TeachingCaseTakenDown
from courses.live.models import Lecture
from courses.live.operations.cases import take_down_all
from courses.live.operations.lectures import cancel_lecture, end_lecture
from courses.live.operations.recording import take_down_lecture_media
from courses.live.states.lectures import LECTURE, LectureStep


@receives(ConsentChanged)
def take_down_when_refused(entry_id: int, event: ConsentChanged) -> None:
    if event.kind == ConsentKind.TEACHING and event.status != ConsentStatus.ACTIVE:
        take_down_all(actor=current_actor(), patient_id=event.patient_id)


@receives(PatientErased)
def take_down_when_erased(entry_id: int, event: PatientErased) -> None:
    take_down_all(actor=current_actor(), patient_id=event.patient_id)


@receives(TeachingCaseTakenDown)
def cancel_its_lecture(entry_id: int, event: TeachingCaseTakenDown) -> None:
    """Where it was to be taught it is not; where it is taught now that ends, and what was sent and recorded goes."""
    lecture = Lecture.objects.filter(pk__in=filter(None, [event.lecture_id])).first()
    if lecture is None:
        return
    if lecture.step == LectureStep.LIVE:
        end_lecture(actor=current_actor(), lecture_id=lecture.pk)
    take_down_lecture_media(actor=current_actor(), lecture_id=lecture.pk)
    if LECTURE.find("cancel", lecture.step) is None:
        return
    with override("zh-hans" if lecture.language == "zh" else "en"):
        reason = _("The case of this lecture was taken down.")
    cancel_lecture(actor=current_actor(), lecture_id=lecture.pk, reason=reason)
