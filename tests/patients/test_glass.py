"""Break-the-glass: opened with a reason, told, listed, reviewed, and over after three hours with its open sockets."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing

from consortium.casework.models import Case
from consortium.journal.models import Entry
from consortium.journal.queries import open_text, timeline
from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.kernel.events import DomainEvent
from consortium.notices.models import Notice
from consortium.patients.models import AccessGrant, Patient
from consortium.patients.operations import break_glass, end_grant, review_grant
from consortium.patients.queries.audit import acts_under, find_watched, grants_page, readers_page
from consortium.patients.queries.search import read_unseen_token, unseen_token
from consortium.patients.tasks import end_grants
from consortium.people.models import Institution, User
from consortium.people.queries import actor_of
from consortium.people.states import Role
from tests.cast import actor_for, client_for
from tests.factories.cases import make_asked
from tests.factories.patients import make_patient
from tests.factories.people import make_seat, make_staff, make_user

pytestmark = pytest.mark.django_db

WHY = "Unconscious in our emergency room."


def relay_all() -> None:
    """Deliver every event that is due."""
    with acting_as(system("test")):
        while relay():
            pass


def _break(user: User, patient: Patient, institution: Institution, **more: Any) -> AccessGrant:
    actor: Actor = more.pop("actor", None) or actor_for(user)
    given = {"reason": "emergency", "explanation": WHY, **more}
    with acting_as(actor):
        return break_glass(actor=actor, patient_id=patient.pk, institution_id=institution.pk, **given)[0]


def _sees(user: User) -> bool:
    with acting_as(actor_for(user)):
        return bool(Patient.objects.exists())


def _events(name: str) -> list[Any]:
    entries = Entry.unscoped.filter(event=name).order_by("id")
    return [DomainEvent.registry[name].load(entry.payload) for entry in entries]


def test_it_opens_for_three_hours(patient: Patient, stranger: User, unrelated: Institution) -> None:
    assert not _sees(stranger)
    _break(stranger, patient, unrelated)
    assert _sees(stranger)
    with clock.moved(timedelta(hours=2, minutes=59)):
        assert _sees(stranger)
    with clock.moved(timedelta(hours=3)):
        assert not _sees(stranger)


def test_it_opens_the_childs_cases_too(
    patient: Patient, stranger: User, unrelated: Institution, asker: User, community: Institution, service: Any
) -> None:
    make_asked(patient, asker, community, service)
    _break(stranger, patient, unrelated)
    with acting_as(actor_for(stranger)):
        assert Case.objects.filter(patient=patient).exists()


def test_the_privacy_officers_of_both_institutions_are_told(
    patient: Patient, stranger: User, unrelated: Institution, community: Institution
) -> None:
    grant = _break(stranger, patient, unrelated)
    (told,) = _events("patients.GlassBroken")
    assert (told.grant_id, told.patient_id, told.user_id) == (grant.pk, patient.pk, stranger.pk)
    assert set(told.institution_ids) == {str(unrelated.pk), str(community.pk)}


def test_their_inbox_says_so_at_once_and_only_theirs(
    patient: Patient, stranger: User, unrelated: Institution, hospital: Institution, privacy: User
) -> None:
    far = make_staff("far-privacy", unrelated, Role.PRIVACY_OFFICER)
    elsewhere = make_staff("elsewhere-privacy", hospital, Role.PRIVACY_OFFICER)
    left = make_user("left-privacy")
    make_seat(left, unrelated, Role.PRIVACY_OFFICER, ends_on=clock.today())
    grant = _break(stranger, patient, unrelated)
    for _ in range(2):
        relay_all()
    notices = Notice.unscoped.filter(kind="patients.glass")
    assert set(notices.values_list("recipient_id", flat=True)) == {privacy.pk, far.pk}
    assert notices.count() == 2
    assert not notices.filter(recipient__in=[elsewhere, left]).exists()
    notice = notices.get(recipient=far)
    assert notice.urgent
    assert stranger.get_full_name() in notice.text
    assert patient.name not in notice.text + str(notice.facts)
    assert client_for(far).get(notice.url).status_code == 200
    assert notice.url == f"/patients/access/{grant.pk}/"


def test_the_explanation_is_sealed_and_stands_in_the_journal(
    patient: Patient, stranger: User, unrelated: Institution
) -> None:
    grant = _break(stranger, patient, unrelated)
    grant.refresh_from_db()
    assert WHY.encode() not in bytes(grant.explanation or b"")
    assert open_text(patient.pk, grant.explanation) == WHY
    (step,) = timeline(grant)
    assert (step.verb, step.text, step.facts["reason"]) == ("break-glass", WHY, "emergency")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": "curious"}, "reason"), ({"explanation": " short   "}, "explanation")],
)
def test_a_reason_and_a_sentence_are_needed(
    patient: Patient, stranger: User, unrelated: Institution, change: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _break(stranger, patient, unrelated, **change)
    assert field in refused.value.fields
    assert not _sees(stranger)


def test_a_second_factor_or_a_fresh_proof_is_needed(patient: Patient, stranger: User, unrelated: Institution) -> None:
    weak = actor_of(stranger)
    with pytest.raises(NotPermitted):
        _break(stranger, patient, unrelated, actor=weak)
    assert _break(stranger, patient, unrelated, actor=weak, proven=True).user_id == stranger.pk


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ASKER, Role.SPECIALIST, Role.SERVICE_LEAD, Role.NURSE}))
def test_it_is_for_clinicians(patient: Patient, unrelated: Institution, role: str) -> None:
    with pytest.raises(NotPermitted):
        _break(make_staff("other", unrelated, role), patient, unrelated)


def test_nobody_does_it_for_an_institution_of_others(patient: Patient, stranger: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        _break(stranger, patient, hospital)


def test_a_running_access_is_found_not_doubled(patient: Patient, stranger: User, unrelated: Institution) -> None:
    first = _break(stranger, patient, unrelated, key=uuid4())
    assert _break(stranger, patient, unrelated, key=uuid4()).pk == first.pk
    assert len(_events("patients.GlassBroken")) == 1


def test_an_expired_one_does_not_stand_in_the_way(patient: Patient, stranger: User, unrelated: Institution) -> None:
    first = _break(stranger, patient, unrelated)
    with clock.moved(timedelta(hours=4)):
        assert _break(stranger, patient, unrelated).pk != first.pk
        assert _sees(stranger)
    first.refresh_from_db()
    assert first.ended_at == first.expires_at


def test_the_clock_ends_what_is_over_and_tells_the_sockets(
    patient: Patient, stranger: User, unrelated: Institution
) -> None:
    grant = _break(stranger, patient, unrelated)
    assert end_grants() == 0
    with clock.moved(timedelta(hours=3, seconds=1)):
        assert end_grants() == 1
        assert end_grants() == 0
    grant.refresh_from_db()
    assert grant.ended_at == grant.expires_at
    (ended,) = _events("patients.AccessEnded")
    assert (ended.patient_id, ended.user_id) == (patient.pk, stranger.pk)
    assert Entry.unscoped.get(verb="end-access").actor_kind == "system"


def test_its_holder_gives_it_back_early(patient: Patient, stranger: User, unrelated: Institution) -> None:
    grant = _break(stranger, patient, unrelated)
    with acting_as(actor_for(stranger)) as actor:
        end_grant(actor=actor, grant_id=grant.pk)
        end_grant(actor=actor, grant_id=grant.pk)
    assert not _sees(stranger)
    assert len(_events("patients.AccessEnded")) == 1


def test_a_privacy_officer_takes_it_away(
    patient: Patient, stranger: User, unrelated: Institution, privacy: User
) -> None:
    grant = _break(stranger, patient, unrelated)
    with acting_as(actor_for(privacy)) as actor:
        end_grant(actor=actor, grant_id=grant.pk)
    assert not _sees(stranger)


def test_others_do_not_even_see_the_grant(
    patient: Patient, stranger: User, unrelated: Institution, specialist: User, auditor: User
) -> None:
    grant = _break(stranger, patient, unrelated)
    with acting_as(actor_for(specialist)) as actor, pytest.raises(NotVisible):
        end_grant(actor=actor, grant_id=grant.pk)
    with acting_as(actor_for(auditor)) as actor, pytest.raises(NotPermitted):
        end_grant(actor=actor, grant_id=grant.pk)


# -- review -------------------------------------------------------------------------------------------------------


def _review(user: User, grant: AccessGrant, verdict: str = "justified", note: str = "") -> AccessGrant:
    with acting_as(actor_for(user)) as actor:
        return review_grant(actor=actor, grant_id=grant.pk, verdict=verdict, note=note)


def test_it_is_on_the_list_until_it_is_reviewed(
    patient: Patient, stranger: User, unrelated: Institution, privacy: User
) -> None:
    grant = _break(stranger, patient, unrelated)
    with acting_as(actor_for(privacy)) as actor:
        (row,) = grants_page(actor, reviewed=False).items
        assert (row.grant.pk, row.explanation, row.running) == (grant.pk, WHY, True)
        assert row.number
    reviewed = _review(privacy, grant, "questioned", "Ask the head of department.")
    assert open_text(patient.pk, reviewed.review_note) == "Ask the head of department."
    with acting_as(actor_for(privacy)) as actor:
        assert grants_page(actor, reviewed=False).items == []
        assert [r.grant.pk for r in grants_page(actor, reviewed=True).items] == [grant.pk]


def test_it_is_reviewed_once(patient: Patient, stranger: User, unrelated: Institution, privacy: User) -> None:
    grant = _break(stranger, patient, unrelated)
    _review(privacy, grant)
    with pytest.raises(WrongStep):
        _review(privacy, grant)


@pytest.mark.parametrize(("verdict", "field"), [("fine", "verdict"), ("questioned", "note")])
def test_a_finding_is_whole(
    patient: Patient, stranger: User, unrelated: Institution, privacy: User, verdict: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _review(privacy, _break(stranger, patient, unrelated), verdict)
    assert field in refused.value.fields


def test_nobody_reviews_their_own_and_clinicians_review_none(
    patient: Patient, unrelated: Institution, stranger: User
) -> None:
    both = make_staff("both", unrelated, Role.ASKER, Role.PRIVACY_OFFICER)
    for holder, reviewer in ((both, both), (stranger, stranger)):
        with pytest.raises(NotPermitted):
            _review(reviewer, _break(holder, patient, unrelated))


def test_a_privacy_officer_of_elsewhere_sees_nothing(
    patient: Patient, stranger: User, unrelated: Institution, district: Institution
) -> None:
    officer = make_staff("elsewhere", district, Role.PRIVACY_OFFICER)
    grant = _break(stranger, patient, unrelated)
    with acting_as(actor_for(officer)) as actor:
        assert grants_page(actor, reviewed=False).items == []
        with pytest.raises(NotVisible):
            review_grant(actor=actor, grant_id=grant.pk, verdict="justified")


def test_what_the_holder_did_is_shown(patient: Patient, stranger: User, unrelated: Institution) -> None:
    grant = _break(stranger, patient, unrelated)
    with acting_as(actor_for(stranger)) as actor:
        end_grant(actor=actor, grant_id=grant.pk)
    grant.refresh_from_db()
    assert [entry.verb for entry in acts_under(grant)] == ["break-glass"]


# -- who read a record ----------------------------------------------------------------------------------------------


def test_readers_are_found_through_pages_and_lists(
    patient: Patient, asker: User, privacy: User, community: Institution
) -> None:
    from consortium.journal.operations import note_list_read, note_read

    other = make_patient(community, "Wang Fang")
    actor = actor_for(asker)
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="record")
    note_read(actor=actor, subject=other, patient_id=other.pk, what="record")
    note_list_read(actor=actor, what="patients", patient_ids=[other.pk, patient.pk])
    note_list_read(actor=actor, what="patients", patient_ids=[other.pk])
    with acting_as(actor_for(privacy)) as officer:
        verbs = [entry.verb for entry in readers_page(officer, patient.pk).items]
        assert verbs == ["list-read", "read"]
        assert len(find_watched(officer, "lx", None)) == 1
        assert len(find_watched(officer, "", patient.birth_date)) == 2


# -- the reference to an unseen record ------------------------------------------------------------------------------


def test_the_reference_is_for_one_person_and_half_an_hour(
    patient: Patient, stranger: User, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = unseen_token(actor_for(stranger), patient.pk)
    assert str(patient.pk) not in token
    assert read_unseen_token(actor_for(stranger), token) == patient.pk
    for actor, bad in ((actor_for(asker), token), (actor_for(stranger), token[:-1]), (actor_for(stranger), "x")):
        with pytest.raises(NotVisible):
            read_unseen_token(actor, bad)
    later = signing.time.time() + 1801  # type: ignore[attr-defined]
    monkeypatch.setattr(signing.time, "time", lambda: later)  # type: ignore[attr-defined]
    with pytest.raises(NotVisible):
        read_unseen_token(actor_for(stranger), token)
