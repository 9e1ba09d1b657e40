"""The guardian withdraws the consent to share: what was shared ends at once, and nothing is lost (decision 0010)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from consortium.casework.models import BallSpell, Case, Clock, Message, Service
from consortium.casework.operations import post_message
from consortium.casework.states import Ball, Leg, Priority
from consortium.journal.models import Entry
from consortium.journal.queries import chain_faults
from consortium.journal.tasks import relay
from consortium.kernel import bells, clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.notices.models import Notice, Page
from consortium.notices.states import PageStep
from consortium.patients.models import Consent, Pathway, PathwayMember, Patient
from consortium.patients.operations import Decision, record_consent
from consortium.patients.queries.record import consent_withheld, has_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, User
from consultations import operations
from consultations.models import Answer, Consultation
from consultations.queries import available
from consultations.states import MACHINE, OPEN_STEPS, WITHDRAW_CHOICES, Step, WithdrawReason
from tests.cast import actor_for, client_for
from tests.consultations.cases import answered, by, claimed, drafted, submitted
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_pathway_member, make_record_number
from tests.factories.people import make_seat, make_staff

pytestmark = pytest.mark.django_db

SHARE, ACTIVE, WITHDRAWN, REFUSED = (
    ConsentKind.SHARE, ConsentStatus.ACTIVE, ConsentStatus.INACTIVE, ConsentStatus.REJECTED,
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in words; a test before may have left its page's language."""
    with translation.override("en"):
        yield


def decide(user: User, patient: Patient, status: str = WITHDRAWN, kind: str = SHARE) -> Consent:
    """A guardian's decision, kept by `user`."""
    kept: Consent = by(user, record_consent, patient_id=patient.pk, decision=Decision(kind, status, how="spoken"))[0]
    return kept


def fresh(consultation: Consultation) -> Consultation:
    found: Consultation = Consultation.unscoped.select_related("case__service").get(pk=consultation.pk)
    return found


def sees(user: User, patient: Patient) -> bool:
    with acting_as(actor_for(user)):
        return bool(Patient.objects.filter(pk=patient.pk).exists())


def sees_case(user: User, consultation: Consultation) -> bool:
    with acting_as(actor_for(user)):
        return bool(Case.objects.filter(pk=consultation.pk).exists())


def pathway_of(consultation: Consultation) -> Pathway:
    found: Pathway = Pathway.unscoped.get(cases=consultation.pk)
    return found


def told(user: User) -> list[str]:
    with acting_as(system("test")):
        while relay():
            pass
    return list(Notice.unscoped.filter(recipient=user).order_by("seq").values_list("kind", flat=True))


# -- the tick on a question is a consent --------------------------------------------------------------------------


def test_the_tick_on_a_question_stands_in_the_record(asked: Consultation, patient: Patient, asker: User) -> None:
    kept = Consent.unscoped.get(patient=patient)
    assert (kept.kind, kept.status, kept.recorded_by_id) == (SHARE, ACTIVE, asker.pk)


def test_a_consent_that_is_given_is_not_given_twice(
    asked: Consultation, patient: Patient, asker: User, service: Service
) -> None:
    submitted(asker, patient, service)
    assert Consent.unscoped.filter(patient=patient).count() == 1


def test_the_tick_after_a_refusal_is_a_new_consent(
    asked: Consultation, patient: Patient, asker: User, service: Service
) -> None:
    decide(asker, patient)
    submitted(asker, patient, service)
    assert has_consent(patient.pk, ConsentKind.SHARE)


def test_stat_without_the_tick_keeps_no_consent(asker: User, patient: Patient, service: Service) -> None:
    submitted(asker, patient, service, priority=Priority.STAT, consent_given=False)
    assert not Consent.unscoped.exists()


