"""The pages of teaching cases: made, looked at a second time, taught; and what of the child they never show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.casework.models import Case, Service
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.events.cases import TeachingCaseTakenDown
from courses.live.models import Crew, Lecture
from courses.live.models.cases import CasePicture, CaseStage, TeachingCase
from courses.live.operations.cases import return_case, use_case
from courses.live.operations.lectures import edit_lecture
from courses.live.queries.cases import known_of
from courses.live.receivers.cases import cancel_its_lecture
from courses.live.states.cases import CaseStep
from courses.live.states.lectures import LectureStep, Part
from tests.cast import actor_for, client_for
from tests.courses.live import teaching
from tests.courses.live.teaching import approved, attached, begun, does, fresh, pictured, refused, sent, told
from tests.factories.cases import make_asked
from tests.factories.patients import make_guardian, make_pathway_member, make_patient, make_record_number
from tests.factories.people import make_staff
from tests.files.makers import jpeg


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    make_guardian(patient, "Chen Mei")
    make_record_number(patient, community, "R000777")
    teaching.agreed(patient, asker)
    found: Case = make_asked(patient, asker, community, service).case
    return found


@pytest.fixture
def lecturer(hospital: Institution) -> User:
    return make_staff("lecturer", hospital, Role.LECTURER)


@pytest.fixture
def maker(asker: User) -> Client:
    return client_for(asker)


@pytest.fixture
def second(colleague: User) -> Client:
    return client_for(colleague)


def at(name: str, row: TeachingCase | None = None, *more: Any) -> str:
    return reverse(f"lectures:{name}", args=[row.pk, *more] if row else [])


def lecture(hospital: Institution, **fields: Any) -> Lecture:
    plain = {"title_en": "A night of grunting", "starts_at": clock.now() + timedelta(days=2), "made_at": clock.now()}
    made: Lecture = Lecture.unscoped.create(institution=hospital, **{**plain, **fields})
    return made


def shown(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200
    return reply.content.decode()


def planted_in(page: str) -> list[str]:
    return [each for each in teaching.PLANTED if each in page]


# -- the whole way ----------------------------------------------------------------------------------------------------


def test_a_case_is_made_looked_at_and_approved_on_its_pages(
    case: Case, maker: Client, second: Client, asker: User
) -> None:
    source = attached(asker, case, jpeg(gps=True))
    begin = {"case_id": str(case.pk), "title_en": "Grunting at night", "request_key": str(uuid4())}
    assert maker.post(at("case_new"), begin).status_code == 302
    row = TeachingCase.unscoped.get()
    maker.post(at("case_stage", row, "history"), {"source": teaching.TEXT, "version": row.version})
    found = shown(maker, at("case_stage", row, "history"))
    assert "<del>Lin Xiaoyu</del> <ins>[the child]</ins>" in found
    kept = {"source": teaching.TEXT, "kept": [teaching.TEXT.index("3/6")], "version": fresh(row).version}
    maker.post(at("case_stage", row, "history"), kept)
    assert teaching.stage_of(row).text.endswith("a 3/6 murmur.")
    picture = {"attachment_id": str(source.pk), "request_key": str(uuid4())}
    assert maker.post(at("case_pictures", row), picture).status_code == 302
    maker.post(at("case_act", row, "submit"))
    assert "A photo may show a face" in shown(second, at("case", row))
    second.post(at("case_confirm", row), {"stage": "history"})
    second.post(at("case_confirm", row), {"picture_id": str(CasePicture.unscoped.get().pk)})
    assert "Approve for teaching" in shown(second, at("case", row))
    second.post(at("case_act", row, "approve"))
    assert fresh(row).step == CaseStep.APPROVED


def test_who_teaches_sees_the_case_and_nothing_of_the_child(
    case: Case, asker: User, colleague: User, lecturer: User
) -> None:
    row = approved(asker, colleague, case)
    teaches = client_for(lecturer)
    pages = [shown(teaches, at("case", row)), shown(teaches, at("cases"))]
    assert "[the child]" in pages[0]
    assert [planted_in(page) for page in pages] == [[], []]
    assert [str(case.pk) in page or str(case.patient_id) in page for page in pages] == [False, False]


def test_who_teaches_sees_its_pictures(case: Case, asker: User, colleague: User, lecturer: User) -> None:
    row = begun(asker, case)
    told(asker, row)
    picture = pictured(asker, row, attached(asker, case, jpeg(gps=True)))
    sent(asker, row)
    address = at("case_picture", row, picture.pk)
    assert client_for(lecturer).get(address).status_code == 404
    CasePicture.unscoped.update(confirmed_by=colleague, confirmed_at=clock.now())
    CaseStage.unscoped.update(confirmed_by=colleague, confirmed_at=clock.now(), source_sealed=None)
    TeachingCase.unscoped.update(step=CaseStep.APPROVED, approved_by=colleague, approved_at=clock.now())
    reply = client_for(lecturer).get(address)
    assert (reply["Content-Type"], b"Exif" in reply.content) == ("image/webp", False)
    assert reply["Cache-Control"] == "private, no-store"


def test_from_the_guardians_word_on_there_is_no_page_for_who_teaches(
    case: Case, asker: User, colleague: User, lecturer: User, patient: Patient
) -> None:
    row = approved(asker, colleague, case)
    refused(patient, asker)
    teaches = client_for(lecturer)
    assert teaches.get(at("case", row)).status_code == 404
    assert row.title_en not in shown(teaches, at("cases"))


# -- written ----------------------------------------------------------------------------------------------------------


def test_only_cases_with_consent_are_offered(case: Case, maker: Client, asker: User, patient: Patient) -> None:
    assert case.headline in shown(maker, at("case_new"))
    refused(patient, asker)
    assert "No case can be taught just now" in shown(maker, at("case_new"))


def test_a_title_that_names_the_child_comes_back_with_the_reason(case: Case, maker: Client) -> None:
    begin = {"case_id": str(case.pk), "title_en": "Lin Xiaoyu", "request_key": str(uuid4())}
    reply = maker.post(at("case_new"), begin)
    assert reply.status_code == 422
    assert "Leave out what tells who the child is" in reply.content.decode()


def test_titles_are_changed(case: Case, maker: Client, asker: User) -> None:
    row = begun(asker, case)
    assert row.title_en in shown(maker, at("case_titles", row))
    maker.post(at("case_titles", row), {"title_en": "Noisy breathing", "version": row.version})
    assert fresh(row).title_en == "Noisy breathing"


def test_what_was_let_stand_in_another_text_says_nothing_of_this_one(case: Case, maker: Client, asker: User) -> None:
    row = begun(asker, case)
    told(asker, row, text="a 3/6 murmur")
    other = {"source": "12 on 3/6 she slept", "kept": [2], "version": fresh(row).version}
    maker.post(at("case_stage", row, "history"), other)
    assert teaching.stage_of(row).kept == []


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [("case_titles", [], {"title_en": "Other"}), ("case_stage", ["history"], {"source": "Grunting."})],
)
def test_what_somebody_saved_meanwhile_is_not_overwritten(
    name: str, more: list[str], words: dict[str, str], case: Case, maker: Client, asker: User
) -> None:
    row = begun(asker, case)
    assert maker.post(at(name, row, *more), {**words, "version": row.version + 1}).status_code == 409


def test_one_picture_too_many_comes_back_with_the_reason(
    case: Case, maker: Client, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.live.operations.case_parts.MOST_PICTURES", 0)
    row, source = begun(asker, case), attached(asker, case, jpeg())
    words = {"attachment_id": str(source.pk), "request_key": str(uuid4())}
    assert maker.post(at("case_pictures", row), words).status_code == 422


def test_a_place_that_was_not_offered_is_not_let_stand(case: Case, maker: Client, asker: User) -> None:
    row = begun(asker, case)
    told(asker, row)
    words = {"source": teaching.TEXT, "kept": [0], "version": fresh(row).version}
    assert maker.post(at("case_stage", row, "history"), words).status_code == 422


def test_a_stage_that_is_none_has_no_page(case: Case, maker: Client, asker: User) -> None:
    assert maker.get(at("case_stage", begun(asker, case), "gossip")).status_code == 404


def test_a_stage_not_yet_written_is_empty(case: Case, maker: Client, asker: User) -> None:
    assert "Save: then names" in shown(maker, at("case_stage", begun(asker, case), "course"))


def test_the_pictures_of_the_case_are_offered(case: Case, maker: Client, asker: User) -> None:
    row = begun(asker, case)
    assert "No pictures in this case" in shown(maker, at("case_pictures", row))
    source = attached(asker, case, jpeg())
    assert str(source.pk) in shown(maker, at("case_pictures", row))
    assert Entry.unscoped.filter(verb="read", facts={"what": "teaching-source"}, subject_id=str(row.pk)).count() == 1


def test_a_picture_is_removed_on_its_page(case: Case, maker: Client, asker: User) -> None:
    row = begun(asker, case)
    picture = pictured(asker, row, attached(asker, case, jpeg()))
    maker.post(at("case_picture_drop", row, picture.pk))
    assert not CasePicture.unscoped.exists()


def test_a_picture_of_another_teaching_case_is_not_there(case: Case, maker: Client, asker: User) -> None:
    row, other = begun(asker, case), begun(asker, case)
    picture = pictured(asker, row, attached(asker, case, jpeg()))
    assert maker.get(at("case_picture", other, picture.pk)).status_code == 404


def test_looking_at_what_was_written_is_a_read_of_the_record(
    case: Case, asker: User, second: Client, patient: Patient
) -> None:
    row = begun(asker, case)
    told(asker, row)
    shown(second, at("case", row))
    read = Entry.unscoped.filter(verb="read", subject_id=str(row.pk)).get()
    assert (read.patient_id, read.facts) == (patient.pk, {"what": "teaching-source"})


# -- the second person ------------------------------------------------------------------------------------------------


def test_its_maker_is_offered_no_confirmation(case: Case, maker: Client, asker: User) -> None:
    row = begun(asker, case)
    told(asker, row)
    sent(asker, row)
    page = shown(maker, at("case", row))
    assert "Nobody confirms their own." in page
    assert at("case_confirm", row) not in page


def test_nothing_told_is_not_sent(case: Case, maker: Client, asker: User) -> None:
    row = begun(asker, case)
    reply = maker.post(at("case_act", row, "submit"), follow=True)
    assert "Write at least one part of the case." in reply.content.decode()


def test_it_goes_back_with_a_reason(case: Case, asker: User, second: Client) -> None:
    row = begun(asker, case)
    told(asker, row)
    sent(asker, row)
    assert second.post(at("case_return", row), {"reason": "The village."}).status_code == 302
    assert fresh(row).step == CaseStep.DRAFT


def test_without_a_reason_it_stays(case: Case, asker: User, second: Client) -> None:
    row = begun(asker, case)
    told(asker, row)
    sent(asker, row)
    assert second.post(at("case_return", row), {}).status_code == 422
    assert fresh(row).step == CaseStep.REVIEW


@pytest.mark.parametrize(("name", "more"), [("case_act", ["publish"]), ("case_confirm", [])])
def test_an_act_that_is_none_is_not_there(
    name: str, more: list[str], case: Case, asker: User, second: Client
) -> None:  # fmt: skip
    row = begun(asker, case)
    told(asker, row)
    sent(asker, row)
    assert second.post(at(name, row, *more), {}).status_code == 404


def test_an_old_button_does_not_confirm_or_approve_what_was_written_since(
    case: Case, maker: Client, asker: User, second: Client, colleague: User
) -> None:
    row = begun(asker, case)
    told(asker, row)
    old = sent(asker, row).version
    teaching.confirmed(colleague, row)
    does(colleague, return_case, teaching_case_id=row.pk, reason="The village.")
    again = told(asker, row, text="Another text.")
    assert maker.post(at("case_act", row, "submit"), {"version": old}).status_code == 409
    sent(asker, row)
    assert second.post(at("case_confirm", row), {"stage": "history", "version": old}).status_code == 409
    teaching.confirmed(colleague, row)
    assert second.post(at("case_act", row, "approve"), {"version": old}).status_code == 409
    assert (fresh(row).step, again.confirmed_by_id) == (CaseStep.REVIEW, None)
    assert f'name="version" value="{fresh(row).version}"' in shown(second, at("case", row))
    assert second.post(at("case_act", row, "approve"), {"version": fresh(row).version}).status_code == 302


def test_the_queue_sees_neither_text_nor_picture_before_the_approval(
    case: Case, asker: User, colleague: User, other_specialist: User
) -> None:
    row = begun(asker, case)
    told(asker, row)
    picture = pictured(asker, row, attached(asker, case, jpeg(gps=True)))
    waits = client_for(other_specialist)
    assert waits.get(at("case", row)).status_code == 404
    assert waits.get(at("case_picture", row, picture.pk)).status_code == 404
    assert not sees(other_specialist)


def test_taken_down_it_says_so(case: Case, maker: Client, asker: User, colleague: User) -> None:
    row = approved(asker, colleague, case)
    maker.post(at("case_act", row, "withdraw"))
    page = shown(maker, at("case", row))
    assert "Its texts and pictures were destroyed." in page
    assert "[the child]" not in page


# -- in a lecture -----------------------------------------------------------------------------------------------------


def test_an_approved_case_is_taught_in_a_lecture(
    case: Case, asker: User, colleague: User, lecturer: User, hospital: Institution
) -> None:
    row, coming = approved(asker, colleague, case), lecture(hospital)
    teaches = client_for(lecturer)
    assert coming.title_en in shown(teaches, at("case", row))
    assert teaches.post(at("case_use", row), {"lecture_id": str(coming.pk)}).status_code == 302
    assert fresh(row).lecture_id == coming.pk


def test_a_lecture_that_is_none_teaches_nothing(case: Case, asker: User, colleague: User, lecturer: User) -> None:
    row = approved(asker, colleague, case)
    assert client_for(lecturer).post(at("case_use", row), {"lecture_id": str(uuid4())}).status_code == 404
    with pytest.raises(NotVisible):
        does(lecturer, use_case, teaching_case_id=row.pk, lecture_id=uuid4())


def test_only_an_approved_case_is_taught(case: Case, asker: User, hospital: Institution) -> None:
    both = make_staff("both", hospital, Role.LECTURER, Role.SPECIALIST)
    row = begun(asker, case)
    agreed_member(case, hospital)
    with pytest.raises(WrongStep):
        does(both, use_case, teaching_case_id=row.pk, lecture_id=lecture(hospital).pk)


def agreed_member(case: Case, place: Institution) -> None:
    """The hospital takes part in the child's pathway."""
    make_pathway_member(case.pathway, place)  # type: ignore[arg-type]


