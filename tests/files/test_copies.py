"""De-identified copies: asked for, prepared, looked at picture by picture, and never there before."""

from __future__ import annotations

import errno
import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pydicom
import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.casework.models import Case
from consortium.files import tasks
from consortium.files.models import Attachment, CleanCopy, CleanImage, copies_root
from consortium.files.operations import confirm_images, copying, discard_copy, make_copy, prepare_copy, sweep
from consortium.files.receivers import delete_files
from consortium.files.sandbox import Cleaned, clean_files
from consortium.files.sniff import Fault
from consortium.files.states import CopyStep
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.events import PatientErased
from consortium.people.models import User
from tests.cast import client_for

from . import makers
from .conftest import Attach, as_, inspected, inspected_together


@pytest.fixture
def ct(asked_case: Case, attach: Attach) -> Attachment:
    return inspected(attach(asked_case, makers.dicom(), name="Lin Xiaoyu.dcm"))


@pytest.fixture
def unmarked(asked_case: Case, attach: Attach) -> Attachment:
    """A CT that says of itself that nothing is written into it."""
    return inspected(attach(asked_case, makers.dicom(BurnedInAnnotation="NO")))


@pytest.fixture
def series(asked_case: Case, attach: Attach) -> list[Attachment]:
    return inspected_together([attach(asked_case, data) for data in makers.series(3)])


def asked(user: User, row: Attachment, **words: Any) -> CleanCopy:
    copy: CleanCopy = as_(user, make_copy, attachment=row, **words)
    return copy


def prepared(copy: CleanCopy) -> CleanCopy:
    with acting_as(system("test")) as worker:
        prepare_copy(actor=worker, copy_id=copy.pk)
    return again(copy)


def again(copy: CleanCopy) -> CleanCopy:
    row: CleanCopy = CleanCopy.unscoped.select_related("case").get(pk=copy.pk)
    return row


def images(copy: CleanCopy) -> list[CleanImage]:
    return list(CleanImage.unscoped.filter(copy=copy).order_by("number"))


def confirmed(user: User, copy: CleanCopy, *rows: CleanImage) -> CleanCopy:
    done: CleanCopy = as_(user, confirm_images, copy=copy, image_ids=[row.pk for row in rows])
    return done


def address(name: str, copy: CleanCopy, *more: str) -> str:
    return reverse(f"files:{name}", args=[copy.pk, *more])


# -- asking -----------------------------------------------------------------------------------------------------------


def test_a_copy_begins_as_being_prepared(ct: Attachment, asker: User) -> None:
    copy = asked(asker, ct)
    assert (copy.step, copy.attachment_id, copy.series_id) == (CopyStep.PREPARING, ct.pk, None)


def test_of_a_series_all_is_copied(series: list[Attachment], asker: User) -> None:
    copy = asked(asker, series[0])
    assert (copy.attachment_id, copy.series_id) == (None, series[0].series_id)


def test_asking_twice_with_one_key_makes_one(ct: Attachment, asker: User) -> None:
    key = uuid4()
    assert asked(asker, ct, key=key) == asked(asker, ct, key=key)
    assert CleanCopy.unscoped.count() == 1


def test_asking_is_in_the_journal(ct: Attachment, asker: User) -> None:
    asked(asker, ct)
    assert Entry.unscoped.filter(subject_id=str(ct.case_id), verb="copy_files").count() == 1


def test_a_photo_has_no_such_copy(asked_case: Case, attach: Attach, asker: User) -> None:
    with pytest.raises(NotPermitted):
        asked(asker, inspected(attach(asked_case, makers.jpeg())))


def test_a_stranger_cannot_even_ask(ct: Attachment, stranger: User) -> None:
    with pytest.raises((NotPermitted, NotVisible)):
        asked(stranger, ct)


