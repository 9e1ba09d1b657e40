"""A vote that was closed is a question of the bank with its figures; one of a case taken down is asked no more."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.journal.models import Entry
from consortium.journal.tasks import deliver_entry
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.people.models import User
from courses.assessment.models import Item, ItemVersion, Response
from courses.assessment.operations.items import Written, save_draft
from courses.assessment.operations.polled import keep_polled, retire_polled
from courses.assessment.queries.figures import figures_of
from courses.live.models import CaseVote, Lecture, Poll, RoomEvent, TeachingCase, Vote
from courses.live.operations.banking import bank_vote, forget_votes
from courses.live.operations.cases import take_down
from tests.courses.live.room.rooms import anew, as_system, do
from tests.courses.live.staged.cases import prepared, revealed, spot, voted

pytestmark = pytest.mark.django_db


def closed_vote(lecturer: User, lecture: Lecture, *answers: tuple[User, Any], **more: Any) -> Poll:
    poll = prepared(lecturer, lecture, **more)
    revealed(lecturer, lecture, 1)
    return voted(lecturer, poll, *answers)


def delivered() -> None:
    """What hears of the acts so far."""
    for entry in Entry.unscoped.order_by("id").values_list("id", flat=True):
        deliver_entry(entry)


def test_a_closed_vote_is_a_draft_with_its_answers(
    lecturer: User, moderator: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    closed_vote(lecturer, lecture, (viewer, 1), (moderator, 0), manual="rash")
    delivered()
    version = ItemVersion.unscoped.select_related("item").get()
    assert (version.step, version.created_by, version.item.kind) == ("draft", lecturer, "single")
    assert (version.item.task, version.item.manual_branch) == ("assess", "rash")
    assert [option["right"] for option in version.content["options"]] == [False, True, False]
    found = {row.person_id: (row.use, row.chosen, int(row.score or 0)) for row in Response.unscoped.all()}
    assert found == {viewer.pk: ("poll", ["b"], 1), moderator.pk: ("poll", ["a"], 0)}
    with acting_as(system("test")):
        figures = figures_of(version)
    assert (figures.whole.answers, figures.whole.facility) == (2, 0.5)
    assert [(one.use, one.answers) for one in figures.uses] == [("poll", 2)]


def test_kept_twice_it_is_one(lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase) -> None:
    poll = closed_vote(lecturer, lecture, (viewer, 1))
    first = as_system(bank_vote, poll_id=poll.pk)
    CaseVote.unscoped.update(question=None)  # as if the worker had died before it said so
    assert as_system(bank_vote, poll_id=poll.pk) == first == as_system(bank_vote, poll_id=poll.pk)
    assert (Item.unscoped.count(), Response.unscoped.count()) == (1, 1)


def test_all_votes_of_a_person_in_a_lecture_are_one_sitting(
    lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    for text in ("What is it?", "What is it now?"):
        poll = closed_vote(lecturer, lecture, (viewer, 1), text=text)
        as_system(bank_vote, poll_id=poll.pk)
    rows = Response.unscoped.all()
    assert len({row.use_id for row in rows}) == 1
    assert {row.form_id for row in rows} == {lecture.pk}


def test_what_asks_for_a_place_on_the_child_s_picture_stays_out(
    lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll = spot(lecturer, lecture, taught)
    for stage in (1, 2):
        revealed(lecturer, lecture, stage)
    voted(lecturer, poll, (viewer, (0.2, 0.5)))
    assert as_system(bank_vote, poll_id=poll.pk) is None
    assert not Item.unscoped.exists()


def test_what_is_open_is_not_kept_yet(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    assert as_system(bank_vote, poll_id=prepared(lecturer, lecture).pk) is None


def test_the_system_alone_keeps_and_forgets(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    said: dict[str, Any] = {
        "institution_id": lecture.institution_id, "author_id": None, "key": lecture.pk, "kind": "single",
        "said": Written({}), "form_id": lecture.pk, "answers": [],
    }  # fmt: skip
    for operation, asked in (
        (bank_vote, {"poll_id": lecture.pk}),
        (forget_votes, {"teaching_case_id": taught.pk}),
        (keep_polled, said),
        (retire_polled, {"version_id": lecture.pk, "remark": "No"}),
    ):
        with pytest.raises(NotPermitted):
            do(lecturer, operation, **asked)


def test_an_answered_draft_is_worded_better_and_keeps_its_key(
    lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll = closed_vote(lecturer, lecture, (viewer, 1))
    version = as_system(bank_vote, poll_id=poll.pk)
    content = anew(version).content
    content["stem"] = {"en": "What is it?", "zh": "这是什么病？"}
    do(lecturer, save_draft, version_id=version.pk, said=Written(content))
    content["options"][0]["right"], content["options"][1]["right"] = True, False
    with pytest.raises(WrongStep):
        do(lecturer, save_draft, version_id=version.pk, said=Written(content))


def test_when_the_case_is_taken_down_its_votes_go_and_its_questions_are_retired(
    lecturer: User, viewer: User, asker: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll = closed_vote(lecturer, lecture, (viewer, 1))
    spot(lecturer, lecture, taught)
    delivered()
    do(asker, take_down, teaching_case_id=taught.pk)
    delivered()
    assert not Poll.unscoped.exists()
    assert not Vote.unscoped.exists()
    assert not CaseVote.unscoped.exists()
    assert not RoomEvent.unscoped.filter(kind="poll", data__id=str(poll.pk)).exists()
    assert ItemVersion.unscoped.get().step == "retired"
    assert as_system(forget_votes, teaching_case_id=taught.pk) == 0
