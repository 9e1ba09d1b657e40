"""A referral is drafted: kept while it is typed, once for each key, seen by its author alone."""

from __future__ import annotations

from uuid import uuid4

import pytest

from consortium.casework.models import Case, Service
from consortium.casework.states import Ball, Priority, Symptom
from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.models import Referral
from referrals.operations.drafting import discard, save_draft
from referrals.operations.sending import send
from referrals.states import Kind, Reason, Step
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.factories.people import make_seat
from tests.referrals.cases import WHOLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(asker: User, patient: Patient) -> Referral:
    made: Referral = by(asker, save_draft, fields={"patient_id": patient.pk})
    return made


def fresh(referral: Referral) -> Referral:
    found: Referral = Referral.unscoped.select_related("case").get(pk=referral.pk)
    return found


def test_a_child_alone_makes_a_draft(draft: Referral, asker: User, community: Institution) -> None:
    case = fresh(draft).case
    assert (draft.step, case.asker_id, case.asking_institution_id, case.submitted_at) == (
        Step.DRAFT, asker.pk, community.pk, None,
    )  # fmt: skip
    assert (case.ball, case.ball_user_id) == (Ball.ASKER, asker.pk)


def test_age_and_sex_are_the_childs(draft: Referral, patient: Patient) -> None:
    assert (draft.case.age_days, draft.case.sex, draft.patient_id) == (210, patient.sex, patient.pk)


def test_without_a_child_there_is_no_draft(asker: User) -> None:
    with pytest.raises(NotVisible):
        by(asker, save_draft, fields={})


def test_a_child_that_one_may_not_know_is_none(stranger: User, patient: Patient) -> None:
    with pytest.raises(NotVisible):
        by(stranger, save_draft, fields={"patient_id": patient.pk})


def test_a_nurse_refers_nobody(nurse: User, patient: Patient) -> None:
    with pytest.raises(NotPermitted):
        by(nurse, save_draft, fields={"patient_id": patient.pk})


def test_nobody_refers_for_another_institution(asker: User, patient: Patient, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        by(asker, save_draft, fields={"patient_id": patient.pk, "institution_id": hospital.pk})


def test_who_works_in_two_says_for_which(asker: User, patient: Patient, district: Institution) -> None:
    make_seat(asker, district)
    made = by(asker, save_draft, fields={"patient_id": patient.pk, "institution_id": district.pk})
    assert made.case.asking_institution_id == district.pk


def test_twice_with_one_key_is_one_draft(asker: User, patient: Patient) -> None:
    key = uuid4()
    first, second = (by(asker, save_draft, fields={"patient_id": patient.pk}, key=key) for _ in range(2))
    assert (first.pk, Case.unscoped.count()) == (second.pk, 1)


def test_what_is_typed_is_kept(draft: Referral, asker: User, service: Service) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={**WHOLE, "service_id": service.pk, "symptom": Symptom.STRIDOR})
    kept = fresh(draft)
    assert {name: getattr(kept, name) for name in ("question", "reason", "situation", "assessment")} == {
        name: WHOLE[name] for name in ("question", "reason", "situation", "assessment")
    }
    assert (kept.problem, kept.case.weight_grams, kept.case.headline) == ("stridor", 6800, WHOLE["question"])


def test_what_is_not_named_stays(draft: Referral, asker: User) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"reason": Reason.TREATMENT, "may_be_redirected": False})
    by(asker, save_draft, case_id=draft.pk, fields={"question": "Please operate."})
    kept = fresh(draft)
    assert (kept.reason, kept.may_be_redirected, kept.question) == (Reason.TREATMENT, False, "Please operate.")


def test_what_is_emptied_goes(draft: Referral, asker: User) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"reason": Reason.TREATMENT, "question": "Please."})
    by(asker, save_draft, case_id=draft.pk, fields={"reason": "", "question": ""})
    kept = fresh(draft)
    assert (kept.reason, kept.question, kept.case.headline) == ("", "", "")


def test_an_indication_is_taken_away_again(draft: Referral, asker: User) -> None:
    cited = {"pathway": "stridor", "version": 3, "id": "severe", "urgency": "E1"}
    by(asker, save_draft, case_id=draft.pk, fields={"indication": cited})
    assert fresh(draft).indication_id == "severe"
    by(asker, save_draft, case_id=draft.pk, fields={"indication": {}})
    assert (fresh(draft).indication_id, fresh(draft).indication_version) == ("", None)


def test_which_way_follows_the_place(draft: Referral, asker: User, service: Service, community: Institution) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"service_id": service.pk})
    assert fresh(draft).kind == Kind.UP
    beside = make_service(community, service.specialty)
    by(asker, save_draft, case_id=draft.pk, fields={"service_id": beside.pk})
    assert fresh(draft).kind == Kind.LATERAL


def test_what_the_child_must_find_there_is_kept(draft: Referral, asker: User) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"needs_capabilities": ["picu"]})
    assert fresh(draft).needs_capabilities == ["picu"]


def test_urgency_is_mirrored(draft: Referral, asker: User) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"priority": Priority.STAT})
    assert fresh(draft).is_stat is True


def test_an_older_version_is_refused(draft: Referral, asker: User) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"question": "First."}, version=draft.case.version)
    with pytest.raises(StaleVersion):
        by(asker, save_draft, case_id=draft.pk, fields={"question": "Second."}, version=draft.case.version)


def test_what_cannot_be_kept_changes_nothing(draft: Referral, asker: User) -> None:
    with pytest.raises(InvalidInput):
        by(asker, save_draft, case_id=draft.pk, fields={"question": "Please.", "reason": "because"})
    assert fresh(draft).question == ""


def test_a_colleague_does_not_find_it(draft: Referral, colleague: User) -> None:
    with pytest.raises(NotVisible):
        by(colleague, save_draft, case_id=draft.pk, fields={})


def test_typing_leaves_one_entry_in_the_journal(draft: Referral, asker: User) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={"question": "Please."})
    assert Entry.unscoped.filter(subject_id=str(draft.pk)).count() == 1


def test_what_was_sent_is_edited_no_more(draft: Referral, asker: User, service: Service) -> None:
    by(asker, save_draft, case_id=draft.pk, fields={**WHOLE, "service_id": service.pk})
    by(asker, send, case_id=draft.pk)
    with pytest.raises(Exception, match="not possible at the present step"):
        by(asker, save_draft, case_id=draft.pk, fields={"question": "Else."})


def test_a_draft_is_thrown_away_and_kept_as_an_error(draft: Referral, asker: User) -> None:
    gone = by(asker, discard, case_id=draft.pk)
    assert (gone.step, gone.case.is_open, gone.case.ball) == (Step.ENTERED_IN_ERROR, False, Ball.NONE)
    with acting_as(actor_for(asker)):
        assert not Case.objects.filter(pk=draft.pk).shown().exists()