def test_who_treats_the_child_does_not_plan_lectures(
    case: Case, asker: User, colleague: User, hospital: Institution
) -> None:
    row = approved(asker, colleague, case)
    with pytest.raises(NotPermitted):
        does(asker, use_case, teaching_case_id=row.pk, lecture_id=lecture(hospital).pk)


def test_it_is_not_taught_after_the_guardians_no(
    case: Case, asker: User, colleague: User, hospital: Institution, patient: Patient
) -> None:
    row = approved(asker, colleague, case)
    agreed_member(case, hospital)
    both = make_staff("both", hospital, Role.LECTURER, Role.SPECIALIST)
    refused(patient, asker)
    with pytest.raises(WrongStep, match="guardian"):
        does(both, use_case, teaching_case_id=row.pk, lecture_id=lecture(hospital).pk)


def taught(row: TeachingCase, place: Institution, step: str) -> Lecture:
    """A lecture at `step` that teaches it."""
    made = lecture(place)
    at_ = clock.now()
    for each, fields in (
        (LectureStep.ANNOUNCED, {"announced_at": at_}), (LectureStep.LIVE, {"opened_at": at_}),
        (LectureStep.ENDED, {"ended_at": at_}),
    ):  # fmt: skip
        Lecture.unscoped.filter(pk=made.pk).update(step=each, **fields)
        if each == step:
            break
    TeachingCase.unscoped.filter(pk=row.pk).update(lecture=made)
    return made


