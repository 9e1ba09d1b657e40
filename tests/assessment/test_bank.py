"""A question from its author to whoever is asked: who may what, what the database holds, and that versions stay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, transaction

from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Item, ItemVersion
from courses.assessment.operations.items import (
    Written,
    approve_item,
    create_item,
    retire_item,
    return_item,
    revise_item,
    save_draft,
    submit_item,
)
from courses.assessment.queries.bank import approved_version, bank_page, review_queue, versions_of
from courses.assessment.states import MACHINE, ItemStep
from tests.cast import actor_for
from tests.factories.items import CONTENTS, SINGLE, TRUE_FALSE, approved_item, both, make_author, written_item
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(hospital: Institution) -> User:
    return make_author(hospital, "author")


@pytest.fixture
def reviewer(hospital: Institution) -> User:
    return make_staff("reviewer", hospital, Role.CLINICAL_REVIEWER)


@pytest.fixture
def draft(author: User) -> ItemVersion:
    return written_item(author)


@pytest.fixture
def approved(author: User, reviewer: User) -> ItemVersion:
    return approved_item(author, reviewer)


def does(user: User, operation: Any, version: ItemVersion, /, **words: Any) -> ItemVersion:
    actor = actor_for(user)
    with acting_as(actor):
        made: ItemVersion = operation(actor=actor, version_id=version.pk, **words)
    return made


def verbs(version: ItemVersion) -> list[str]:
    return list(Entry.unscoped.filter(subject_id=str(version.item_id)).order_by("id").values_list("verb", flat=True))


@pytest.mark.parametrize("kind", [kind for kind in CONTENTS if kind != "hotspot"])
def test_every_kind_is_written_as_a_draft(author: User, kind: str) -> None:
    version = written_item(author, kind)

    assert (version.step, version.number, version.item.kind) == ("draft", 1, kind)


def test_a_question_about_a_picture_that_is_not_there_is_refused(author: User) -> None:
    with pytest.raises(InvalidInput) as error:
        written_item(author, "hotspot")

    assert "picture" in error.value.fields


def test_sent_twice_is_one_question(author: User) -> None:
    key = uuid4()

    assert written_item(author, key=key).pk == written_item(author, key=key).pk


def test_a_code_names_one_question(author: User) -> None:
    written_item(author, code="Q1")
    with transaction.atomic(), pytest.raises(DomainError, match="with this code already"):
        written_item(author, code="Q1")


def test_only_those_who_teach_write(reviewer: User) -> None:
    with pytest.raises(NotPermitted):
        written_item(reviewer)


def test_nobody_writes_for_another_institution(author: User, district: Institution) -> None:
    with pytest.raises(NotVisible):
        written_item(author, institution_id=district.pk)


def test_an_unknown_tag_is_refused(author: User) -> None:
    with pytest.raises(InvalidInput):
        written_item(author, tags={"danger": "violet"})


@pytest.mark.parametrize("points", ["0", "-1", "1001"])
def test_points_are_more_than_nothing(author: User, points: str) -> None:
    with pytest.raises(InvalidInput):
        written_item(author, points=points)


def test_a_draft_is_written_anew(author: User, draft: ItemVersion) -> None:
    said = Written(SINGLE | {"stem": both("How many?")}, {"danger": "pink"}, Decimal(2), "Page 3")
    does(author, save_draft, draft, said=said, version=draft.version)
    row: Any = ItemVersion.unscoped.get(pk=draft.pk)

    assert (row.content["stem"]["en"], row.points, row.source, row.version) == ("How many?", 2, "Page 3", 2)
    assert Item.unscoped.get(pk=draft.item_id).danger == "pink"


def test_nobody_overwrites_unseen_work(author: User, draft: ItemVersion) -> None:
    does(author, save_draft, draft, said=Written(SINGLE), version=1)
    with pytest.raises(StaleVersion):
        does(author, save_draft, draft, said=Written(SINGLE), version=1)


def test_what_is_in_review_is_not_edited(author: User, draft: ItemVersion) -> None:
    does(author, submit_item, draft)
    with pytest.raises(WrongStep):
        does(author, save_draft, draft, said=Written(SINGLE))


def test_a_missing_translation_does_not_go_to_review(author: User) -> None:
    version = written_item(author, content=SINGLE | {"stem": {"en": "Which?"}})
    with pytest.raises(InvalidInput, match="both languages"):
        does(author, submit_item, version)


def test_submitting_twice_is_once(author: User, draft: ItemVersion) -> None:
    does(author, submit_item, draft)
    does(author, submit_item, draft)

    assert verbs(draft) == ["create_item", "submit_item"]


def test_nobody_approves_what_they_wrote(author: User, draft: ItemVersion) -> None:
    does(author, submit_item, draft)
    with pytest.raises(NotPermitted, match="what they wrote"):
        does(author, approve_item, draft)


def test_the_database_holds_that_nobody_approves_what_they_wrote(author: User, approved: ItemVersion) -> None:
    approved.reviewer = author
    with pytest.raises(Exception, match="assessment_version_not_the_author"), transaction.atomic():
        approved.save()


def test_a_reviewer_approves(approved: ItemVersion, reviewer: User) -> None:
    assert (approved.step, approved.reviewer_id) == ("approved", reviewer.pk)
    assert verbs(approved) == ["create_item", "submit_item", "approve_item"]


def test_approving_twice_is_once(reviewer: User, approved: ItemVersion) -> None:
    assert does(reviewer, approve_item, approved).version == approved.version


def test_a_question_comes_back_with_a_remark(author: User, reviewer: User, draft: ItemVersion) -> None:
    does(author, submit_item, draft)
    back = does(reviewer, return_item, draft, remark=" Which age? ")

    assert (back.step, back.remark) == ("draft", "Which age?")


def test_a_remark_says_something(author: User, reviewer: User, draft: ItemVersion) -> None:
    does(author, submit_item, draft)
    with pytest.raises(InvalidInput):
        does(reviewer, return_item, draft, remark="  ")


def test_a_returned_question_goes_to_review_again(author: User, reviewer: User, draft: ItemVersion) -> None:
    does(author, submit_item, draft)
    does(reviewer, return_item, draft, remark="Which age?")
    again = does(author, submit_item, draft)

    assert (again.step, again.remark, again.reviewer_id) == ("in_review", "", None)


def test_a_new_version_begins_as_a_copy(author: User, approved: ItemVersion) -> None:
    made = does(author, revise_item, approved)

    assert (made.number, made.step, made.content) == (2, "draft", approved.content)


def test_revising_twice_goes_on_with_the_same_draft(author: User, approved: ItemVersion) -> None:
    assert does(author, revise_item, approved).pk == does(author, revise_item, approved).pk


def test_nothing_is_revised_while_it_is_in_review(author: User, approved: ItemVersion) -> None:
    does(author, submit_item, does(author, revise_item, approved))
    with pytest.raises(WrongStep):
        does(author, revise_item, approved)


def test_the_approved_version_takes_the_place_of_the_one_before(
    author: User, reviewer: User, approved: ItemVersion
) -> None:
    made = does(author, revise_item, approved)
    does(author, submit_item, made)
    does(reviewer, approve_item, made)

    with acting_as(actor_for(author)):
        steps = [(one.number, one.step) for one in versions_of(approved.item_id)]
        assert approved_version(approved.item_id) == made
    assert steps == [(2, "approved"), (1, "retired")]


def test_a_question_is_retired_with_its_reason(reviewer: User, approved: ItemVersion) -> None:
    gone = does(reviewer, retire_item, approved, remark="The dose has changed.")

    assert (gone.step, gone.remark) == ("retired", "The dose has changed.")


def test_retiring_twice_is_once(reviewer: User, approved: ItemVersion) -> None:
    does(reviewer, retire_item, approved, remark="Old.")
    does(reviewer, retire_item, approved, remark="Older.")

    assert ItemVersion.unscoped.get(pk=approved.pk).remark == "Old."


@pytest.mark.parametrize("change", [{"content": TRUE_FALSE}, {"points": 5}, {"source": "Elsewhere"}])
def test_the_database_keeps_what_left_its_author(approved: ItemVersion, change: dict[str, Any]) -> None:
    with pytest.raises(InternalError, match="item_version_content"), transaction.atomic():
        ItemVersion.unscoped.filter(pk=approved.pk).update(**change)


def test_the_database_refuses_a_step_that_is_none(draft: ItemVersion) -> None:
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        ItemVersion.unscoped.filter(pk=draft.pk).update(step=ItemStep.APPROVED)


def test_the_database_begins_with_a_draft(draft: ItemVersion) -> None:
    draft.pk, draft.number, draft.step, draft.request_key = uuid4(), 2, ItemStep.IN_REVIEW, uuid4()
    with pytest.raises(InternalError, match="item_version_first_step"), transaction.atomic():
        draft.save(force_insert=True)


@pytest.mark.parametrize("model", [Item, ItemVersion])
def test_no_question_is_deleted(draft: ItemVersion, model: Any) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        model.unscoped.all()._raw_delete("default")


def test_the_kind_of_a_question_stays(draft: ItemVersion) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Item.unscoped.filter(pk=draft.item_id).update(kind="essay")


def test_a_colleague_of_the_region_may_help(draft: ItemVersion, district: Institution) -> None:
    other = make_author(district)

    assert does(other, save_draft, draft, said=Written(SINGLE)).version == 2


def test_another_region_finds_nothing(draft: ItemVersion, unrelated: Institution) -> None:
    with pytest.raises(NotVisible):
        does(make_author(unrelated), submit_item, draft)


def test_learners_find_nothing(draft: ItemVersion, asker: User) -> None:
    with pytest.raises(NotVisible):
        does(asker, submit_item, draft)


#: step -> what each may do there
ALLOWED = {
    "draft": {"author": {"edit", "submit", "retire"}, "lecturer": {"edit", "submit", "retire"}, "reviewer": {"retire"}},
    "in_review": {"author": {"retire"}, "lecturer": {"approve", "send_back", "retire"},
                  "reviewer": {"approve", "send_back", "retire"}},
    "approved": {"author": {"revise", "retire"}, "lecturer": {"revise", "retire"}, "reviewer": {"retire"}},
    "retired": {"author": {"revise"}, "lecturer": {"revise"}, "reviewer": set()},
}  # fmt: skip


def test_every_step_verb_and_role(author: User, reviewer: User, hospital: Institution, draft: ItemVersion) -> None:
    """The whole machine in one table; whoever teaches nothing and oversees may do nothing anywhere."""
    people = {
        "author": author, "reviewer": reviewer, "lecturer": make_staff("lecturer", hospital, Role.LECTURER),
        "manager": make_staff("manager", hospital, Role.CONSORTIUM_MANAGER),
        "nurse": make_staff("nurse", hospital, Role.NURSE),
    }  # fmt: skip
    found = {}
    for step in ItemStep.values:
        draft.step = step
        found[step] = {
            name: {one.verb for one in MACHINE.available(actor_for(user), draft)} for name, user in people.items()
        }
    nothing: dict[str, set[str]] = {"manager": set(), "nurse": set()}

    assert found == {step: may | nothing for step, may in ALLOWED.items()}


# -- lists ------------------------------------------------------------------------------------------------------------


def codes(author: User, **asked: str) -> list[str]:
    with acting_as(actor_for(author)):
        return sorted(version.item.code for version in bank_page(asked).items)


@pytest.fixture
def three(author: User, reviewer: User) -> None:
    approved_item(author, reviewer, code="A1", tags={"danger": "pink", "manual_branch": "cough-2-59m"})
    written_item(author, "true_false", code="B1")
    written_item(
        author, content=SINGLE | {"stem": {"en": "Fever", "zh": "发热几天？"}}, code="C1", tags={"system": "skin"}
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [({}, ["A1", "B1", "C1"]), ({"q": "fever"}, ["C1"]), ({"q": "发热"}, ["C1"]), ({"q": "b1"}, ["B1"]),
     ({"kind": "true_false"}, ["B1"]), ({"step": "approved"}, ["A1"]), ({"danger": "pink"}, ["A1"]),
     ({"system": "skin", "kind": "single"}, ["C1"]), ({"manual_branch": "cough-2-59m"}, ["A1"]), ({"q": "nothing"}, []),
     ({"q": "!?"}, ["A1", "B1", "C1"])],
)  # fmt: skip
@pytest.mark.usefixtures("three")
def test_the_bank_is_searched_and_filtered(author: User, asked: dict[str, str], found: list[str]) -> None:
    assert codes(author, **asked) == found


def test_the_list_shows_the_newest_version(author: User, approved: ItemVersion) -> None:
    does(author, revise_item, approved)
    with acting_as(actor_for(author)):
        assert [version.number for version in bank_page({}).items] == [2]


def test_the_list_is_read_page_by_page(author: User) -> None:
    for n in range(3):
        written_item(author, code=f"Q{n}")
    with acting_as(actor_for(author)):
        first = bank_page({}, size=2)
        second = bank_page({}, after=first.next_cursor, size=2)

    assert [version.item.code for version in (*first.items, *second.items)] == ["Q2", "Q1", "Q0"]


def test_the_longest_waiting_is_reviewed_first(author: User) -> None:
    for n in range(2):
        does(author, submit_item, written_item(author, code=f"Q{n}"))
    with acting_as(actor_for(author)):
        assert [version.item.code for version in review_queue().items] == ["Q0", "Q1"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_whatever_its_length(
    author: User, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        written_item(author, code=f"Q{n}")
    with acting_as(actor_for(author)), django_assert_num_queries(1):
        assert len([version.item.code for version in bank_page({}).items]) == count


def test_the_actor_is_needed() -> None:
    with pytest.raises(TypeError):
        create_item(kind="single", said=Written(SINGLE))  # type: ignore[call-arg]
