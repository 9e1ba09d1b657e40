"""Who may add, see, take away and take back a file: each policy, each way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consortium.casework.models import Case
from consortium.files import policies
from consortium.files.models import Attachment, CleanCopy
from consortium.files.sniff import Fault
from consortium.files.states import CopyStep, Step
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.policies import Decision
from consortium.people.models import User
from tests.cast import actor_for

from . import makers
from .conftest import Attach


def decides(policy: Callable[..., Decision], user: User | Actor, about: Any) -> Decision:
    actor = actor_for(user) if isinstance(user, User) else user
    with acting_as(actor):
        return policy(actor, about)


def may(policy: Callable[..., Decision], user: User | Actor, about: Any) -> bool:
    return decides(policy, user, about).allowed


@pytest.fixture
def photo(asked_case: Case, attach: Attach) -> Attachment:
    return attach(asked_case, makers.jpeg())


def claimed(case: Case, user: User) -> None:
    Case.unscoped.filter(pk=case.pk).update(responder=user)
    case.responder = user


# -- adding


def test_the_author_adds_to_a_draft(draft_case: Case, asker: User) -> None:
    assert may(policies.may_attach, asker, draft_case)


def test_a_colleague_does_not_add_to_a_draft(draft_case: Case, colleague: User) -> None:
    assert not may(policies.may_attach, colleague, draft_case)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("asker", True), ("colleague", True), ("nurse", True), ("coordinator", True), ("specialist", False),
     ("stranger", False)],
)  # fmt: skip
def test_who_adds_to_what_was_asked(asked_case: Case, who: str, allowed: bool, request: pytest.FixtureRequest) -> None:
    assert may(policies.may_attach, request.getfixturevalue(who), asked_case) is allowed


def test_a_specialist_who_holds_it_adds(asked_case: Case, specialist: User) -> None:
    claimed(asked_case, specialist)
    assert may(policies.may_attach, specialist, asked_case)


def test_nobody_adds_to_a_closed_case(asked_case: Case, asker: User) -> None:
    asked_case.is_open = False
    decision = decides(policies.may_attach, asker, asked_case)
    assert "Reopen it" in str(decision.reason)


def test_who_began_an_upload_goes_on_with_it(photo: Attachment, asker: User) -> None:
    assert may(policies.may_send_bytes, asker, photo)


def test_for_all_others_it_is_not_there(photo: Attachment, colleague: User) -> None:
    assert decides(policies.may_send_bytes, colleague, photo).hidden


def test_the_system_is_no_uploader(photo: Attachment) -> None:
    assert not may(policies.may_send_bytes, system("a sweep"), photo)


@pytest.mark.parametrize("policy", [policies.may_decide, policies.may_prepare])
def test_only_the_system_decides(photo: Attachment, asker: User, policy: Any) -> None:
    assert may(policy, system("inspection"), photo)
    assert not may(policy, asker, photo)


# -- looking


def test_who_knows_the_child_looks(photo: Attachment, asker: User) -> None:
    assert may(policies.may_look, asker, photo)


def test_the_queue_does_not_look_before_the_claim(photo: Attachment, specialist: User) -> None:
    assert "Take the case first" in str(decides(policies.may_look, specialist, photo).reason)


def test_an_upload_that_is_not_whole_is_not_there(photo: Attachment, asker: User) -> None:
    photo.received_at = None
    assert decides(policies.may_look, asker, photo).hidden


def test_a_withdrawn_file_is_not_there_for_others(photo: Attachment, colleague: User) -> None:
    photo.withdrawn_at = clock.now()
    assert decides(policies.may_look, colleague, photo).hidden


def test_a_withdrawn_file_is_there_for_who_may_put_it_back(photo: Attachment, asker: User) -> None:
    photo.withdrawn_at = clock.now()
    assert may(policies.may_look, asker, photo)


def test_the_original_is_for_who_knows_the_child(photo: Attachment, asker: User, specialist: User) -> None:
    assert may(policies.may_download, asker, photo)
    assert not may(policies.may_download, specialist, photo)


# -- taking back


def test_the_uploader_withdraws(photo: Attachment, asker: User) -> None:
    assert may(policies.may_withdraw, asker, photo)


def test_a_colleague_does_not_withdraw(photo: Attachment, colleague: User) -> None:
    assert not may(policies.may_withdraw, colleague, photo)


def test_what_is_withdrawn_is_not_withdrawn_again(photo: Attachment, asker: User) -> None:
    photo.withdrawn_at = clock.now()
    assert not may(policies.may_withdraw, asker, photo)


def test_what_was_withdrawn_is_put_back_by_who_did(photo: Attachment, asker: User, colleague: User) -> None:
    photo.withdrawn_at = clock.now()
    assert may(policies.may_restore, asker, photo)
    assert not may(policies.may_restore, colleague, photo)


def test_what_was_not_withdrawn_is_not_put_back(photo: Attachment, asker: User) -> None:
    assert not may(policies.may_restore, asker, photo)


@pytest.mark.parametrize("fault", sorted(Fault))
def test_what_may_open_another_time_is_tried_again(photo: Attachment, asker: User, fault: Fault) -> None:
    photo.fault = fault
    assert may(policies.may_retry, asker, photo) is (fault in policies.RETRYABLE)


def test_a_withdrawn_file_is_not_tried_again(photo: Attachment, asker: User) -> None:
    photo.fault, photo.withdrawn_at = Fault.TOO_SLOW, clock.now()
    assert not may(policies.may_retry, asker, photo)


def test_somebody_else_does_not_try_again(photo: Attachment, colleague: User) -> None:
    photo.fault = Fault.TOO_SLOW
    assert not may(policies.may_retry, colleague, photo)


# -- de-identified copies


@pytest.fixture
def ct(photo: Attachment) -> Attachment:
    photo.kind, photo.step = "application/dicom", Step.AVAILABLE
    return photo


@pytest.fixture
def copy(asked_case: Case) -> CleanCopy:
    return CleanCopy(case=asked_case, step=CopyStep.REVIEW, images=3, flagged=2, confirmed=2)


def test_a_clinician_makes_a_copy_of_a_dicom_file(ct: Attachment, asker: User) -> None:
    assert may(policies.may_make_copy, asker, ct)


def test_nobody_makes_a_copy_of_a_photo(photo: Attachment, asker: User) -> None:
    photo.step = Step.AVAILABLE
    assert not may(policies.may_make_copy, asker, photo)


def test_nobody_makes_a_copy_of_what_is_not_available(ct: Attachment, asker: User) -> None:
    ct.step = Step.PENDING
    assert not may(policies.may_make_copy, asker, ct)


def test_who_may_not_look_makes_no_copy(ct: Attachment, specialist: User) -> None:
    assert "Take the case first" in str(decides(policies.may_make_copy, specialist, ct).reason)


def test_a_copy_s_page_is_for_who_may_know_the_child(copy: CleanCopy, asker: User, specialist: User) -> None:
    assert may(policies.may_see_copy, asker, copy)
    assert not may(policies.may_see_copy, specialist, copy)


def test_a_clinician_judges(copy: CleanCopy, asker: User) -> None:
    assert may(policies.may_judge_copy, asker, copy)


def test_who_may_not_see_does_not_judge(copy: CleanCopy, specialist: User) -> None:
    assert not may(policies.may_judge_copy, specialist, copy)


def test_after_each_marked_picture_it_is_released(copy: CleanCopy, asker: User) -> None:
    assert may(policies.may_release_copy, asker, copy)


def test_before_that_it_is_not(copy: CleanCopy, asker: User) -> None:
    copy.confirmed = 1
    assert "looked at first" in str(decides(policies.may_release_copy, asker, copy).reason)


def test_who_may_not_judge_does_not_release(copy: CleanCopy, specialist: User) -> None:
    assert not may(policies.may_release_copy, specialist, copy)


def test_before_its_release_its_bytes_are_not_there(copy: CleanCopy, asker: User) -> None:
    assert decides(policies.may_take_copy, asker, copy).hidden


def test_after_its_release_they_are(copy: CleanCopy, asker: User) -> None:
    copy.step = CopyStep.AVAILABLE
    assert may(policies.may_take_copy, asker, copy)


# -- pointing


def test_who_looks_may_point(photo: Attachment, asker: User) -> None:
    assert may(policies.may_point, asker, photo)


def test_in_a_closed_case_nobody_points(photo: Attachment, asker: User) -> None:
    photo.case.is_open = False
    assert not may(policies.may_point, asker, photo)


def test_who_may_not_look_does_not_point(photo: Attachment, specialist: User) -> None:
    assert not may(policies.may_point, specialist, photo)


def test_pointers_are_followed_by_who_knows_the_child(asked_case: Case, asker: User, specialist: User) -> None:
    assert may(policies.may_follow_pointers, asker, asked_case)
    assert decides(policies.may_follow_pointers, specialist, asked_case).hidden


def test_the_largest_file_is_the_setting_s(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 7
    assert policies.most_bytes() == 7
