"""Invitations and password links: used once, by one; revoked, run out and unknown look the same."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, Taken, WrongStep
from consortium.people.models import Institution, Invitation, Membership, ResetLink, User
from consortium.people.operations import (
    LinkEnded,
    accept_as_new,
    accept_with_account,
    give_seat,
    invite,
    issue_reset,
    revoke_invitation,
    use_reset,
)
from consortium.people.states import Role
from tests.cast import actor_for, client_for
from tests.factories.people import make_department, make_institution, make_staff

pytestmark = pytest.mark.usefixtures("fresh_limits")
NEW = {"username": "hefang", "password": "a long sentence is easy", "full_name": "He Fang", "licence_number": "31"}


@pytest.fixture
def offered(admin: User, hospital: Institution) -> Invitation:
    return offer(admin, hospital)


def offer(admin: User, hospital: Institution, role: str = Role.NURSE, **more: Any) -> Invitation:
    fields = {"full_name": "He Fang", "role": role, **more}
    return invite(actor=actor_for(admin), institution_id=hospital.pk, fields=fields, key=uuid4())


def test_accepting_makes_a_person_with_the_offered_seat(offered: Invitation, hospital: Institution) -> None:
    seat = accept_as_new(token=offered.token(), fields=NEW)
    assert (seat.role, seat.institution_id) == (Role.NURSE, hospital.pk)
    assert seat.user.check_password(NEW["password"])
    assert Entry.unscoped.get(verb="accept").event == "people.InvitationAccepted"


def test_only_a_hash_is_kept(offered: Invitation) -> None:
    assert offered.token().encode() not in bytes(offered.token_hash)
    assert len(offered.token()) == 26


def test_the_same_form_sent_twice_is_one_invitation(admin: User, hospital: Institution) -> None:
    key, fields = uuid4(), {"full_name": "He Fang", "role": Role.NURSE}
    made = {
        invite(actor=actor_for(admin), institution_id=hospital.pk, fields=fields, key=key).token() for _ in range(10)
    }
    assert len(made) == Invitation.unscoped.count() == 1


def test_used_once(offered: Invitation) -> None:
    accept_as_new(token=offered.token(), fields=NEW)
    with pytest.raises(Taken):
        accept_as_new(token=offered.token(), fields={**NEW, "username": "another"})
    assert not User.objects.filter(username="another").exists()


def test_revoked_and_run_out(admin: User, offered: Invitation) -> None:
    with clock.moved(timedelta(days=8)), pytest.raises(LinkEnded):
        accept_as_new(token=offered.token(), fields=NEW)
    revoke_invitation(actor=actor_for(admin), invitation_id=offered.pk)
    with pytest.raises(LinkEnded):
        accept_as_new(token=offered.token(), fields=NEW)


def test_unknown(db: None) -> None:
    with pytest.raises(NotVisible):
        accept_as_new(token="x" * 26, fields=NEW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "qwerty123456"}, "password"),
        ({"username": "ADMIN"}, "username"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(offered: Invitation, change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        accept_as_new(token=offered.token(), fields={**NEW, **change})
    assert set(caught.value.fields) == {field}
    assert Invitation.unscoped.get().accepted_at is None


def test_an_accepted_one_is_not_revoked(admin: User, offered: Invitation) -> None:
    accept_as_new(token=offered.token(), fields=NEW)
    with pytest.raises(WrongStep):
        revoke_invitation(actor=actor_for(admin), invitation_id=offered.pk)


def test_an_account_takes_one_more_seat(offered: Invitation, asker: User) -> None:
    accept_with_account(actor=actor_for(asker), token=offered.token())
    assert actor_for(asker).roles == {Role.ASKER, Role.NURSE}


def test_a_seat_is_taken_by_somebody(offered: Invitation) -> None:
    with pytest.raises(NotVisible):
        accept_with_account(actor=ANONYMOUS, token=offered.token())
    offered.refresh_from_db()
    assert offered.is_open


def test_a_role_held_already_leaves_the_invitation_open(admin: User, hospital: Institution, specialist: User) -> None:
    again = offer(admin, hospital, Role.SPECIALIST)
    with pytest.raises(WrongStep):
        accept_with_account(actor=actor_for(specialist), token=again.token())
    again.refresh_from_db()
    assert again.is_open


@pytest.mark.parametrize("role", [Role.CONSORTIUM_MANAGER, Role.AUDITOR])
def test_an_admin_invites_nobody_over_the_consortium(admin: User, hospital: Institution, role: str) -> None:
    with pytest.raises(NotPermitted):
        offer(admin, hospital, role)


def test_an_admin_invites_only_to_their_own(admin: User, district: Institution, hospital: Institution) -> None:
    with pytest.raises(NotVisible):
        offer(admin, district)
    with pytest.raises(InvalidInput):
        offer(admin, hospital, department_id=make_department(district).pk)


def test_a_closed_institution_takes_nobody(offered: Invitation, hospital: Institution) -> None:
    Institution.objects.filter(pk=hospital.pk).update(closed_at=clock.now())
    with pytest.raises(InvalidInput):
        accept_as_new(token=offered.token(), fields=NEW)


# -- on the web -------------------------------------------------------------------------------------------------------


def test_the_link_leads_to_work(offered: Invitation, admin: User) -> None:
    page = client_for(admin).get(f"/invitations/{offered.pk}/").content.decode()
    assert f"/join/{offered.token()}/" in page
    assert "<svg viewBox" in page
    client = Client()
    assert client.get(f"/join/{offered.token()}/").status_code == 200
    response = client.post(f"/join/{offered.token()}/", NEW)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/account/").status_code == 200


def test_a_wrong_form_comes_back_with_what_was_typed(offered: Invitation) -> None:
    response = Client().post(f"/join/{offered.token()}/", {**NEW, "password": "short"})
    assert response.status_code == 422
    assert "hefang" in response.content.decode()
    assert "too short" in response.content.decode()


@pytest.mark.parametrize("end", ["used", "revoked", "run out", "unknown", "closed"])
def test_a_link_that_has_ended_says_the_same_in_each_case(
    offered: Invitation, admin: User, end: str, hospital: Institution
) -> None:
    token = "y" * 26 if end == "unknown" else offered.token()
    if end == "used":
        accept_as_new(token=token, fields=NEW)
    if end == "revoked":
        revoke_invitation(actor=actor_for(admin), invitation_id=offered.pk)
    if end == "closed":
        Institution.objects.filter(pk=hospital.pk).update(closed_at=clock.now())
    with clock.moved(timedelta(days=8 if end == "run out" else 0)):
        response = Client().get(f"/join/{token}/")
    assert response.status_code == 410
    assert "This link has ended" in response.content.decode()


def test_whoever_is_signed_in_accepts_with_their_account(offered: Invitation, asker: User) -> None:
    client = client_for(asker)
    assert "You are signed in as" in client.get(f"/join/{offered.token()}/").content.decode()
    assert client.post(f"/join/{offered.token()}/").status_code == 302
    assert actor_for(asker).has(Role.NURSE)


def test_the_link_is_not_kept_by_browsers_or_told_to_others(offered: Invitation) -> None:
    response = Client().get(f"/join/{offered.token()}/")
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_guessing_links_is_limited(db: None, valkey: object) -> None:
    statuses = [Client().get(f"/join/{n:026d}/").status_code for n in range(31)]
    assert statuses[-1] == 429


# -- a lost password --------------------------------------------------------------------------------------------------


def test_a_link_sets_a_new_password_once_and_ends_the_sessions(admin: User, specialist: User) -> None:
    old = client_for(specialist)
    link = issue_reset(actor=actor_for(admin), user_id=specialist.pk)
    use_reset(token=link.token(), password=NEW["password"])
    specialist.refresh_from_db()
    assert specialist.check_password(NEW["password"])
    assert old.get("/account/").status_code == 302
    with pytest.raises(Taken):
        use_reset(token=link.token(), password="yet another sentence")


def test_a_newer_link_ends_the_older(admin: User, specialist: User) -> None:
    first = issue_reset(actor=actor_for(admin), user_id=specialist.pk, key=uuid4())
    issue_reset(actor=actor_for(admin), user_id=specialist.pk, key=uuid4())
    with pytest.raises(LinkEnded):
        use_reset(token=first.token(), password=NEW["password"])


def test_the_second_factor_goes_only_when_asked(admin: User, specialist: User) -> None:
    from tests.people.test_sign_in import enrol

    enrol(specialist)
    use_reset(token=issue_reset(actor=actor_for(admin), user_id=specialist.pk).token(), password=NEW["password"])
    assert Authenticator.objects.filter(user=specialist).exists()
    link = issue_reset(actor=actor_for(admin), user_id=specialist.pk, drops_second_factor=True)
    use_reset(token=link.token(), password="yet another sentence")
    assert not Authenticator.objects.filter(user=specialist).exists()


def test_an_admin_resets_nobody_who_works_elsewhere_too(
    admin: User, manager: User, specialist: User, district: Institution
) -> None:
    give_seat(actor=actor_for(manager), user_id=specialist.pk, institution_id=district.pk, role=Role.SPECIALIST)
    with pytest.raises(NotPermitted):
        issue_reset(actor=actor_for(admin), user_id=specialist.pk)
    assert issue_reset(actor=actor_for(manager), user_id=specialist.pk).user_id == specialist.pk


def test_an_admin_resets_no_manager(admin: User, manager: User) -> None:
    with pytest.raises(NotPermitted):
        issue_reset(actor=actor_for(admin), user_id=manager.pk)


def test_the_link_is_shown_only_to_who_issued_it(admin: User, manager: User, specialist: User) -> None:
    link = issue_reset(actor=actor_for(admin), user_id=specialist.pk)
    assert client_for(admin).get(f"/password-links/{link.pk}/").status_code == 200
    assert client_for(manager).get(f"/password-links/{link.pk}/").status_code == 404


def test_the_page_sets_it(admin: User, specialist: User) -> None:
    link = issue_reset(actor=actor_for(admin), user_id=specialist.pk)
    client = Client()
    assert client.get(f"/new-password/{link.token()}/").status_code == 200
    assert client.post(f"/new-password/{link.token()}/", {"password": "short"}).status_code == 422
    response = client.post(f"/new-password/{link.token()}/", {"password": NEW["password"]})
    assert response["Location"] == "/accounts/login/"
    assert client.get(f"/new-password/{link.token()}/").status_code == 410
    assert ResetLink.unscoped.get().used_at is not None


# -- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_wins() -> None:
    """Real concurrency, ten rounds: one seat, and the other is told that the invitation was used."""
    hospital = make_institution()
    boss = make_staff("boss", hospital, Role.INSTITUTION_ADMIN)
    for turn in range(10):
        token = offer(boss, hospital).token()
        assert sorted(race(token, turn)) == ["Taken", "seated"]
    assert Membership.unscoped.filter(role=Role.NURSE).count() == 10


def race(token: str, turn: int) -> list[str]:
    start, ends = threading.Barrier(2), []

    def accept(n: int) -> None:
        start.wait()
        try:
            accept_as_new(token=token, fields={**NEW, "username": f"racer{turn}-{n}"})
            ends.append("seated")
        except DomainError as error:
            ends.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
