"""The manual before the question: which branch was used, why it did not suffice, and what comes of three such."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.journal.models import Delivery
from consortium.journal.operations import record
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput
from consortium.notices.models import Notice
from consortium.patients.events import PatientErased
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from consultations import operations
from consultations.models import Consultation, ManualUse
from consultations.queries import citing
from consultations.states import DID_ITS_PART, FellShort
from decision_manual.library import load
from decision_manual.models import PathwayVersion
from decision_manual.operations import add_version
from tests.cast import client_for
from tests.consultations.cases import answered, by, claimed, drafted, submitted
from tests.consultations.test_telling import told
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
COUGH = "cough-2-59m"


@pytest.fixture
def cough(db: None) -> PathwayVersion:
    with acting_as(system("test")) as actor:
        return add_version(actor=actor, pathway=load().pathways[COUGH])


@pytest.fixture
def branch(cough: PathwayVersion) -> str:
    return citing.branches_of(COUGH)[0][0]


def use(branch: str, **more: Any) -> dict[str, Any]:
    return {"pathway": COUGH, "node": branch, "why": FellShort.NOT_HERE, "note": "No amoxicillin here.", **more}


def kept(made: Consultation) -> ManualUse:
    row: ManualUse = ManualUse.unscoped.get(case_id=made.pk)
    return row


# -- kept with the draft


def test_the_draft_keeps_branch_version_and_why(asker: User, patient: Patient, service: Service, branch: str) -> None:
    row = kept(drafted(asker, patient, service, manual=use(branch, indication="RI-cough-1", run_id=str(uuid4()))))
    assert (row.pathway, row.version, row.node, row.why) == (COUGH, 1, branch, FellShort.NOT_HERE)
    assert (row.indication, row.note) == ("RI-cough-1", "No amoxicillin here.")
    assert row.run_id is not None


def test_saved_again_it_is_changed(asker: User, patient: Patient, service: Service, branch: str) -> None:
    made = drafted(asker, patient, service, manual=use(branch))
    by(asker, operations.save_draft, case_id=made.pk, fields={"manual": use(branch, why=FellShort.DOUBT)})
    assert kept(made).why == FellShort.DOUBT


def test_taken_back_it_is_gone(asker: User, patient: Patient, service: Service, branch: str) -> None:
    made = drafted(asker, patient, service, manual=use(branch))
    by(asker, operations.save_draft, case_id=made.pk, fields={"manual": None})
    assert not ManualUse.unscoped.exists()


def test_what_does_not_speak_of_it_leaves_it(asker: User, patient: Patient, service: Service, branch: str) -> None:
    made = drafted(asker, patient, service, manual=use(branch))
    by(asker, operations.save_draft, case_id=made.pk, fields={"question": "And now?"})
    assert kept(made).why == FellShort.NOT_HERE


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"pathway": "no-such-page"}, "manual"), ({"node": "n-nowhere"}, "manual"), ({"version": 7}, "manual"),
     ({"why": "because"}, "manual_why"), ({"note": "x" * 2001}, "manual_note")],
)  # fmt: skip
def test_only_what_the_manual_has_is_cited(
    asker: User, patient: Patient, service: Service, branch: str, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        drafted(asker, patient, service, manual=use(branch, **wrong))
    assert set(refused.value.fields) == {field}


def test_a_run_that_is_no_id_is_left_out(asker: User, patient: Patient, service: Service, branch: str) -> None:
    assert kept(drafted(asker, patient, service, manual=use(branch, run_id="mine"))).run_id is None


def test_a_branch_without_a_reason_is_asked_for_it(
    asker: User, patient: Patient, service: Service, branch: str
) -> None:
    made = drafted(asker, patient, service, manual=use(branch, why=""))
    with pytest.raises(InvalidInput) as refused:
        by(asker, operations.submit, case_id=made.pk)
    assert set(refused.value.fields) == {"manual_why"}


def test_a_life_at_risk_does_not_wait_for_it(asker: User, patient: Patient, service: Service, branch: str) -> None:
    assert submitted(asker, patient, service, manual=use(branch, why=""), priority=Priority.STAT).pk


def test_a_page_that_was_only_looked_for_asks_nothing(
    asker: User, patient: Patient, service: Service, branch: str
) -> None:
    assert submitted(asker, patient, service, manual=use("", why="")).pk


# -- three on one branch


def often(asker: User, patient: Patient, service: Service, branch: str, times: int, **more: Any) -> None:
    for _ in range(times):
        submitted(asker, patient, service, manual=use(branch, **more))


@pytest.mark.parametrize(("times", "heard"), [(2, []), (3, [3]), (4, [3, 4])])
def test_from_the_third_on_it_is_said(
    asker: User, patient: Patient, service: Service, branch: str, times: int, heard: list[int]
) -> None:
    often(asker, patient, service, branch, times)
    said = Delivery.objects.filter(event="consultations.BranchFellShort").order_by("entry_id")
    assert [row.payload["count"] for row in said] == heard


def test_where_the_page_says_to_ask_it_did_its_part(
    asker: User, patient: Patient, service: Service, branch: str
) -> None:
    often(asker, patient, service, branch, 3, why=DID_ITS_PART[0])
    assert citing.times_short(COUGH, branch) == 0


def test_a_draft_does_not_count(asker: User, patient: Patient, service: Service, branch: str) -> None:
    drafted(asker, patient, service, manual=use(branch))
    assert citing.times_short(COUGH, branch) == 0


def test_the_manuals_editors_are_told_once_for_three(
    asker: User, patient: Patient, service: Service, branch: str, hospital: Institution
) -> None:
    editor = make_staff("editor", hospital, Role.MANUAL_EDITOR)
    often(asker, patient, service, branch, 4)
    assert told(editor) == ["consultation.manual_gap"]
    assert Notice.unscoped.get(recipient=editor).url == "/consultations/manual-gaps/"


def test_gaps_are_counted_with_their_reasons(asker: User, patient: Patient, service: Service, branch: str) -> None:
    often(asker, patient, service, branch, 2)
    submitted(asker, patient, service, manual=use(branch, why=FellShort.DOUBT))
    submitted(asker, patient, service, manual=use("", why=FellShort.NOT_COVERED))
    first, second = citing.gaps()
    assert (first.count, first.often, first.cited.node) == (3, True, branch)
    assert dict(first.reasons) == {str(FellShort.NOT_HERE.label): 2, str(FellShort.DOUBT.label): 1}
    assert (second.count, second.often, second.cited.branch) == (1, False, "")


def test_a_page_the_manual_no_longer_has_keeps_its_count(
    asker: User, patient: Patient, service: Service, branch: str
) -> None:
    submitted(asker, patient, service, manual=use(branch))
    ManualUse.unscoped.update(pathway="gone")
    (gap,) = citing.gaps()
    assert (gap.cited.title, gap.cited.url) == ("gone", "")


def test_who_writes_the_manual_sees_the_gaps_and_no_child(
    asker: User, patient: Patient, service: Service, branch: str, hospital: Institution, specialist: User
) -> None:
    often(asker, patient, service, branch, 3)
    page = client_for(make_staff("reviewer", hospital, Role.CLINICAL_REVIEWER)).get("/consultations/manual-gaps/")
    text = page.content.decode()
    assert "To be mended" in text
    assert "No amoxicillin here." not in text, "free text may speak of the child"
    assert client_for(specialist).get("/consultations/manual-gaps/").status_code == 403


def test_without_gaps_the_page_says_so(hospital: Institution) -> None:
    editor = make_staff("editor", hospital, Role.MANUAL_EDITOR)
    assert "Nothing so far" in client_for(editor).get("/consultations/manual-gaps/").content.decode()


# -- shown


def test_the_specialist_sees_the_branch_with_a_link(
    asker: User, specialist: User, patient: Patient, service: Service, branch: str
) -> None:
    made = claimed(asker, specialist, patient, service, manual=use(branch))
    page = client_for(specialist).get(f"/consultations/{made.pk}/").content.decode()
    assert f'href="/manual/{COUGH}/versions/1/#{branch}"' in page
    assert str(FellShort.NOT_HERE.label) in page
    assert "No amoxicillin here." in page


def test_in_the_queue_the_words_are_hidden(
    asker: User, other_specialist: User, patient: Patient, service: Service, branch: str
) -> None:
    made = submitted(asker, patient, service, manual=use(branch))
    page = client_for(other_specialist).get(f"/consultations/{made.pk}/").content.decode()
    assert str(FellShort.NOT_HERE.label) in page
    assert "No amoxicillin here." not in page


def test_the_report_says_what_was_looked_up(
    asker: User, specialist: User, patient: Patient, service: Service, branch: str
) -> None:
    made = answered(asker, specialist, patient, service, manual=use(branch))
    page = client_for(asker).get(f"/consultations/{made.pk}/report/").content.decode()
    assert "Looked up in the manual" in page
    assert "Cough or difficult breathing (version 1)" in page


def test_the_api_takes_and_tells_it(asker: User, patient: Patient, service: Service, branch: str) -> None:
    said = {"patient_id": str(patient.pk), "manual": use(branch), "may_be_converted": True}
    made = client_for(asker).post("/api/v1/consultations/", said, content_type="application/json").json()
    assert made["manual"] == {
        "pathway": COUGH, "version": 1, "node": branch, "indication": "", "why": "not_here",
        "note": "No amoxicillin here.",
    }  # fmt: skip
    assert made["may_be_converted"] is True


def test_an_erased_child_leaves_no_note(asker: User, patient: Patient, service: Service, branch: str) -> None:
    made = submitted(asker, patient, service, manual=use(branch))
    with acting_as(system("test")) as eraser, transaction.atomic():
        record(actor=eraser, verb="erase", subject=patient, patient_id=patient.pk, event=PatientErased(patient.pk))
    assert (kept(made).note, kept(made).why) == ("", FellShort.NOT_HERE)


# -- the port


def test_without_a_manual_questions_are_asked_without_it(settings: Any, asker: User, patient: Patient,
                                                         service: Service) -> None:  # fmt: skip
    settings.MANUAL_CITED = ""
    assert (citing.pages_for(200), citing.branches_of(COUGH), citing.place(COUGH, None, "")) == ([], [], None)
    assert submitted(asker, patient, service).pk


def test_pages_are_those_for_the_childs_age(cough: PathwayVersion) -> None:
    assert [page for page, _title in citing.pages_for(200)] == [COUGH]
    assert citing.pages_for(6000) == []


def test_a_page_that_is_not_there_has_no_branches(cough: PathwayVersion) -> None:
    assert citing.branches_of("nowhere") == []


def test_a_place_is_said_in_words(cough: PathwayVersion, branch: str) -> None:
    found = citing.place(COUGH, 1, branch)
    assert found is not None
    assert found.title == "Cough or difficult breathing"
    assert found.branch
    assert found.page_url == f"/manual/{COUGH}/"


def test_the_database_knows_the_reasons(asker: User, patient: Patient, service: Service, branch: str) -> None:
    drafted(asker, patient, service, manual=use(branch))
    with pytest.raises(IntegrityError, match="consultations_manual_why"), transaction.atomic():
        ManualUse.unscoped.update(why="because")


def test_the_database_wants_a_page_and_a_version(asker: User, patient: Patient, service: Service, branch: str) -> None:
    drafted(asker, patient, service, manual=use(branch))
    with pytest.raises(IntegrityError, match="consultations_manual_named"), transaction.atomic():
        ManualUse.unscoped.update(version=0)