def test_the_page_asks_and_leads_to_the_copy(ct: Attachment, asker: User) -> None:
    reply = client_for(asker).post(reverse("files:make_copy", args=[ct.pk]), {"request_key": uuid4()})
    assert reply["Location"] == address("copy", CleanCopy.unscoped.get())


def test_the_page_asks_without_a_key_too(ct: Attachment, asker: User) -> None:
    assert client_for(asker).post(reverse("files:make_copy", args=[ct.pk])).status_code == 302


# -- preparing --------------------------------------------------------------------------------------------------------


def test_an_unmarked_picture_needs_nobody(unmarked: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, unmarked))
    assert (copy.step, copy.images, copy.flagged) == (CopyStep.AVAILABLE, 1, 0)
    assert pydicom.dcmread(copy.file).PatientIdentityRemoved == "YES"


def test_a_marked_picture_waits_for_a_person(ct: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, ct))
    assert (copy.step, copy.images, copy.flagged, copy.confirmed) == (CopyStep.REVIEW, 1, 1, 0)
    assert images(copy)[0].reasons == ["unsaid"]


def test_a_series_becomes_an_archive_of_files_that_belong_together(series: list[Attachment], asker: User) -> None:
    copy = prepared(asked(asker, series[0]))
    with zipfile.ZipFile(copy.file) as archive:
        names = archive.namelist()
        files = [pydicom.dcmread(io.BytesIO(archive.read(name))) for name in names]
    assert names == ["IM000001", "IM000002", "IM000003"]
    assert len({file.SeriesInstanceUID for file in files}) == 1
    assert [float(file.ImagePositionPatient[2]) for file in files] == [5, 10, 15]


def test_the_archive_tells_no_time(series: list[Attachment], asker: User) -> None:
    copy = prepared(asked(asker, series[0]))
    with zipfile.ZipFile(copy.file) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_two_copies_have_nothing_in_common(unmarked: Attachment, asker: User) -> None:
    one, two = (pydicom.dcmread(prepared(asked(asker, unmarked)).file) for _ in range(2))
    assert one.SOPInstanceUID != two.SOPInstanceUID


def test_nothing_is_left_in_the_workshop(series: list[Attachment], asker: User) -> None:
    copy = prepared(asked(asker, series[0]))
    assert [path.name for path in copies_root().rglob("*") if path.is_file()] == ["copy.zip"]
    assert copy.sha256


def test_preparing_twice_changes_nothing(unmarked: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, unmarked))
    assert prepared(copy).sha256 == copy.sha256


