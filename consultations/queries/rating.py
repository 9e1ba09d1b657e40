"""Who may rate an answer: never who answered, asked, gave an opinion, or knows the child by this pathway."""

import hashlib
from uuid import UUID

from consortium.casework.models import Case, ServiceMember
from consortium.kernel.actors import acting_as, system
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import PathwayMember
from consortium.people.models import User
from consultations.models import Opinion, Review
from consultations.queries.reviews import raters_of

_WHY = "who may rate an answer"


def lot(seed: str, drawn_id: UUID) -> str:
    """The lot of one id: the smallest are drawn. It hangs on nothing but the seed and the id."""
    return hashlib.sha256(f"{seed}:{drawn_id}".encode()).hexdigest()


def candidates(review: Review) -> list[UUID]:
    """Of the service, else of the same specialty elsewhere; who has least to rate first, then by lot."""
    with acting_as(system(_WHY)):
        service, concerned = review.round.service, _concerned(review)
        for members in (
            ServiceMember.objects.filter(service=service),
            ServiceMember.objects.filter(service__specialty_id=service.specialty_id),
        ):
            people = set(raters_of(members).values_list("user_id", flat=True)) - concerned
            if people:
                return sorted(people, key=lambda user_id: (_load(user_id), lot(review.round.seed, user_id)))
        return []


def _concerned(review: Review) -> set[UUID]:
    pathways = Case.objects.filter(pk=review.case_id).values("pathway_id")
    known = unfiltered(PathwayMember, why=_WHY).filter(pathway_id__in=pathways, user__isnull=False).running()
    known = known.exclude(user_id=review.rater_id) if review.joined_at else known
    gave = Opinion.objects.filter(case_id=review.case_id).values_list("specialist_id", flat=True)
    return {review.answerer_id, review.asker_id, *known.values_list("user_id", flat=True), *gave}


def _load(user_id: UUID) -> int:
    return int(Review.objects.waiting().filter(rater_id=user_id).count())


def fitting_raters(review: Review) -> list[tuple[str, str]]:
    """(id, name) of who may rate it, for a choice. Two queries more than `candidates`."""
    ids = candidates(review)
    names = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=ids)}
    return [(str(user_id), names[user_id]) for user_id in ids]