def sees(user: User) -> bool:
    with acting_as(actor_for(user)):
        return bool(TeachingCase.objects.exists())


def test_the_audience_reads_the_case_when_the_lecture_is_over(
    case: Case, asker: User, colleague: User, hospital: Institution, stranger: User
) -> None:
    row = approved(asker, colleague, case)
    held = taught(row, hospital, LectureStep.LIVE)
    assert not sees(stranger)
    Lecture.unscoped.filter(pk=held.pk).update(step=LectureStep.ENDED, ended_at=clock.now())
    assert sees(stranger)
    assert planted_in(shown(client_for(stranger), at("case", row))) == []


def test_the_crew_reads_it_before(
    case: Case, asker: User, colleague: User, hospital: Institution, stranger: User
) -> None:
    row = approved(asker, colleague, case)
    held = taught(row, hospital, LectureStep.ANNOUNCED)
    Crew.unscoped.create(lecture=held, user=stranger, part=Part.MODERATOR)
    assert sees(stranger)


def test_the_audience_loses_it_with_the_guardians_no(
    case: Case, asker: User, colleague: User, hospital: Institution, stranger: User, patient: Patient
) -> None:
    taught(approved(asker, colleague, case), hospital, LectureStep.ENDED)
    refused(patient, asker)
    assert not sees(stranger)


