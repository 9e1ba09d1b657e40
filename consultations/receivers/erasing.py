"""An erased child: what was written about them is gone, in the transaction of the erasure."""

from consortium.casework.models import Case, Message
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.patients.events import PatientErased
from consultations.models import Answer, AnswerDraft, Consultation, ManualUse, Opinion

_WHY = "erasing what was written about a child"
#: Stands where a text may not be empty.
ERASED = "—"


@receives(PatientErased, duty=True)
def erase_texts(entry_id: int, event: PatientErased) -> None:
    """Free text goes; steps, times and who acted stay, so that clocks and counts remain true."""
    of_child = {"case__patient_id": event.patient_id}
    unfiltered(Case, why=_WHY).filter(patient_id=event.patient_id).update(headline=ERASED)
    unfiltered(Consultation, why=_WHY).filter(**of_child).update(
        question=ERASED, situation="", background="", assessment="", recommendation="", working_diagnosis="",
        close_note="", told={},
    )  # fmt: skip
    for name in ("dispute_reason", "refer_question"):
        unfiltered(Consultation, why=_WHY).filter(**of_child).exclude(**{name: ""}).update(**{name: ERASED})
    unfiltered(Opinion, why=_WHY).filter(**of_child).update(question=ERASED)
    unfiltered(Opinion, why=_WHY).filter(**of_child).exclude(text="").update(text=ERASED)
    unfiltered(ManualUse, why=_WHY).filter(**of_child).update(note="")
    unfiltered(Answer, why=_WHY).filter(**of_child).update(
        impression=ERASED, do_now=ERASED, red_flags="", when_to_refer="", follow_up=""
    )
    unfiltered(Message, why=_WHY).filter(**of_child).update(text=ERASED)
    unfiltered(AnswerDraft, why=_WHY).filter(**of_child).delete()
