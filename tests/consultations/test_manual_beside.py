"""The manual beside the form of a question: offered by age, opened beside, carried on from a run that was kept."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

import decision_manual
from consortium.casework.models import Service
from consortium.casework.states import Symptom
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.forms import ManualForm, manual_of
from consultations.models import Consultation, ManualUse
from consultations.queries import citing
from decision_manual.library import load
from decision_manual.models import PathwayVersion
from decision_manual.operations import add_version, keep_run
from decision_manual.queries.citing import ABOUT
from tests.cast import client_for
from tests.consultations.cases import QUESTION, by, drafted
from tests.consultations.test_citing import COUGH

pytestmark = pytest.mark.django_db
PATHWAYS = Path(decision_manual.__file__).parent / "pathways"


@pytest.fixture
def cough(db: None) -> PathwayVersion:
    with acting_as(system("test")) as actor:
        return add_version(actor=actor, pathway=load().pathways[COUGH])


@pytest.fixture
def draft(asker: User, patient: Patient, service: Service, cough: PathwayVersion) -> Consultation:
    return drafted(asker, patient, service)


@pytest.fixture
def doctor(asker: User) -> Client:
    return client_for(asker)


def form_of(service: Service, **more: Any) -> dict[str, Any]:
    plain = {"service_id": service.pk, "priority": 2, "question": QUESTION, "weight": "6.8", "consent_given": "on"}
    return {**plain, **more}


def test_the_form_offers_the_pages_for_the_childs_age(doctor: Client, draft: Consultation) -> None:
    page = doctor.get(f"/consultations/{draft.pk}/edit/").content.decode()
    assert f'<option value="{COUGH}">Cough or difficult breathing</option>' in page
    assert "Open it beside" not in page


def test_choosing_one_brings_its_branches_and_a_link(doctor: Client, draft: Consultation, patient: Patient) -> None:
    text = doctor.get(f"/consultations/{draft.pk}/manual/", {"manual_pathway": COUGH}).content.decode()
    assert f'href="/manual/{COUGH}/?patient={patient.pk}"' in text
    assert all(node in text for node, _title in citing.branches_of(COUGH))
    assert "<html" not in text


def test_choosing_none_brings_nothing(doctor: Client, draft: Consultation) -> None:
    assert doctor.get(f"/consultations/{draft.pk}/manual/").content.decode().strip() == ""


def test_the_fragment_is_the_authors(draft: Consultation, colleague: User) -> None:
    assert client_for(colleague).get(f"/consultations/{draft.pk}/manual/").status_code == 404


def test_what_was_chosen_goes_with_the_question(doctor: Client, draft: Consultation, service: Service) -> None:
    node = citing.branches_of(COUGH)[0][0]
    said = form_of(service, manual_pathway=COUGH, manual_node=node, manual_why="unclear", manual_note="Twins.")
    assert doctor.post(f"/consultations/{draft.pk}/edit/", said).status_code == 302
    row = ManualUse.unscoped.get()
    assert (row.node, row.why, row.note, row.version) == (node, "unclear", "Twins.", 1)


def test_a_branch_without_a_reason_comes_back_beside_its_field(
    doctor: Client, draft: Consultation, service: Service
) -> None:
    said = form_of(service, manual_pathway=COUGH, manual_node=citing.branches_of(COUGH)[0][0])
    answer = doctor.post(f"/consultations/{draft.pk}/edit/", said)
    assert answer.status_code == 422
    assert "manual_why" in answer.context["manual"].errors
    assert Consultation.unscoped.get().step == "draft"


def test_typing_keeps_it_by_itself(doctor: Client, draft: Consultation, service: Service) -> None:
    said = form_of(service, manual_pathway=COUGH, manual_note="Half a wo")
    assert doctor.post(f"/consultations/{draft.pk}/autosave/", said).status_code == 200
    assert ManualUse.unscoped.get().note == "Half a wo"


def test_a_page_without_the_manual_leaves_what_was_kept(
    doctor: Client, draft: Consultation, service: Service, asker: User
) -> None:
    from consultations import operations

    by(asker, operations.save_draft, case_id=draft.pk, fields={"manual": {"pathway": COUGH}})
    doctor.post(f"/consultations/{draft.pk}/edit/", form_of(service, later="1"))
    assert ManualUse.unscoped.exists()


def test_the_draft_shows_again_what_was_kept(
    doctor: Client, asker: User, patient: Patient, service: Service, cough: PathwayVersion
) -> None:
    node = citing.branches_of(COUGH)[1][0]
    made = drafted(asker, patient, service, manual={"pathway": COUGH, "node": node, "why": "doubt"})
    page = doctor.get(f"/consultations/{made.pk}/edit/").content.decode()
    assert f'<option value="{node}" selected>' in page
    assert '<option value="doubt" selected>' in page
    assert "Open it beside" in page


def test_a_kept_run_carries_its_branch_to_the_question(
    doctor: Client, asker: User, patient: Patient, service: Service, cough: PathwayVersion
) -> None:
    facts = {"age_days": 213, "cough_or_difficult_breathing": True, "respiratory_rate": 56}
    run, _fresh = by(asker, keep_run, asked={"facts": facts, "pathway": COUGH}, patient_id=patient.pk)
    page = html.unescape(doctor.get(f"/manual/runs/{run.pk}/").content.decode())
    hidden = dict(re.findall(r'<input type="hidden" name="(manual_\w+)" value="([^"]*)"', page))
    assert (hidden["manual_pathway"], hidden["manual_version"], hidden["manual_run"]) == (COUGH, "1", str(run.pk))
    assert hidden["manual_node"] in dict(citing.branches_of(COUGH))

    begun = doctor.post(f"/consultations/new/{patient.pk}/", {"from_manual": str(run.pk), **hidden})
    carried = dict(re.findall(r'name="(manual_\w+)" value="([^"]*)"', begun.content.decode()))
    assert carried == {name: value for name, value in hidden.items() if value}
    sent = {"service_id": service.pk, "priority": 2, "request_key": uuid4(), **carried}
    assert doctor.post(f"/consultations/new/{patient.pk}/", sent).status_code == 302
    row = ManualUse.unscoped.get()
    assert (row.run_id, row.node, row.why) == (run.pk, hidden["manual_node"], "")


def test_a_page_for_another_age_that_was_kept_stays_chosen(cough: PathwayVersion) -> None:
    form = ManualForm(initial={"manual_pathway": COUGH}, age_days=6000)
    assert COUGH in dict(form.fields["manual_pathway"].choices)  # type: ignore[attr-defined]
    assert not form.offered


@pytest.mark.parametrize("said", [{}, {"manual_pathway": ""}, {"manual_why": "doubt"}])
def test_without_a_page_nothing_is_said_of_the_manual(said: dict[str, Any]) -> None:
    assert manual_of(said) is None


def test_the_specialist_may_be_allowed_to_refer(doctor: Client, draft: Consultation, service: Service) -> None:
    doctor.post(f"/consultations/{draft.pk}/edit/", form_of(service, may_be_converted="on"))
    assert Consultation.unscoped.get().may_be_converted


def test_a_tick_taken_away_is_taken_back(doctor: Client, asker: User, patient: Patient, service: Service) -> None:
    made = drafted(asker, patient, service, may_be_converted=True)
    doctor.post(f"/consultations/{made.pk}/edit/", form_of(service))
    assert not Consultation.unscoped.get().may_be_converted


@pytest.mark.parametrize(
    ("symptom", "age_days", "pages"),
    [("cough", 213, ["Cough or difficult breathing"]), ("cough", 6000, []), ("limp", 213, []), ("", 213, [])],
)
def test_a_symptom_leads_to_its_pages_for_the_age(
    cough: PathwayVersion, symptom: str, age_days: int, pages: list[str]
) -> None:
    assert [title for title, _url in citing.pages_about(symptom, age_days)] == pages


def test_every_symptom_but_the_rest_has_a_page() -> None:
    assert set(ABOUT) == set(Symptom.values) - {Symptom.OTHER}
    written = {folder.name for folder in PATHWAYS.iterdir()}
    assert {page for pages in ABOUT.values() for page in pages} <= written


def test_choosing_a_symptom_offers_the_page_beside(doctor: Client, draft: Consultation, patient: Patient) -> None:
    text = doctor.post(f"/consultations/{draft.pk}/needs/", {"symptom": "cough"}).content.decode()
    assert f'href="/manual/{COUGH}/?patient={patient.pk}"' in text
    assert "The manual may answer it at once" in text


def test_a_symptom_without_a_page_offers_none(doctor: Client, draft: Consultation) -> None:
    text = doctor.post(f"/consultations/{draft.pk}/needs/", {"symptom": "other"}).content.decode()
    assert "The manual may answer" not in text