def test_a_child_that_stops_half_way_is_gone_on_with(
    series: list[Attachment], asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = asked(asker, series[0])
    monkeypatch.setattr(copying, "clean_files", lambda pairs, key: clean_files(pairs[:1], key))
    assert prepared(copy).step == CopyStep.PREPARING
    monkeypatch.undo()
    assert prepared(copy).step == CopyStep.REVIEW
    assert [row.number for row in images(copy)] == [1, 2, 3]


@pytest.mark.parametrize("which", ["ct", "series"])
def test_a_worker_killed_before_the_last_step_loses_nothing(
    which: str, asker: User, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    rows = request.getfixturevalue(which)
    copy = asked(asker, rows[0] if which == "series" else rows)
    monkeypatch.setattr(copying, "_settle", dies)
    with pytest.raises(KeyboardInterrupt):
        prepared(copy)
    monkeypatch.undo()
    with clock.moved(copying.LOST_AFTER * 2):
        done = prepared(copy)
    assert (done.step, done.flagged) == (CopyStep.REVIEW, done.images)
    if which == "series":
        with zipfile.ZipFile(done.file) as archive:
            assert len(archive.namelist()) == 3


def test_a_file_that_cannot_be_copied_fails_the_whole(
    series: list[Attachment], asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "clean_files", lambda pairs, key: [Cleaned([], Fault.BROKEN, "no")])
    copy = prepared(asked(asker, series[0]))
    assert (copy.step, copy.note) == (CopyStep.FAILED, "broken: no")


def test_what_was_withdrawn_meanwhile_is_not_copied(ct: Attachment, asker: User) -> None:
    copy = asked(asker, ct)
    Attachment.unscoped.filter(pk=ct.pk).update(withdrawn_at=clock.now())
    assert prepared(copy).step == CopyStep.FAILED


def test_a_full_disk_puts_it_off_and_leaves_nothing(
    ct: Attachment, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> Any:
        raise OSError(errno.ENOSPC, "full")

    copy = asked(asker, ct)
    monkeypatch.setattr(copying, "clean_files", full)
    assert prepared(copy).step == CopyStep.PREPARING
    assert not [path for path in copies_root().rglob("*") if path.is_file()]
    monkeypatch.undo()
    with clock.moved(copying.LOST_AFTER * 2):
        assert prepared(copy).step == CopyStep.REVIEW


def test_the_sweeper_finds_one_that_nobody_prepares(
    ct: Attachment, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[Any] = []
    monkeypatch.setattr("consortium.files.operations.sweeping.prepare_soon", asked_for.append)
    copy = asked(asker, ct)
    with acting_as(system("test")) as actor:
        assert sweep(actor=actor)["copies"] == 1
    assert asked_for == [copy.pk]


def test_one_that_is_lost_again_and_again_fails(ct: Attachment, asker: User) -> None:
    copy = asked(asker, ct)
    CleanCopy.unscoped.filter(pk=copy.pk).update(attempts=copying.MOST_ATTEMPTS)
    assert prepared(copy).step == CopyStep.FAILED


def test_the_task_prepares_it(unmarked: Attachment, asker: User) -> None:
    assert tasks.prepare_clean_copy(str(asked(asker, unmarked).pk)) == CopyStep.AVAILABLE


# -- looking ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(series: list[Attachment], asker: User) -> CleanCopy:
    return prepared(asked(asker, series[0]))


def test_each_picture_has_to_be_confirmed(waiting: CleanCopy, asker: User) -> None:
    one, two, three = images(waiting)
    assert confirmed(asker, waiting, one).step == CopyStep.REVIEW
    assert confirmed(asker, waiting, two).step == CopyStep.REVIEW
    assert confirmed(asker, waiting, three).step == CopyStep.AVAILABLE


def test_who_confirmed_which_is_kept(waiting: CleanCopy, asker: User) -> None:
    confirmed(asker, waiting, images(waiting)[0])
    first = images(waiting)[0]
    assert (first.confirmed_by_id, first.confirmed_at is not None) == (asker.pk, True)
    entry = Entry.unscoped.get(verb="confirm_copy")
    assert entry.facts["images"] == [str(first.pk)]


def test_confirming_one_twice_counts_once(waiting: CleanCopy, asker: User) -> None:
    first = images(waiting)[0]
    confirmed(asker, waiting, first)
    assert confirmed(asker, waiting, first).confirmed == 1


def test_pictures_of_another_copy_do_not_count(waiting: CleanCopy, ct: Attachment, asker: User) -> None:
    other = prepared(asked(asker, ct))
    assert confirmed(asker, waiting, *images(other)).confirmed == 0


def test_nothing_ticked_is_told(waiting: CleanCopy, asker: User) -> None:
    with pytest.raises(InvalidInput):
        confirmed(asker, waiting)


def test_a_copy_that_is_not_waiting_cannot_be_confirmed(unmarked: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, unmarked))
    with pytest.raises(WrongStep):
        as_(asker, confirm_images, copy=copy, image_ids=[uuid4()])


def test_a_stranger_confirms_nothing(waiting: CleanCopy, stranger: User) -> None:
    with pytest.raises(NotVisible):
        confirmed(stranger, waiting, *images(waiting))


def test_a_copy_with_a_telling_picture_is_discarded_with_its_bytes(
    waiting: CleanCopy, asker: User, django_capture_on_commit_callbacks: Any
) -> None:
    assert waiting.file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert as_(asker, discard_copy, copy=waiting).step == CopyStep.REJECTED
    assert not waiting.folder.exists()


def test_a_released_copy_can_be_discarded_too(unmarked: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, unmarked))
    assert as_(asker, discard_copy, copy=copy).step == CopyStep.REJECTED


def test_the_page_shows_what_has_to_be_looked_at_and_why(waiting: CleanCopy, asker: User) -> None:
    page = client_for(asker).get(address("copy", waiting))
    assert [image["number"] for image in page.context["images"]] == [1, 2, 3]
    assert "does not say whether" in page.content.decode()


def test_the_page_takes_ticks(waiting: CleanCopy, asker: User) -> None:
    ticked = {"image": [str(row.pk) for row in images(waiting)]}
    client_for(asker).post(address("copy_act", waiting, "confirm"), ticked)
    assert again(waiting).step == CopyStep.AVAILABLE


@pytest.mark.parametrize("ticks", [[], ["not-an-id"]])
def test_the_page_refuses_what_is_no_tick(waiting: CleanCopy, asker: User, ticks: list[str]) -> None:
    assert client_for(asker).post(address("copy_act", waiting, "confirm"), {"image": ticks}).status_code == 422
    assert again(waiting).confirmed == 0


def test_the_page_discards(waiting: CleanCopy, asker: User) -> None:
    client_for(asker).post(address("copy_act", waiting, "discard"))
    page = client_for(asker).get(address("copy", waiting))
    assert b"This copy was discarded" in page.content


def test_other_verbs_are_not_there(waiting: CleanCopy, asker: User) -> None:
    for verb in ("release", "finish", "nothing"):
        assert client_for(asker).post(address("copy_act", waiting, verb)).status_code == 404


@pytest.mark.parametrize("step", [CopyStep.PREPARING, CopyStep.FAILED])
def test_the_page_tells_how_far_it_is(ct: Attachment, asker: User, step: CopyStep) -> None:
    copy = asked(asker, ct)
    CleanCopy.unscoped.filter(pk=copy.pk).update(step=step)
    words = {CopyStep.PREPARING: b"is being prepared", CopyStep.FAILED: b"No copy could be made"}
    assert words[step] in client_for(asker).get(address("copy", copy)).content


def test_the_files_page_lists_its_copies(waiting: CleanCopy, series: list[Attachment], asker: User) -> None:
    page = client_for(asker).get(reverse("files:show", args=[series[0].pk]))
    assert page.context["copies"] == [waiting]


@pytest.mark.parametrize(("count", "queries"), [(2, 12), (3, 12)])
def test_the_page_asks_as_often_for_three_pictures_as_for_two(
    asked_case: Case, attach: Attach, asker: User, count: int, queries: int
) -> None:
    rows = inspected_together([attach(asked_case, data) for data in makers.series(count)])
    copy, client = prepared(asked(asker, rows[0])), client_for(asker)
    client.get(address("copy", copy))
    with CaptureQueriesContext(connection) as asked_of_database:
        assert client.get(address("copy", copy)).status_code == 200
    assert len(asked_of_database) == queries


# -- never before it is released --------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [step for step in CopyStep if step != CopyStep.AVAILABLE])
def test_no_address_gives_the_bytes_before(waiting: CleanCopy, asker: User, step: CopyStep) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE files_cleancopy SET step = %s WHERE id = %s", [step, waiting.pk])
    assert client_for(asker).get(address("copy_file", waiting)).status_code == 404


def test_the_api_tells_no_address_before(waiting: CleanCopy, asker: User) -> None:
    client = client_for(asker)
    assert client.get(f"/api/v1/clean-copies/{waiting.pk}/").json()["file"] == ""
    confirmed(asker, waiting, *images(waiting))
    assert client.get(f"/api/v1/clean-copies/{waiting.pk}/").json()["file"] == address("copy_file", waiting)


def test_a_released_copy_is_saved_under_a_name_that_tells_nothing(unmarked: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, unmarked))
    reply = client_for(asker).get(address("copy_file", copy))
    assert reply.status_code == 200
    assert reply["Content-Disposition"] == f'attachment; filename="images-{str(copy.pk)[:8]}.dcm"'
    assert Path(reply["X-Accel-Redirect"]).name == "copy.dcm"


def test_taking_it_away_is_a_read(unmarked: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, unmarked))
    client_for(asker).get(address("copy_file", copy))
    assert Entry.unscoped.filter(verb="read", subject_id=str(copy.pk), facts__what="clean-copy").exists()


