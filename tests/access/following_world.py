"""What the rows of outcomes, ratings and voice notes speak of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consortium.kernel import clock
from consultations.models import Answer, Review, ReviewRound


def following_rows(world: Any) -> dict[str, Any]:
    """An answer of last month's sample, given to a colleague of who gave it."""
    answer = Answer.unscoped.get(case=world.case["answered"])
    month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    made = ReviewRound.objects.create(
        service=world.service, month=month, seed="a", percent=10, signed=1, drawn=1, drawn_at=clock.now()
    )
    review = Review.unscoped.create(
        round=made, case=answer.case, answer=answer, answerer=answer.signed_by, asker=answer.case.asker,
        rater=world.people["other_specialist"], assigned_at=clock.now(), due_at=clock.now() + timedelta(days=9),
    )  # fmt: skip
    return {"review": review}
