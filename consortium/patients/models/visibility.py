"""Who sees which child: the one rule that every row around a child follows."""

from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import Present, ScopedQuerySet, unfiltered
from consortium.people.states import CLINICAL_ROLES

#: Roles that read the child's record where their institution has a relationship to the child.
READING_ROLES = CLINICAL_ROLES


def rows(name: str) -> Any:
    """Every row of this app's model `name`, for the rule itself."""
    return unfiltered(apps.get_model("patients", name), why="the rule of who sees a patient")


def related_patients(actor: Actor) -> Q:
    """Which patients `actor` has a relationship to, as a condition on Patient.

    Through their institution's record of the child, a pathway that their institution or they themselves are on, or a
    break-the-glass grant that still runs.
    """
    places = actor.institution_ids(*READING_ROLES)
    pathway = (
        rows("PathwayMember")
        .filter(pathway__patient=OuterRef("pk"))
        .filter(
            Q(institution_id__in=places, user=None) | Q(user_id=actor.user_id),
            Q(ends_at=None) | Q(ends_at__gt=Present()),
        )
    )
    number = rows("RecordNumber").filter(patient=OuterRef("pk"), institution_id__in=places)
    grant = rows("AccessGrant").filter(patient=OuterRef("pk"), user_id=actor.user_id).running()
    return Q(Exists(number)) | Q(Exists(pathway)) | Q(Exists(grant))


class OfVisiblePatient(ScopedQuerySet[Any]):
    """Rows that are seen by whoever sees their patient."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Exists(rows("Patient").filter(related_patients(actor), pk=OuterRef("patient_id"))))