def test_the_database_releases_nothing_unseen(waiting: CleanCopy) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CleanCopy.unscoped.filter(pk=waiting.pk).update(step=CopyStep.AVAILABLE)


@pytest.mark.parametrize(
    "change", [{"confirmed": 4}, {"flagged": 4}, {"step": "unknown"}, {"series": None}, {"step": CopyStep.PREPARING}]
)
def test_the_database_refuses_impossible_copies(waiting: CleanCopy, change: dict[str, Any]) -> None:
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        CleanCopy.unscoped.filter(pk=waiting.pk).update(**change)


def test_the_database_refuses_a_look_of_nobody(waiting: CleanCopy) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CleanImage.unscoped.filter(copy=waiting).update(confirmed_at=clock.now())


def test_the_database_keeps_each_number_once(waiting: CleanCopy) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CleanImage.unscoped.filter(copy=waiting).update(number=1)


def test_a_stranger_sees_neither_copy_nor_picture(waiting: CleanCopy, stranger: User) -> None:
    assert as_(stranger, lambda actor: CleanCopy.objects.exists() or CleanImage.objects.exists()) is False


def test_an_erased_childs_copies_are_gone(waiting: CleanCopy, ct: Attachment, asker: User) -> None:
    unfinished = asked(asker, ct)
    with acting_as(system("test")):
        delete_files(1, PatientErased(waiting.case.patient_id))
    assert not waiting.folder.exists()
    assert (again(waiting).step, again(unfinished).step) == (CopyStep.REJECTED, CopyStep.FAILED)


