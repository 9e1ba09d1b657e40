"""Break-the-glass to its end, on the real web process: three hours, and whatever it had opened is shut."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from consortium.files.models import Attachment
from consortium.files.operations import attach_small, inspect_attachment
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.live.consumers.page import RIGHT_ENDED
from consortium.patients.models import AccessGrant, Patient
from consortium.patients.queries.search import unseen_token
from consortium.patients.tasks import end_grants
from consortium.people.models import Institution, User
from consultations.models import Consultation
from tests.cast import actor_for
from tests.consultations.cases import by, claimed
from tests.factories.people import make_staff
from tests.files.makers import jpeg
from tests.live.conftest import Door
from tests.live.server import WebProcess
from tests.live.visitor import Browser, door, web

__all__ = ["door", "web"]
pytestmark = pytest.mark.django_db(transaction=True)

WHY = "Unconscious in our emergency room."
OVER = timedelta(hours=3, seconds=1)


@pytest.fixture
def case(asker: User, specialist: User, patient: Patient, service: Any) -> Consultation:
    return claimed(asker, specialist, patient, service)


@pytest.fixture
def picture(case: Consultation, asker: User) -> Attachment:
    """A photo of the child, judged and available."""
    data = jpeg()
    made = by(asker, attach_small, case_id=case.pk, name="a.jpg", size=len(data), pieces=[data])
    with acting_as(system("test")) as inspector:
        inspect_attachment(actor=inspector, attachment_id=made.pk)
    return Attachment.unscoped.get(pk=made.pk)


@pytest.fixture
def breaker(
    web: WebProcess, door: Door, stranger: User, unrelated: Institution, patient: Patient, case: Consultation
) -> Browser:
    """The stranger's browser after they broke the glass on the form."""
    browser = Browser(stranger, web, door)
    token = unseen_token(actor_for(stranger), patient.pk)
    form = reverse("patients:break_glass", args=[token])
    answer = browser.post(form, institution=str(unrelated.pk), reason="emergency", explanation=WHY)
    assert answer.url == web.origin + record_of(patient), answer.text
    return browser


def record_of(patient: Patient) -> str:
    return reverse("patients:show", args=[patient.pk])


def page_of(case: Consultation) -> str:
    return reverse("consultations:show", args=[case.pk])


def time_runs_out() -> int:
    """Three hours pass, and beat asks for what is due: how many grants it closed."""
    with clock.moved(OVER):
        return end_grants()


def test_the_record_opens_and_its_page_listens(breaker: Browser, patient: Patient) -> None:
    shown = breaker.get(record_of(patient))
    assert shown.status_code == 200
    topic = re.findall(rf'data-live-topics="(patient:{patient.pk})@\d+"', shown.text)
    assert topic
    assert breaker.socket().listen(topic[0])["did"] == "listen"


def test_after_three_hours_the_open_record_is_closed(breaker: Browser, patient: Patient) -> None:
    page = breaker.socket()
    page.listen(f"patient:{patient.pk}")
    assert time_runs_out() == 1
    assert page.close_code() == RIGHT_ENDED


def test_after_three_hours_the_open_case_is_closed(breaker: Browser, case: Consultation) -> None:
    assert breaker.get(page_of(case)).status_code == 200
    page = breaker.socket()
    assert page.listen(f"case:{case.pk}")["did"] == "listen"
    assert time_runs_out() == 1
    assert page.close_code() == RIGHT_ENDED


def test_coming_back_the_page_is_refused_its_topic(breaker: Browser, patient: Patient) -> None:
    time_runs_out()
    again = breaker.socket().listen(f"patient:{patient.pk}")
    assert (again["did"], again["status"]) == ("refuse", 404)


def test_afterwards_record_and_case_are_not_there(breaker: Browser, patient: Patient, case: Consultation) -> None:
    time_runs_out()
    assert [breaker.get(path).status_code for path in (record_of(patient), page_of(case))] == [404, 404]


def test_afterwards_the_next_file_is_not_there(breaker: Browser, picture: Attachment) -> None:
    path = reverse("files:picture", args=[picture.pk, "thumb"])
    assert breaker.get(path).status_code == 200
    time_runs_out()
    assert breaker.get(path).status_code == 404


def test_before_three_hours_nothing_closes(breaker: Browser, patient: Patient) -> None:
    page = breaker.socket()
    page.listen(f"patient:{patient.pk}")
    with clock.moved(timedelta(hours=2, minutes=59)):
        assert end_grants() == 0
    page.say(do="ping")
    assert page.hear() == {"did": "pong"}
    assert breaker.get(record_of(patient)).status_code == 200