@pytest.mark.parametrize(
    ("decisions", "has", "withheld"),
    [([], False, False), ([ACTIVE], True, False), ([ACTIVE, WITHDRAWN], False, True), ([REFUSED], False, True),
     ([REFUSED, ACTIVE], True, False)],
)  # fmt: skip
def test_the_newest_decision_counts(
    asker: User, patient: Patient, decisions: list[str], has: bool, withheld: bool
) -> None:
    for minute, status in enumerate(decisions):
        with clock.moved(timedelta(minutes=minute)):
            decide(asker, patient, status)
    assert has_consent(patient.pk, ConsentKind.SHARE) is has
    assert consent_withheld(patient.pk, ConsentKind.SHARE) is withheld


def test_a_tick_can_be_withdrawn_like_any_consent(asked: Consultation, asker: User, patient: Patient) -> None:
    assert decide(asker, patient).status == WITHDRAWN


# -- access ends ----------------------------------------------------------------------------------------------------


def test_the_specialist_no_longer_sees_the_child(
    held: Consultation, asker: User, specialist: User, patient: Patient
) -> None:
    assert sees(specialist, patient)
    decide(asker, patient)
    assert not sees(specialist, patient)


@pytest.mark.parametrize("who", ["specialist", "other_specialist", "lead", "coordinator"])
def test_nobody_of_the_other_hospital_sees_the_case(
    held: Consultation, asker: User, patient: Patient, request: pytest.FixtureRequest, who: str
) -> None:
    user = request.getfixturevalue(who)
    assert sees_case(user, held)
    decide(asker, patient)
    assert not sees_case(user, held)


@pytest.mark.parametrize("who", ["asker", "colleague", "nurse"])
def test_the_asking_clinic_still_sees_both(
    held: Consultation, asker: User, patient: Patient, request: pytest.FixtureRequest, who: str
) -> None:
    user = request.getfixturevalue(who)
    decide(asker, patient)
    assert sees(user, patient)
    assert sees_case(user, held)


def test_an_institution_with_a_record_of_its_own_keeps_its_sight(
    held: Consultation, asker: User, specialist: User, patient: Patient, hospital: Institution
) -> None:
    make_record_number(patient, hospital, "CH-1")
    decide(asker, patient)
    assert sees(specialist, patient)
    assert PathwayMember.unscoped.get(user=specialist).ends_at is None or not sees_case(specialist, held)


