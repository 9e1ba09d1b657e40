"""Opening a pathway, taking part, leaving, closing: who sees the child through it, and until when."""

import re
from datetime import timedelta

import pytest

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.patients.models import Pathway, PathwayMember, Patient
from consortium.patients.operations import close_pathway, join_pathway, leave_pathway, open_pathway, reopen_pathway
from consortium.people.models import Institution, User
from tests.cast import actor_for


@pytest.fixture
def pathway(patient: Patient, asker: User, community: Institution) -> Pathway:
    actor = actor_for(asker)
    with acting_as(actor):
        return open_pathway(actor=actor, patient_id=patient.pk, institution_id=community.pk)


def _sees(user: User) -> bool:
    with acting_as(actor_for(user)):
        return bool(Patient.objects.exists())


def _join(pathway: Pathway, institution: Institution, user: User | None = None) -> PathwayMember:
    with acting_as(system("a claim")) as actor:
        return join_pathway(
            actor=actor, pathway_id=pathway.pk, institution_id=institution.pk, user_id=user.pk if user else None
        )


def _close(pathway: Pathway) -> None:
    with acting_as(system("closing")) as actor:
        close_pathway(actor=actor, pathway_id=pathway.pk)


def _verbs(pathway: Pathway) -> list[str]:
    return list(Entry.unscoped.filter(subject_id=str(pathway.pk)).order_by("seq").values_list("verb", flat=True))


def test_opening_gives_a_readable_number_and_joins_the_institution(pathway: Pathway, community: Institution) -> None:
    assert re.fullmatch(r"P\d\d-\d{6}", pathway.number)
    member = PathwayMember.unscoped.get(pathway=pathway)
    assert (member.institution_id, member.user_id, member.ends_at) == (community.pk, None, None)
    assert _verbs(pathway) == ["open", "join"]


def test_numbers_grow(patient: Patient, asker: User, community: Institution) -> None:
    with acting_as(actor_for(asker)) as actor:
        first, second = (
            open_pathway(actor=actor, patient_id=patient.pk, institution_id=community.pk).number for _ in range(2)
        )
    assert int(second[4:]) > int(first[4:])


def test_a_stranger_opens_none(patient: Patient, stranger: User, unrelated: Institution) -> None:
    with acting_as(actor_for(stranger)) as actor, pytest.raises(NotVisible):
        open_pathway(actor=actor, patient_id=patient.pk, institution_id=unrelated.pk)


def test_nobody_opens_one_for_another_institution(patient: Patient, asker: User, hospital: Institution) -> None:
    with acting_as(actor_for(asker)) as actor, pytest.raises(NotPermitted):
        open_pathway(actor=actor, patient_id=patient.pk, institution_id=hospital.pk)


def test_one_person_joins_and_a_colleague_does_not_see(
    pathway: Pathway, hospital: Institution, specialist: User, other_specialist: User
) -> None:
    assert not _sees(specialist)
    _join(pathway, hospital, specialist)
    assert _sees(specialist)
    assert not _sees(other_specialist)


def test_a_whole_institution_joins(
    pathway: Pathway, hospital: Institution, specialist: User, other_specialist: User, coordinator: User
) -> None:
    _join(pathway, hospital)
    assert _sees(specialist)
    assert _sees(other_specialist)
    assert not _sees(coordinator)


def test_joining_twice_is_once(pathway: Pathway, hospital: Institution, specialist: User) -> None:
    assert _join(pathway, hospital, specialist).pk == _join(pathway, hospital, specialist).pk
    assert _verbs(pathway) == ["open", "join", "join"]


def test_leaving_ends_sight_at_once_and_rejoining_gives_it_back(
    pathway: Pathway, hospital: Institution, specialist: User
) -> None:
    _join(pathway, hospital, specialist)
    with acting_as(actor_for(specialist)) as actor:
        leave_pathway(actor=actor, pathway_id=pathway.pk, user_id=specialist.pk)
    assert not _sees(specialist)
    ended = Entry.unscoped.get(subject_id=str(pathway.pk), verb="leave")
    assert ended.event == "patients.AccessEnded"
    _join(pathway, hospital, specialist)
    assert _sees(specialist)


def test_leaving_what_one_is_not_on_leaves_no_trace(pathway: Pathway, specialist: User) -> None:
    with acting_as(actor_for(specialist)) as actor:
        leave_pathway(actor=actor, pathway_id=pathway.pk, user_id=specialist.pk)
    assert "leave" not in _verbs(pathway)


def test_access_ends_thirty_days_after_closing(pathway: Pathway, hospital: Institution, specialist: User) -> None:
    _join(pathway, hospital, specialist)
    _close(pathway)
    with clock.moved(timedelta(days=29, hours=23)):
        assert _sees(specialist)
    with clock.moved(timedelta(days=30, seconds=1)):
        assert not _sees(specialist)


def test_who_joins_a_closed_pathway_has_no_longer_than_the_others(
    pathway: Pathway, hospital: Institution, specialist: User
) -> None:
    _close(pathway)
    _join(pathway, hospital, specialist)
    with clock.moved(timedelta(days=30, seconds=1)):
        assert not _sees(specialist)


def test_closing_twice_does_not_move_the_end(pathway: Pathway) -> None:
    _close(pathway)
    end = PathwayMember.unscoped.get(pathway=pathway).ends_at
    with clock.moved(timedelta(days=5)):
        _close(pathway)
    assert PathwayMember.unscoped.get(pathway=pathway).ends_at == end


def test_reopening_clears_the_end_but_not_for_those_who_had_left(
    pathway: Pathway, hospital: Institution, specialist: User, other_specialist: User
) -> None:
    _join(pathway, hospital, specialist)
    _join(pathway, hospital, other_specialist)
    with acting_as(system("moved away")) as actor:
        leave_pathway(actor=actor, pathway_id=pathway.pk, user_id=other_specialist.pk)
    _close(pathway)
    with acting_as(actor_for(specialist)) as actor:
        reopen_pathway(actor=actor, pathway_id=pathway.pk)
    with clock.moved(timedelta(days=300)):
        assert _sees(specialist)
        assert not _sees(other_specialist)


def test_a_stranger_cannot_close_one(pathway: Pathway, stranger: User) -> None:
    with acting_as(actor_for(stranger)) as actor, pytest.raises(NotVisible):
        close_pathway(actor=actor, pathway_id=pathway.pk)


def test_reopening_an_open_one_does_nothing(pathway: Pathway) -> None:
    with acting_as(system("again")) as actor:
        reopen_pathway(actor=actor, pathway_id=pathway.pk)
    assert "reopen" not in _verbs(pathway)