def test_the_sockets_of_others_stay_open(
    breaker: Browser, asker: User, specialist: User, case: Consultation, web: WebProcess, door: Door
) -> None:
    others = [Browser(user, web, door).socket() for user in (asker, specialist)]
    for page in others:
        page.listen(f"case:{case.pk}")
    mine = breaker.socket()
    mine.listen(f"case:{case.pk}")
    time_runs_out()
    assert mine.close_code() == RIGHT_ENDED
    for page in others:
        page.say(do="ping")
        assert page.hear_until(did="pong")


def test_another_grant_on_the_same_child_runs_on(
    breaker: Browser, patient: Patient, unrelated: Institution, web: WebProcess, door: Door
) -> None:
    """Two of one emergency room opened it, one later than the other."""
    second = make_staff("second", unrelated, "asker")
    later = Browser(second, web, door)
    form = reverse("patients:break_glass", args=[unseen_token(actor_for(second), patient.pk)])
    later.post(form, institution=str(unrelated.pk), reason="emergency", explanation=WHY)
    AccessGrant.unscoped.filter(user=second).update(expires_at=clock.now() + timedelta(hours=5))
    page = later.socket()
    page.listen(f"patient:{patient.pk}")
    assert time_runs_out() == 1
    page.say(do="ping")
    assert page.hear_until(did="pong")
    assert later.get(record_of(patient)).status_code == 200


def test_a_page_of_the_same_person_about_another_child_stays(
    breaker: Browser, stranger: User, unrelated: Institution
) -> None:
    from tests.factories.patients import make_patient

    own = make_patient(unrelated, "Zhou Wei")
    page = breaker.socket()
    page.listen(f"patient:{own.pk}")
    time_runs_out()
    page.say(do="ping")
    assert page.hear_until(did="pong")


def test_given_back_early_the_page_closes_as_well(breaker: Browser, patient: Patient) -> None:
    page = breaker.socket()
    page.listen(f"patient:{patient.pk}")
    grant = AccessGrant.unscoped.get(user=breaker.user)
    breaker.post(reverse("patients:end_access", args=[grant.pk]), seen_at=record_of(patient))
    assert page.close_code() == RIGHT_ENDED


def _listed(privacy: User, web: WebProcess, door: Door) -> str:
    return Browser(privacy, web, door).get(reverse("patients:grants")).text


def test_the_privacy_officer_sees_it_while_it_runs(
    breaker: Browser, privacy: User, web: WebProcess, door: Door
) -> None:
    shown = _listed(privacy, web, door)
    assert breaker.user.get_full_name() in shown
    assert WHY in shown


def test_the_privacy_officer_sees_it_afterwards(breaker: Browser, privacy: User, web: WebProcess, door: Door) -> None:
    time_runs_out()
    shown = _listed(privacy, web, door)
    assert breaker.user.get_full_name() in shown
    assert WHY in shown


def test_closing_it_is_in_the_journal_as_the_clocks_doing(breaker: Browser, patient: Patient) -> None:
    from consortium.journal.models import Entry

    time_runs_out()
    entry = Entry.unscoped.get(verb="end-access")
    assert (entry.actor_kind, entry.patient_id) == ("system", patient.pk)


# -- and back to where one came from ----------------------------------------------------------------------------------


def _broken_from(browser: Browser, patient: Patient, unrelated: Institution, back: str) -> str:
    """Where the browser stands after the glass was broken from a page."""
    token = unseen_token(actor_for(browser.user), patient.pk)
    form = f"{reverse('patients:break_glass', args=[token])}?next={back}"
    answer = browser.post(form, institution=str(unrelated.pk), reason="emergency", explanation=WHY)
    return str(answer.url).removeprefix(browser.web.origin)


def test_opened_from_a_case_it_leads_back_to_the_case(
    stranger: User, unrelated: Institution, patient: Patient, case: Consultation, web: WebProcess, door: Door
) -> None:
    browser = Browser(stranger, web, door)
    assert _broken_from(browser, patient, unrelated, page_of(case)) == page_of(case)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(
    stranger: User, unrelated: Institution, patient: Patient, web: WebProcess, door: Door, back: str
) -> None:
    browser = Browser(stranger, web, door)
    assert _broken_from(browser, patient, unrelated, back) == record_of(patient)


def test_the_case_names_itself_in_the_link(
    asker: User, other_specialist: User, specialist: User, case: Consultation, patient: Patient, web: WebProcess,
    door: Door,
) -> None:  # fmt: skip
    page = Browser(other_specialist, web, door).get(page_of(case)).text
    assert f"?next={page_of(case).replace('/', '%2F')}" in page
