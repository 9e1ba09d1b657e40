"""A lecture whose case may be taught no more: its stream ends, and what was sent and recorded is destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from consortium.casework.models import Case, Service
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.errors import NotPermitted, WrongStep
from consortium.patients.models import Patient
from consortium.patients.states import ConsentStatus
from consortium.people.models import Institution, User
from courses.library.models import Caption, Film, Video
from courses.library.operations.video_destroying import destroy_films
from courses.live.broadcast.following import Feed
from courses.live.broadcast.keeping import VIDEO
from courses.live.models import Broadcast, Lecture
from courses.live.models.cases import TeachingCase
from courses.live.operations.broadcasting import keep_stage, leave_stage, take_stage
from courses.live.operations.recording import keep_recording, take_down_lecture_media
from courses.live.states.lectures import LectureStep
from tests.courses.library.films import as_, as_worker
from tests.courses.live.broadcast.streams import kept
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.teaching import agreed, approved, refused
from tests.courses.live.test_broadcasting import ONE, stage, take
from tests.factories.cases import make_asked
from tests.factories.patients import make_guardian


@pytest.fixture
def live(
    hospital: Institution, lecturer: User, patient: Patient, asker: User, colleague: User,
    community: Institution, service: Service,
) -> Lecture:  # fmt: skip
    """Of a child's case, and sent."""
    make_guardian(patient, "Chen Mei")
    agreed(patient, asker)
    case: Case = make_asked(patient, asker, community, service).case
    row = approved(asker, colleague, case)
    lecture = given_by(lecture_at(hospital, hours=0, step=LectureStep.LIVE), lecturer)
    TeachingCase.unscoped.filter(pk=row.pk).update(lecture=lecture)
    take(lecturer, lecture)
    kept(stage(lecture).folder, parts=8, boxes=True)
    return lecture


@pytest.fixture
def ended(live: Lecture) -> Lecture:
    live.step, live.ended_at = LectureStep.ENDED, clock.now()
    live.save()
    return live


def taken_down(lecture: Lecture, callbacks: object) -> bool:
    with callbacks(execute=True):  # type: ignore[operator]
        found: bool = as_worker(take_down_lecture_media, lecture_id=lecture.pk)
    return found


def test_the_stage_is_nobody_s_and_the_bytes_are_gone(
    live: Lecture, django_capture_on_commit_callbacks: object
) -> None:
    assert taken_down(live, django_capture_on_commit_callbacks)
    assert stage(live).holder is None
    assert not stage(live).folder.exists()


def test_the_recording_plays_no_more_and_its_bytes_are_gone(
    ended: Lecture, django_capture_on_commit_callbacks: object
) -> None:
    video = as_worker(keep_recording, lecture_id=ended.pk)
    Caption.unscoped.create(video=video, language="en", text="WEBVTT", changed_at=clock.now())
    folder = video.current.folder
    assert folder.is_dir()
    taken_down(ended, django_capture_on_commit_callbacks)
    assert Video.unscoped.get(pk=video.pk).current is None
    assert not folder.exists()
    assert not Caption.unscoped.filter(video=video).exists()


def test_it_is_written_in_the_journal_once(ended: Lecture, django_capture_on_commit_callbacks: object) -> None:
    as_worker(keep_recording, lecture_id=ended.pk)
    taken_down(ended, django_capture_on_commit_callbacks)
    assert not taken_down(ended, django_capture_on_commit_callbacks)
    verbs = list(Entry.unscoped.filter(verb__in=["take_down_media", "destroy_films"]).values_list("verb", flat=True))
    assert sorted(verbs) == ["destroy_films", "take_down_media"]


def test_what_is_left_goes_the_next_time(ended: Lecture, django_capture_on_commit_callbacks: object) -> None:
    video = as_worker(keep_recording, lecture_id=ended.pk)
    taken_down(ended, django_capture_on_commit_callbacks)
    folder: Path = Film.unscoped.get(video=video).folder
    folder.mkdir(parents=True)
    taken_down(ended, django_capture_on_commit_callbacks)
    assert not folder.exists()


def test_nothing_goes_that_is_rolled_back(live: Lecture, django_capture_on_commit_callbacks: object) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        as_worker(take_down_lecture_media, lecture_id=live.pk)
        raise ZeroDivisionError
    assert stage(live).folder.is_dir()


def test_only_the_system_destroys(lecturer: User, live: Lecture) -> None:
    with pytest.raises(NotPermitted):
        as_(lecturer, take_down_lecture_media, lecture_id=live.pk)
    with pytest.raises(NotPermitted):
        as_(lecturer, destroy_films, video_id=live.pk)


def test_of_nothing_nothing_goes(hospital: Institution, patient: Patient) -> None:
    assert not as_worker(take_down_lecture_media, lecture_id=patient.pk)
    assert not as_worker(take_down_lecture_media, lecture_id=lecture_at(hospital).pk)


def test_without_consent_no_recording_is_made(ended: Lecture, patient: Patient, asker: User) -> None:
    refused(patient, asker, ConsentStatus.INACTIVE)
    assert as_worker(keep_recording, lecture_id=ended.pk) is None


def test_without_consent_the_stage_is_neither_kept_nor_taken(
    lecturer: User, live: Lecture, patient: Patient, asker: User
) -> None:
    assert as_(lecturer, keep_stage, lecture_id=live.pk, holder=ONE)
    refused(patient, asker, ConsentStatus.INACTIVE)
    assert not as_(lecturer, keep_stage, lecture_id=live.pk, holder=ONE)
    with pytest.raises(WrongStep):
        as_(lecturer, take_stage, lecture_id=live.pk, holder=ONE)


def test_what_a_packager_wrote_last_goes_with_it(
    lecturer: User, live: Lecture, patient: Patient, asker: User, django_capture_on_commit_callbacks: object
) -> None:
    refused(patient, asker, ConsentStatus.INACTIVE)
    Broadcast.unscoped.update(holder=None, held_by=None, held_until=None)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        as_(lecturer, leave_stage, lecture_id=live.pk, holder=ONE)
    assert not stage(live).folder.exists()


def test_who_reads_along_is_told_that_it_is_over(live: Lecture, django_capture_on_commit_callbacks: object) -> None:
    feed = Feed(stage(live).folder)
    feed.look()
    run, changes = feed.shown[0], feed.changes
    taken_down(live, django_capture_on_commit_callbacks)
    feed.look()
    assert (feed.shown, feed.ended, feed.changes) == ([], True, changes + 1)
    assert run.rungs[VIDEO].bytes_of(0, 5) == b""
