"""What happens while a clock runs and nobody acts: whom to tell when, as data. A service may keep rules of its own."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.casework.states.cases import Leg, Priority


class Tell(TextChoices):
    """Whom a step tells. The last step of a chain that ends with the coordinator gives them the ball."""

    HOLDER = "holder", _("Whoever has to act")
    LEAD = "lead", _("The lead; on the asking side all doctors")
    COORDINATOR = "coordinator", _("The coordinator, who takes it on")


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """At how many percent of the target whom to tell. 100 is the target itself; less is a warning."""

    percent: int
    tell: str


#: percent that a rule may name
PERCENT = range(10, 1001)
#: steps that a rule may have
MOST_STEPS = 5


def _chain(first: int) -> tuple[EscalationStep, ...]:
    return (
        EscalationStep(first, Tell.HOLDER),
        EscalationStep(100, Tell.LEAD),
        EscalationStep(150, Tell.COORDINATOR),
    )


#: A review that nobody makes is reminded of twice; then the case closes by itself, or, where a correction waits to be
#: read, the coordinator takes it on.
_REVIEW = (EscalationStep(100, Tell.HOLDER), EscalationStep(150, Tell.HOLDER))

#: Seen and accepted in the green channel: at 10, 20 and 30 minutes from the send, the telephone each time (Central
#: Visayas e-Referral calls at 30; design page "care pathway" 1.7).
_GREEN = {
    Leg.SEEN: (200, 400, 600),
    Leg.ACCEPTANCE: (100, 200, 300),
}

#: The rule of every leg where the service keeps none. Warned at half the time when it is short (Central Visayas calls
#: at 10, 20 and 30 minutes, design page "care pathway" 1.7), at four fifths when it is hours or days.
DEFAULT_STEPS: dict[tuple[str, int], tuple[EscalationStep, ...]] = {
    (leg, priority): _REVIEW if leg == Leg.REVIEW else _chain(80 if priority == Priority.ROUTINE else 50)
    for leg in Leg.values
    for priority in Priority.values
} | {
    (leg, Priority.STAT): tuple(map(EscalationStep, at, (Tell.HOLDER, Tell.LEAD, Tell.COORDINATOR)))
    for leg, at in _GREEN.items()
}
