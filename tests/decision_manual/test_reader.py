"""The reader's pages: what a doctor sees, types and takes away."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import User
from decision_manual.chart import outline
from decision_manual.models import PathwayVersion, Run
from decision_manual.operations import add_version
from decision_manual.templatetags.manual import chapter_text
from tests.cast import client_for
from tests.decision_manual.conftest import changed
from tests.factories.patients import make_patient

pytestmark = pytest.mark.django_db
COUGH = "/manual/cough-2-59m/"
SEVERE = {"age": "7", "age.unit": "age_months", "cough_or_difficult_breathing": "yes", "stridor_when_calm": "yes"}


@pytest.fixture
def doctor(asker: User, cough_version: PathwayVersion) -> Client:
    return client_for(asker)


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_first_page_lists_every_pathway(doctor: Client) -> None:
    assert "Cough or difficult breathing" in page(doctor.get("/manual/"))


def test_a_pathway_is_found_by_a_synonym(doctor: Client) -> None:
    assert "Cough or difficult breathing" in page(doctor.get("/manual/?q=pneumonia"))


def test_a_pathway_is_found_by_pinyin_initials(doctor: Client) -> None:
    assert "Cough or difficult breathing" in page(doctor.get("/manual/?q=fy"))


def test_what_is_not_there_says_what_to_try(doctor: Client) -> None:
    assert "Nothing found in the manual" in page(doctor.get("/manual/?q=zzz"))


def test_a_region_of_the_body_narrows_the_list(doctor: Client) -> None:
    assert "Nothing found in the manual" in page(doctor.get("/manual/?region=skin"))


def test_a_region_that_holds_the_pathway_shows_it(doctor: Client) -> None:
    assert "/manual/cough-2-59m/" in page(doctor.get("/manual/?region=chest"))


def test_htmx_gets_the_list_alone(doctor: Client) -> None:
    assert "<html" not in page(doctor.get("/manual/?q=cough", headers={"HX-Request": "true"}))


def test_the_first_page_takes_the_same_queries_for_one_pathway_and_for_three(
    doctor: Client, library: Any, django_assert_num_queries: Any
) -> None:
    doctor.get("/manual/")
    with django_assert_num_queries(5):
        doctor.get("/manual/")
    with acting_as(system("a test")) as actor:
        for name in ("danger-signs", "young-infant-infection"):
            add_version(actor=actor, pathway=library.pathways[name])
    doctor.get("/manual/")
    with django_assert_num_queries(5):
        doctor.get("/manual/")


def test_an_unknown_pathway_is_not_found(doctor: Client) -> None:
    assert doctor.get("/manual/no-such-page/").status_code == 404


def test_the_sheet_asks_the_danger_signs_first(doctor: Client) -> None:
    text = page(doctor.get(COUGH))
    assert text.index("Danger signs first") < text.index("Look, listen, feel")


def test_without_an_age_nothing_is_answered(doctor: Client) -> None:
    assert "Enter the age first" in page(doctor.post(COUGH, {"cough_or_difficult_breathing": "yes"}))


def test_a_severe_child_is_pink_with_the_referral(doctor: Client) -> None:
    text = page(doctor.post(COUGH, SEVERE))
    assert "Severe pneumonia or very severe disease" in text
    assert "To an emergency department now" in text


def test_the_dose_is_for_this_weight_with_its_reckoning(doctor: Client) -> None:
    text = page(doctor.post(COUGH, SEVERE | {"weight_kg": "6.8"}))
    assert "340 mg" in text
    assert "50 mg/kg × 6.8 kg = 340 mg" in text


def test_without_a_weight_the_dose_asks_for_it(doctor: Client) -> None:
    assert "Enter the weight for the dose" in page(doctor.post(COUGH, SEVERE))


def test_what_is_unknown_is_not_excluded(doctor: Client) -> None:
    given = {"age": "7", "age.unit": "age_months", "cough_or_difficult_breathing": "yes", "chest_indrawing": "yes"}
    text = page(doctor.post(COUGH, given))
    assert "Not excluded: Severe pneumonia or very severe disease" in text


def test_what_would_exclude_it_is_one_tap_away(doctor: Client) -> None:
    given = {"age": "7", "age.unit": "age_months", "cough_or_difficult_breathing": "yes", "chest_indrawing": "yes"}
    assert 'href="#q-stridor_when_calm"' in page(doctor.post(COUGH, given))


def test_a_child_outside_the_ages_is_told_so(doctor: Client) -> None:
    assert "This pathway is for children of" in page(doctor.post(COUGH, SEVERE | {"age": "10", "age.unit": "years"}))


@pytest.mark.parametrize("age", ["x", "-1", "1.5"])
def test_an_age_that_is_none_is_an_error(doctor: Client, age: str) -> None:
    assert "Not yet" in page(doctor.post(COUGH, SEVERE | {"age": age}))


def test_years_are_taken_as_months(doctor: Client) -> None:
    text = page(doctor.post(COUGH, SEVERE | {"age": "2", "age.unit": "years"}))
    assert "Severe pneumonia" in text


def test_a_number_that_is_none_names_its_field(doctor: Client) -> None:
    assert "Breaths in one minute" in page(doctor.post(COUGH, SEVERE | {"respiratory_rate": "many"}))


def test_an_impossible_number_names_its_limits(doctor: Client) -> None:
    assert "Cannot be right" in page(doctor.post(COUGH, SEVERE | {"respiratory_rate": "999"}))


def test_what_was_typed_is_kept_beside_the_error(doctor: Client) -> None:
    assert 'value="999"' in page(doctor.post(COUGH, SEVERE | {"respiratory_rate": "999"}))


def test_another_unit_is_converted(doctor: Client) -> None:
    given = {"age": "7", "age.unit": "age_months", "cough_or_difficult_breathing": "yes"}
    text = page(doctor.post(COUGH, given | {"weight_kg": "6800", "weight_kg.unit": "g"} | SEVERE))
    assert "340 mg" in text


def test_htmx_gets_the_result_alone(doctor: Client) -> None:
    text = page(doctor.post(COUGH, SEVERE, headers={"HX-Request": "true"}))
    assert "<html" not in text
    assert 'hx-swap-oob="true"' in text


def test_a_run_is_kept_with_its_version(doctor: Client, cough_version: PathwayVersion) -> None:
    answer = doctor.post(COUGH, SEVERE | {"keep": "yes", "request_key": str(uuid4())})
    run = Run.unscoped.get()
    assert answer["Location"] == reverse("manual:run", args=[run.pk])
    assert run.parts(manager="unscoped").get().version_id == cough_version.pk


def test_keeping_twice_keeps_one_run(doctor: Client) -> None:
    twice = SEVERE | {"keep": "yes", "request_key": str(uuid4())}
    doctor.post(COUGH, twice)
    doctor.post(COUGH, twice)
    assert Run.unscoped.count() == 1


def test_a_broken_key_still_keeps_the_run(doctor: Client) -> None:
    doctor.post(COUGH, SEVERE | {"keep": "yes", "request_key": "no key"})
    assert Run.unscoped.count() == 1


def test_that_the_family_was_told_is_kept(doctor: Client) -> None:
    doctor.post(COUGH, SEVERE | {"keep": "yes", "safety_net_given": "yes"})
    assert Run.unscoped.get().safety_net_given


def test_a_kept_run_reads_again_as_it_was_told(doctor: Client) -> None:
    doctor.post(COUGH, SEVERE | {"keep": "yes", "weight_kg": "6.8"})
    text = page(doctor.get(reverse("manual:run", args=[Run.unscoped.get().pk])))
    assert "Severe pneumonia or very severe disease" in text
    assert "340 mg" in text


def test_a_run_of_a_child_says_how_old_the_child_was(doctor: Client, patient: Patient) -> None:
    child = make_patient(patient.registered_at, "Lin", birth_date=clock.today() - timedelta(days=215))
    doctor.post(COUGH, SEVERE | {"keep": "yes", "patient": str(child.pk)})
    assert "7 months" in page(doctor.get(reverse("manual:run", args=[Run.unscoped.get().pk])))


def test_a_referral_out_of_a_run_carries_every_indication_that_holds(doctor: Client, patient: Patient) -> None:
    child = make_patient(patient.registered_at, "Lin", birth_date=clock.today() - timedelta(days=215))
    doctor.post(COUGH, SEVERE | {"keep": "yes", "patient": str(child.pk)})
    run = Run.unscoped.get()
    text = page(doctor.get(reverse("manual:run", args=[run.pk])))
    carried = re.findall(r'name="indications" value="([^"]+)"', text)
    assert sorted({each.split("|")[2] for each in carried}) == run.parts(manager="unscoped").get().indications
    assert all(each.startswith("cough-2-59m|") for each in carried)


def test_a_kept_run_without_a_weight_asks_for_none(doctor: Client) -> None:
    doctor.post(COUGH, SEVERE | {"keep": "yes"})
    text = page(doctor.get(reverse("manual:run", args=[Run.unscoped.get().pk])))
    assert "No dose: the weight was not entered" in text
    assert "Enter the weight for the dose" not in text


def test_the_unit_of_the_age_is_kept(doctor: Client) -> None:
    text = page(doctor.post(COUGH, SEVERE | {"age": "2", "age.unit": "years"}))
    assert '<option value="years" selected>' in text


def test_somebody_elses_run_without_a_child_is_not_found(doctor: Client, colleague: User) -> None:
    doctor.post(COUGH, SEVERE | {"keep": "yes"})
    answer = client_for(colleague).get(reverse("manual:run", args=[Run.unscoped.get().pk]))
    assert answer.status_code == 404


def test_the_chart_marks_the_way_of_a_run(doctor: Client) -> None:
    doctor.post(COUGH, SEVERE | {"keep": "yes"})
    text = page(doctor.get(f"{COUGH}chart/?run={Run.unscoped.get().pk}"))
    assert "on the way of this run" in text


def test_a_run_that_is_none_marks_nothing(doctor: Client) -> None:
    assert "on the way of this run" not in page(doctor.get(f"{COUGH}chart/?run=nonsense"))


def test_the_list_and_the_drawing_have_the_same_nodes(doctor: Client, cough_version: PathwayVersion) -> None:
    text = page(doctor.get(f"{COUGH}chart/"))
    listed = set(re.findall(r'data-node="([^"]+)"', text))
    drawn = set(re.findall(r'id="((?:n|t|q|a|r)-[^"]+)"', cough_version.charts["en"]))
    assert listed == {node.id for node in outline(cough_version.content, "en").flat()}
    assert listed <= drawn


def test_the_chapter_shows_where_sources_differ(doctor: Client) -> None:
    text = page(doctor.get(f"{COUGH}read/"))
    assert "Where sources differ" in text
    assert "<cite>IMCI14</cite>" in text


def test_html_in_a_chapter_is_shown_and_not_obeyed() -> None:
    assert "<script>" not in chapter_text("<script>alert(1)</script>")


def test_a_version_without_a_proof_says_so(doctor: Client) -> None:
    assert "Not proven yet" in page(doctor.get(f"{COUGH}proof/"))


def test_a_draft_says_that_it_is_one(doctor: Client) -> None:
    assert "Draft: not approved here" in page(doctor.get(COUGH))


def test_an_old_version_points_to_the_newer_one(doctor: Client, cough_version: PathwayVersion, cough: Any) -> None:
    newer = changed(cough, lambda bundle: bundle["pathway"]["title"].update(en="Cough, newer"))
    with acting_as(system("a test")) as actor:
        add_version(actor=actor, pathway=newer)
    assert "A newer version stands." in page(doctor.get(f"{COUGH}versions/1/"))


def test_an_overdue_review_stands_on_the_page(doctor: Client) -> None:
    with clock.moved(timedelta(days=3 * 365)):
        assert "Do not rely on it alone" in page(doctor.get(COUGH))


def test_who_may_not_approve_sees_no_button(doctor: Client) -> None:
    assert "Approve as a clinician" not in page(doctor.get(f"{COUGH}proof/"))


def test_who_may_not_approve_is_refused(doctor: Client) -> None:
    assert doctor.post(f"{COUGH}versions/1/approve_clinically/").status_code in (403, 422)


def test_a_step_that_does_not_exist_is_not_found(doctor: Client) -> None:
    assert doctor.post(f"{COUGH}versions/1/explode/").status_code == 404


def test_the_childs_age_is_taken_from_the_record(doctor: Client, patient: Patient) -> None:
    child = make_patient(patient.registered_at, "Lin", birth_date=clock.today() - timedelta(days=215))
    text = page(
        doctor.post(COUGH, {k: v for k, v in SEVERE.items() if not k.startswith("age")} | {"patient": str(child.pk)})
    )
    assert "Severe pneumonia" in text


def test_looking_at_a_child_is_noted(doctor: Client, patient: Patient) -> None:
    child = make_patient(patient.registered_at, "Lin", birth_date=clock.today() - timedelta(days=215))
    doctor.get(COUGH, {"patient": str(child.pk)})
    assert Entry.unscoped.filter(verb="read", patient_id=child.pk, facts__what="manual").count() == 1


def test_a_child_that_is_not_seen_is_not_found(doctor: Client) -> None:
    assert doctor.get(COUGH, {"patient": str(uuid4())}).status_code == 404


def test_a_childs_number_that_is_none_is_not_found(doctor: Client) -> None:
    assert doctor.get(COUGH, {"patient": "x"}).status_code == 404


def test_the_page_reads_in_chinese(doctor: Client) -> None:
    assert "咳嗽或呼吸困难" in page(doctor.get(COUGH, headers={"accept-language": "zh-Hans"}))


@pytest.mark.parametrize("tab", ["read/", "chart/", "proof/"])
def test_the_other_tabs_stay_with_the_child(doctor: Client, patient: Patient, tab: str) -> None:
    child = make_patient(patient.registered_at, "Lin", birth_date=clock.today() - timedelta(days=215))
    shown = page(doctor.get(COUGH + tab, {"patient": str(child.pk)}))
    assert f'href="{COUGH}?patient={child.pk}"' in shown
    assert f'href="/manual/?patient={child.pk}"' in shown


@pytest.mark.parametrize("tab", ["read/", "chart/", "proof/"])
def test_no_tab_shows_a_hidden_child(doctor: Client, tab: str) -> None:
    assert doctor.get(COUGH + tab, {"patient": str(uuid4())}).status_code == 404


def paper(doctor: Client, **headers: str) -> Any:
    answer = doctor.get(f"{COUGH}versions/1/chart.pdf", headers=headers)
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(answer.content))


def test_the_chart_is_one_page_of_paper(doctor: Client) -> None:
    made = paper(doctor)
    assert len(made.pages) == 1
    assert {round(float(made.pages[0].mediabox.width)), round(float(made.pages[0].mediabox.height))} == {595, 842}


def test_the_paper_has_the_words_of_the_chart(doctor: Client) -> None:
    words = paper(doctor).pages[0].extract_text()
    assert "Cough or difficult breathing" in words
    assert "Severe pneumonia" in words
    assert "/manual/cough-2-59m/versions/1/" in words


def test_the_paper_is_in_the_readers_language(doctor: Client) -> None:
    made = paper(doctor, **{"accept-language": "zh-Hans"})
    assert "咳嗽或呼吸困难" in made.pages[0].extract_text()
    assert made.root_object["/Lang"] == "zh"