def test_an_institution_on_the_pathway_as_a_whole_loses_it(
    held: Consultation, asker: User, patient: Patient, district: Institution, district_doctor: User
) -> None:
    make_pathway_member(pathway_of(held), district)
    assert sees(district_doctor, patient)
    decide(asker, patient)
    assert not sees(district_doctor, patient)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bells that rang."""
    topics: list[str] = []
    monkeypatch.setattr(bells, "_ringers", [lambda rings: topics.extend(topic for topic, _seq in rings)])
    return topics


def test_the_pages_of_everybody_who_loses_sight_are_told_to_look_again(
    held: Consultation, asker: User, specialist: User, other_specialist: User, coordinator: User, patient: Patient,
    district: Institution, district_doctor: User, rung: list[str],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    make_pathway_member(pathway_of(held), district)
    with django_capture_on_commit_callbacks(execute=True):
        decide(asker, patient)
    wanted = {f"rights:{user.pk}" for user in (specialist, other_specialist, coordinator, district_doctor)}
    assert wanted <= set(rung)
    assert f"rights:{asker.pk}" not in rung


def test_who_had_left_the_pathway_before_is_not_named_again(
    held: Consultation, asker: User, specialist: User, other_specialist: User, coordinator: User, patient: Patient
) -> None:
    words = {"responder_id": other_specialist.pk, "instead_of": specialist.pk}
    by(coordinator, operations.allocate, case_id=held.pk, **words)
    decide(asker, patient)
    assert Entry.unscoped.get(verb="end-sharing").facts["users"] == [str(other_specialist.pk)]


def test_where_nobody_else_takes_part_nothing_is_written(asked: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    assert not Entry.unscoped.filter(verb="end-sharing").exists()


@pytest.mark.parametrize("kind", [ConsentKind.VIDEO, ConsentKind.RECORDING, ConsentKind.TEACHING])
def test_another_kind_of_consent_ends_nothing(
    held: Consultation, asker: User, specialist: User, patient: Patient, kind: str
) -> None:
    decide(asker, patient, ACTIVE, kind)
    with clock.moved(timedelta(minutes=1)):
        decide(asker, patient, WITHDRAWN, kind)
    assert sees(specialist, patient)
    assert fresh(held).step == Step.RECEIVED


def test_a_consent_given_ends_nothing(held: Consultation, asker: User, specialist: User, patient: Patient) -> None:
    decide(asker, patient, ACTIVE)
    assert fresh(held).step == Step.RECEIVED
    assert sees(specialist, patient)


def test_another_childs_case_goes_on(
    held: Consultation, asker: User, specialist: User, community: Institution, service: Service
) -> None:
    from tests.factories.patients import make_patient

    other = make_patient(community, "Wang Fang")
    theirs = claimed(asker, specialist, other, service)
    decide(asker, held.case.patient)
    assert fresh(theirs).step == Step.RECEIVED
    assert sees(specialist, other)


# -- the question comes back ----------------------------------------------------------------------------------------


def test_it_is_withdrawn_with_a_coded_reason(held: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    back = fresh(held)
    assert (back.step, back.withdraw_reason) == (Step.WITHDRAWN, WithdrawReason.CONSENT)
    assert not back.consent_given


def test_nobody_holds_it_and_no_clock_runs(held: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    case = fresh(held).case
    assert (case.is_open, case.ball, case.ball_user_id, case.responder_id) == (False, Ball.NONE, None, None)
    assert not BallSpell.unscoped.filter(case=case, until=None).exists()
    assert not Clock.unscoped.filter(case=case, stopped_at=None).exists()


@pytest.mark.parametrize("step", OPEN_STEPS)
def test_every_open_step_comes_back(step: str) -> None:
    found = MACHINE.find("stop_sharing", step)
    assert found is not None
    assert (found.target, found.system) == (Step.WITHDRAWN, True)


@pytest.mark.parametrize("status", [WITHDRAWN, REFUSED])
def test_withdrawn_or_refused_is_the_same(held: Consultation, asker: User, patient: Patient, status: str) -> None:
    decide(asker, patient, status)
    assert fresh(held).step == Step.WITHDRAWN


def test_one_in_the_queue_comes_back_too(asked: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    assert fresh(asked).step == Step.WITHDRAWN


def test_an_answered_one_comes_back_with_its_answer(given: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    assert fresh(given).step == Step.WITHDRAWN
    assert Answer.unscoped.filter(case_id=given.pk).exists()


def test_one_that_waits_for_information_comes_back(
    held: Consultation, asker: User, specialist: User, patient: Patient
) -> None:
    by(specialist, operations.ask_information, case_id=held.pk, text="Stridor?", key=uuid4())
    decide(asker, patient)
    assert fresh(held).step == Step.WITHDRAWN


def test_a_closed_one_stays_closed(given: Consultation, asker: User, patient: Patient) -> None:
    by(asker, operations.close_out, case_id=given.pk, change="nothing", referral_avoided=False)
    decide(asker, patient)
    assert fresh(given).step == Step.CLOSED


def test_all_of_a_childs_questions_come_back(
    held: Consultation, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    more = [claimed(asker, specialist, patient, service, priority=p) for p in Priority.values]
    decide(asker, patient)
    assert {fresh(each).step for each in (held, *more)} == {Step.WITHDRAWN}


def test_a_question_inside_ones_own_institution_goes_on(
    asker: User, patient: Patient, community: Institution, respiratory: Any
) -> None:
    own = make_service(community, respiratory)
    doctor = make_staff("in_house", community, "specialist")
    make_service_member(own, doctor)
    inside = claimed(asker, doctor, patient, own)
    decide(asker, patient)
    assert fresh(inside).step == Step.RECEIVED


def test_messages_stay_where_they_were(held: Consultation, asker: User, specialist: User, patient: Patient) -> None:
    by(specialist, post_message, case_id=held.pk, text="Keep her warm.", key=uuid4())
    decide(asker, patient)
    assert Message.unscoped.get(case_id=held.pk).text == "Keep her warm."


def test_the_tick_leaves_the_drafts(asker: User, patient: Patient, service: Service) -> None:
    draft = drafted(asker, patient, service)
    decide(asker, patient, REFUSED)
    with pytest.raises(InvalidInput) as refused:
        by(asker, operations.submit, case_id=draft.pk)
    assert set(refused.value.fields) == {"consent_given"}


def test_twice_withdrawn_is_once(held: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    with clock.moved(timedelta(minutes=1)), pytest.raises(WrongStep):
        decide(asker, patient)
    assert Entry.unscoped.filter(verb="stop_sharing").count() == 1


def test_refused_after_withdrawn_changes_nothing_more(held: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    with clock.moved(timedelta(minutes=1)):
        decide(asker, patient, REFUSED)
    assert Entry.unscoped.filter(verb="stop_sharing").count() == 1


def test_the_journal_says_that_the_system_did_it_and_why(held: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    entry = Entry.unscoped.get(verb="stop_sharing")
    assert (entry.actor_kind, entry.facts["reason"], entry.facts["from"]) == ("system", "consent", Step.RECEIVED)
    assert list(chain_faults()) == []


@pytest.mark.parametrize("who", ["asker", "specialist", "coordinator", "lead"])
def test_no_person_does_this(held: Consultation, request: pytest.FixtureRequest, who: str) -> None:
    actor = actor_for(request.getfixturevalue(who))
    with acting_as(actor), pytest.raises((NotPermitted, WrongStep)):
        MACHINE.check("stop_sharing", actor, fresh(held))


def test_the_reason_is_not_one_that_a_person_may_give(held: Consultation, asker: User) -> None:
    assert WithdrawReason.CONSENT not in dict(WITHDRAW_CHOICES)
    with pytest.raises(InvalidInput):
        by(asker, operations.withdraw, case_id=held.pk, reason=WithdrawReason.CONSENT)


# -- who is told ----------------------------------------------------------------------------------------------------


def test_who_held_it_is_told_whom_to_call(held: Consultation, asker: User, specialist: User, patient: Patient) -> None:
    User.objects.filter(pk=asker.pk).update(phone="021 5555 7777")
    decide(asker, patient)
    assert told(specialist)[-1] == "consultation.sharing_ended"
    notice = Notice.unscoped.get(recipient=specialist, kind="consultation.sharing_ended")
    assert "021 5555 7777" in str(notice.text)
    assert patient.name not in str(notice.text) + str(notice.facts)
    assert notice.url == "/"


def test_the_asker_is_told_that_it_came_back(held: Consultation, asker: User, patient: Patient) -> None:
    decide(asker, patient)
    assert "consultation.came_back" in told(asker)


def test_nobody_is_told_of_a_case_that_nobody_held(
    asked: Consultation, asker: User, specialist: User, patient: Patient
) -> None:
    decide(asker, patient)
    assert "consultation.sharing_ended" not in told(specialist)


def test_each_is_told_once(held: Consultation, asker: User, specialist: User, patient: Patient) -> None:
    decide(asker, patient)
    told(asker)
    assert told(asker).count("consultation.came_back") == 1
    assert told(specialist).count("consultation.sharing_ended") == 1


def test_nobody_is_called_any_more(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    stat = submitted(asker, patient, service, priority=Priority.STAT)
    assert Page.unscoped.filter(subject_id=str(stat.pk), step=PageStep.CALLING).exists()
    decide(asker, patient)
    assert not Page.unscoped.filter(subject_id=str(stat.pk), step=PageStep.CALLING).exists()


# -- the guardian agrees again --------------------------------------------------------------------------------------


@pytest.fixture
def back(held: Consultation, asker: User, patient: Patient) -> Consultation:
    """Came back because the consent had ended."""
    decide(asker, patient)
    return fresh(held)


@pytest.fixture
def agreed(back: Consultation, asker: User, patient: Patient) -> Consultation:
    """Came back, and the guardian agrees again."""
    with clock.moved(timedelta(minutes=5)):
        decide(asker, patient, ACTIVE)
    return back


def _verbs(user: User, consultation: Consultation) -> set[str]:
    actor = actor_for(user)
    with acting_as(actor):
        return {t.verb for t in available(actor, consultation)}


def test_without_a_new_consent_it_cannot_be_sent_again(back: Consultation, asker: User) -> None:
    assert "send_again" not in _verbs(asker, back)
    with pytest.raises(NotPermitted, match="new consent"):
        by(asker, operations.send_again, case_id=back.pk)


def test_with_it_the_same_case_goes_back_into_the_queue(agreed: Consultation, asker: User) -> None:
    assert "send_again" in _verbs(asker, agreed)
    sent = by(asker, operations.send_again, case_id=agreed.pk)
    assert (sent.step, sent.withdraw_reason, sent.consent_given) == (Step.REQUESTED, "", True)
    assert (sent.case.is_open, sent.case.ball, sent.case.closed_at) == (True, Ball.COORDINATOR, None)


def test_its_allocation_clock_starts_when_it_is_sent_again(agreed: Consultation, asker: User) -> None:
    with clock.moved(timedelta(hours=1)):
        by(asker, operations.send_again, case_id=agreed.pk)
        running = Clock.unscoped.get(case_id=agreed.pk, stopped_at=None)
        assert running.leg == Leg.ALLOCATION
        assert clock.now() - running.started_at < timedelta(minutes=1)


def test_it_can_be_taken_and_the_child_is_known_again(
    agreed: Consultation, asker: User, other_specialist: User, patient: Patient
) -> None:
    by(asker, operations.send_again, case_id=agreed.pk)
    by(other_specialist, operations.claim, case_id=agreed.pk)
    assert sees(other_specialist, patient)


def test_the_former_specialist_does_not_know_the_child_by_that_alone(
    agreed: Consultation, asker: User, specialist: User, patient: Patient
) -> None:
    by(asker, operations.send_again, case_id=agreed.pk)
    assert not sees(specialist, patient)


def test_a_colleague_may_send_it_again(agreed: Consultation, colleague: User) -> None:
    assert by(colleague, operations.send_again, case_id=agreed.pk).step == Step.REQUESTED


def test_a_nurse_may_not(agreed: Consultation, nurse: User) -> None:
    with pytest.raises(NotPermitted):
        by(nurse, operations.send_again, case_id=agreed.pk)


def test_the_specialist_finds_nothing_to_send(agreed: Consultation, specialist: User) -> None:
    with pytest.raises(NotVisible):
        by(specialist, operations.send_again, case_id=agreed.pk)


def test_sent_again_twice_is_once(agreed: Consultation, asker: User) -> None:
    for _ in range(2):
        by(asker, operations.send_again, case_id=agreed.pk)
    assert Entry.unscoped.filter(verb="send_again").count() == 1


def test_what_the_asker_withdrew_is_not_sent_again(asked: Consultation, asker: User) -> None:
    by(asker, operations.withdraw, case_id=asked.pk, reason=WithdrawReason.RESOLVED)
    with pytest.raises(NotPermitted, match="ask a new one"):
        by(asker, operations.send_again, case_id=asked.pk)


def test_a_service_that_closed_meanwhile_takes_it_no_more(agreed: Consultation, asker: User, service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(is_open=False)
    with pytest.raises(WrongStep, match="takes no questions"):
        by(asker, operations.send_again, case_id=agreed.pk)


def test_a_stat_question_sent_again_calls(asker: User, patient: Patient, specialist: User, service: Service) -> None:
    stat = submitted(asker, patient, service, priority=Priority.STAT)
    decide(asker, patient)
    with clock.moved(timedelta(minutes=1)):
        decide(asker, patient, ACTIVE)
        by(asker, operations.send_again, case_id=stat.pk)
    assert Page.unscoped.filter(subject_id=str(stat.pk), step=PageStep.CALLING).count() == 1


# -- closed ones are not opened without it --------------------------------------------------------------------------


def _closed(given: Consultation, asker: User) -> Consultation:
    by(asker, operations.close_out, case_id=given.pk, change="nothing", referral_avoided=False)
    return given


def test_a_closed_one_is_not_reopened_while_the_consent_is_withheld(
    given: Consultation, asker: User, patient: Patient
) -> None:
    _closed(given, asker)
    decide(asker, patient)
    with pytest.raises(NotPermitted, match="new consent"):
        by(asker, operations.reopen, case_id=given.pk, text="It came back.", key=uuid4())


def test_it_is_once_the_guardian_agrees_again(given: Consultation, asker: User, patient: Patient) -> None:
    _closed(given, asker)
    decide(asker, patient)
    with clock.moved(timedelta(minutes=1)):
        decide(asker, patient, ACTIVE)
        reopened = by(asker, operations.reopen, case_id=given.pk, text="It came back.", key=uuid4())
    assert reopened.step == Step.CLARIFICATION


def test_the_specialist_of_a_reopened_one_knows_the_child_again(
    given: Consultation, asker: User, specialist: User, patient: Patient
) -> None:
    _closed(given, asker)
    decide(asker, patient)
    with clock.moved(timedelta(minutes=1)):
        decide(asker, patient, ACTIVE)
        by(asker, operations.reopen, case_id=given.pk, text="It came back.", key=uuid4())
        assert sees(specialist, patient)


def test_a_stat_one_may_be_reopened_what_is_missing_is_chased(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    stat = _closed(answered(asker, specialist, patient, service, priority=Priority.STAT), asker)
    decide(asker, patient)
    assert by(asker, operations.reopen, case_id=stat.pk, text="Again.", key=uuid4()).step == Step.CLARIFICATION


# -- pages and API ------------------------------------------------------------------------------------------------


def _show(user: User, consultation: Consultation) -> Any:
    return client_for(user).get(reverse("consultations:show", args=[consultation.pk]))


def test_the_asker_reads_what_happened_and_what_to_do(back: Consultation, asker: User, patient: Patient) -> None:
    text = _show(asker, back).content.decode()
    assert "no longer agrees to share this record" in text
    assert reverse("patients:consent", args=[patient.pk, "share"]) in text


def test_the_button_stands_there_once_the_guardian_agrees(agreed: Consultation, asker: User) -> None:
    assert reverse("consultations:act", args=[agreed.pk, "send_again"]) in _show(asker, agreed).content.decode()


def test_the_specialist_finds_no_page(back: Consultation, specialist: User) -> None:
    assert _show(specialist, back).status_code == 404


def test_sent_again_by_the_page(agreed: Consultation, asker: User) -> None:
    client_for(asker).post(reverse("consultations:act", args=[agreed.pk, "send_again"]))
    assert fresh(agreed).step == Step.REQUESTED


def test_sent_again_over_the_api(agreed: Consultation, asker: User) -> None:
    url = reverse("api:consultation-send-again", args=[agreed.pk])
    reply = client_for(asker).post(url, {}, content_type="application/json")
    assert (reply.status_code, reply.json()["step"]) == (200, Step.REQUESTED)


def test_the_consent_page_says_what_withdrawing_does(held: Consultation, asker: User, patient: Patient) -> None:
    page = client_for(asker).get(reverse("patients:consent", args=[patient.pk, "share"])).content.decode()
    assert "open questions to them come back" in page


def test_the_timeline_says_it_in_words(back: Consultation, asker: User) -> None:
    assert "The consent to share has ended" in _show(asker, back).content.decode()


def test_a_seat_gained_does_not_bring_it_back(back: Consultation, specialist: User, community: Institution) -> None:
    make_seat(specialist, community, "nurse")
    assert not any(t.verb == "stop_sharing" for t in available(actor_for(specialist), back))
