"""The question bank of the demonstration: written by the trainer, reviewed by the lecturer, answered by the staff."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from consortium.demo.operations.settling import World
from consortium.demo.story.questions import Told, questions
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.people.models import User
from courses.assessment.items import read
from courses.assessment.models import ItemVersion
from courses.assessment.operations.items import Written, approve_item, create_item, return_item, submit_item
from courses.assessment.operations.responses import Use, record_response
from courses.assessment.states import Danger, UseKind
from decision_manual.library import load

_SYSTEMS: Final = (
    ("cough", "breathing"), ("wheeze", "breathing"), ("stridor", "breathing"), ("diarrhoea", "digestion"),
    ("vomiting", "digestion"), ("abdominal", "digestion"), ("jaundice", "newborn"), ("young-infant", "newborn"),
    ("fever", "infection"), ("rash", "skin"), ("ear", "ear_nose_eye"), ("head", "nerves"), ("convulsion", "nerves"),
    ("anaemia", "blood"), ("pallor", "blood"), ("malnutrition", "nutrition"), ("growth", "nutrition"),
    ("limp", "bones"),
)  # fmt: skip
#: questions that still wait for a review, and such as came back
_WAITING, _RETURNED = 6, 2
#: practice answers: so many people, so many questions each
_PEOPLE, _ANSWERED = 24, 12


def fill_bank(world: World) -> None:
    """Sixty questions; most are approved, some wait, and some were practised with so that their figures can be seen."""
    told = questions(dict(load().pathways))
    with clock.moved(-timedelta(days=90)):
        written = [_write(world, one, number) for number, one in enumerate(told, 1)]
    with clock.moved(-timedelta(days=85)):
        approved = [_review(world, version, place - len(written)) for place, version in enumerate(written)]
    _practise([version for version in approved if version is not None])


def _write(world: World, told: Told, number: int) -> ItemVersion:
    code = told.pathway.id
    system_of = next((name for part, name in _SYSTEMS if part in code), "general")
    tags = {
        "system": system_of,
        "task": told.task,
        "danger": told.danger or Danger.GREEN,
        "age_band": _age(told),
        "manual_branch": code,
    }
    source = f"Manual: {told.pathway.title.en} ({code})"
    actor = world.actor("trainer")
    with acting_as(actor):
        version = create_item(
            actor=actor, kind=told.kind, said=Written(told.content, tags, Decimal(told.points), source),
            code=f"M-{number:03}",
        )  # fmt: skip
        return submit_item(actor=actor, version_id=version.pk)


def _age(told: Told) -> str:
    begins, ends = told.pathway.age_days
    if ends <= 61:
        return "newborn"
    return "child" if begins >= 5 * 365 else "any"


def _review(world: World, version: ItemVersion, place: int) -> ItemVersion | None:
    """`place` counts from the end: the last ones wait."""
    actor = world.actor("lecturer")
    with acting_as(actor):
        if -_WAITING <= place < -2:
            return None
        if place < -2 and place >= -_WAITING - _RETURNED:
            return_item(actor=actor, version_id=version.pk, remark="Which age is asked about? Say it in the question.")
            return None
        return approve_item(actor=actor, version_id=version.pk)


def _practise(versions: list[ItemVersion]) -> None:
    """Those who know more answer more of them rightly: what discrimination is."""
    chance = random.Random(7)  # noqa: S311 - a story, not a secret
    some = [version for version in versions if version.item.kind in ("single", "true_false", "numeric")][:_ANSWERED]
    with acting_as(system("people practised")) as actor:
        people = list(User.objects.filter(is_active=True).order_by("username").values_list("pk", flat=True)[:_PEOPLE])
        for person in people:
            knows = chance.random()
            for version in some:
                _answer(actor, version, person, right=chance.random() < 0.25 + 0.7 * knows, chance=chance)


def _answer(actor: Actor, version: ItemVersion, person: UUID, *, right: bool, chance: random.Random) -> None:
    """`use_id` is the person's own: one sitting of practice each."""
    question: Any = read(version.item.kind, version.content)
    use = Use(UseKind.PRACTICE, person)
    record_response(
        actor=actor, version=version, answer=answered(question, right=right, chance=chance), use=use, person_id=person
    )  # fmt: skip


def answered(question: Any, *, right: bool, chance: random.Random) -> dict[str, str]:
    """A right or a wrong answer to a question with one right option, a true or false one, or a number."""
    if hasattr(question, "value"):
        value = question.value if right else question.value * chance.choice((2, 10))
        return {"value": f"{value:f}", "unit": question.unit}
    if hasattr(question, "options"):
        return {"option": chance.choice([option.id for option in question.options if option.right is right])}
    return {"option": str(question.right is right).lower()}