# -- over the API -----------------------------------------------------------------------------------------------------


def test_over_the_api_a_copy_is_asked_for_looked_at_and_released(ct: Attachment, asker: User) -> None:
    client = client_for(asker)
    made = client.post(f"/api/v1/attachments/{ct.pk}/clean-copies/", {}, content_type="application/json")
    assert made.status_code == 201
    prepared(CleanCopy.unscoped.get())
    told = client.get(f"/api/v1/clean-copies/{made.json()['id']}/").json()
    assert [act["verb"] for act in told["available_actions"]] == ["confirm", "discard"]
    assert told["to_look_at"][0]["frames"] == [reverse("files:sized_frame", args=[ct.pk, 1, "default", "small"])]
    ids = [image["id"] for image in told["to_look_at"]]
    done = client.post(told["available_actions"][0]["href"], {"images": ids}, content_type="application/json")
    assert done.json()["step"] == CopyStep.AVAILABLE
    assert done.json()["to_look_at"] == []


def test_over_the_api_copies_of_a_file_are_listed(ct: Attachment, asker: User) -> None:
    copy = prepared(asked(asker, ct))
    listed = client_for(asker).get(f"/api/v1/attachments/{ct.pk}/clean-copies/").json()["results"]
    assert [each["id"] for each in listed] == [str(copy.pk)]


def test_over_the_api_a_copy_is_discarded(waiting: CleanCopy, asker: User) -> None:
    url = f"/api/v1/clean-copies/{waiting.pk}/discard/"
    assert client_for(asker).post(url, {}, content_type="application/json").json()["step"] == CopyStep.REJECTED
