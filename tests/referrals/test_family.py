"""The family's page: who makes its link, how it opens, what stands on it, and what the family may say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from consortium.casework.models import Booking, Case, Service
from consortium.casework.states import BookingKind, BookingStep
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import FamilyLink, FollowUp, Outcome, Referral, Visit
from referrals.models.family import TRIES
from referrals.operations.family import answer_visit, make_family_link, open_family_page, revoke_family_link
from referrals.queries.family import WORDS, family_page, link_of, visit_ahead
from referrals.states import FINAL_STEPS, FamilyAnswer, FollowUpStep, Step
from tests.cast import client_for
from tests.consultations.cases import by
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db
FAMILY = system("the family, by link")


@pytest.fixture
def referral(asker: User, patient: Patient, service: Service) -> Referral:
    return sent(asker, patient, service)


@pytest.fixture
def link(asker: User, referral: Referral) -> FamilyLink:
    made: FamilyLink = by(asker, make_family_link, case_id=referral.pk)
    return made


def family(operation: Any, **words: Any) -> Any:
    with acting_as(FAMILY):
        return operation(actor=FAMILY, **words)


def opened(link: FamilyLink, born: date) -> FamilyLink | None:
    found: FamilyLink | None = family(open_family_page, token=link.token(), birth_date=born)
    return found


def fresh(link: FamilyLink) -> FamilyLink:
    found: FamilyLink = FamilyLink.unscoped.select_related("case__patient").get(pk=link.pk)
    return found


def booked(referral: Referral, begins: datetime, *, bring: str = "The growth booklet.") -> Visit:
    """A visit, and the referral at the step that goes with it."""
    Referral.unscoped.filter(pk=referral.pk).update(step=Step.ACCEPTED)
    Referral.unscoped.filter(pk=referral.pk).update(step=Step.SCHEDULED)
    booking = Booking.unscoped.create(
        kind=BookingKind.CLINIC, case=referral.case, step=BookingStep.BOOKED, created_at=clock.now(),
        period=DateTimeTZRange(begins, begins + timedelta(minutes=30)),
    )  # fmt: skip
    made: Visit = Visit.unscoped.create(
        case=referral.case, number=1, booking=booking, booked_at=clock.now(), instructions=bring
    )
    return made


# --- the link ---------------------------------------------------------------------------------------------------------


def test_asked_for_again_it_is_the_same_link(asker: User, link: FamilyLink, referral: Referral) -> None:
    assert by(asker, make_family_link, case_id=referral.pk).token() == link.token()


def test_the_same_key_twice_is_one_link(asker: User, referral: Referral) -> None:
    key = uuid4()
    first = by(asker, make_family_link, case_id=referral.pk, key=key)
    FamilyLink.unscoped.filter(pk=first.pk).update(wrong_tries=TRIES)
    assert by(asker, make_family_link, case_id=referral.pk, key=key).pk == first.pk


def test_only_the_hash_of_its_secret_is_kept(link: FamilyLink) -> None:
    kept = FamilyLink.unscoped.filter(pk=link.pk).values().get()
    assert link.token() not in str(kept)
    assert bytes(kept["token_hash"]) == FamilyLink.hash_of(link.token())


@pytest.mark.parametrize("who", ["specialist", "nurse", "coordinator", "colleague"])
def test_either_side_and_the_office_may_make_it(who: str, referral: Referral, request: pytest.FixtureRequest) -> None:
    assert by(request.getfixturevalue(who), make_family_link, case_id=referral.pk).stands


def test_a_stranger_finds_no_referral_to_make_it_for(stranger: User, referral: Referral) -> None:
    with pytest.raises(NotVisible):
        by(stranger, make_family_link, case_id=referral.pk)


def test_none_is_made_for_what_was_entered_in_error(asker: User, referral: Referral) -> None:
    Referral.unscoped.filter(pk=referral.pk).update(step=Step.ENTERED_IN_ERROR)
    with pytest.raises(NotPermitted):
        by(asker, make_family_link, case_id=referral.pk)


def test_it_lasts_a_month_beyond_the_visit(asker: User, referral: Referral) -> None:
    visit = booked(referral, clock.now() + timedelta(days=60))
    link = by(asker, make_family_link, case_id=referral.pk)
    assert link.expires_at == visit.booking.begins + timedelta(days=30)


def test_a_referral_has_one_link_at_a_time(link: FamilyLink) -> None:
    with pytest.raises(IntegrityError, match="referrals_family_link_one"), transaction.atomic():
        FamilyLink.unscoped.create(
            case=link.case, token_hash=b"other", created_at=clock.now(), expires_at=clock.now() + timedelta(days=1)
        )


def test_who_answers_has_opened_the_page(link: FamilyLink) -> None:
    with pytest.raises(IntegrityError, match="referrals_family_link_answer"), transaction.atomic():
        FamilyLink.unscoped.filter(pk=link.pk).update(answer=FamilyAnswer.COMING, answered_at=clock.now())


def test_an_answer_is_one_of_two(link: FamilyLink) -> None:
    with pytest.raises(IntegrityError, match="referrals_family_link_answer"), transaction.atomic():
        FamilyLink.unscoped.filter(pk=link.pk).update(
            answer="maybe", answered_at=clock.now(), first_opened_at=clock.now()
        )


# --- opening ----------------------------------------------------------------------------------------------------------


def test_the_birth_date_opens_it(link: FamilyLink, patient: Patient) -> None:
    assert opened(link, patient.birth_date) == link
    assert fresh(link).first_opened_at is not None
    assert Entry.unscoped.filter(verb="family-open", actor_name="the family, by link").count() == 1


def test_a_wrong_date_opens_nothing_and_counts(link: FamilyLink, patient: Patient) -> None:
    assert opened(link, patient.birth_date + timedelta(days=1)) is None
    assert fresh(link).wrong_tries == 1


def test_the_right_date_forgives_the_wrong_ones(link: FamilyLink, patient: Patient) -> None:
    opened(link, patient.birth_date + timedelta(days=1))
    opened(link, patient.birth_date)
    assert fresh(link).wrong_tries == 0


def test_after_five_wrong_dates_not_even_the_right_one_opens_it(link: FamilyLink, patient: Patient) -> None:
    for _try in range(TRIES):
        assert opened(link, patient.birth_date + timedelta(days=1)) is None
    with pytest.raises(NotVisible):
        opened(link, patient.birth_date)
    (locked,) = Entry.unscoped.filter(verb="family-try", facts__tries=TRIES)
    assert locked.deliveries.filter(event="referrals.FamilyLinkLocked").exists()


def test_a_locked_link_is_followed_by_a_new_one(asker: User, link: FamilyLink, referral: Referral) -> None:
    FamilyLink.unscoped.filter(pk=link.pk).update(wrong_tries=TRIES)
    new = by(asker, make_family_link, case_id=referral.pk)
    assert new.token() != link.token()
    assert fresh(link).revoked_at is not None


def test_a_link_that_ran_out_opens_nothing(link: FamilyLink, patient: Patient) -> None:
    FamilyLink.unscoped.filter(pk=link.pk).update(
        created_at=clock.now() - timedelta(days=2), expires_at=clock.now() - timedelta(seconds=1)
    )
    with pytest.raises(NotVisible):
        opened(link, patient.birth_date)


def test_a_link_that_was_taken_back_opens_nothing(
    asker: User, link: FamilyLink, referral: Referral, patient: Patient
) -> None:
    by(asker, revoke_family_link, case_id=referral.pk)
    with pytest.raises(NotVisible):
        opened(link, patient.birth_date)


def test_there_is_nothing_to_take_back(asker: User, referral: Referral) -> None:
    by(asker, revoke_family_link, case_id=referral.pk)
    assert link_of(referral.pk) is None


def test_what_was_entered_in_error_opens_nothing(link: FamilyLink, patient: Patient) -> None:
    Case.unscoped.filter(pk=link.case_id).update(entered_in_error_at=clock.now())
    with pytest.raises(NotVisible):
        opened(link, patient.birth_date)


# --- what the family says ---------------------------------------------------------------------------------------------


@pytest.fixture
def invited(link: FamilyLink, referral: Referral, patient: Patient) -> FamilyLink:
    """The page is open, and a visit lies ahead."""
    booked(referral, clock.now() + timedelta(days=3))
    opened(link, patient.birth_date)
    return fresh(link)


def test_the_service_hears_that_the_family_comes(invited: FamilyLink) -> None:
    family(answer_visit, link_id=invited.pk, answer="coming")
    assert fresh(invited).answer == FamilyAnswer.COMING
    assert Entry.unscoped.get(verb="family-answer").deliveries.filter(payload__comes=True).exists()


def test_the_last_word_counts_and_the_same_word_once(invited: FamilyLink) -> None:
    for answer in ("coming", "cannot", "cannot"):
        family(answer_visit, link_id=invited.pk, answer=answer)
    assert fresh(invited).answer == FamilyAnswer.CANNOT
    assert Entry.unscoped.filter(verb="family-answer").count() == 2


def test_a_moved_visit_is_asked_about_anew(invited: FamilyLink) -> None:
    family(answer_visit, link_id=invited.pk, answer="coming")
    assert family_page(fresh(invited)).comes
    Visit.unscoped.filter(case_id=invited.case_id).update(booked_at=clock.now() + timedelta(minutes=1))
    assert not family_page(fresh(invited)).comes
    family(answer_visit, link_id=invited.pk, answer="coming")
    assert Entry.unscoped.filter(verb="family-answer").count() == 2


def test_there_are_two_words_to_say(invited: FamilyLink) -> None:
    with pytest.raises(InvalidInput):
        family(answer_visit, link_id=invited.pk, answer="perhaps")


def test_without_a_visit_there_is_nothing_to_say(link: FamilyLink, patient: Patient) -> None:
    opened(link, patient.birth_date)
    with pytest.raises(WrongStep):
        family(answer_visit, link_id=link.pk, answer="coming")


def test_nothing_is_said_by_a_page_that_was_never_opened(link: FamilyLink) -> None:
    with pytest.raises(NotVisible):
        family(answer_visit, link_id=link.pk, answer="coming")


# --- what stands on the page ------------------------------------------------------------------------------------------


def test_it_says_where_when_what_to_bring_and_whom_to_call(invited: FamilyLink, referral: Referral) -> None:
    page = family_page(invited)
    assert page.when == visit_ahead(Referral.unscoped.get(pk=referral.pk)).booking.begins  # type: ignore[union-attr]
    assert page.bring == "The growth booklet."
    assert page.place.startswith("Children's Hospital")
    assert [number for _name, number in page.calls] == ["021 5555 0100", "021 5555 0100"]


def test_a_visit_that_has_passed_is_not_asked_about(link: FamilyLink, referral: Referral) -> None:
    booked(referral, clock.now() - timedelta(days=1))
    page = family_page(fresh(link))
    assert (page.when, page.title) == (None, "The time of the appointment is over")


def test_every_open_step_has_words_of_its_own_and_the_end_is_quiet() -> None:
    wordless = {step for step in Step if step not in WORDS}
    assert wordless == {Step.DRAFT, Step.CANCELLED, Step.ENDED, Step.ENTERED_IN_ERROR} & {Step.DRAFT, *FINAL_STEPS}


def test_an_end_without_care_says_no_more_than_whom_to_call(link: FamilyLink) -> None:
    Referral.unscoped.filter(pk=link.case_id).update(step=Step.ENDED, end_reason="died")
    assert family_page(fresh(link)).title == "This referral has ended"


def test_the_next_check_up_is_the_day_of_the_recall(link: FamilyLink) -> None:
    Referral.unscoped.filter(pk=link.case_id).update(step=Step.ACCEPTED)
    Referral.unscoped.filter(pk=link.case_id).update(step=Step.FOLLOWING)
    assert family_page(fresh(link)).check_up_on is None
    due = clock.today() + timedelta(days=7)
    visit = FollowUp.unscoped.create(case=link.case, number=1, due_on=due, task="Weigh")
    assert family_page(fresh(link)).check_up_on == due
    FollowUp.unscoped.filter(pk=visit.pk).update(step=FollowUpStep.RECALL, recall_on=due + timedelta(days=2))
    assert family_page(fresh(link)).check_up_on == due + timedelta(days=2)


def written(link: FamilyLink, signer: User) -> None:
    today = clock.today()
    Outcome.unscoped.create(
        case=link.case, number=1, admitted_on=today, left_on=today, diagnoses=[{"code": "J05.0", "text": "Croup"}],
        course="Nebulised", medicines="Dexamethasone", immunisations="none", pending="none", follow_up="GP",
        destination="home", to_sender="Sooner next time", for_family="Your child may eat everything.",
        signed_at=clock.now(), signed_by=signer, signer_name="Dr S", created_by=signer,
    )  # fmt: skip


def test_of_the_outcome_it_shows_the_familys_words_alone(link: FamilyLink, specialist: User, patient: Patient) -> None:
    written(link, specialist)
    client = Client()
    client.post(f"/referrals/family/{link.token()}/", {"birth_date": patient.birth_date.isoformat()})
    text = client.get("/referrals/family/").content.decode()
    assert "Your child may eat everything." in text
    for secret in ("Croup", "Dexamethasone", "Nebulised", "Sooner", "stridor", "Stridor", patient.name, "Dr S"):
        assert secret not in text


# --- by browser -------------------------------------------------------------------------------------------------------


def test_looking_at_the_link_opens_and_counts_nothing(link: FamilyLink) -> None:
    response = Client().get(f"/referrals/family/{link.token()}/")
    assert response.status_code == 200
    assert (fresh(link).wrong_tries, fresh(link).first_opened_at) == (0, None)


def test_a_phone_without_scripts_opens_it_and_answers(invited: FamilyLink, patient: Patient) -> None:
    client = Client()
    response = client.post(
        f"/referrals/family/{invited.token()}/", {"birth_date": patient.birth_date.isoformat()}, follow=True
    )
    assert response.redirect_chain[-1][0] == "/referrals/family/"
    assert "Are you coming?" in response.content.decode()
    said = client.post("/referrals/family/answer/", {"answer": "cannot"}, follow=True)
    assert "You said: we cannot come." in said.content.decode()


def test_neither_address_nor_title_says_who_it_is_about(invited: FamilyLink, patient: Patient) -> None:
    client = Client()
    response = client.post(f"/referrals/family/{invited.token()}/", {"birth_date": patient.birth_date.isoformat()})
    assert response.headers["Location"] == "/referrals/family/"
    page = client.get("/referrals/family/")
    assert "<title>Appointment" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    cookie = client.cookies["family"]
    assert (cookie["httponly"], cookie["path"]) == (True, "/referrals/family/")


def test_it_says_how_many_tries_are_left_and_then_closes(link: FamilyLink) -> None:
    client = Client()
    for left in range(TRIES - 1, 0, -1):
        response = client.post(f"/referrals/family/{link.token()}/", {"birth_date": "2001-01-01"})
        assert (response.status_code, f"try {left} more" in response.content.decode()) == (422, True)
    assert client.post(f"/referrals/family/{link.token()}/", {"birth_date": "2001-01-01"}).status_code == 404
    closed = client.get(f"/referrals/family/{link.token()}/")
    assert closed.status_code == 404 and "Ask your clinic for a new one." in closed.content.decode()


def test_what_is_no_date_is_no_try(link: FamilyLink) -> None:
    assert Client().post(f"/referrals/family/{link.token()}/", {"birth_date": "yesterday"}).status_code == 422
    assert fresh(link).wrong_tries == 0


def test_the_page_is_closed_to_who_has_not_opened_it(link: FamilyLink) -> None:
    client = Client()
    closed = client.get("/referrals/family/")
    assert closed.status_code == 404 and "Open the link from your clinic again." in closed.content.decode()
    assert client.post("/referrals/family/answer/", {"answer": "coming"}).status_code == 404
    client.cookies["family"] = str(link.pk)
    assert client.get("/referrals/family/").status_code == 404


def test_taken_back_it_closes_on_the_phone_where_it_is_open(invited: FamilyLink, patient: Patient, asker: User) -> None:
    client = Client()
    client.post(f"/referrals/family/{invited.token()}/", {"birth_date": patient.birth_date.isoformat()})
    by(asker, revoke_family_link, case_id=invited.case_id)
    assert client.get("/referrals/family/").status_code == 404


def test_an_answer_that_came_too_late_shows_what_holds_now(link: FamilyLink, patient: Patient) -> None:
    client = Client()
    client.post(f"/referrals/family/{link.token()}/", {"birth_date": patient.birth_date.isoformat()})
    assert client.post("/referrals/family/answer/", {"answer": "coming"}).status_code == 302


def test_it_speaks_the_language_chosen_with_the_link_until_the_family_chooses(asker: User, referral: Referral) -> None:
    link = by(asker, make_family_link, case_id=referral.pk, language="zh-hans")
    client = Client()
    address = f"/referrals/family/{link.token()}/"
    assert 'lang="zh-hans"' in client.get(address).content.decode()
    client.post("/account/language/", {"language": "en", "next": address})
    assert 'lang="en"' in client.get(address).content.decode()


def test_a_guesser_is_slowed_down(link: FamilyLink, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "link": (1, 60)}
    client = Client(REMOTE_ADDR="192.0.2.77")
    client.get(f"/referrals/family/{link.token()}/")
    assert client.get(f"/referrals/family/{link.token()}/").status_code == 429


# --- as staff give it -------------------------------------------------------------------------------------------------


def test_staff_make_it_show_it_and_take_it_back(asker: User, referral: Referral, patient: Patient) -> None:
    client = client_for(asker)
    page = f"/referrals/{referral.pk}/family/"
    assert "Make the link" in client.get(page).content.decode()
    client.post(page, {"request_key": str(uuid4()), "language": "en"})
    shown = client.get(page).content.decode()
    token = link_of(referral.pk).token()  # type: ignore[union-attr]
    assert shown.count(token) == 2
    assert "<svg" in shown and patient.name not in shown and "stridor" not in shown
    client.post(f"{page}revoke/")
    assert token not in client.get(page).content.decode()


def test_a_locked_link_says_so_to_staff(asker: User, link: FamilyLink) -> None:
    FamilyLink.unscoped.filter(pk=link.pk).update(wrong_tries=TRIES)
    assert "tried five times" in client_for(asker).get(f"/referrals/{link.case_id}/family/").content.decode()


def test_the_referral_s_page_shows_what_the_family_said(asker: User, invited: FamilyLink) -> None:
    family(answer_visit, link_id=invited.pk, answer="cannot")
    assert "We cannot come" in client_for(asker).get(f"/referrals/{invited.case_id}/").content.decode()


def test_the_family_acts_as_nobody_of_the_staff(link: FamilyLink, patient: Patient) -> None:
    opened(link, patient.birth_date)
    assert Entry.unscoped.get(verb="family-open").actor_id is None