def test_a_lecture_whose_case_may_not_be_taught_is_out_of_sight(
    case: Case, asker: User, colleague: User, hospital: Institution, stranger: User, lecturer: User, patient: Patient
) -> None:
    held = taught(approved(asker, colleague, case), hospital, LectureStep.ENDED)
    assert [finds(each, held) for each in (stranger, lecturer)] == [True, True]
    refused(patient, asker)
    assert [finds(each, held) for each in (stranger, lecturer)] == [False, True]


def finds(user: User, held: Lecture) -> bool:
    with acting_as(actor_for(user)):
        return bool(Lecture.objects.filter(pk=held.pk).exists())


def test_its_crew_does_not_see_it_either(
    case: Case, asker: User, colleague: User, hospital: Institution, stranger: User, patient: Patient
) -> None:
    held = taught(approved(asker, colleague, case), hospital, LectureStep.ANNOUNCED)
    Crew.unscoped.create(lecture=held, user=stranger, part=Part.MODERATOR)
    refused(patient, asker)
    assert not finds(stranger, held)


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (LectureStep.ANNOUNCED, LectureStep.CANCELLED),
        (LectureStep.LIVE, LectureStep.ENDED),
        (LectureStep.ENDED, LectureStep.ENDED),
    ],
)
def test_with_its_case_a_coming_lecture_is_cancelled_and_a_live_one_ends(
    step: str, after: str, case: Case, asker: User, colleague: User, hospital: Institution
) -> None:
    row = approved(asker, colleague, case)
    held = taught(row, hospital, step)
    with acting_as(system("test")):
        cancel_its_lecture(0, TeachingCaseTakenDown(row.pk, held.pk, by_guardian=True))
    assert Lecture.unscoped.get(pk=held.pk).step == after


