"""The loop, on one child: the manual, a question, a referral that came too late, a lecture, a course, a task back.

What people write is done by their operations; that each page leads to the next is looked at in their browsers.
"""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consortium.casework.models import Service
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consultations import operations as questions
from consultations.queries import citing
from consultations.states import FellShort, ReferReason
from courses.library.models import ManualLink
from courses.live.models import Lecture, Recommendation, TeachingCase
from courses.live.operations.cases import approve_case, make_teaching_case, submit_case, use_case
from courses.live.operations.lectures import open_lecture
from courses.live.operations.recommending import recommend
from decision_manual.library import load
from decision_manual.models import PathwayVersion
from decision_manual.operations import add_version, keep_run
from referrals.models import Outcome, Referral
from referrals.operations.answering import accept
from referrals.operations.caring import admit
from referrals.operations.outcomes import send_outcome
from referrals.operations.transport import arrive
from referrals.states import Appropriateness, Place
from tests.cast import client_for
from tests.consultations.cases import answered, by
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.recorded import course_of, delivered, ended, left, sent
from tests.courses.live.teaching import agreed, confirmed, told
from tests.factories.patients import make_guardian
from tests.referrals.cared import ending

COUGH = "cough-2-59m"


@pytest.fixture
def cough(db: None) -> PathwayVersion:
    with acting_as(system("test")) as actor:
        return add_version(actor=actor, pathway=load().pathways[COUGH])


def leads(browser: Client, url: str, to: str) -> str:
    """The page of `url` has a link to `to`, which opens; its address."""
    page = html.unescape(browser.get(url).content.decode())
    assert f'href="{to}' in page, (url, to)
    assert browser.get(to).status_code == 200, to
    return to


def test_from_the_manual_to_the_task_that_comes_back(
    cough: PathwayVersion, asker: User, specialist: User, colleague: User, lecturer: User, patient: Patient,
    community: Institution, hospital: Institution, service: Service,
) -> None:  # fmt: skip
    make_guardian(patient, "Chen Mei")
    agreed(patient, asker)
    doctor, teacher = client_for(asker), client_for(lecturer)

    # the manual is run, and the specialist is asked with its branch
    facts = {"age_days": 213, "cough_or_difficult_breathing": True, "respiratory_rate": 56}
    run, _fresh = by(asker, keep_run, asked={"facts": facts, "pathway": COUGH}, patient_id=patient.pk)
    node = citing.branches_of(COUGH)[0][0]
    manual = {"pathway": COUGH, "node": node, "why": FellShort.NOT_HERE, "note": "", "run_id": str(run.pk)}
    asked = answered(asker, specialist, patient, service, manual=manual, data_unavailable=True)
    question = reverse("consultations:show", args=[asked.pk])

    # sent on, cared for, and the indication marked: it should have come sooner
    words: dict[str, Any] = {"reason": ReferReason.TREATMENT, "question": "Please admit."}
    by(asker, questions.convert, case_id=asked.pk, **words)
    referral: Referral = Referral.unscoped.get(parent_id=asked.pk)
    for operation, more in ((accept, {}), (arrive, {}), (admit, {"place": Place.WARD, "ward": "5 East"})):
        by(specialist, operation, case_id=referral.pk, **more)
    late = ending(appropriateness=Appropriateness.TOO_LATE)
    by(specialist, send_outcome, case_id=referral.pk, ending=late)
    assert Outcome.unscoped.get(case_id=referral.pk).appropriateness == Appropriateness.TOO_LATE
    leads(doctor, question, reverse("referrals:show", args=[referral.pk]))

    # its page leads to teaching; a second person looks at what is told
    teaching = leads(doctor, question, reverse("lectures:of_case", args=[asked.pk]))
    leads(doctor, teaching, f"{reverse('lectures:case_new')}?case={asked.pk}")
    row: TeachingCase = by(asker, make_teaching_case, case_id=asked.pk, title_en="Grunting at night")[0]
    told(asker, row)
    by(asker, submit_case, teaching_case_id=row.pk)
    confirmed(colleague, row)
    by(colleague, approve_case, teaching_case_id=row.pk)
    taught = leads(doctor, teaching, reverse("lectures:case", args=[row.pk]))

    # the lecture, and the course that it leaves
    lecture: Lecture = given_by(lecture_at(hospital, hours=0.1), lecturer)
    by(lecturer, use_case, teaching_case_id=row.pk, lecture_id=lecture.pk)
    by(lecturer, open_lecture, lecture_id=lecture.pk)
    sent(lecture, parts=8)
    ended(lecturer, lecture)
    lesson = left(lecturer, lecture)
    given = leads(doctor, taught, reverse("lectures:lecture", args=[lecture.pk]))
    course = leads(doctor, given, reverse("library:course", args=[course_of(lecture).pk]))
    assert [(link.pathway, link.branch) for link in ManualLink.unscoped.filter(lesson=lesson)] == [(COUGH, node)]
    watch = reverse("library:watch", args=[lesson.pk])
    assert doctor.get(course).status_code == 200
    leads(doctor, watch, given)

    # the task comes back to who asked, and leads to the child and to the branch of the manual
    advice: Recommendation = by(lecturer, recommend, lecture_id=lecture.pk, text_en="Refer at the first grunt.")[0]
    delivered()
    task = leads(doctor, "/", reverse("lectures:recommendation", args=[advice.pk]))
    for to in (question, given, course, taught):
        leads(doctor, task, to)
    assert f"/manual/{COUGH}/versions/1/#{node}" in html.unescape(doctor.get(task).content.decode())
    doctor.post(task, {"act": "follow", "version": Recommendation.unscoped.get(pk=advice.pk).version})
    assert "Followed" in teacher.get(reverse("lectures:afterwards", args=[lecture.pk])).content.decode()

    # who taught it is never led to the child
    for url in (taught, given, watch, task, reverse("lectures:afterwards", args=[lecture.pk])):
        assert str(asked.pk) not in teacher.get(url).content.decode(), url
