"""The outcome: whole, coded, signed by name, corrected in the open; what it settles, and what was typed of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.casework.models import Service
from consortium.casework.states import Ball, Leg, Priority
from consortium.journal.models import Entry
from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from referrals.models import CareDraft, Offer, Outcome, Referral
from referrals.operations.letters import save_letter
from referrals.operations.outcomes import MOST_DIAGNOSES, correct_outcome, send_outcome
from referrals.queries.outcomes import newest_outcome, outcomes_of
from referrals.queries.timeline import steps_of
from referrals.states import CancelReason, Destination, Letter, OfferStep, Step
from tests.consultations.cases import by
from tests.factories.people import make_staff
from tests.referrals.cared import admitted, arrived, ending, fresh, holder, running, stays, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return admitted(asker, specialist, patient, service)


@pytest.fixture
def sent_home(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return told(asker, specialist, patient, service)


def signed(referral: Referral) -> list[Outcome]:
    return list(Outcome.unscoped.filter(case_id=referral.pk).order_by("number"))


def refused(specialist: User, referral: Referral, **fields: Any) -> list[str]:
    """The fields that are wrong with such an outcome."""
    with pytest.raises(InvalidInput) as error:
        by(specialist, send_outcome, case_id=referral.pk, ending=ending(**fields))
    return list(error.value.fields)


# --- sent -------------------------------------------------------------------------------------------------------------


def test_it_is_signed_by_name_title_and_licence(sent_home: Referral, specialist: User) -> None:
    outcome = signed(sent_home)[0]
    assert (outcome.number, outcome.signed_by_id, outcome.signer_name) == (1, specialist.pk, specialist.full_name)
    assert (outcome.signer_title, outcome.signer_licence) == (specialist.title, specialist.licence_number)


def test_nobody_without_a_name_signs(inside: Referral, specialist: User) -> None:
    User.objects.filter(pk=specialist.pk).update(full_name=" ")
    with pytest.raises(InvalidInput, match="named person"):
        by(specialist, send_outcome, case_id=inside.pk, ending=ending())


def test_the_seven_parts_are_kept(sent_home: Referral) -> None:
    outcome = signed(sent_home)[0]
    assert (outcome.admitted_on, outcome.left_on) == (clock.today(), clock.today())
    assert outcome.diagnoses == [{"code": "J05.0", "text": "Croup", "main": True}]
    assert (outcome.course, outcome.medicines) == ("Nebulised adrenaline twice, dexamethasone.", "None.")
    assert (outcome.pending, outcome.immunisations) == ("None.", "None.")
    assert outcome.follow_up == "Community centre in three days."


def test_the_sender_has_to_acknowledge(sent_home: Referral, asker: User) -> None:
    assert fresh(sent_home).step == Step.OUTCOME_SENT
    assert (running(sent_home), holder(sent_home)) == ([Leg.ACKNOWLEDGEMENT], (Ball.ASKER, asker.pk))


def test_the_stay_is_over_with_it(sent_home: Referral) -> None:
    assert stays(sent_home)[0].ended_at is not None


def test_the_hospital_has_done_what_was_asked(sent_home: Referral) -> None:
    assert [o.step for o in Offer.unscoped.filter(case_id=sent_home.pk)] == [OfferStep.COMPLETED]


def test_the_first_of_several_diagnoses_is_the_main_one(inside: Referral, specialist: User) -> None:
    by(specialist, send_outcome, case_id=inside.pk, ending=ending(diagnoses=("哮喘", "", "E86 Dry", "Fever")))
    assert signed(inside)[0].diagnoses == [
        {"code": "J45.9", "text": "哮喘", "main": True},
        {"code": "E86", "text": "Dry", "main": False},
        {"code": "R50.9", "text": "Fever", "main": False},
    ]


@pytest.mark.parametrize("name", ["course", "medicines", "immunisations", "pending", "follow_up"])
def test_no_part_is_left_empty(inside: Referral, specialist: User, name: str) -> None:
    assert refused(specialist, inside, **{name: " "}) == [name]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"admitted_on": None}, "admitted_on"),
        ({"left_on": None}, "left_on"),
        ({"diagnoses": ()}, "diagnoses"),
        ({"diagnoses": (" ",)}, "diagnoses"),
        ({"diagnoses": ("Something rare",)}, "diagnoses"),
        ({"diagnoses": ("Z99.9",)}, "diagnoses"),
        ({"diagnoses": ("A38",) * (MOST_DIAGNOSES + 1)}, "diagnoses"),
        ({"destination": ""}, "destination"),
        ({"special_care": None}, "special_care"),
        ({"appropriateness": "perhaps"}, "appropriateness"),
        ({"to_sender": "x" * 10_001}, "to_sender"),
    ],
)
def test_what_is_wrong_is_named(inside: Referral, specialist: User, fields: dict[str, Any], wrong: str) -> None:
    assert refused(specialist, inside, **fields) == [wrong]


def test_a_child_leaves_after_it_comes_and_not_in_the_future(inside: Referral, specialist: User) -> None:
    today = clock.today()
    assert refused(specialist, inside, left_on=today - timedelta(days=1)) == ["left_on"]
    assert refused(specialist, inside, left_on=today + timedelta(days=1)) == ["left_on"]


def test_a_stay_that_was_over_ends_on_its_day(inside: Referral, specialist: User) -> None:
    came = clock.today()
    with clock.moved(timedelta(days=3)):
        by(specialist, send_outcome, case_id=inside.pk, ending=ending(admitted_on=came, left_on=came))
    assert stays(inside)[0].ended_at == clock.midnight(came + timedelta(days=1))


def test_twice_with_one_key_is_one_outcome(inside: Referral, specialist: User) -> None:
    key = uuid4()
    for _ in range(2):
        by(specialist, send_outcome, case_id=inside.pk, ending=ending(), key=key)
    assert len(signed(inside)) == 1


def test_a_second_one_is_a_correction_or_nothing(sent_home: Referral, specialist: User) -> None:
    with pytest.raises(WrongStep):
        by(specialist, send_outcome, case_id=sent_home.pk, ending=ending(), key=uuid4())


def test_it_is_signed_by_a_doctor_of_the_hospital(inside: Referral, asker: User, hospital: Institution) -> None:
    for user in (
        asker,
        make_staff("ward_nurse", hospital, Role.NURSE),
        make_staff("office", hospital, Role.COORDINATOR),
    ):
        with pytest.raises((NotPermitted, NotVisible)):
            by(user, send_outcome, case_id=inside.pk, ending=ending())


def test_from_the_door_too(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    here = arrived(asker, specialist, patient, service)
    by(specialist, send_outcome, case_id=here.pk, ending=ending())
    assert (fresh(here).step, stays(here)) == (Step.OUTCOME_SENT, [])


def test_the_outcome_wins_over_a_wish_to_cancel(inside: Referral, specialist: User) -> None:
    Referral.unscoped.filter(pk=inside.pk).update(cancel_asked_at=clock.now(), cancel_reason=CancelReason.BETTER)
    by(specialist, send_outcome, case_id=inside.pk, ending=ending())
    kept = fresh(inside)
    assert (kept.step, kept.cancel_asked_at, kept.cancel_reason) == (Step.OUTCOME_SENT, None, "")
    assert Entry.unscoped.get(verb="send_outcome").facts["outcome_wins"] is True


def test_what_was_asked_of_the_sender_is_asked_no_longer(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    inside = admitted(asker, specialist, patient, service, priority=Priority.STAT)
    Referral.unscoped.filter(pk=inside.pk).update(information_asked_at=clock.now())
    by(specialist, send_outcome, case_id=inside.pk, ending=ending())
    assert (fresh(inside).information_asked_at, running(inside)) == (None, [Leg.ACKNOWLEDGEMENT])


def test_the_child_died(inside: Referral, specialist: User) -> None:
    by(specialist, send_outcome, case_id=inside.pk, ending=ending(destination=Destination.DIED))
    assert signed(inside)[0].destination == Destination.DIED


# --- corrected --------------------------------------------------------------------------------------------------------


def corrected(specialist: User, referral: Referral, reason: str = "The other ear.", **fields: Any) -> None:
    by(specialist, correct_outcome, case_id=referral.pk, ending=ending(**fields), reason=reason)


def test_the_old_text_stays(sent_home: Referral, specialist: User) -> None:
    corrected(specialist, sent_home, diagnoses=("J21.9 Bronchiolitis",))
    old, new = signed(sent_home)
    assert (old.diagnoses[0]["code"], new.diagnoses[0]["code"]) == ("J05.0", "J21.9")
    assert (new.number, new.corrects_id, new.correction_reason) == (2, old.pk, "The other ear.")


def test_a_correction_says_why(sent_home: Referral, specialist: User) -> None:
    with pytest.raises(InvalidInput) as error:
        corrected(specialist, sent_home, reason=" ")
    assert list(error.value.fields) == ["reason"]


def test_a_correction_is_as_whole_as_an_outcome(sent_home: Referral, specialist: User) -> None:
    with pytest.raises(InvalidInput):
        corrected(specialist, sent_home, course="")


def test_only_who_signed_corrects(sent_home: Referral, other_specialist: User) -> None:
    with pytest.raises(NotPermitted):
        corrected(other_specialist, sent_home)


def test_the_lead_corrects_in_place_of_who_signed(sent_home: Referral, specialist: User, lead: User) -> None:
    corrected(lead, sent_home)
    first, second = signed(sent_home)
    assert (first.signed_by_id, second.signed_by_id, second.corrects_id) == (specialist.pk, lead.pk, first.pk)
    told = Entry.unscoped.get(subject_id=str(sent_home.pk), verb="correct_outcome")
    assert (told.actor_id, told.facts["in_place_of"]) == (lead.pk, str(specialist.pk))


def test_the_timeline_says_in_whose_place(sent_home: Referral, specialist: User, lead: User) -> None:
    corrected(lead, sent_home)
    case = fresh(sent_home).case
    (step,) = (s for s in by(lead, lambda actor: steps_of(case)) if str(s["label"]) == "Outcome corrected")
    assert step["note"] == f"In place of {specialist.get_full_name()}"


def test_who_signed_hears_that_the_lead_corrected_it(sent_home: Referral, specialist: User, lead: User) -> None:
    corrected(lead, sent_home)
    with acting_as(system("test")):
        relay()
    assert Notice.unscoped.filter(recipient=specialist, kind="referral.outcome_corrected").exists()


def test_who_signed_corrects_again_after_the_lead(sent_home: Referral, specialist: User, lead: User) -> None:
    corrected(lead, sent_home)
    corrected(specialist, sent_home, reason="Both ears.")
    assert [o.signed_by_id for o in signed(sent_home)] == [specialist.pk, lead.pk, specialist.pk]


def test_ones_own_correction_is_in_nobodys_place(sent_home: Referral, specialist: User) -> None:
    corrected(specialist, sent_home)
    assert "in_place_of" not in Entry.unscoped.get(subject_id=str(sent_home.pk), verb="correct_outcome").facts


def test_twice_with_one_key_is_one_correction(sent_home: Referral, specialist: User) -> None:
    key = uuid4()
    for _ in range(2):
        by(specialist, correct_outcome, case_id=sent_home.pk, ending=ending(), reason="Typo.", key=key)
    assert len(signed(sent_home)) == 2


def test_the_newest_counts(sent_home: Referral, specialist: User) -> None:
    corrected(specialist, sent_home)
    assert by(specialist, lambda actor: newest_outcome(sent_home.pk)).number == 2
    assert [o.number for o in by(specialist, lambda actor: outcomes_of(sent_home.pk))] == [1, 2]


def test_none_is_none(inside: Referral, specialist: User) -> None:
    with pytest.raises(NotVisible):
        by(specialist, lambda actor: newest_outcome(inside.pk))


# --- kept while it is typed -------------------------------------------------------------------------------------------


def keep(user: User, referral: Referral, **fields: Any) -> CareDraft:
    made: CareDraft = by(user, save_letter, case_id=referral.pk, letter=Letter.OUTCOME, fields=fields)
    return made


def test_what_is_typed_is_kept_once_for_each_author(inside: Referral, specialist: User, other_specialist: User) -> None:
    keep(specialist, inside, course="Neb")
    keep(specialist, inside, course="Nebulised")
    keep(other_specialist, inside, course="Else")
    mine = CareDraft.unscoped.get(case_id=inside.pk, author=specialist)
    assert (mine.fields, CareDraft.unscoped.count()) == ({"course": "Nebulised"}, 2)


def test_nobody_else_reads_it(inside: Referral, specialist: User, other_specialist: User) -> None:
    keep(specialist, inside, course="Neb")
    assert by(other_specialist, lambda actor: CareDraft.objects.count()) == 0


def test_it_is_no_longer_than_a_text(inside: Referral, specialist: User) -> None:
    assert len(keep(specialist, inside, course="x" * 20_000).fields["course"]) == 10_000


def test_what_was_signed_is_no_draft(inside: Referral, specialist: User) -> None:
    keep(specialist, inside, course="Neb")
    by(specialist, save_letter, case_id=inside.pk, letter=Letter.PLAN, fields={"plan": "Watch."})
    by(specialist, send_outcome, case_id=inside.pk, ending=ending())
    assert [d.letter for d in CareDraft.unscoped.all()] == [Letter.PLAN]


def test_the_sender_writes_none(inside: Referral, asker: User) -> None:
    with pytest.raises(NotPermitted):
        keep(asker, inside, course="Neb")
