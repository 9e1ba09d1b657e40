"""Care, outcome and follow-up on screen: the forms, what they keep, the cards of the page, and who sees what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.casework.models import Case, Message, Service
from consortium.casework.states import MessageKind, Priority
from consortium.clinical.diagnoses import diagnoses
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from consortium.people.states import Capability
from referrals.models import Acknowledgement, CareDraft, FollowUp, Outcome, Referral
from referrals.operations.caring import note_interim
from referrals.operations.outcomes import acknowledge, correct_outcome
from referrals.queries import referral_for
from referrals.queries.avoidable import manual_page
from referrals.queries.page import referral_page
from referrals.queries.parts.outcome import part_outcome
from referrals.queries.parts.plan import part_plan
from referrals.states import FollowUpStep, Kind, Letter, Step
from tests.cast import actor_for, client_for
from tests.consultations.cases import by
from tests.factories.cases import make_service
from tests.referrals.cared import admitted, arrived, ending, followed, fresh, sent_back, told, visits

pytestmark = pytest.mark.django_db
#: what a browser sends of a whole outcome
TYPED = {
    "diagnoses": "J05.0 Croup", "diagnosis_2": "E86 Dehydration", "course": "Nebulised.", "medicines": "None.",
    "immunisations": "None.", "pending": "None.", "follow_up": "In three days.", "destination": "home",
    "special_care": "no", "appropriateness": "too_early", "to_sender": "Steroids first.",
}  # fmt: skip


@pytest.fixture
def inside(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    return admitted(asker, specialist, patient, service)


@pytest.fixture
def centre(community: Institution, respiratory: Specialty) -> Service:
    return make_service(community, respiratory)


def typed(**more: Any) -> dict[str, Any]:
    today = clock.today().isoformat()
    return {**TYPED, "admitted_on": today, "left_on": today, **more}


def at(name: str, referral: Referral, *more: str) -> str:
    return reverse(f"referrals:{name}", args=[referral.pk, *more])


def page_of(user: User, referral: Referral) -> str:
    answer = client_for(user).get(at("show", referral))
    assert answer.status_code == 200
    return answer.content.decode()


# --- the outcome ------------------------------------------------------------------------------------------------------


def test_the_form_begins_with_the_days_that_are_known(inside: Referral, specialist: User) -> None:
    form = client_for(specialist).get(at("outcome", inside)).context["form"]
    assert (form["admitted_on"].value(), form["left_on"].value()) == (clock.today(), clock.today())


def test_the_days_are_there_in_every_language(inside: Referral, specialist: User) -> None:
    shown = client_for(specialist).get(at("outcome", inside), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert shown.count(f'value="{clock.today().isoformat()}"') == 2


def test_the_list_offers_every_diagnosis_in_the_reader_s_language(inside: Referral, specialist: User) -> None:
    answer = client_for(specialist).get(at("outcome", inside), headers={"Accept-Language": "zh-hans"})
    assert len(answer.context["listed"]) == len(diagnoses())
    assert "J05.0 急性喉炎（哮吼）" in answer.context["listed"]


def test_it_is_signed_and_sent(inside: Referral, specialist: User) -> None:
    answer = client_for(specialist).post(at("outcome", inside), typed())
    assert answer["Location"] == at("show", inside)
    outcome = Outcome.unscoped.get(case_id=inside.pk)
    assert [row["code"] for row in outcome.diagnoses] == ["J05.0", "E86"]
    assert (outcome.special_care, outcome.avoidable) == (False, True)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(inside: Referral, specialist: User) -> None:
    answer = client_for(specialist).post(at("outcome", inside), typed(diagnoses="Something rare"))
    assert answer.status_code == 422
    assert "has no code" in answer.context["form"].errors["diagnoses"][0]
    assert "Nebulised." in answer.content.decode()


def test_an_empty_form_names_every_part(inside: Referral, specialist: User) -> None:
    answer = client_for(specialist).post(at("outcome", inside), {})
    assert answer.status_code == 422
    assert {"course", "medicines", "immunisations", "pending", "follow_up", "diagnoses"} <= set(
        answer.context["form"].errors
    )


def test_what_is_typed_is_kept_and_comes_back(inside: Referral, specialist: User) -> None:
    browser = client_for(specialist)
    answer = browser.post(at("save_outcome", inside), {"course": "Neb", "special_care": "no"})
    assert "saved_at" in answer.json()
    form = browser.get(at("outcome", inside)).context["form"]
    assert (form["course"].value(), form["special_care"].value()) == ("Neb", "no")


def test_what_cannot_be_kept_says_why(inside: Referral, asker: User) -> None:
    answer = client_for(asker).post(at("save_outcome", inside), {"course": "Neb"})
    assert (answer.status_code, CareDraft.unscoped.count()) == (403, 0)
    assert answer.json()["detail"] == "Only a doctor of the receiving institution may do this."


def test_a_correction_begins_with_what_was_signed(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    home = told(asker, specialist, patient, service, diagnoses=("J05.0 Croup", "E86 Dry"), special_care=False)
    form = client_for(specialist).get(at("outcome", home)).context["form"]
    assert (form["diagnoses"].value(), form["diagnosis_2"].value()) == ("J05.0 Croup", "E86 Dry")
    assert (form["special_care"].value(), form["reason"].value()) == ("no", None)


def test_a_correction_is_signed_with_its_reason(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    home = told(asker, specialist, patient, service)
    client_for(specialist).post(at("outcome", home), typed(reason="The other ear."))
    assert Outcome.unscoped.get(case_id=home.pk, number=2).correction_reason == "The other ear."


# --- the cards --------------------------------------------------------------------------------------------------------


def test_the_sender_sees_where_the_child_is_and_the_newest_note(
    inside: Referral, asker: User, specialist: User
) -> None:
    by(specialist, note_interim, case_id=inside.pk, text="Off oxygen since noon.")
    shown = page_of(asker, inside)
    assert "5 East" in shown
    assert "Off oxygen since noon." in shown


def test_an_outcome_is_shown_with_its_parts_and_its_signer(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    shown = page_of(asker, told(asker, specialist, patient, service))
    for words in ("J05.0 Croup", "Nebulised adrenaline twice", "She may go home.", specialist.full_name):
        assert words in shown


def test_a_corrected_one_is_struck_with_the_reason(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    home = told(asker, specialist, patient, service)
    by(specialist, correct_outcome, case_id=home.pk, ending=ending(course="Once."), reason="It was once.")
    shown = page_of(asker, home)
    assert ("answer struck" in shown, "It was once." in shown) == (True, True)


AVOIDED = "This child may have stayed with you"


def test_a_transfer_that_could_have_been_avoided_is_told_to_the_sender_alone(
    asker: User, specialist: User, nurse: User, patient: Patient, service: Service
) -> None:
    home = told(asker, specialist, patient, service, special_care=False)
    assert [AVOIDED in page_of(user, home) for user in (asker, specialist, nurse)] == [True, False, False]


def test_what_was_needed_is_told_to_nobody(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    assert AVOIDED not in page_of(asker, told(asker, specialist, patient, service))


def test_what_the_sender_takes_from_it_is_theirs(
    asker: User, colleague: User, specialist: User, patient: Patient, service: Service
) -> None:
    home = told(asker, specialist, patient, service)
    by(asker, acknowledge, case_id=home.pk, usefulness=4, concordance="partly", learnt="Steroids at once.")
    shown = [page_of(user, home) for user in (asker, colleague, specialist)]
    assert ["Steroids at once." in words for words in shown] == [True, False, False]
    assert all("4 of 5" in words and "Partly" in words for words in shown)


def test_a_plan_shows_its_visits_and_where_it_came_from(
    inside: Referral, asker: User, specialist: User, centre: Service
) -> None:
    back = sent_back(inside, specialist, centre, needs=(Capability.OXYGEN,))
    shown = page_of(asker, back)
    for words in ("Watch at home; come back with stridor at rest.", "Weigh, count breaths.", "Oxygen"):
        assert words in shown
    assert at("show", back) in page_of(specialist, inside)


def test_a_visit_that_is_late_says_so(inside: Referral, asker: User, specialist: User, centre: Service) -> None:
    home = followed(sent_back(inside, specialist, centre), asker)
    assert "Overdue" not in page_of(asker, home)
    with clock.moved(timedelta(days=5)):
        assert "Overdue" in page_of(asker, home)


def queries_of(user: User, referral: Referral, part: Any) -> int:
    """How many statements one card takes."""
    actor = actor_for(user)
    with acting_as(actor):
        page = referral_page(actor, referral.pk)
        with CaptureQueriesContext(connection) as asked:
            part(page)
    return len(asked)


def test_a_plan_of_many_visits_takes_as_many_queries_as_one_of_one(
    inside: Referral, asker: User, specialist: User, centre: Service
) -> None:
    on = clock.today()
    one = sent_back(inside, specialist, centre, visits=((on, "Weigh."),))
    few = queries_of(asker, one, part_plan)
    FollowUp.unscoped.bulk_create(FollowUp(case=one.case, number=n, due_on=on, task="Weigh.") for n in (2, 3))
    assert (queries_of(asker, one, part_plan), few) == (2, 2)


def test_many_outcomes_take_as_many_queries_as_one(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    home = told(asker, specialist, patient, service)
    few = queries_of(specialist, home, part_outcome)
    for _ in range(2):
        by(specialist, correct_outcome, case_id=home.pk, ending=ending(), reason="Again.")
    assert (queries_of(specialist, home, part_outcome), few) == (1, 1)


# --- the manual's page ------------------------------------------------------------------------------------------------


class Shelf:
    """A manual of one page."""

    def cited(self, pathway: str, version: int, node: str) -> dict[str, str] | None:
        known = (pathway, version, node) == ("stridor", 2, "")
        return {"title": "Stridor", "page_url": "/manual/stridor/", "url": "#"} if known else None

    def pages_about(self, symptom: str, age_days: int) -> list[tuple[str, str]]:
        return [("Stridor", "/manual/stridor/"), ("Other", "/other/")] if symptom == "stridor" else []


@pytest.fixture
def shelf(settings: LazySettings) -> None:
    settings.MANUAL_CITED = f"{__name__}.Shelf"


PAGE = {"title": "Stridor", "url": "/manual/stridor/"}


def the_manual_of(user: User, referral: Referral) -> Any:
    return by(user, lambda actor: manual_page(referral_for(referral.pk)))


@pytest.mark.parametrize(("version", "page"), [(2, PAGE), (9, None)])
def test_the_indication_s_page_is_named(
    inside: Referral, asker: User, shelf: None, version: int, page: dict[str, str] | None
) -> None:
    cited = {"indication_pathway": "stridor", "indication_version": version, "indication_id": "severe"}
    Referral.unscoped.filter(pk=inside.pk).update(**cited)
    assert the_manual_of(asker, inside) == page


@pytest.mark.parametrize(("symptom", "page"), [("stridor", PAGE), ("rash", None), ("", None)])
def test_without_an_indication_the_nearest_page_about_the_symptom(
    inside: Referral, asker: User, shelf: None, symptom: str, page: dict[str, str] | None
) -> None:
    Case.unscoped.filter(pk=inside.pk).update(symptom=symptom)
    assert the_manual_of(asker, inside) == page


def test_without_a_manual_there_is_no_link(inside: Referral, asker: User, settings: LazySettings) -> None:
    settings.MANUAL_CITED = ""
    assert the_manual_of(asker, inside) is None


# --- sent back --------------------------------------------------------------------------------------------------------


def plan_typed(centre: Service, **more: Any) -> dict[str, Any]:
    day = (clock.today() + timedelta(days=3)).isoformat()
    return {
        "plan": "Watch.", "medicines": "None.", "service_id": str(centre.pk), "guardian_agreed": "on", "day_1": day,
        "task_1": "Weigh.", "priority": str(Priority.ROUTINE.value), **more,
    }  # fmt: skip


def test_a_plan_is_sent_and_its_own_page_opens(inside: Referral, specialist: User, centre: Service) -> None:
    answer = client_for(specialist).post(at("back", inside), plan_typed(centre))
    back = Referral.unscoped.get(kind=Kind.BACK)
    assert answer["Location"] == at("show", back)
    assert [visit.task for visit in visits(back)] == ["Weigh."]


def test_what_is_written_at_length_is_no_dialog(inside: Referral, specialist: User) -> None:
    """A page that was put into the dialog would post to the address beneath it."""
    browser = client_for(specialist)
    led = browser.get(f"/referrals/{inside.pk}/send_outcome/", headers={"HX-Request": "true"})
    assert led["HX-Redirect"] == at("outcome", inside)
    dock = browser.get(at("show", inside)).content.decode()
    assert f'/referrals/{inside.pk}/send_outcome/">' in dock
    assert f'/referrals/{inside.pk}/note_interim/" data-act>' in dock


def test_a_plan_may_be_urgent_and_has_twelve_visits(inside: Referral, specialist: User, centre: Service) -> None:
    days = {f"day_{n}": (clock.today() + timedelta(days=7 * n)).isoformat() for n in range(1, 13)}
    tasks = {f"task_{n}": f"Visit {n}" for n in range(1, 13)}
    urgent = str(Priority.URGENT.value)
    client_for(specialist).post(at("back", inside), plan_typed(centre, priority=urgent, **days, **tasks))
    back = fresh(Referral.unscoped.get(kind=Kind.BACK))
    assert (back.case.priority, len(visits(back)), visits(back)[-1].task) == (Priority.URGENT, 12, "Visit 12")


def test_what_to_do_on_no_day_is_not_lost_in_silence(inside: Referral, specialist: User, centre: Service) -> None:
    answer = client_for(specialist).post(at("back", inside), plan_typed(centre, task_3="Drug level."))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"day_3"})


def test_without_agreement_or_a_visit_nothing_is_sent(inside: Referral, specialist: User, centre: Service) -> None:
    typed_plan = plan_typed(centre, day_1="", task_1="")
    del typed_plan["guardian_agreed"]
    answer = client_for(specialist).post(at("back", inside), typed_plan)
    form = answer.context["form"]
    assert answer.status_code == 422
    assert set(form.errors) == {"guardian_agreed", "__all__"}
    assert "Plan at least one visit" in form.non_field_errors()[0]


def test_other_needs_match_the_centres_anew(
    inside: Referral, specialist: User, centre: Service, district: Institution, respiratory: Specialty
) -> None:
    able = make_service(district, respiratory)
    Institution.objects.filter(pk=district.pk).update(capabilities=[Capability.OXYGEN])
    browser = client_for(specialist)
    whole = browser.get(at("back", inside)).context["form"]
    part = browser.get(at("back", inside), {"needs": "oxygen"}, headers={"HX-Request": "true"})
    assert whole.fields["service_id"].choices[0][0] == str(centre.pk)
    assert part.context["form"].fields["service_id"].choices[0][0] == str(able.pk)
    assert "<html" not in part.content.decode()


def test_where_nobody_is_closer_to_home_it_says_so(inside: Referral, specialist: User) -> None:
    assert "closer to home takes children here yet" in client_for(specialist).get(at("back", inside)).content.decode()


def test_a_plan_is_kept_while_it_is_typed(inside: Referral, specialist: User, centre: Service) -> None:
    browser = client_for(specialist)
    browser.post(at("save_plan", inside), {"plan": "Watch", "needs": ["oxygen", "xray"]})
    assert CareDraft.unscoped.get(letter=Letter.PLAN).fields["needs"] == ["oxygen", "xray"]
    form = browser.get(at("back", inside)).context["form"]
    assert (form["plan"].value(), form["needs"].value()) == ("Watch", ["oxygen", "xray"])


# --- acts in their dialogs --------------------------------------------------------------------------------------------


def act(user: User, referral: Referral, verb: str, **said: Any) -> Any:
    return client_for(user).post(at("act", referral, verb), said)


def test_the_acts_of_care_from_the_page(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    here = arrived(asker, specialist, patient, service)
    assert act(specialist, here, "admit", place="ward", ward="5 East").status_code == 302
    assert act(specialist, here, "note_interim", text="Better.").status_code == 302
    assert act(specialist, here, "discharge").status_code == 302
    assert Message.unscoped.filter(case_id=here.pk, kind=MessageKind.INTERIM).count() == 1
    assert client_for(specialist).post(at("act", here, "send_outcome"))["Location"] == at("outcome", here)


def test_seen_in_the_clinic_and_acknowledged_from_the_page(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    here = arrived(asker, specialist, patient, service)
    assert act(specialist, here, "see_child", clinic="Room 3").status_code == 302
    client_for(specialist).post(at("outcome", here), typed())
    said = {"usefulness": "5", "concordance": "same", "appropriateness": "", "learnt": ""}
    assert "Final diagnosis: J05.0" in client_for(asker).get(at("act", here, "acknowledge")).content.decode()
    assert act(asker, here, "acknowledge", **said).status_code == 302
    assert (fresh(here).step, Acknowledgement.unscoped.get().usefulness) == (Step.CLOSED, 5)


def test_the_visits_from_the_page(
    inside: Referral, asker: User, nurse: User, specialist: User, centre: Service, service: Service
) -> None:
    back = sent_back(inside, specialist, centre)
    assert act(asker, back, "take_over").status_code == 302
    asked = client_for(nurse).get(at("act", back, "visit_done")).content.decode()
    assert "Weigh, count breaths." in asked
    assert act(nurse, back, "visit_done", text="Well.").status_code == 302
    on = (clock.today() + timedelta(days=12)).isoformat()
    assert act(nurse, back, "visit_missed", recall_on=on).status_code == 302
    assert [v.step for v in visits(back)] == [FollowUpStep.DONE, FollowUpStep.RECALL]


def test_worse_leads_to_the_new_referral(
    asker: User, specialist: User, patient: Patient, service: Service, centre: Service
) -> None:
    home = followed(sent_back(told(asker, specialist, patient, service), specialist, centre), asker)
    asked = client_for(asker).get(at("act", home, "worsened")).content.decode()
    assert "Respiratory medicine, Children&#x27;s Hospital" in asked
    answer = act(asker, home, "worsened", question="Stridor.", urgency=str(Priority.URGENT.value))
    again = Referral.unscoped.get(parent_id=home.pk)
    assert answer["Location"] == at("show", again)


def test_the_end_from_the_page(
    asker: User, specialist: User, patient: Patient, service: Service, centre: Service
) -> None:
    home = followed(sent_back(told(asker, specialist, patient, service), specialist, centre), asker)
    assert act(asker, home, "end_follow_up").status_code == 302
    assert fresh(home).step == Step.FOLLOWED
