"""Who has the stage of a lecture, and what becomes of what was sent."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, NotPermitted, NotVisible, Taken, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.ladder import planning
from courses.library.models import Film
from courses.library.models.video import films_root
from courses.library.operations.video_adopting import Adopted
from courses.library.queries.playing import master_playlist
from courses.live.broadcast.keeping import ENDED
from courses.live.events.lectures import LectureEnded, StageLeft
from courses.live.models import Broadcast, BroadcastRun, Crew, Lecture
from courses.live.models.broadcasts import broadcasts_root
from courses.live.operations import recording
from courses.live.operations.broadcasting import LEASE, end_broadcast, keep_stage, leave_stage, take_stage
from courses.live.operations.recording import keep_recording
from courses.live.receivers.broadcasts import end_what_is_sent, keep_its_last_seconds, keep_what_was_sent
from courses.live.states.lectures import LectureStep, Part
from tests.cast import client_for
from tests.courses.library.films import as_, as_worker
from tests.courses.live.broadcast.streams import kept
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff

ONE, OTHER = uuid4(), uuid4()


@pytest.fixture
def live(hospital: Institution, lecturer: User) -> Lecture:
    return given_by(lecture_at(hospital, hours=0, step=LectureStep.LIVE), lecturer)


@pytest.fixture
def cohost(hospital: Institution, live: Lecture) -> User:
    found = make_staff("cohost", hospital, Role.ASKER)
    given_by(live, found, Part.COHOST)
    return found


def take(user: User, lecture: Lecture, holder: object = ONE, **more: bool) -> int:
    number: int = as_(user, take_stage, lecture_id=lecture.pk, holder=holder, **more)
    return number


def stage(lecture: Lecture) -> Broadcast:
    found: Broadcast = Broadcast.unscoped.get(lecture=lecture)
    return found


def open_runs(lecture: Lecture) -> list[int]:
    return list(BroadcastRun.unscoped.filter(lecture=lecture, ended_at=None).values_list("number", flat=True))


# -- taking -----------------------------------------------------------------------------------------------------------


def test_a_lecturer_takes_the_stage(lecturer: User, live: Lecture) -> None:
    assert take(lecturer, live) == 1
    assert (stage(live).holder, open_runs(live)) == (ONE, [1])


def test_each_start_is_a_run_of_its_own(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    assert take(lecturer, live, OTHER) == 2
    assert open_runs(live) == [2]


def test_a_cohost_does_not_take_it_by_mistake(lecturer: User, live: Lecture, cohost: User) -> None:
    take(lecturer, live)
    with pytest.raises(Taken) as refused:
        take(cohost, live, OTHER)
    assert refused.value.code == "stage-taken"
    assert stage(live).holder == ONE


def test_a_cohost_takes_over(lecturer: User, live: Lecture, cohost: User) -> None:
    take(lecturer, live)
    assert take(cohost, live, OTHER, takes_over=True) == 2
    assert not as_(lecturer, keep_stage, lecture_id=live.pk, holder=ONE)


def test_who_gave_no_sign_of_life_has_lost_it(lecturer: User, live: Lecture, cohost: User) -> None:
    take(lecturer, live)
    Broadcast.unscoped.update(held_until=clock.now())
    assert take(cohost, live, OTHER) == 2


def test_a_viewer_takes_nothing(listener: User, live: Lecture) -> None:
    with pytest.raises(NotPermitted):
        take(listener, live)


def test_a_moderator_takes_nothing(hospital: Institution, live: Lecture) -> None:
    moderator = make_staff("moderator", hospital, Role.ASKER)
    given_by(live, moderator, Part.MODERATOR)
    with pytest.raises(NotPermitted):
        take(moderator, live)


def test_before_it_is_opened_nothing_is_sent(lecturer: User, lecture: Lecture) -> None:
    with pytest.raises(WrongStep):
        take(lecturer, lecture)


def test_what_is_not_there_is_not_sent(lecturer: User, live: Lecture) -> None:
    with pytest.raises(NotVisible):
        as_(lecturer, take_stage, lecture_id=uuid4(), holder=ONE)


def test_what_had_ended_goes_on(lecturer: User, live: Lecture, django_capture_on_commit_callbacks: object) -> None:
    take(lecturer, live)
    stage(live).folder.mkdir(parents=True)
    (stage(live).folder / ENDED).touch()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        take(lecturer, live, OTHER)
    assert not (stage(live).folder / ENDED).exists()


# -- keeping ----------------------------------------------------------------------------------------------------------


def test_a_sign_of_life_keeps_it(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    Broadcast.unscoped.update(held_until=clock.now())
    assert as_(lecturer, keep_stage, lecture_id=live.pk, holder=ONE)
    until = stage(live).held_until
    assert until is not None
    assert until > clock.now() + LEASE / 2


def test_who_is_out_of_the_crew_loses_it(lecturer: User, live: Lecture, cohost: User) -> None:
    take(cohost, live)
    Crew.unscoped.filter(lecture=live, user=cohost).delete()
    assert not as_(cohost, keep_stage, lecture_id=live.pk, holder=ONE)


def test_with_the_lecture_it_ends(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    live.step, live.ended_at = LectureStep.ENDED, clock.now()
    live.save()
    assert not as_(lecturer, keep_stage, lecture_id=live.pk, holder=ONE)


def test_it_is_given_back(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    as_(lecturer, leave_stage, lecture_id=live.pk, holder=ONE)
    assert (stage(live).holder, open_runs(live)) == (None, [])


def test_what_is_another_s_is_not_given_back(lecturer: User, live: Lecture) -> None:
    take(lecturer, live, OTHER)
    as_(lecturer, leave_stage, lecture_id=live.pk, holder=ONE)
    assert stage(live).holder == OTHER


def test_one_run_at_a_time_by_the_database(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    with pytest.raises(Exception, match="lectures_run_one_at_a_time"):
        BroadcastRun.unscoped.create(lecture=live, number=9, user=lecturer, began_at=clock.now())


def test_who_has_it_has_it_for_a_time_by_the_database(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    with pytest.raises(Exception, match="lectures_broadcast_held"):
        Broadcast.unscoped.update(held_until=None)


def test_a_run_ends_after_it_began_by_the_database(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    with pytest.raises(Exception, match="lectures_run_span"):
        BroadcastRun.unscoped.update(ended_at=clock.now() - LEASE)


# -- its end ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ended(lecturer: User, live: Lecture, django_capture_on_commit_callbacks: object) -> Lecture:
    """Two runs were sent, five seconds and one; then it was ended."""
    for number, parts in ((1, 20), (2, 4)):
        take(lecturer, live)
        kept(stage(live).folder, number, parts=parts, boxes=True)
    live.step, live.ended_at = LectureStep.ENDED, clock.now()
    live.save()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        as_worker(end_broadcast, lecture_id=live.pk)
    return live


def test_players_are_told_that_nothing_more_comes(ended: Lecture) -> None:
    assert (stage(ended).folder / ENDED).exists()
    assert (stage(ended).holder, open_runs(ended)) == (None, [])


def test_of_a_lecture_that_sent_nothing_nothing_ends(live: Lecture) -> None:
    live.step, live.ended_at = LectureStep.ENDED, clock.now()
    live.save()
    assert not as_worker(end_broadcast, lecture_id=live.pk)


def test_what_was_opened_again_is_not_ended_late(lecturer: User, live: Lecture) -> None:
    take(lecturer, live)
    assert not as_worker(end_broadcast, lecture_id=live.pk)
    assert (stage(live).holder, open_runs(live)) == (ONE, [1])


def test_the_recording_plays_at_once(ended: Lecture) -> None:
    video = as_worker(keep_recording, lecture_id=ended.pk)
    assert (video.current.step, video.current.length) == ("ready", 6000)
    ended.refresh_from_db()
    assert ended.recording == video


def test_it_has_pictures_and_sound_in_the_library_s_form(ended: Lecture) -> None:
    video = as_worker(keep_recording, lecture_id=ended.pk)
    with acting_as(system("a test looks")):
        master = master_playlist(video)
    assert "240.m3u8" in master
    assert f"{planning.SOUND}.m3u8" in master


def test_it_carries_the_viewer_s_name(ended: Lecture) -> None:
    assert as_worker(keep_recording, lecture_id=ended.pk).shows_patient


def test_made_twice_it_is_one_film(ended: Lecture) -> None:
    as_worker(keep_recording, lecture_id=ended.pk)
    as_worker(keep_recording, lecture_id=ended.pk)
    assert Film.unscoped.count() == 1


def test_what_a_killed_worker_left_goes_with_the_next_film(ended: Lecture) -> None:
    beside = broadcasts_root().parent
    old, fresh = beside / "recording-old", beside / "recording-fresh"
    for folder in (old, fresh):
        (folder / "copy-0").mkdir(parents=True)
    long_ago = (clock.now() - 2 * recording.LEFT_OVER).timestamp()
    os.utime(old, (long_ago, long_ago))
    as_worker(keep_recording, lecture_id=ended.pk)
    assert sorted(each.name for each in beside.glob("recording-*")) == ["recording-fresh"]


def test_what_was_added_makes_the_next_film_of_the_same_video(ended: Lecture) -> None:
    first = as_worker(keep_recording, lecture_id=ended.pk)
    kept(stage(ended).folder, 3, parts=4, boxes=True)
    again = as_worker(keep_recording, lecture_id=ended.pk)
    assert (again.pk, again.current.number, again.current.length) == (first.pk, 2, 7000)


def test_while_its_film_is_copied_nothing_is_locked(ended: Lecture, monkeypatch: pytest.MonkeyPatch) -> None:
    locks: list[int] = []

    def made(*given: object) -> list[Adopted]:
        with CaptureQueriesContext(connection) as asked:
            found = copied(*given)  # type: ignore[arg-type]
        locks.append(len(asked))
        live_again(ended)
        return found

    copied = recording._made
    monkeypatch.setattr(recording, "_made", made)
    assert as_worker(keep_recording, lecture_id=ended.pk) is None  # gone on with meanwhile: looked at again
    assert (locks, Film.unscoped.count()) == ([0], 0)
    assert not list(broadcasts_root().parent.glob("recording-*"))


def live_again(lecture: Lecture) -> None:
    lecture.step, lecture.ended_at = LectureStep.LIVE, None
    lecture.save()


def test_what_cannot_be_adopted_leaves_no_bytes(ended: Lecture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object) -> None:
        raise OSError

    monkeypatch.setattr("courses.library.operations.video_adopting._play", fails)
    with pytest.raises(OSError):
        as_worker(keep_recording, lecture_id=ended.pk)
    assert not list(films_root().glob("*/*"))
    assert not list(broadcasts_root().parent.glob("recording-*"))


def test_who_leaves_after_the_end_has_the_last_seconds_kept(lecturer: User, ended: Lecture) -> None:
    as_worker(keep_recording, lecture_id=ended.pk)
    kept(stage(ended).folder, 3, parts=4, boxes=True)
    as_(lecturer, leave_stage, lecture_id=ended.pk, holder=ONE)
    entry = Entry.unscoped.filter(verb="leave_stage").latest("id")
    with acting_as(system("test")):
        keep_its_last_seconds(entry.pk, StageLeft(ended.pk))
    assert [film.length for film in Film.unscoped.order_by("number")] == [6000, 7000]


def test_its_end_is_heard_by_two_that_do_not_wait_for_each_other(ended: Lecture) -> None:
    with acting_as(system("test")):
        keep_what_was_sent(1, LectureEnded(ended.pk))
        end_what_is_sent(1, LectureEnded(ended.pk))
    assert Film.unscoped.count() == 1


def test_while_it_runs_there_is_no_recording(live: Lecture) -> None:
    assert as_worker(keep_recording, lecture_id=live.pk) is None


def test_of_nothing_there_is_no_recording(lecturer: User, ended: Lecture) -> None:
    for each in sorted(stage(ended).folder.rglob("*"), reverse=True):
        each.unlink() if each.is_file() else each.rmdir()
    assert as_worker(keep_recording, lecture_id=ended.pk) is None


def test_only_a_worker_makes_it(lecturer: User, ended: Lecture) -> None:
    with pytest.raises(DomainError):
        as_(lecturer, keep_recording, lecture_id=ended.pk)


# -- what a player is told --------------------------------------------------------------------------------------------


def test_a_player_is_told_where_it_is(listener: User, live: Lecture) -> None:
    told = client_for(listener).get(f"/lectures/{live.pk}/stage/").json()
    assert (told["step"], told["sent"]) == ("live", False)
    assert told["live"].startswith("/lectures/media/")


def test_what_was_sent_is_told(lecturer: User, listener: User, live: Lecture) -> None:
    take(lecturer, live)
    kept(stage(live).folder)
    assert client_for(listener).get(f"/lectures/{live.pk}/stage/").json()["sent"]


def test_long_before_it_nothing_is_told(listener: User, lecture: Lecture) -> None:
    assert client_for(listener).get(f"/lectures/{lecture.pk}/stage/").status_code == 403
