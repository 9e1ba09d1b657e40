"""Which rows of a consultation go with a pathway that is carried to another consortium."""

from typing import Final

from consortium.interop.operations import KEY, Carried, of_cases

#: calls and their recordings stay where they were made; a call that took place is told by its meeting
CARRIED: Final = (
    Carried("consultations.Consultation", of_cases),
    Carried("consultations.ManualUse", of_cases, ("run",)),
    Carried("consultations.Answer", of_cases, KEY),
    Carried("consultations.Opinion", of_cases, KEY),
    Carried("consultations.Meeting", of_cases, (*KEY, "room")),
    Carried("consultations.OutcomeChase", of_cases),
)
