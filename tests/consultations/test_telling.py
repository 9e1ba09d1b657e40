"""Who is paged and who is told, by the acts of a consultation."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import translation

from consortium.casework.models import Case, Message, Service
from consortium.casework.operations import post_message
from consortium.casework.states import Priority
from consortium.journal.operations import record
from consortium.journal.queries import chain_faults
from consortium.journal.tasks import relay
from consortium.kernel.actors import acting_as, system
from consortium.notices.models import Notice, Page, PageCall
from consortium.notices.states import PageStep, kind_of
from consortium.patients.events import PatientErased
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Answer, Consultation
from consultations.states import NOTICE_KINDS
from tests.cast import client_for
from tests.consultations.test_operations import ADVICE, act, answered, asked, claimed, draft

pytestmark = pytest.mark.django_db
__all__ = ["answered", "asked", "claimed", "draft"]


def told(user: User) -> list[str]:
    """The kinds of notices in the inbox of `user`, once everything due has been delivered."""
    with acting_as(system("test")):
        while relay():
            pass
    return list(Notice.unscoped.filter(recipient=user).order_by("seq").values_list("kind", flat=True))


def test_the_inbox_says_which_case_without_naming_the_child(
    asker: User, specialist: User, answered: Consultation
) -> None:
    told(asker)
    client = client_for(asker)
    text = client.get("/notices/").content.decode()
    assert re.search(r"Girl, \d months · Respiratory medicine · <time", text)
    assert answered.case.patient.name not in text
    chinese = client.get("/notices/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert re.search(r"<p>女，[^<]+个月 · [^<]+ · <time", chinese)
    assert "Girl" not in chinese


def test_a_notice_names_colleague_and_service_in_the_readers_language(
    asker: User, specialist: User, service: Service, asked: Consultation
) -> None:
    User.objects.filter(pk=specialist.pk).update(full_name="Shen Kai", full_name_zh="沈凯")
    act(specialist, operations.claim, case_id=asked.pk)
    told(asker)
    (notice,) = Notice.unscoped.filter(recipient=asker)
    with translation.override("en"):
        assert notice.text == "Shen Kai has taken your question"
    with translation.override("zh-hans"):
        assert "沈凯" in notice.text
        assert "Shen" not in notice.text


def _pages(consultation: Consultation) -> list[Page]:
    return list(Page.unscoped.filter(subject_id=str(consultation.pk)))


def _called(page: Page) -> list[UUID]:
    """The people of the page in their order."""
    calls = PageCall.unscoped.filter(page=page).order_by("position")
    return list(dict.fromkeys(calls.values_list("user_id", flat=True)))


def test_an_urgent_question_pages_who_is_on_duty_then_the_lead_then_the_coordinator(
    specialist: User, lead: User, coordinator: User, asked: Consultation
) -> None:
    (page,) = _pages(asked)
    called = _called(page)
    assert called[-1] == coordinator.pk
    assert set(called[:-1]) == {specialist.pk, lead.pk}


def test_a_routine_question_pages_nobody(draft: Consultation, asker: User, specialist: User) -> None:
    act(asker, operations.save_draft, case_id=draft.pk, fields={"priority": Priority.ROUTINE})
    act(asker, operations.submit, case_id=draft.pk)
    assert _pages(draft) == []
    assert told(specialist) == ["consultation.new"]


def test_taking_the_case_ends_the_page(specialist: User, asked: Consultation) -> None:
    act(specialist, operations.claim, case_id=asked.pk)
    assert [p.step for p in _pages(asked)] == [PageStep.STOPPED]


def test_raised_to_stat_it_calls_again_and_first_whoever_holds_it(
    specialist: User, other_specialist: User, claimed: Consultation, asker: User
) -> None:
    act(asker, operations.raise_urgency, case_id=claimed.pk, priority=Priority.STAT)
    calling = [p for p in _pages(claimed) if p.step == PageStep.CALLING]
    assert _called(calling[0])[0] == specialist.pk


def test_each_side_hears_what_the_other_did(asker: User, specialist: User, answered: Consultation) -> None:
    act(asker, operations.ask_clarification, case_id=answered.pk, text="Once?", key=uuid4())
    assert told(asker) == ["consultation.claimed", "consultation.answered"]
    assert told(specialist)[-1] == "consultation.clarification"


def test_messages_gather_in_one_notice(asker: User, specialist: User, claimed: Consultation) -> None:
    for text in ("one", "two", "three"):
        act(asker, post_message, case_id=claimed.pk, text=text, key=uuid4())
    assert told(specialist).count("consultation.message") == 1


def test_a_correction_reaches_the_asker_at_any_hour(asker: User, specialist: User, answered: Consultation) -> None:
    act(specialist, operations.correct_answer, case_id=answered.pk, advice=ADVICE, reason="Dose", key=uuid4())
    told(asker)
    assert Notice.unscoped.get(recipient=asker, kind="consultation.corrected").urgent


def test_everybody_who_read_it_hears_of_an_error(asker: User, specialist: User, claimed: Consultation) -> None:
    act(asker, operations.enter_in_error, case_id=claimed.pk, reason="wrong_child")
    assert "consultation.error" in told(specialist)


def test_no_notice_names_the_child(asker: User, specialist: User, answered: Consultation, patient: Patient) -> None:
    told(asker)
    texts = [str(kind_of(n.kind).text) + str(n.facts) + str(kind_of(n.kind).outside) for n in Notice.unscoped.all()]
    assert texts
    assert not any(patient.name in text for text in texts)


def test_every_kind_is_known() -> None:
    assert all(kind_of(code).code == code for code, *_words in NOTICE_KINDS)


def test_an_erased_child_leaves_no_words(
    asker: User, answered: Consultation, patient: Patient, specialist: User
) -> None:
    act(asker, post_message, case_id=answered.pk, text="Her mother is Chen Mei.", key=uuid4())
    with acting_as(system("test")) as eraser, transaction.atomic():
        record(actor=eraser, verb="erase", subject=patient, patient_id=patient.pk, event=PatientErased(patient.pk))
    rows = [*Case.unscoped.values(), *Consultation.unscoped.values(), *Answer.unscoped.values()]
    words = str(rows) + str(list(Message.unscoped.values()))
    for said in ("breathes fast", "Chen Mei", "Croup", "Dexamethasone"):
        assert said not in words
    assert list(chain_faults()) == []
