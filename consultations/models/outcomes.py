"""What became of the child: asked of the asking clinic three weeks after a question was closed."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case, OfVisibleCase, Service, involved_in, rows
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.machine import Machine, Transition
from consortium.kernel.scoping import Scoped, ScopedManager
from consortium.people.states import Role
from consultations import events


class OutcomeStep(TextChoices):
    PENDING = "pending", _("Asked for later")
    ASKED = "asked", _("Waits for the asking clinic")
    OFFICE = "office", _("Waits for the coordinator")
    KNOWN = "known", _("Known")
    UNREACHABLE = "unreachable", _("Not reachable")
    STOPPED = "stopped", _("No longer asked for")


WAITING = (OutcomeStep.ASKED, OutcomeStep.OFFICE)
_OPEN = (OutcomeStep.PENDING, *WAITING)


class Outcome(TextChoices):
    RESOLVED = "resolved", _("Well again")
    IMPROVED = "improved", _("Better")
    SAME = "same", _("The same")
    WORSE = "worse", _("Worse")
    ADMITTED = "admitted", _("Admitted elsewhere")
    REFERRED = "referred", _("Referred")
    DIED = "died", _("Died")


class Agreement(TextChoices):
    """The final diagnosis beside what the specialist thought."""

    SAME = "same", _("What the specialist thought")
    PARTLY = "partly", _("Partly what the specialist thought")
    OTHER = "other", _("Something else")
    OPEN = "open", _("Not known yet")


class AdviceFit(TextChoices):
    YES = "yes", _("Yes")
    PARTLY = "partly", _("In part")
    NO = "no", _("No")
    UNUSED = "unused", _("It was not followed")


class MissReason(TextChoices):
    NO_ANSWER = "no_answer", _("Nobody answers")
    NO_CONTACT = "no_contact", _("There is no number or address")
    MOVED = "moved", _("The family has moved away")
    DECLINED = "declined", _("The family does not want to be asked")


OUTCOMES = Machine(
    name="outcome",
    steps=OutcomeStep,
    initial=(OutcomeStep.PENDING,),
    policies="consultations.policies",
    final=(OutcomeStep.KNOWN, OutcomeStep.STOPPED),
    transitions=(
        Transition("O1", "ask", _("Ask how the child is"), (OutcomeStep.PENDING,), OutcomeStep.ASKED,
                   "may_chase_outcome", events.OutcomeAsked, system=True),
        Transition("O2", "remind", _("Remind"), (OutcomeStep.ASKED,), None, "may_chase_outcome", events.OutcomeAsked,
                   system=True),
        Transition("O3", "pass_on", _("Pass on to the coordinator"), (OutcomeStep.ASKED,), OutcomeStep.OFFICE,
                   "may_chase_outcome", events.OutcomePassedOn, system=True),
        Transition("O4", "tell", _("Tell how the child is"), (*_OPEN, OutcomeStep.UNREACHABLE, OutcomeStep.KNOWN),
                   OutcomeStep.KNOWN, "may_tell_outcome", events.OutcomeTold, ("outcome", "advice_fit"), look="main"),
        Transition("O5", "miss", _("Not reachable"), WAITING, OutcomeStep.UNREACHABLE, "may_tell_outcome",
                   events.OutcomeMissed, ("reason",)),
        Transition("O6", "stop", _("No longer asked for"), _OPEN, OutcomeStep.STOPPED, "may_chase_outcome",
                   system=True),
    ),
)  # fmt: skip


class OutcomeQuerySet(OfVisibleCase):
    def visible_to(self, actor: Actor) -> Self:
        """Who sees the case; and while the coordinator has to ask, the office, which sees closed cases else not."""
        seen = rows(Case).filter(involved_in(actor), pk=OuterRef("case_id"))
        places = actor.institution_ids(Role.COORDINATOR)
        office = Service.objects.filter(institution_id__in=places, cases=OuterRef("case_id"))
        return self.filter(Q(Exists(seen)) | Q(step=OutcomeStep.OFFICE) & Q(Exists(office)))

    def waiting(self) -> Self:
        return self.filter(step__in=WAITING)

    def told(self) -> Self:
        return self.filter(step__in=(OutcomeStep.KNOWN, OutcomeStep.UNREACHABLE))

    def due(self) -> Self:
        """Those for which the clock has something to do now."""
        return self.filter(next_at__lte=clock.now())


class OutcomeChase(Scoped):
    """One for each closing of a consultation. `next_at`: when the clock does something about it, None when never."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="outcomes")
    step = models.CharField(max_length=20, choices=OutcomeStep.choices, default=OutcomeStep.PENDING)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    #: who of the asking clinic is asked by name; None: whoever works there
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    diagnosis = models.CharField(_("final diagnosis"), max_length=200, blank=True)
    agreement = models.CharField(max_length=20, choices=Agreement.choices, blank=True)
    advice_fit = models.CharField(max_length=20, choices=AdviceFit.choices, blank=True)
    note = models.TextField(blank=True)
    miss_reason = models.CharField(max_length=20, choices=MissReason.choices, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(OutcomeQuerySet)()

    class Meta(Scoped.Meta):
        triggers = OUTCOMES.triggers()
        constraints = [
            models.CheckConstraint(condition=OUTCOMES.known_step(), name="consultations_outcome_step"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(step__in=_OPEN), name="consultations_outcome_one_open",
                violation_error_message=_("It is being asked already what became of this child."),
            ),
            models.CheckConstraint(
                condition=~Q(step=OutcomeStep.KNOWN) | ~Q(outcome="") & ~Q(advice_fit="") & Q(told_at__isnull=False),
                name="consultations_outcome_told_whole",
                violation_error_message=_("An outcome says how the child is and whether the advice fitted."),
            ),
            models.CheckConstraint(
                condition=~Q(step=OutcomeStep.UNREACHABLE) | ~Q(miss_reason="") & Q(told_at__isnull=False),
                name="consultations_outcome_missed_with_reason",
                violation_error_message=_("Say why the family could not be reached."),
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None) | Q(told_at__isnull=False, told_by__isnull=False),
                name="consultations_outcome_told_pair",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="consultations_outcome_due"
            ),
            models.Index(fields=["due_at", "id"], condition=Q(step__in=WAITING), name="consultations_outcome_waits"),
        ]

    def __str__(self) -> str:
        return f"outcome of {self.case_id}"

    @property
    def is_waiting(self) -> bool:
        return self.step in WAITING

    @property
    def words(self) -> Any:
        """The outcome as a word: how the child is, or that nobody could be reached."""
        return Outcome(self.outcome).label if self.outcome else OutcomeStep(self.step).label
