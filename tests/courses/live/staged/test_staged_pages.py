"""The pages of a case that is taught step by step: prepared by its lecturer, read in the room as far as it is shown."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from consortium.kernel.errors import InvalidInput
from consortium.people.models import User
from courses.live.models import CaseVote, Lecture, Poll, TeachingCase
from courses.live.operations import staging
from tests.cast import client_for
from tests.courses.live.room.rooms import do, vote
from tests.courses.live.staged.cases import STAGES, closed, opened, picture_of, prepared, revealed, spot, voted
from tests.courses.live.teaching import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Nothing is left of another test."""
    cache.clear()


def at(name: str, lecture: Lecture, *more: Any) -> str:
    return reverse(f"lectures:{name}", args=[lecture.pk, *more])


def read(client: Client, address: str, status: int = 200) -> str:
    reply = client.get(address)
    assert reply.status_code == status, reply.content
    return reply.content.decode()


def said(**more: Any) -> dict[str, Any]:
    form = {
        "request_key": str(uuid4()), "stage": "1", "asks": "place", "text": "Refer or treat here?",
        "options": "Refer\nTreat here", "right": "1", "happened": "Referred.", "manual": "rash#kawasaki",
    }  # fmt: skip
    return {**form, **more}


# -- prepared ---------------------------------------------------------------------------------------------------------


