"""The thread as pages show it: windows, replies, files, who has read how far, where the unread ones begin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from consortium.casework.forms import MessageForm
from consortium.casework.models import Case, Message, ReadMark, Service
from consortium.casework.operations import mark_read, post_message
from consortium.casework.queries import lists_live, thread
from consortium.casework.queries.thread import (
    Place,
    Thread,
    earlier_of,
    marks_of,
    quoted,
    thread_of,
    thread_topic,
)
from consortium.files.models import Attachment, MessageFile
from consortium.files.operations import attach_small, inspect_attachment, transcribe
from consortium.files.policies import may_transcribe
from consortium.files.queries import tiles_of_case
from consortium.files.queries.sent import files_of_messages, files_to_send
from consortium.files.states import Step
from consortium.journal.models import Entry
from consortium.kernel import bells, clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, database_rules
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.consultations.cases import by, claimed
from tests.factories.cases import make_asked, make_message
from tests.files.makers import jpeg
from tests.files.sounds import recording


@pytest.fixture
def case(patient: Patient, asker: User, specialist: User, service: Service) -> Case:
    """A case that the specialist has taken."""
    found: Case = claimed(asker, specialist, patient, service).case
    return found


def post(user: User, case: Case, text: str = "She drinks a little.", **more: Any) -> Message:
    message: Message = by(user, post_message, case_id=case.pk, text=text, **more)
    case.refresh_from_db()
    return message


def read(user: User, case: Case) -> None:
    actor = actor_for(user)
    case.refresh_from_db()
    with acting_as(actor):
        mark_read(actor=actor, case=case)


def shown(user: User, case: Case, place: Place | None = None) -> Thread:
    actor = actor_for(user)
    with acting_as(actor):
        return thread_of(actor, case, place or Place.now(actor, case))


def filled(case: Case, asker: User, community: Institution, many: int) -> None:
    for n in range(many):
        make_message(case, asker, community, f"Line {n + 1}")


# -- windows


def test_a_short_thread_is_shown_whole(case: Case, asker: User, community: Institution) -> None:
    filled(case, asker, community, 3)
    told = shown(asker, case)
    assert ([item["seq"] for item in told.items], told.earlier, told.since) == ([1, 2, 3], 0, 1)


def test_of_a_long_one_the_newest(case: Case, asker: User, community: Institution) -> None:
    filled(case, asker, community, 33)
    told = shown(asker, case)
    assert (told.items[0]["seq"], told.items[-1]["seq"], told.earlier) == (4, 33, 4)


def test_what_lies_before_comes_in_windows_too(case: Case, asker: User, community: Institution) -> None:
    filled(case, asker, community, 33)
    actor = actor_for(asker)
    with acting_as(actor):
        told = earlier_of(actor, case, 4)
    assert ([item["seq"] for item in told.items], told.earlier) == ([1, 2, 3], 0)


def test_a_page_that_is_open_keeps_its_beginning(case: Case, asker: User, community: Institution) -> None:
    filled(case, asker, community, 40)
    assert shown(asker, case, Place(since=4)).items[0]["seq"] == 4


def test_a_page_that_is_open_for_very_long_shows_the_newest(
    case: Case, asker: User, community: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "MOST", 5)
    filled(case, asker, community, 12)
    assert [item["seq"] for item in shown(asker, case, Place(since=1)).items] == [8, 9, 10, 11, 12]


def test_an_empty_thread_begins_at_its_first_message(case: Case, asker: User) -> None:
    assert (shown(asker, case).items, shown(asker, case).since) == ([], 1)


def test_who_may_not_read_it_has_an_empty_one() -> None:
    assert (Thread().topic, Thread().since) == ("", 1)


def test_queries_do_not_grow_with_the_thread(
    case: Case, asker: User, community: Institution, django_assert_num_queries: Any
) -> None:
    filled(case, asker, community, 1)
    actor = actor_for(asker)
    with acting_as(actor):
        with django_assert_num_queries(2):
            thread_of(actor, case, Place())
        filled(case, asker, community, 2)
        with django_assert_num_queries(2):
            thread_of(actor, case, Place())


# -- unread


def test_the_first_unread_message_of_others_is_marked(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    read(specialist, case)
    post(specialist, case, "And now?")
    fresh = [post(asker, case, text).pk for text in ("Better.", "Much.")]
    assert [item["id"] for item in shown(specialist, case).items if item["first_new"]] == fresh[:1]


def test_who_reads_for_the_first_time_needs_no_mark(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    assert not any(item["first_new"] for item in shown(specialist, case).items)


def test_what_one_wrote_oneself_is_not_new(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    read(specialist, case)
    post(specialist, case)
    assert not any(item["first_new"] for item in shown(specialist, case).items)


# -- who has read


def readers(user: User, case: Case) -> list[list[str]]:
    return [[reader["name"] for reader in item["readers"]] for item in shown(user, case).items]


def test_who_has_read_stands_under_the_newest_they_have_read(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    post(asker, case)
    read(specialist, case)
    post(asker, case)
    assert readers(asker, case) == [[], [specialist.full_name], []]


def test_oneself_is_not_named(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    read(specialist, case)
    assert readers(specialist, case) == [[]]


def test_a_reader_does_not_stand_under_their_own_words(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    read(specialist, case)
    post(specialist, case)
    read(specialist, case)
    assert readers(asker, case) == [[specialist.full_name], []]


def test_the_time_is_that_of_the_reading_not_of_the_own_answer(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    read(specialist, case)
    before = ReadMark.unscoped.get(user=specialist).read_at
    post(specialist, case)
    read(specialist, case)
    mark = ReadMark.unscoped.get(user=specialist)
    assert (mark.seq, mark.read_at) == (2, before)


def test_one_who_read_only_what_lies_before_the_window_is_not_shown(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    read(specialist, case)
    post(asker, case)
    actor = actor_for(asker)
    with acting_as(actor):
        assert [item["readers"] for item in thread_of(actor, case, Place(since=2)).items] == [[]]


def test_a_mark_from_before_times_were_kept_names_nobody(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    ReadMark.unscoped.create(case=case, user=specialist, seq=1)
    assert readers(asker, case) == [[]]


def test_the_latest_reader_comes_first(case: Case, asker: User, specialist: User, colleague: User) -> None:
    post(asker, case)
    for user in (specialist, colleague):
        read(user, case)
    with acting_as(actor_for(asker)):
        assert [mark.user for mark in marks_of(case)] == [colleague, specialist]


def test_reading_rings_those_who_look_on(
    case: Case, asker: User, specialist: User, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    post(asker, case)
    rung: list[str] = []
    monkeypatch.setattr(bells, "_ringers", [lambda rings: rung.extend(topic for topic, _seq in rings)])
    with django_capture_on_commit_callbacks(execute=True):
        read(specialist, case)
    with django_capture_on_commit_callbacks(execute=True):
        read(specialist, case)
    assert rung == [f"thread:{case.pk}"]


def test_the_topic_has_a_number(case: Case) -> None:
    name, _, number = thread_topic(case).partition("@")
    assert (name, number.isdecimal()) == (f"thread:{case.pk}", True)


KIND = next(kind for kind in lists_live.kinds() if kind.name == "thread")


def test_who_reads_the_thread_may_listen(case: Case, asker: User, other_specialist: User, stranger: User) -> None:
    def may(user: User, key: str) -> tuple[bool, bool]:
        actor = actor_for(user)
        with acting_as(actor):
            decision = KIND.may_listen(actor, key)
        return decision.allowed, decision.hidden

    assert may(asker, str(case.pk)) == (True, False)
    assert may(other_specialist, str(case.pk)) == (False, False)
    assert (may(stranger, str(case.pk)), may(asker, "nobody")) == ((False, True), (False, True))


# -- replies


def test_a_reply_shows_what_it_answers(case: Case, asker: User, specialist: User) -> None:
    first = post(asker, case, "Stridor at rest.")
    post(specialist, case, "Since when?", reply_to=first.pk)
    assert shown(asker, case).items[1]["reply"] == {
        "id": first.pk, "author": asker.full_name, "text": "Stridor at rest.", "with_files": False
    }  # fmt: skip


def test_a_long_message_is_quoted_by_its_beginning(case: Case, asker: User, specialist: User) -> None:
    first = post(asker, case, "x" * 200)
    post(specialist, case, "Since when?", reply_to=first.pk)
    assert shown(asker, case).items[1]["reply"]["text"] == "x" * 140 + "…"


def test_only_a_message_of_this_thread_is_answered(case: Case, asker: User, community: Institution, patient: Patient,
                                                   service: Service) -> None:  # fmt: skip
    other = make_message(make_asked(patient, asker, community, service).case, asker, community)
    with pytest.raises(InvalidInput, match="not in this thread"):
        post(asker, case, reply_to=other.pk)


def test_what_is_quoted_is_found_for_the_composer(case: Case, asker: User) -> None:
    first = post(asker, case)
    with acting_as(actor_for(asker)):
        assert (quoted(case, None), quoted(case, uuid4())) == (None, None)
        assert (quoted(case, first.pk) or {})["text"] == "She drinks a little."


def test_the_database_refuses_an_answer_to_itself(case: Case, asker: User) -> None:
    first = post(asker, case)
    with pytest.raises(DomainError, match="another one"), database_rules(), transaction.atomic():
        Message.unscoped.filter(pk=first.pk).update(reply_to=first.pk)


# -- files


def attached(user: User, case: Case, data: bytes, name: str = "a.jpg", *, judged: bool = True) -> Attachment:
    made = by(user, attach_small, case_id=case.pk, name=name, size=len(data), pieces=[data])
    if judged:
        with acting_as(system("test")) as actor:
            inspect_attachment(actor=actor, attachment_id=made.pk)
    found: Attachment = Attachment.unscoped.select_related("case").get(pk=made.pk)
    return found


def test_a_message_carries_files_in_their_order(case: Case, asker: User, specialist: User) -> None:
    files = [attached(asker, case, jpeg(), f"{n}.jpg") for n in range(2)]
    post(asker, case, files=[files[1].pk, files[0].pk])
    assert [tile["id"] for tile in shown(specialist, case).items[0]["files"]] == [files[1].pk, files[0].pk]


def test_with_files_it_needs_no_words(case: Case, asker: User) -> None:
    assert post(asker, case, "", files=[attached(asker, case, jpeg()).pk]).text == ""


def test_the_database_refuses_neither_words_nor_files(case: Case, asker: User) -> None:
    first = post(asker, case)
    with pytest.raises(DomainError, match="words, or files"), database_rules(), transaction.atomic():
        Message.unscoped.filter(pk=first.pk).update(text="")


def test_the_same_file_twice_is_sent_once(case: Case, asker: User) -> None:
    file = attached(asker, case, jpeg())
    post(asker, case, files=[file.pk, file.pk])
    assert MessageFile.unscoped.count() == 1


def test_the_entry_says_how_many(case: Case, asker: User) -> None:
    post(asker, case, files=[attached(asker, case, jpeg()).pk])
    assert Entry.unscoped.get(verb="message").facts["files"] == 1


def test_ten_files_at_most(case: Case, asker: User) -> None:
    with pytest.raises(InvalidInput, match="10 files at most"):
        post(asker, case, files=[uuid4() for _ in range(11)])


def test_only_files_of_this_case(case: Case, asker: User, community: Institution, patient: Patient,
                                 service: Service) -> None:  # fmt: skip
    file = attached(asker, make_asked(patient, asker, community, service).case, jpeg())
    with pytest.raises(InvalidInput, match="files of this case"):
        post(asker, case, files=[file.pk])


def test_ones_own_may_go_while_it_is_checked(case: Case, asker: User, specialist: User) -> None:
    post(asker, case, files=[attached(asker, case, recording(), "note.webm", judged=False).pk])
    assert [tile["pending"] for tile in shown(specialist, case).items[0]["files"]] == [True]


def test_anothers_may_not(case: Case, asker: User, specialist: User) -> None:
    file = attached(asker, case, recording(), "note.webm", judged=False)
    with pytest.raises(InvalidInput, match="can be looked at"):
        post(specialist, case, files=[file.pk])


def test_what_was_refused_is_told_to_who_sent_it(case: Case, asker: User, specialist: User) -> None:
    file = attached(asker, case, b"not a picture", judged=False)
    post(asker, case, "Look.", files=[file.pk])
    with acting_as(system("test")) as actor:
        inspect_attachment(actor=actor, attachment_id=file.pk)
    assert [len(shown(user, case).items[0]["files"]) for user in (asker, specialist)] == [1, 0]


def test_who_may_not_know_the_child_is_given_no_way_to_a_file(case: Case, asker: User, coordinator: User) -> None:
    message = post(asker, case, files=[attached(asker, case, jpeg(), "Lin.jpg").pk])
    actor = actor_for(coordinator)
    with acting_as(actor):
        (told,) = files_of_messages(actor, case, [message.pk])[message.pk]
    assert (told["name"], told["url"], told["thumbnail_url"], told["sound"]) == ("Photo", "", "", None)


def test_what_may_be_sent_is_pictures_and_documents(case: Case, asker: User) -> None:
    file = attached(asker, case, jpeg(), "neck.jpg")
    attached(asker, case, recording(), "note.webm")
    actor = actor_for(asker)
    with acting_as(actor):
        assert files_to_send(actor, case) == [(str(file.pk), "neck.jpg")]


def test_a_case_without_files_offers_none(case: Case, asker: User) -> None:
    actor = actor_for(asker)
    with acting_as(actor):
        assert files_to_send(actor, case) == []


# -- voice notes


@pytest.fixture
def note(case: Case, asker: User) -> Attachment:
    return attached(asker, case, recording(), "note.webm")


def test_a_note_is_listened_to_where_it_was_said(case: Case, asker: User, specialist: User, note: Attachment) -> None:
    post(asker, case, "", files=[note.pk])
    (told,) = shown(specialist, case).items[0]["files"]
    assert (told["sound"]["length"], told["sound"]["url"]) == ("0:01", f"/files/{note.pk}/sound/")


def test_and_not_among_the_pictures(case: Case, asker: User, note: Attachment) -> None:
    actor = actor_for(asker)
    with acting_as(actor):
        before = len(tiles_of_case(actor, case))
    post(asker, case, "", files=[note.pk])
    with acting_as(actor):
        assert (before, tiles_of_case(actor, case)) == (1, [])


def words(user: User, note: Attachment) -> str:
    actor = actor_for(user)
    with acting_as(actor):
        tile = tiles_of_case(actor, note.case)[0]
    return str(tile["sound"]["words"])


def test_what_is_said_is_written_down(case: Case, specialist: User, asker: User, note: Attachment) -> None:
    by(specialist, transcribe, attachment=note, text=" It whistles. ")
    assert words(asker, note) == "It whistles."


def test_it_lies_sealed(specialist: User, note: Attachment) -> None:
    row = by(specialist, transcribe, attachment=note, text="It whistles.")
    assert b"whistles" not in bytes(row.transcript_sealed)


def test_the_words_can_be_taken_away(specialist: User, asker: User, note: Attachment) -> None:
    for text in ("It whistles.", ""):
        by(specialist, transcribe, attachment=note, text=text)
    assert words(asker, note) == ""


def test_writing_down_is_an_entry_without_the_words(specialist: User, note: Attachment) -> None:
    by(specialist, transcribe, attachment=note, text="It whistles.")
    assert Entry.unscoped.get(verb="transcribe_file").facts == {"attachment": str(note.pk), "length": 12}


def test_too_many_words_are_refused(specialist: User, note: Attachment) -> None:
    with pytest.raises(InvalidInput, match="2000"):
        by(specialist, transcribe, attachment=note, text="x" * 2001)


def test_who_has_not_taken_the_case_writes_nothing_down(other_specialist: User, note: Attachment) -> None:
    with pytest.raises(NotPermitted, match="Take the case"):
        by(other_specialist, transcribe, attachment=note, text="x")


def test_a_stranger_finds_no_note(stranger: User, note: Attachment) -> None:
    with pytest.raises(NotVisible):
        by(stranger, transcribe, attachment=note, text="x")


def test_a_photo_is_not_written_down(case: Case, asker: User) -> None:
    with pytest.raises(NotPermitted, match="voice note"):
        by(asker, transcribe, attachment=attached(asker, case, jpeg()), text="x")


def test_a_note_that_is_being_checked_is_not_written_down(case: Case, asker: User) -> None:
    pending = attached(asker, case, recording(), judged=False)
    actor = actor_for(asker)
    with acting_as(actor):
        assert (pending.step, may_transcribe(actor, pending).allowed) == (Step.PENDING, False)


# -- the form


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        ({"text": "Yes"}, True), ({"text": ""}, False), ({}, False), ({"files": [str(uuid4())]}, True),
        ({"files": ["x"]}, False), ({"text": "Yes", "reply_to": "x"}, False),
    ],
)  # fmt: skip
def test_a_message_has_words_or_files(data: Any, fits: bool) -> None:
    from django.http import QueryDict

    given = QueryDict(mutable=True)
    for name, value in data.items():
        given.setlist(name, value if isinstance(value, list) else [value])
    assert MessageForm(given).is_valid() is fits


def test_the_clock_of_the_marks_is_the_products(case: Case, asker: User, specialist: User) -> None:
    post(asker, case)
    with clock.moved(timedelta(days=3)):
        read(specialist, case)
    assert ReadMark.unscoped.filter(user=specialist, read_at__gt=clock.now() + timedelta(days=2)).exists()