@pytest.mark.parametrize("step", [LectureStep.ANNOUNCED, LectureStep.ENDED])
def test_a_lecture_that_was_announced_keeps_its_case(
    step: str, case: Case, asker: User, colleague: User, hospital: Institution, lecturer: User
) -> None:
    row = approved(asker, colleague, case)
    held = taught(row, hospital, step)
    with pytest.raises(WrongStep):
        does(lecturer, use_case, teaching_case_id=row.pk, lecture_id=lecture(hospital).pk)
    assert fresh(row).lecture_id == held.pk


def test_a_case_of_a_draft_is_taught_elsewhere(
    case: Case, asker: User, colleague: User, hospital: Institution, lecturer: User
) -> None:
    row, other = approved(asker, colleague, case), lecture(hospital)
    does(lecturer, use_case, teaching_case_id=row.pk, lecture_id=lecture(hospital).pk)
    does(lecturer, use_case, teaching_case_id=row.pk, lecture_id=other.pk)
    assert fresh(row).lecture_id == other.pk


def test_a_lecture_that_is_over_takes_no_case(
    case: Case, asker: User, colleague: User, hospital: Institution, lecturer: User
) -> None:
    row, over = approved(asker, colleague, case), lecture(hospital)
    Lecture.unscoped.filter(pk=over.pk).update(step=LectureStep.CANCELLED, reason="Ill")
    with pytest.raises(WrongStep, match="still to come"):
        does(lecturer, use_case, teaching_case_id=row.pk, lecture_id=over.pk)


