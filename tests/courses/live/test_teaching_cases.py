"""A case made for teaching: by whom, with whose consent, looked at by a second person, and gone when consent ends."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction
from PIL import Image

from consortium.casework.models import Case, Service
from consortium.files.models import Attachment
from consortium.files.sandbox import Cleaned
from consortium.files.sniff.faults import Fault
from consortium.files.states import Step
from consortium.journal.models import Entry
from consortium.journal.tasks import deliver_entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.patients.events import PatientErased
from consortium.patients.models import Patient
from consortium.patients.operations.guardians import Decision, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models.cases import CasePicture, CaseStage, TeachingCase
from courses.live.operations.case_parts import (
    MOST_PICTURES,
    add_case_picture,
    confirm_part,
    drop_case_picture,
    write_stage,
)
from courses.live.operations.cases import (
    approve_case,
    make_teaching_case,
    retitle_case,
    return_case,
    submit_case,
    take_down,
    take_down_all,
)
from courses.live.queries.cases import candidates, known_of
from courses.live.receivers.cases import take_down_when_erased
from courses.live.states.cases import CaseStep
from tests.cast import actor_for
from tests.courses.live.teaching import (
    PLANTED,
    TEXT,
    agreed,
    approved,
    attached,
    begun,
    confirmed,
    does,
    fresh,
    pictured,
    refused,
    sent,
    stage_of,
    told,
)
from tests.factories.cases import make_asked, make_draft, make_message
from tests.factories.patients import make_guardian, make_pathway_member, make_record_number
from tests.factories.people import make_staff
from tests.files.makers import dicom, jpeg


@pytest.fixture
def case(patient: Patient, asker: User, specialist: User, community: Institution, service: Service) -> Case:
    """Held by the specialist; the guardian agrees to teaching."""
    make_guardian(patient, "Chen Mei")
    make_record_number(patient, community, "R000777")
    agreed(patient, asker)
    found: Case = make_asked(patient, asker, community, service).case
    Case.unscoped.filter(pk=found.pk).update(responder=specialist)
    found.refresh_from_db()
    assert found.pathway is not None
    make_pathway_member(found.pathway, service.institution)
    return found


@pytest.fixture
def lecturer(hospital: Institution) -> User:
    """Teaches at the answering hospital, and treats nobody."""
    return make_staff("lecturer", hospital, Role.LECTURER)


@pytest.fixture
def row(case: Case, asker: User) -> TeachingCase:
    return begun(asker, case)


def photo(asker: User, case: Case) -> Attachment:
    return attached(asker, case, jpeg(gps=True))


# -- begun ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asker", "colleague", "specialist", "lead"])
def test_both_sides_and_the_lead_begin_one(who: str, case: Case, request: pytest.FixtureRequest) -> None:
    made = begun(request.getfixturevalue(who), case)
    assert (made.step, made.case_id) == (CaseStep.DRAFT, case.pk)


@pytest.mark.parametrize("who", ["nurse", "other_specialist"])
def test_others_who_see_the_case_do_not(who: str, case: Case, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        begun(request.getfixturevalue(who), case)


@pytest.mark.parametrize("who", ["stranger", "lecturer", "manager"])
def test_for_who_does_not_see_the_case_there_is_none(who: str, case: Case, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotVisible):
        begun(request.getfixturevalue(who), case)


def test_who_has_not_taken_the_case_does_not_begin_one(
    patient: Patient, asker: User, lead: User, community: Institution, service: Service
) -> None:
    with pytest.raises(NotPermitted, match="Take the case first"):
        begun(lead, make_asked(patient, asker, community, service).case)


def test_a_draft_has_names_to_look_for_too(patient: Patient, asker: User, community: Institution) -> None:
    with acting_as(system("test")):
        known = known_of(make_draft(patient, asker, community).case)
    assert known.child == (patient.name,)


def test_rows_are_named_by_their_ids_alone(row: TeachingCase, asker: User, case: Case) -> None:
    stage, picture = told(asker, row), pictured(asker, row, photo(asker, case))
    assert [str(each) for each in (row, stage, picture)] == [
        f"teaching case {row.pk}", f"history of {row.pk}", f"picture {picture.pk}",
    ]  # fmt: skip


def test_it_lies_on_the_shelf_of_the_answering_hospital(row: TeachingCase, hospital: Institution) -> None:
    assert row.institution_id == hospital.pk


def test_a_double_click_makes_one(case: Case, asker: User) -> None:
    key = uuid4()
    first = does(asker, make_teaching_case, case_id=case.pk, title_en="Grunting", key=key)
    again = does(asker, make_teaching_case, case_id=case.pk, title_en="Grunting", key=key)
    assert (first[1], again[1], first[0].pk) == (True, False, again[0].pk)


def test_without_the_guardians_consent_there_is_none(case: Case, asker: User, patient: Patient) -> None:
    refused(patient, asker)
    with pytest.raises(WrongStep, match="guardian"):
        begun(asker, case)


def test_the_newest_word_of_the_guardian_counts(case: Case, asker: User, patient: Patient) -> None:
    refused(patient, asker)
    agreed(patient, asker)
    assert begun(asker, case).step == CaseStep.DRAFT


def test_a_draft_is_not_taught(case: Case, asker: User) -> None:
    Case.unscoped.filter(pk=case.pk).update(submitted_at=None)
    with pytest.raises(NotPermitted):
        begun(asker, case)


def test_a_case_entered_in_error_is_not_taught(case: Case, asker: User) -> None:
    Case.unscoped.filter(pk=case.pk).update(entered_in_error_at=clock.now())
    with pytest.raises(NotPermitted):
        begun(asker, case)


def test_a_title_that_names_the_child_is_refused(case: Case, asker: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        begun(asker, case, "The story of Lin Xiaoyu")
    assert "Lin Xiaoyu" in str(refusal.value.fields["title_en"])


def test_a_title_is_given(case: Case, asker: User) -> None:
    with pytest.raises(Exception, match="title"):
        begun(asker, case, " ")


def test_other_titles_are_given_while_it_is_written(row: TeachingCase, asker: User) -> None:
    does(asker, retitle_case, teaching_case_id=row.pk, title_en="Noisy breathing", version=row.version)
    assert fresh(row).title_en == "Noisy breathing"


def test_of_two_who_retitle_it_the_second_is_told(row: TeachingCase, asker: User) -> None:
    with pytest.raises(StaleVersion):
        does(asker, retitle_case, teaching_case_id=row.pk, title_en="Other", version=row.version + 1)


def test_another_title_does_not_name_the_child_either(row: TeachingCase, asker: User) -> None:
    with pytest.raises(InvalidInput):
        does(asker, retitle_case, teaching_case_id=row.pk, title_en="Xiaoyu")


def test_ones_own_cases_with_consent_are_offered(case: Case, asker: User, specialist: User, stranger: User) -> None:
    offered = {}
    for user in (asker, specialist, stranger):
        actor = actor_for(user)
        with acting_as(actor):
            offered[user.username] = [each.pk for each in candidates(actor)]
    assert list(offered.values()) == [[case.pk], [case.pk], []]


def test_a_case_that_is_made_already_is_not_offered_again(row: TeachingCase, asker: User) -> None:
    actor = actor_for(asker)
    with acting_as(actor):
        assert candidates(actor) == []


def test_a_case_without_consent_is_not_offered(case: Case, asker: User, patient: Patient) -> None:
    refused(patient, asker)
    actor = actor_for(asker)
    with acting_as(actor):
        assert candidates(actor) == []


# -- written ----------------------------------------------------------------------------------------------------------


def test_all_that_is_planted_is_found_and_replaced(row: TeachingCase, asker: User) -> None:
    text = told(asker, row).text
    assert [each for each in PLANTED if each in text] == []
    assert text.startswith("[the child] ([name]), MRN [number], of [place], born ")
    assert text.endswith("Grunting since the evening, a [date] murmur.")


def test_what_was_written_lies_sealed(row: TeachingCase, asker: User) -> None:
    sealed = bytes(told(asker, row).source_sealed or b"")
    assert b"Xiaoyu" not in sealed
    assert len(sealed) > len(TEXT)


def test_what_is_doubtful_may_be_let_stand(row: TeachingCase, asker: User) -> None:
    assert told(asker, row, kept=[TEXT.index("3/6")]).text.endswith("a 3/6 murmur.")


def test_what_is_sure_may_not(row: TeachingCase, asker: User) -> None:
    assert "Xiaoyu" not in told(asker, row, kept=[0]).text


def test_a_text_that_was_emptied_leaves_its_stage_out(row: TeachingCase, asker: User) -> None:
    told(asker, row)
    does(asker, write_stage, teaching_case_id=row.pk, kind="history", source="  ")
    assert not CaseStage.unscoped.filter(teaching_case=row).exists()


def test_a_text_has_an_end(row: TeachingCase, asker: User) -> None:
    with pytest.raises(InvalidInput):
        told(asker, row, text="a" * 6001)


def test_a_stage_that_is_none_is_not_there(row: TeachingCase, asker: User) -> None:
    with pytest.raises(NotVisible):
        told(asker, row, kind="gossip")


def test_of_two_who_write_the_second_is_told(row: TeachingCase, asker: User) -> None:
    with pytest.raises(StaleVersion):
        told(asker, row, version=row.version + 1)


def test_only_its_maker_writes_it(row: TeachingCase, colleague: User) -> None:
    with pytest.raises(NotPermitted):
        told(colleague, row)


def test_everybody_who_wrote_in_the_thread_is_known(case: Case, district_doctor: User, district: Institution) -> None:
    make_message(case, district_doctor, district)
    with acting_as(system("test")):
        known = known_of(case)
    assert {district_doctor.full_name} <= set(known.staff)
    assert "R000777" in known.numbers
    assert "Chen Mei" in known.family


def test_the_journal_tells_of_the_writing_and_not_what(row: TeachingCase, asker: User, patient: Patient) -> None:
    told(asker, row)
    entry = Entry.unscoped.filter(verb="write", subject_id=str(row.pk)).latest("id")
    assert entry.patient_id == patient.pk
    assert entry.facts["stage"] == "history"
    assert [each for each in PLANTED if each in str(entry.facts)] == []


# -- pictures ---------------------------------------------------------------------------------------------------------


def test_a_photo_is_taken_without_its_exif(row: TeachingCase, asker: User, case: Case) -> None:
    sent_in = jpeg(gps=True)
    assert b"Exif" in sent_in
    picture = pictured(asker, row, attached(asker, case, sent_in))
    with Image.open(io.BytesIO(bytes(picture.content))) as shown:
        assert (shown.format, dict(shown.getexif()), shown.info.get("exif")) == ("WEBP", {}, None)
    assert picture.reasons == ["photo"]


def test_a_frame_is_taken_without_its_dicom_tags(row: TeachingCase, asker: User, case: Case) -> None:
    data = dicom(PatientID="R000777", PatientBirthDate="20250301", InstitutionName="Gulan Lane Hospital")
    picture = pictured(asker, row, attached(asker, case, data, "a.dcm"))
    content = bytes(picture.content)
    assert [word for word in (b"Secret", b"R000777", b"20250301", b"Gulan") if word in data] == [
        b"Secret", b"R000777", b"20250301", b"Gulan",
    ]  # fmt: skip
    assert [word for word in (b"Secret", b"R000777", b"20250301", b"Gulan", b"DICM") if word in content] == []
    assert picture.reasons == ["unsaid"]


def test_a_picture_is_added_once(row: TeachingCase, asker: User, case: Case) -> None:
    source, key = photo(asker, case), uuid4()
    for _try in range(2):
        pictured(asker, row, source, key=key)
    assert CasePicture.unscoped.filter(teaching_case=row).count() == 1


def test_a_file_of_another_case_is_not_there(
    row: TeachingCase, asker: User, patient: Patient, community: Institution, service: Service
) -> None:
    other = make_asked(patient, asker, community, service).case
    with pytest.raises(NotVisible):
        pictured(asker, row, photo(asker, other))


def test_a_file_that_is_not_available_is_not_there(row: TeachingCase, asker: User, case: Case) -> None:
    source = photo(asker, case)
    Attachment.unscoped.filter(pk=source.pk).update(withdrawn_at=clock.now())
    with pytest.raises(NotVisible):
        pictured(asker, row, source)
    assert source.step == Step.AVAILABLE


def test_there_is_an_end_of_pictures(
    row: TeachingCase, asker: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.live.operations.case_parts.MOST_PICTURES", 1)
    source = photo(asker, case)
    pictured(asker, row, source)
    with pytest.raises(InvalidInput):
        pictured(asker, row, source)
    assert MOST_PICTURES == 20


def test_a_picture_that_is_left_out_is_gone(row: TeachingCase, asker: User, case: Case) -> None:
    picture = pictured(asker, row, photo(asker, case))
    does(asker, drop_case_picture, teaching_case_id=row.pk, picture_id=picture.pk)
    assert not CasePicture.unscoped.filter(pk=picture.pk).exists()


def test_the_second_person_takes_a_picture_out(row: TeachingCase, asker: User, colleague: User, case: Case) -> None:
    told(asker, row)
    picture = pictured(asker, row, photo(asker, case))
    sent(asker, row)
    does(colleague, drop_case_picture, teaching_case_id=row.pk, picture_id=picture.pk)
    assert not CasePicture.unscoped.filter(pk=picture.pk).exists()


def test_a_picture_that_is_none_is_not_dropped(row: TeachingCase, asker: User) -> None:
    with pytest.raises(NotVisible):
        does(asker, drop_case_picture, teaching_case_id=row.pk, picture_id=uuid4())


def test_a_file_that_cannot_be_judged_is_not_taken(
    row: TeachingCase, asker: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = attached(asker, case, dicom(), "a.dcm")
    refusal = [Cleaned([], Fault.BROKEN)]
    monkeypatch.setattr("courses.live.operations.case_parts.clean_files", lambda _pairs, _key: refusal)
    with pytest.raises(InvalidInput, match="damaged"):
        pictured(asker, row, source)


# -- a second person --------------------------------------------------------------------------------------------------


def test_nothing_is_sent_while_nothing_is_told(row: TeachingCase, asker: User) -> None:
    with pytest.raises(InvalidInput):
        sent(asker, row)


def test_what_was_sent_is_not_written_any_more(row: TeachingCase, asker: User) -> None:
    told(asker, row)
    sent(asker, row)
    with pytest.raises(WrongStep):
        told(asker, row)


def test_it_is_not_sent_without_consent(row: TeachingCase, asker: User, patient: Patient) -> None:
    told(asker, row)
    refused(patient, asker)
    with pytest.raises(WrongStep):
        sent(asker, row)


def test_its_maker_confirms_nothing(row: TeachingCase, asker: User) -> None:
    told(asker, row)
    sent(asker, row)
    with pytest.raises(NotPermitted, match="second person"):
        does(asker, confirm_part, teaching_case_id=row.pk, stage="history")


def test_its_maker_does_not_approve_it(row: TeachingCase, asker: User, colleague: User) -> None:
    told(asker, row)
    sent(asker, row)
    confirmed(colleague, row)
    with pytest.raises(NotPermitted, match="second person"):
        does(asker, approve_case, teaching_case_id=row.pk)


def test_the_database_refuses_a_part_confirmed_by_its_writer(row: TeachingCase, asker: User) -> None:
    stage = told(asker, row)
    with pytest.raises(IntegrityError, match="lectures_casestage_second"), transaction.atomic():
        CaseStage.unscoped.filter(pk=stage.pk).update(confirmed_by=asker, confirmed_at=clock.now())


def test_the_database_refuses_a_picture_confirmed_by_its_writer(row: TeachingCase, asker: User, case: Case) -> None:
    picture = pictured(asker, row, photo(asker, case))
    with pytest.raises(IntegrityError, match="lectures_casepicture_second"), transaction.atomic():
        CasePicture.unscoped.filter(pk=picture.pk).update(confirmed_by=asker, confirmed_at=clock.now())


def test_the_database_refuses_an_approval_by_its_maker(row: TeachingCase, asker: User) -> None:
    with pytest.raises(IntegrityError, match="lectures_teachingcase_second"), transaction.atomic():
        TeachingCase.unscoped.filter(pk=row.pk).update(approved_by=asker, approved_at=clock.now())


def test_the_database_refuses_half_a_confirmation(row: TeachingCase, asker: User) -> None:
    stage = told(asker, row)
    with pytest.raises(IntegrityError, match="lectures_casestage_confirmed_pair"), transaction.atomic():
        CaseStage.unscoped.filter(pk=stage.pk).update(confirmed_at=clock.now())


def test_the_database_refuses_an_approval_of_what_nobody_looked_at(
    row: TeachingCase, asker: User, colleague: User
) -> None:
    told(asker, row)
    sent(asker, row)
    with pytest.raises(InternalError, match="lectures_case_looked_at"), transaction.atomic():
        TeachingCase.unscoped.filter(pk=row.pk).update(
            step="approved", approved_by=colleague, approved_at=clock.now()
        )  # fmt: skip


def test_it_is_not_approved_before_every_part_was_confirmed(row: TeachingCase, asker: User, colleague: User) -> None:
    told(asker, row)
    sent(asker, row)
    with pytest.raises(WrongStep, match="confirmed first"):
        does(colleague, approve_case, teaching_case_id=row.pk)


def test_a_picture_alone_that_nobody_looked_at_holds_it_up(
    row: TeachingCase, asker: User, colleague: User, case: Case
) -> None:
    told(asker, row)
    pictured(asker, row, photo(asker, case))
    sent(asker, row)
    does(colleague, confirm_part, teaching_case_id=row.pk, stage="history")
    with pytest.raises(WrongStep, match="confirmed first"):
        does(colleague, approve_case, teaching_case_id=row.pk)


def test_a_part_that_is_none_is_not_confirmed(row: TeachingCase, asker: User, colleague: User) -> None:
    told(asker, row)
    sent(asker, row)
    for part in ({"stage": "course"}, {"picture_id": uuid4()}, {}):
        with pytest.raises(NotVisible):
            does(colleague, confirm_part, teaching_case_id=row.pk, **part)


def test_approved_it_keeps_nothing_of_what_was_written(case: Case, asker: User, colleague: User) -> None:
    made = approved(asker, colleague, case)
    stage = stage_of(made)
    assert (made.step, made.approved_by_id) == (CaseStep.APPROVED, colleague.pk)
    assert (stage.source_sealed, stage.kept, stage.confirmed_by_id) == (None, [], colleague.pk)


def test_an_approved_part_is_changed_by_nobody(case: Case, asker: User, colleague: User) -> None:
    made = approved(asker, colleague, case)
    with pytest.raises(InternalError, match="lectures_case_fixed"), transaction.atomic():
        CaseStage.unscoped.filter(teaching_case=made).update(text="Lin Xiaoyu")


def test_sent_back_it_is_written_again(row: TeachingCase, asker: User, colleague: User) -> None:
    told(asker, row)
    sent(asker, row)
    confirmed(colleague, row)
    does(colleague, return_case, teaching_case_id=row.pk, reason="The village is named.")
    assert fresh(row).step == CaseStep.DRAFT
    assert told(asker, row, text="Grunting.").confirmed_by_id is None


def test_who_sends_back_says_why(row: TeachingCase, asker: User, colleague: User) -> None:
    told(asker, row)
    sent(asker, row)
    with pytest.raises(InvalidInput):
        does(colleague, return_case, teaching_case_id=row.pk, reason=" ")


def test_it_is_not_approved_after_the_consent_ended(
    row: TeachingCase, asker: User, colleague: User, patient: Patient
) -> None:
    told(asker, row)
    sent(asker, row)
    confirmed(colleague, row)
    refused(patient, asker)
    with pytest.raises(WrongStep, match="guardian"):
        does(colleague, approve_case, teaching_case_id=row.pk)


# -- who sees it ------------------------------------------------------------------------------------------------------


def seen_by(user: User) -> list[Any]:
    with acting_as(actor_for(user)):
        return list(TeachingCase.objects.values_list("pk", flat=True))


def test_a_draft_is_seen_by_who_sees_the_childs_case_alone(
    row: TeachingCase, colleague: User, lecturer: User, stranger: User
) -> None:
    assert (seen_by(colleague), seen_by(lecturer), seen_by(stranger)) == ([row.pk], [], [])


def test_an_approved_one_is_seen_by_who_teaches_there(
    case: Case, asker: User, colleague: User, lecturer: User, stranger: User
) -> None:
    made = approved(asker, colleague, case)
    assert (seen_by(lecturer), seen_by(stranger)) == ([made.pk], [])


def test_a_lecturer_of_another_hospital_does_not_see_it(
    case: Case, asker: User, colleague: User, unrelated: Institution
) -> None:
    approved(asker, colleague, case)
    assert seen_by(make_staff("elsewhere", unrelated, Role.LECTURER)) == []


def test_from_the_guardians_word_on_nobody_who_teaches_sees_it(
    case: Case, asker: User, colleague: User, lecturer: User, patient: Patient
) -> None:
    approved(asker, colleague, case)
    refused(patient, asker)
    assert seen_by(lecturer) == []
    with acting_as(actor_for(lecturer)):
        assert not CaseStage.objects.exists()


# -- taken down -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [ConsentStatus.INACTIVE, ConsentStatus.REJECTED])
def test_the_end_of_the_consent_destroys_all_of_it(
    status: str, case: Case, asker: User, colleague: User, patient: Patient
) -> None:
    made = approved(asker, colleague, case)
    refused(patient, asker, status)
    deliver_entry(Entry.unscoped.filter(event="patients.ConsentChanged").latest("id").pk)
    gone = fresh(made)
    assert (gone.step, gone.title_en, gone.title_zh) == (CaseStep.WITHDRAWN, "", "")
    assert not CaseStage.unscoped.exists()
    assert not CasePicture.unscoped.exists()


def test_another_consent_that_ends_leaves_it(case: Case, asker: User, colleague: User, patient: Patient) -> None:
    made = approved(asker, colleague, case)
    decision = Decision(ConsentKind.VIDEO, ConsentStatus.REJECTED)
    does(asker, record_consent, patient_id=patient.pk, decision=decision)
    deliver_entry(Entry.unscoped.filter(event="patients.ConsentChanged").latest("id").pk)
    assert fresh(made).step == CaseStep.APPROVED


def test_the_erasure_of_the_record_destroys_it(case: Case, asker: User, colleague: User, patient: Patient) -> None:
    made = approved(asker, colleague, case)
    with acting_as(system("test")):
        take_down_when_erased(0, PatientErased(patient.pk))
    assert fresh(made).step == CaseStep.WITHDRAWN


def test_taking_down_twice_is_once(case: Case, asker: User, colleague: User, patient: Patient) -> None:
    made = approved(asker, colleague, case)
    with acting_as(system("test")) as actor:
        assert take_down_all(actor=actor, patient_id=patient.pk) == 1
        assert take_down_all(actor=actor, patient_id=patient.pk) == 0
        assert take_down(actor=actor, teaching_case_id=made.pk).version == fresh(made).version


@pytest.mark.parametrize("who", ["asker", "colleague", "lecturer"])
def test_whoever_has_to_do_with_it_takes_it_down(
    who: str, case: Case, asker: User, colleague: User, lecturer: User, request: pytest.FixtureRequest
) -> None:
    made = approved(asker, colleague, case)
    does(request.getfixturevalue(who), take_down, teaching_case_id=made.pk)
    assert fresh(made).step == CaseStep.WITHDRAWN


def test_what_was_taken_down_does_not_come_back(case: Case, asker: User, colleague: User) -> None:
    made = approved(asker, colleague, case)
    does(asker, take_down, teaching_case_id=made.pk)
    for operation in (submit_case, take_down):
        with pytest.raises(WrongStep):
            does(asker, operation, teaching_case_id=made.pk)


def test_a_taken_down_case_may_be_made_anew(case: Case, asker: User, colleague: User) -> None:
    made = approved(asker, colleague, case)
    does(asker, take_down, teaching_case_id=made.pk)
    actor = actor_for(asker)
    with acting_as(actor):
        assert [each.pk for each in candidates(actor)] == [case.pk]


def test_nobody_adds_a_picture_to_what_is_approved(case: Case, asker: User, colleague: User) -> None:
    made = approved(asker, colleague, case)
    with pytest.raises(WrongStep):
        does(asker, add_case_picture, teaching_case_id=made.pk, attachment_id=uuid4())
