"""The thread: stored before it is sent, numbered under the case's lock, once for each key."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from consortium.casework.models import Case, Message, ReadMark, Service
from consortium.casework.operations import MESSAGE_LENGTH, mark_read, post_message
from consortium.casework.states import MessageKind
from consortium.journal.models import Entry
from consortium.kernel.actors import ANONYMOUS, acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.cases import make_asked, make_draft


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    case: Case = make_asked(patient, asker, community, service).case
    return case


def post(user: User, case: Case, text: str = "She drinks a little.", **more: Any) -> Message:
    message: Message = by(user, post_message, case_id=case.pk, text=text, **more)
    return message


def test_a_message_is_kept(case: Case, asker: User) -> None:
    assert Message.unscoped.get(pk=post(asker, case).pk).text == "She drinks a little."


def test_messages_are_numbered(case: Case, asker: User) -> None:
    assert [post(asker, case).seq for _ in range(3)] == [1, 2, 3]


def test_the_case_knows_the_newest_number(case: Case, asker: User) -> None:
    post(asker, case)
    case.refresh_from_db()
    assert case.last_message_seq == 1


def test_a_message_says_for_which_house(case: Case, asker: User, community: Institution) -> None:
    assert post(asker, case).institution_id == community.pk


def test_a_specialist_who_holds_the_case_writes_for_theirs(case: Case, specialist: User, hospital: Institution) -> None:
    Case.unscoped.filter(pk=case.pk).update(responder=specialist)
    assert post(specialist, case).institution_id == hospital.pk


def test_a_nurse_of_the_asking_house_may_write(case: Case, nurse: User) -> None:
    assert post(nurse, case).author == nurse


def test_a_colleague_of_the_asker_may_write(case: Case, colleague: User) -> None:
    assert post(colleague, case).author == colleague


def test_the_coordinator_may_write(case: Case, coordinator: User) -> None:
    assert post(coordinator, case).author == coordinator


def test_a_specialist_who_does_not_hold_it_may_not(case: Case, specialist: User) -> None:
    with pytest.raises(NotPermitted, match="work on this case"):
        post(specialist, case)


def test_a_stranger_does_not_see_it(case: Case, stranger: User) -> None:
    with pytest.raises(NotVisible):
        post(stranger, case)


def test_a_draft_has_no_thread(patient: Patient, asker: User, community: Institution) -> None:
    with pytest.raises(NotPermitted, match="no thread yet"):
        post(asker, make_draft(patient, asker, community).case)


@pytest.mark.parametrize("text", ["", "   ", "\n\t "])
def test_nothing_is_not_sent(case: Case, asker: User, text: str) -> None:
    with pytest.raises(InvalidInput, match="Write something"):
        post(asker, case, text)


def test_a_message_as_long_as_may_be(case: Case, asker: User) -> None:
    assert len(post(asker, case, "x" * MESSAGE_LENGTH).text) == 10_000


def test_a_message_one_sign_longer_is_refused(case: Case, asker: User) -> None:
    with pytest.raises(InvalidInput, match="10000 characters"):
        post(asker, case, "x" * (MESSAGE_LENGTH + 1))


def test_what_was_refused_took_no_number(case: Case, asker: User) -> None:
    with pytest.raises(InvalidInput):
        post(asker, case, "")
    assert post(asker, case).seq == 1


def test_spaces_around_a_message_are_cut(case: Case, asker: User) -> None:
    assert post(asker, case, "  yes \n").text == "yes"


def test_lines_and_signs_of_a_message_are_kept(case: Case, asker: User) -> None:
    assert post(asker, case, "a\n\nb <3 儿").text == "a\n\nb <3 儿"


def test_the_same_key_twice_is_one_message(case: Case, asker: User) -> None:
    key = uuid4()
    assert post(asker, case, key=key) == post(asker, case, key=key)


def test_the_same_key_twice_is_one_entry(case: Case, asker: User) -> None:
    key = uuid4()
    for _ in range(2):
        post(asker, case, key=key)
    assert Entry.unscoped.filter(verb="message").count() == 1


def test_the_same_words_with_another_key_are_another_message(case: Case, asker: User) -> None:
    assert post(asker, case, key=uuid4()) != post(asker, case, key=uuid4())


def test_the_journal_says_that_and_not_what_was_written(case: Case, asker: User) -> None:
    post(asker, case)
    entry = Entry.unscoped.get(verb="message")
    assert (entry.facts, entry.sealed) == ({"kind": MessageKind.MESSAGE, "seq": 1}, None)


def test_others_hear_of_it(case: Case, asker: User) -> None:
    message = post(asker, case)
    payload = Entry.unscoped.get(verb="message").payload
    assert (payload["message_id"], payload["author_id"]) == (str(message.pk), str(asker.pk))


# -- how far one has read


def read(user: User, case: Case) -> None:
    actor = actor_for(user)
    with acting_as(actor):
        case.refresh_from_db()
        mark_read(actor=actor, case=case)


def seen(user: User) -> list[int]:
    return list(ReadMark.unscoped.filter(user=user).values_list("seq", flat=True))


def test_an_empty_thread_is_not_marked(case: Case, asker: User) -> None:
    read(asker, case)
    assert seen(asker) == []


def test_reading_marks_the_newest(case: Case, asker: User, nurse: User) -> None:
    post(nurse, case)
    read(asker, case)
    assert seen(asker) == [1]


def test_reading_again_moves_the_mark(case: Case, asker: User, nurse: User) -> None:
    for _ in range(2):
        post(nurse, case)
        read(asker, case)
    assert seen(asker) == [2]


def test_reading_the_same_again_changes_nothing(
    case: Case, asker: User, nurse: User, django_assert_num_queries: Any
) -> None:
    post(nurse, case)
    read(asker, case)
    actor = actor_for(asker)
    with acting_as(actor), django_assert_num_queries(1):
        mark_read(actor=actor, case=case)


def test_a_mark_never_moves_back(case: Case, asker: User, nurse: User) -> None:
    post(nurse, case)
    ReadMark.unscoped.create(case=case, user=asker, seq=5)
    read(asker, case)
    assert seen(asker) == [5]


def test_each_reader_has_a_mark_of_their_own(case: Case, asker: User, nurse: User) -> None:
    post(nurse, case)
    read(asker, case)
    assert seen(nurse) == []


@pytest.mark.parametrize("actor", [system("a timer"), ANONYMOUS], ids=["system", "visitor"])
def test_who_is_no_person_reads_nothing(case: Case, asker: User, actor: Any) -> None:
    post(asker, case)
    case.refresh_from_db()
    mark_read(actor=actor, case=case)
    assert not ReadMark.unscoped.exists()