@pytest.mark.parametrize("said", [{"title_en": "Lin Xiaoyu"}, {"summary_en": "The daughter of Chen Mei"}])
def test_a_lecture_that_names_the_child_takes_no_case(
    said: dict[str, str], case: Case, asker: User, colleague: User, hospital: Institution, lecturer: User
) -> None:
    row = approved(asker, colleague, case)
    with pytest.raises(InvalidInput, match="who the child is"):
        does(lecturer, use_case, teaching_case_id=row.pk, lecture_id=lecture(hospital, **said).pk)


def test_a_lecture_with_a_case_is_not_renamed_after_the_child(
    case: Case, asker: User, colleague: User, hospital: Institution, lecturer: User
) -> None:
    row, held = approved(asker, colleague, case), lecture(hospital)
    does(lecturer, use_case, teaching_case_id=row.pk, lecture_id=held.pk)
    with pytest.raises(InvalidInput, match="who the child is"):
        does(lecturer, edit_lecture, lecture_id=held.pk, fields={"summary_en": "Of Lin Xiaoyu"})


def test_names_of_merged_records_and_twins_are_looked_for(case: Case, patient: Patient, community: Institution) -> None:
    merged, twin = make_patient(community, "Old Name"), make_patient(community, "Second Twin")
    Patient.unscoped.filter(pk=merged.pk).update(merged_into=patient)
    Patient.unscoped.filter(pk=twin.pk).update(twin_of=patient)
    with acting_as(system("test")):
        assert {"Old Name", "Second Twin", patient.name} <= set(known_of(case).child)


@pytest.mark.parametrize("does_it", ["stage", "picture"])
def test_after_the_guardians_no_nothing_more_is_written(
    does_it: str, case: Case, asker: User, patient: Patient
) -> None:
    row = begun(asker, case)
    source = attached(asker, case, jpeg(gps=True))
    refused(patient, asker)
    with pytest.raises(WrongStep, match="guardian"):
        told(asker, row) if does_it == "stage" else pictured(asker, row, source)


def test_its_media_go_with_the_case(
    case: Case, asker: User, colleague: User, hospital: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = approved(asker, colleague, case)
    held, gone = taught(row, hospital, LectureStep.LIVE), []
    monkeypatch.setattr(
        "courses.live.receivers.cases.take_down_lecture_media", lambda **said: gone.append(said["lecture_id"])
    )
    with acting_as(system("test")):
        cancel_its_lecture(0, TeachingCaseTakenDown(row.pk, held.pk, by_guardian=True))
    assert gone == [held.pk]


def test_from_the_guardians_no_on_nobody_enters_the_room(
    case: Case, asker: User, colleague: User, hospital: Institution, lecturer: User, stranger: User, patient: Patient
) -> None:
    held = taught(approved(asker, colleague, case), hospital, LectureStep.LIVE)
    Crew.unscoped.create(lecture=held, user=lecturer, part=Part.LECTURER)
    refused(patient, asker)
    plans = client_for(lecturer)
    for name in ("room", "studio"):
        assert plans.get(reverse(f"lectures:{name}", args=[held.pk])).status_code == 404
    assert client_for(stranger).get(reverse("lectures:lecture", args=[held.pk])).status_code == 404


def test_a_case_without_a_lecture_cancels_none(case: Case, asker: User, colleague: User) -> None:
    row = approved(asker, colleague, case)
    with acting_as(system("test")):
        cancel_its_lecture(0, TeachingCaseTakenDown(row.pk, None, by_guardian=True))
    assert fresh(row).lecture_id is None


# -- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_asks_as_often_for_three_as_for_one(case: Case, asker: User, maker: Client) -> None:
    counts = []
    for more in (1, 2):
        for _one in range(more):
            begun(asker, case)
        shown(maker, at("cases"))
        with CaptureQueriesContext(connection) as asked:
            shown(maker, at("cases"))
        counts.append(len(asked))
    assert counts == [5, 5]


def test_the_list_goes_on(case: Case, asker: User, maker: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(26):
        begun(asker, case, f"Case {'abcdefghijklmnopqrstuvwxyz'[number]}")
    first = maker.get(at("cases"))
    assert len(first.context["rows"]) == 25
    assert len(maker.get(first.context["next_url"]).context["rows"]) == 1


def test_an_empty_list_says_what_a_teaching_case_is(lecturer: User) -> None:
    assert "No teaching case yet" in shown(client_for(lecturer), at("cases"))
