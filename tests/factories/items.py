"""Questions of each kind, and the bank's versions of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from consortium.kernel.actors import acting_as
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import ItemVersion
from courses.assessment.operations.items import Written, approve_item, create_item, submit_item
from tests.cast import actor_for
from tests.factories.people import make_staff, number

PICTURE = "00000000-0000-0000-0000-00000000000a"


def both(en: str, zh: str = "") -> dict[str, str]:
    return {"en": en, "zh": zh or f"{en}（中文）"}


def option(one: str, en: str, *, right: bool = False, hint: str = "") -> dict[str, Any]:
    return {"id": one, "text": both(en), "right": right, "feedback": {"en": hint, "zh": hint}}


def frame(stem: str = "Which is right?", **more: Any) -> dict[str, Any]:
    return {"stem": both(stem), "feedback": both("Because."), **more}


SINGLE = frame(options=[option("a", "Forty"), option("b", "Fifty", right=True, hint="Yes"), option("c", "Sixty")])
MULTIPLE = frame(
    rule="each",
    options=[option("a", "Fits", right=True), option("b", "Cannot drink", right=True), option("c", "Cough")],
)
TRUE_FALSE = frame("A child who cannot drink is in danger.", right=True)
ORDERING = frame(
    rule="pairs",
    options=[{"id": one, "text": both(word)} for one, word in (("a", "Red"), ("b", "Yellow"), ("c", "Green"))],
)
MATCHING = frame(
    pairs=[
        {"id": "a", "text": both("Stridor"), "match": both("Red")},
        {"id": "b", "text": both("Cough"), "match": both("Green")},
    ],
    extra=[{"id": "c", "text": both("Blue")}],
)
NUMERIC = frame(value="2.5", tolerance="0.1", quantity="glucose", unit="mmol/L")
SHORT = frame(accepted=["Oral rehydration", "口服补液盐"])
HOTSPOT = frame(
    picture=PICTURE, alt=both("A chest"),
    areas=[
        {"shape": "box", "x": 100, "y": 100, "w": 200, "h": 100},
        {"shape": "ellipse", "x": 500, "y": 500, "w": 200, "h": 100},
    ],
)  # fmt: skip
ESSAY = frame(rubric=[{"id": "a", "text": both("Names the danger signs"), "points": "2"}], most_words=100)
CASE = frame(
    "A boy coughs.",
    parts=[
        {"id": "q1", "kind": "single", "points": "2", "content": SINGLE},
        {"id": "q2", "kind": "true_false", "points": "1", "content": TRUE_FALSE},
    ],
)
#: every kind, with an answer that earns everything
CONTENTS: dict[str, Any] = {
    "single": SINGLE, "multiple": MULTIPLE, "true_false": TRUE_FALSE, "ordering": ORDERING, "matching": MATCHING,
    "numeric": NUMERIC, "short": SHORT, "hotspot": HOTSPOT, "essay": ESSAY, "case_set": CASE,
}  # fmt: skip
RIGHT: dict[str, Any] = {
    "single": {"option": "b"}, "multiple": {"options": ["a", "b"]}, "true_false": {"option": "true"},
    "ordering": {"order": ["a", "b", "c"]}, "matching": {"pairs": {"a": "a", "b": "b"}},
    "numeric": {"value": "2.5", "unit": "mmol/L"}, "short": {"text": "oral  REHYDRATION."},
    "hotspot": {"points": [[200, 150], [600, 550]]},
    "case_set": {"answers": {"q1": {"option": "b"}, "q2": {"option": "true"}}},
}  # fmt: skip


def make_author(institution: Institution, name: str = "") -> User:
    return make_staff(name or f"author{number()}", institution, Role.TRAINING_ADMIN)


def written_item(author: User, kind: str = "single", content: Any = None, **words: Any) -> ItemVersion:
    """A draft, by its author."""
    actor = actor_for(author)
    with acting_as(actor):
        said = Written(content or CONTENTS[kind], words.pop("tags", {}), Decimal(words.pop("points", 1)), "IMCI 2014")
        return create_item(actor=actor, kind=kind, said=said, **words)


def approved_item(author: User, reviewer: User, kind: str = "single", content: Any = None, **words: Any) -> ItemVersion:
    version = written_item(author, kind, content, **words)
    for user, operation in ((author, submit_item), (reviewer, approve_item)):
        actor = actor_for(user)
        with acting_as(actor):
            version = operation(actor=actor, version_id=version.pk)
    return version
