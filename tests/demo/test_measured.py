"""What the demonstration measured: by the users' operation, without moving anybody's question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from consortium.casework.models import Case
from consortium.clinical.pews import Level
from consortium.demo.operations import load
from consortium.demo.story.cases import CASES
from consortium.demo.story.children import CHILDREN
from consortium.demo.story.measured import FALLING, VITALS
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Measurement, Patient
from consortium.patients.queries.growing import growth_points
from consortium.patients.queries.measuring import latest_pews

pytestmark = pytest.mark.django_db


def child(number: int) -> Patient:
    found: Patient = Patient.unscoped.get(name=CHILDREN[number].name)
    return found


@pytest.fixture
def loaded(db: None) -> Iterator[None]:
    load()
    with acting_as(system("test")):
        yield


def test_the_children_are_measured_as_the_story_tells(loaded: None) -> None:
    weighed = Measurement.unscoped.filter(kind="weight").values("patient").distinct()
    assert weighed.count() >= len(CHILDREN)
    for number in FALLING:
        zs = [point.growth.scores["wfa"].z for point in growth_points(child(number))]  # type: ignore[index]
        assert zs == sorted(zs, reverse=True)
    scores = {number: latest_pews(child(number)) for number in VITALS}
    assert {number: bool(found and found.pews) for number, found in scores.items()} == dict.fromkeys(VITALS, True)
    first = scores[0]
    assert first is not None and first.pews is not None and first.pews.level == Level.HIGH
    for told in CASES:
        if told.until == "submit":
            assert Case.unscoped.get(headline__startswith=told.question[:40]).priority == told.priority