def test_votes_are_prepared_on_their_page(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    client = client_for(lecturer)
    assert "Nothing is voted on here yet." in read(client, at("votes", lecture))
    assert client.post(at("votes", lecture), said()).status_code == 302
    page = read(client, at("votes", lecture))
    assert "Refer or treat here?" in page
    assert "Rash with fever: Refer today" in page
    poll = Poll.unscoped.get()
    assert (poll.options, CaseVote.unscoped.get().right) == (["Refer", "Treat here"], 0)
    assert client.post(at("vote_drop", lecture, poll.pk)).status_code == 302
    assert not Poll.unscoped.exists()


def test_what_was_typed_stays_beside_what_is_amiss(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    reply = client_for(lecturer).post(at("votes", lecture), said(right="7"))
    assert reply.status_code == 422
    assert "There is no answer in this line." in reply.content.decode()
    assert "Referred." in reply.content.decode()


def test_empty_lines_are_no_answers_and_count_where_the_right_one_is_told(
    lecturer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    client = client_for(lecturer)
    reply = client.post(at("votes", lecture), said(options="Refer\n\nTreat here\nWait", right="2"))
    assert (reply.status_code, "There is no answer in this line." in reply.content.decode()) == (422, True)
    assert client.post(at("votes", lecture), said(options="Refer\n\nTreat here\nWait", right="3")).status_code == 302
    row = CaseVote.unscoped.get()
    assert row.poll.options[row.right] == "Treat here"


def test_an_answer_that_is_too_long_is_not_cut(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    reply = client_for(lecturer).post(at("votes", lecture), said(options=f"Refer\n{'x' * 121}"))
    assert (reply.status_code, "An answer has at most 120 characters." in reply.content.decode()) == (422, True)


def test_a_finding_is_asked_for_on_a_picture_alone(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    planned = staging.Planned(stage=1, asks="finding", text="Where?", options=["Here", "There"], right=0)
    with pytest.raises(InvalidInput):
        do(lecturer, staging.prepare_vote, lecture_id=lecture.pk, planned=planned)


def test_a_place_is_prepared_on_a_picture(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    client, address = client_for(lecturer), f"{at('votes', lecture)}?picture={picture_of(taught).pk}"
    assert "data-planned-spot" in read(client, address)
    form = said(stage="2", asks="finding", across="25", down="50")
    assert client.post(address, form).status_code == 302
    assert CaseVote.unscoped.get().right == [0.25, 0.5]
    read(client, f"{at('votes', lecture)}?picture={uuid4()}", 404)


def test_what_was_asked_is_not_dropped(lecturer: User, lecture: Lecture, taught: TeachingCase) -> None:
    poll = prepared(lecturer, lecture)
    revealed(lecturer, lecture, 1)
    opened(lecturer, poll)
    client = client_for(lecturer)
    assert client.post(at("vote_drop", lecture, poll.pk)).status_code == 302
    page = read(client, at("votes", lecture))
    assert "This was asked already." in page
    assert "Take this vote out" not in page


def test_without_a_case_there_is_no_such_page(lecturer: User, lecture: Lecture) -> None:
    read(client_for(lecturer), at("votes", lecture), 404)
    assert "data-staged" not in read(client_for(lecturer), at("room", lecture))


def test_nobody_of_the_audience_prepares_or_drops(
    lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    poll, client = prepared(lecturer, lecture), client_for(viewer)
    read(client, at("votes", lecture), 403)
    assert client.post(at("votes", lecture), said()).status_code == 403
    assert client.post(at("vote_drop", lecture, poll.pk)).status_code == 403


# -- in the room ------------------------------------------------------------------------------------------------------


def test_the_audience_reads_what_is_shown_and_nothing_else_by_any_page(
    lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    client, picture = client_for(viewer), picture_of(taught)
    prepared(lecturer, lecture, 3, text="What did they give?")
    pages = (at("staged", lecture), at("room", lecture), at("room_since", lecture))
    picture_at = at("staged_picture", lecture, picture.pk)
    for shown in range(4):
        if shown:
            revealed(lecturer, lecture, shown)
        page = read(client, pages[0])
        assert [text in page for text in STAGES.values()] == [number < shown for number in range(3)]
        assert (picture_at in page) == (shown >= 2)
        assert client.get(picture_at).status_code == (200 if shown >= 2 else 404)
        hidden = list(STAGES.values())[shown:]
        for address in pages:
            found = read(client, address)
            assert not [text for text in (*hidden, "What did they give?") if text in found]
        if shown < 2:
            assert not [address for address in pages if str(picture.pk) in read(client, address)]
    assert client.get(reverse("lectures:case", args=[taught.pk])).status_code == 404
    assert client.get(reverse("lectures:case_picture", args=[taught.pk, picture.pk])).status_code == 404


def test_the_lecturer_is_offered_the_next_part_and_a_moderator_is_not(
    lecturer: User, moderator: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    offered = {
        user.username: "data-reveal" in read(client_for(user), at("staged", lecture))
        for user in (lecturer, moderator, viewer)
    }
    assert offered == {"lecturer": True, "moderator": False, "viewer": False}
    for stage in (1, 2, 3):
        revealed(lecturer, lecture, stage)
    assert "data-reveal" not in read(client_for(lecturer), at("staged", lecture))


def test_the_flow_is_the_crew_s_until_the_lecturer_shows_it_and_compared_at_the_end(
    lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase
) -> None:
    first = prepared(lecturer, lecture, manual="rash#kawasaki")
    second, client = spot(lecturer, lecture, taught), client_for(viewer)
    revealed(lecturer, lecture, 1)
    voted(lecturer, first, (viewer, 0))
    crew = read(client_for(lecturer), at("staged", lecture))
    assert "data-thinking" in crew and "Refer today" in crew
    assert "data-thinking" not in read(client, at("staged", lecture))
    do(lecturer, staging.show_flow, lecture_id=lecture.pk, shown=True)
    page = read(client, at("staged", lecture))
    assert "data-thinking" in page
    assert "It was Kawasaki disease." not in page and "Refer today" not in page
    revealed(lecturer, lecture, 2)
    opened(lecturer, second)
    vote(second, viewer, 0.25, 0.5)
    closed(lecturer, second)
    assert "It was Kawasaki disease." not in read(client, at("staged", lecture))
    revealed(lecturer, lecture, 3)
    page = read(client, at("staged", lecture))
    assert "It was Kawasaki disease." in page and "Refer today" in page and "The place that matters" in page
    assert "1 answered both" in page
    do(lecturer, staging.show_flow, lecture_id=lecture.pk, shown=False)
    assert "data-thinking" not in read(client, at("staged", lecture))


def test_it_is_read_in_chinese(lecturer: User, viewer: User, lecture: Lecture, taught: TeachingCase) -> None:
    revealed(lecturer, lecture, 1)
    client = client_for(viewer)
    client.cookies["django_language"] = "zh-hans"
    with translation.override("zh-hans"):
        label = translation.gettext("History")
    assert label in read(client, at("staged", lecture))


def test_from_the_guardian_s_no_on_none_of_it_is_reached(
    lecturer: User, viewer: User, asker: User, lecture: Lecture, taught: TeachingCase
) -> None:
    for stage in (1, 2):
        revealed(lecturer, lecture, stage)
    client, picture_at = client_for(viewer), at("staged_picture", lecture, picture_of(taught).pk)
    assert client.get(picture_at).status_code == 200
    refused(taught.case.patient, asker)
    for address in (picture_at, at("staged", lecture), at("room", lecture), at("room_since", lecture)):
        read(client, address, 404)
