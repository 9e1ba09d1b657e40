"""From the declaration of a file to its state; nothing lost, nothing doubled, nothing left lying."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from consortium.casework.models import Case
from consortium.files import tasks
from consortium.files.models import Attachment
from consortium.files.operations import (
    begin_upload,
    check_patch,
    discard_upload,
    inspecting,
    land_upload,
    restore_attachment,
    retry_inspection,
    sweep,
    withdraw_attachment,
)
from consortium.files.operations.uploading import MOST_FILES, UploadGone, staging
from consortium.files.queries import Names, names_in
from consortium.files.sandbox import Inspected
from consortium.files.sniff import Fault
from consortium.files.states import REASONS, Step
from consortium.journal.models import Entry, SealingKey
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible, StorageFull, TooLarge, TooMany
from consortium.people.models import User

from . import makers
from .conftest import Attach, as_, fresh, inspected


def verbs(case: Case) -> list[str]:
    rows = Entry.unscoped.filter(subject_id=str(case.pk)).order_by("seq")
    return list(rows.values_list("verb", flat=True))


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def begun(user: User, case: Case, size: int = 10, **words: Any) -> Attachment:
    row: Attachment = as_(user, begin_upload, case_id=case.pk, size=size, name="a.jpg", **words)
    return row


def send(row: Attachment, data: bytes, offset: int = 0) -> None:
    patch = staging().patch(str(row.pk), offset=offset, length=row.size)
    patch.write(data)
    patch.close()


# -- the way of a good file -------------------------------------------------------------------------------------------


def test_a_photo_becomes_available_and_its_quarantine_is_emptied(
    draft_case: Case, attach: Attach, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    row = attach(draft_case, makers.jpeg(gps=True))
    assert (row.step, row.received_at is not None) == (Step.PENDING, True)
    with django_capture_on_commit_callbacks(execute=True):
        row = inspected(row)
    assert (row.step, row.kind, row.fault) == (Step.AVAILABLE, "image/jpeg", "")
    assert sorted(path.name for path in files_under(media)) == ["full.jpg", "screen.jpg", "thumb.jpg"]
    assert not any(b"Exif" in path.read_bytes() for path in files_under(media))
    assert verbs(draft_case) == ["attach", "accept_file"]


def test_a_ct_keeps_its_exact_bytes_beside_its_frames(draft_case: Case, attach: Attach) -> None:
    data = makers.CT.read_bytes()
    row = inspected(attach(draft_case, data, name="scan"))
    assert (row.step, row.kind, row.frames["modality"]) == (Step.AVAILABLE, "application/dicom", "CT")
    assert row.original.read_bytes() == data
    assert row.frames["presets"][:2] == ["default", "lung"]


def test_a_pdf_keeps_its_exact_bytes(draft_case: Case, attach: Attach) -> None:
    row = inspected(attach(draft_case, makers.PDF))
    assert (row.step, row.original.read_bytes()) == (Step.AVAILABLE, makers.PDF)


def test_the_name_is_tidied_and_sealed_with_the_childs_key(draft_case: Case, attach: Attach, asker: User) -> None:
    row = attach(draft_case, makers.PDF, name="../../Lin \u202eXiaoyu.pdf")
    assert b"Xiaoyu" not in bytes(row.name_sealed)
    assert as_(asker, names_in, case=draft_case).of(row) == "Lin Xiaoyu.pdf"
    row = inspected(row)
    assert Names(None).of(row) == "PDF document"
    SealingKey.objects.filter(subject=f"patient:{draft_case.patient_id}").delete()
    assert as_(asker, names_in, case=draft_case).of(row) == "PDF document"


# -- the way of a bad file --------------------------------------------------------------------------------------------

#: what takes long to make is made by the test
BAD: dict[str, tuple[bytes | Callable[[], bytes], Step, Fault]] = {
    "empty": (b"", Step.VALIDATION_FAILED, Fault.EMPTY),
    "truncated photo": (makers.jpeg((600, 400))[:3000], Step.VALIDATION_FAILED, Fault.TRUNCATED),
    "50k x 50k PNG": (makers.huge_png, Step.VALIDATION_FAILED, Fault.TOO_MANY_PIXELS),
    "zip bomb": (makers.bomb, Step.VALIDATION_FAILED, Fault.ARCHIVE),
    "zip slip": (makers.archive("../../etc/cron.d/x"), Step.VALIDATION_FAILED, Fault.ARCHIVE),
    "EICAR named as photo": (makers.EICAR, Step.VALIDATION_FAILED, Fault.UNKNOWN_TYPE),
    "SVG with script": (b"<svg onload='alert(1)'>", Step.THREATS_FOUND, Fault.ACTIVE),
    "GIF and archive": (b"GIF89a" + makers.archive(), Step.VALIDATION_FAILED, Fault.UNKNOWN_TYPE),
    "program with DICOM": (b"MZ" + makers.dicom()[2:], Step.THREATS_FOUND, Fault.DISGUISED),
    "junk before PDF": (b"<html>\n" + makers.PDF, Step.THREATS_FOUND, Fault.DISGUISED),
    "PDF with script": (makers.PDF.replace(b"/Pages 2", b"/JS 2"), Step.THREATS_FOUND, Fault.ACTIVE),
    "PDF then archive": (makers.PDF + makers.archive(), Step.THREATS_FOUND, Fault.DISGUISED),
    "cut PDF": (makers.PDF[:-10], Step.VALIDATION_FAILED, Fault.TRUNCATED),
}


@pytest.mark.parametrize("which", BAD)
def test_bad_files_end_in_a_clear_state(draft_case: Case, attach: Attach, media: Path, which: str) -> None:
    made, step, fault = BAD[which]
    data = made if isinstance(made, bytes) else made()
    row = attach(draft_case, data, name="photo.jpg") if data else attach_empty(draft_case, attach)
    row = inspected(row)
    assert (row.step, row.fault) == (step, fault)
    assert str(REASONS[row.fault])
    assert not row.folder.exists()
    assert not list((media / "attachments").glob("*/*.part"))


def attach_empty(case: Case, attach: Attach) -> Attachment:
    return attach(case, b"", name="photo.jpg")


BROKEN_IN_CORPUS = [
    "badVR.dcm", "dicomdirtests/DICOMDIR", "dicomdirtests/DICOMDIR-empty.dcm", "JPGExtended.dcm",
    "JPEG2000-embedded-sequence-delimiter.dcm", "meta_missing_tsyntax.dcm", "MR_truncated.dcm", "no_meta.dcm",
    "rtplan_truncated.dcm", "UN_sequence.dcm", "waveform_ecg.dcm", "zipMR.gz", "README.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_IN_CORPUS)
def test_broken_dicom_files_say_why(draft_case: Case, attach: Attach, name: str) -> None:
    """tests/files/test_dicom.py reads every file of the corpus; these go the whole way, through the child process."""
    row = inspected(attach(draft_case, (makers.CORPUS / name).read_bytes(), name=name))
    assert row.step == Step.VALIDATION_FAILED
    assert str(REASONS[row.fault])


def test_jpeg_with_a_page_behind_it_is_neutralised(draft_case: Case, attach: Attach, media: Path) -> None:
    row = inspected(attach(draft_case, makers.jpeg() + b"<html><script>alert(1)</script>" + makers.archive()))
    assert row.step == Step.AVAILABLE
    for path in files_under(row.folder):
        assert b"<script" not in path.read_bytes()
        assert b"PK\x03\x04" not in path.read_bytes()


# -- rights -----------------------------------------------------------------------------------------------------------


def test_only_the_author_adds_to_a_draft(draft_case: Case, colleague: User, stranger: User) -> None:
    for user in (colleague, stranger):
        with pytest.raises(NotVisible):
            begun(user, draft_case)


def test_both_sides_add_to_an_asked_case_and_others_do_not(
    asked_case: Case, asker: User, colleague: User, nurse: User, coordinator: User, specialist: User, stranger: User
) -> None:
    for user in (asker, colleague, nurse, coordinator):
        begun(user, asked_case)
    with pytest.raises(NotPermitted):  # sees it in the queue, has not taken it
        begun(specialist, asked_case)
    with pytest.raises(NotVisible):
        begun(stranger, asked_case)


def test_nothing_is_added_to_a_closed_case(asked_case: Case, asker: User) -> None:
    Case.unscoped.filter(pk=asked_case.pk).update(is_open=False, closed_at=clock.now(), ball="none")
    with pytest.raises(NotPermitted, match="closed"):
        begun(asker, asked_case)


def test_only_who_began_an_upload_goes_on_with_it(asked_case: Case, asker: User, colleague: User) -> None:
    row = begun(asker, asked_case)
    as_(asker, check_patch, attachment=row, body=10)
    with pytest.raises(NotVisible):
        as_(colleague, check_patch, attachment=row, body=10)
    with pytest.raises(NotVisible):
        as_(colleague, discard_upload, attachment=row)


# -- limits -----------------------------------------------------------------------------------------------------------


def test_two_gigabytes_are_refused_before_a_byte_moves(draft_case: Case, asker: User, media: Path) -> None:
    with pytest.raises(TooLarge):
        begun(asker, draft_case, size=2 << 30)
    assert not Attachment.unscoped.exists()
    assert not files_under(media)


def test_a_case_holds_so_many_files(draft_case: Case, asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_FILES >= 100
    monkeypatch.setattr("consortium.files.operations.uploading.MOST_FILES", 1)
    begun(asker, draft_case)
    with pytest.raises(TooMany):
        begun(asker, draft_case)


def test_the_same_key_begins_one_upload(draft_case: Case, asker: User, media: Path) -> None:
    key = uuid4()
    assert begun(asker, draft_case, key=key).pk == begun(asker, draft_case, key=key).pk
    assert len(files_under(media)) == 1


@pytest.fixture
def small_disk(media: Path) -> Iterator[Path]:
    """A file system of 4 MB under the media folder (needs root)."""
    media.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(media)], check=False
    ).returncode:  # fmt: skip
        pytest.skip("mounting a tmpfs needs root")
    yield media
    subprocess.run(["umount", str(media)], check=True)


def test_a_full_disk_refuses_clearly_and_leaves_no_row_and_no_file(
    small_disk: Path, draft_case: Case, asker: User, attach: Attach
) -> None:
    with pytest.raises(StorageFull):
        begun(asker, draft_case, size=100 << 20)
    (small_disk / "ballast").write_bytes(b"\0" * ((4 << 20) - (64 << 10)))
    with pytest.raises(StorageFull):
        attach(draft_case, b"\xff" * (1 << 20))
    assert not Attachment.unscoped.exists()
    assert [path.name for path in files_under(small_disk)] == ["ballast"]


def test_a_disk_that_fills_during_inspection_loses_nothing(small_disk: Path, draft_case: Case, attach: Attach) -> None:
    row = attach(draft_case, makers.jpeg((2400, 2400), quality=95))
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 8192))
    row = inspected(row)
    assert (row.step, row.fault) == (Step.PENDING, "")
    ballast.unlink()
    with clock.moved(timedelta(minutes=3)):
        assert inspected(row).step == Step.AVAILABLE


def test_a_full_disk_in_the_forms_own_write_takes_the_row_back(
    draft_case: Case, attach: Attach, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    def full(*given: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("consortium.files.tus.staging.Patch._write_all", full)
    with pytest.raises(StorageFull):
        attach(draft_case, makers.PDF)
    assert not Attachment.unscoped.exists()
    assert not files_under(media)


# -- uploads that stop and go on --------------------------------------------------------------------------------------


def test_an_upload_goes_on_days_later(draft_case: Case, asker: User) -> None:
    row = begun(asker, draft_case, size=6)
    send(row, b"abc")
    with clock.moved(timedelta(days=5)):
        assert as_(asker, land_upload, attachment=fresh(row)) == 3
    with clock.moved(timedelta(days=11)):
        as_(asker, check_patch, attachment=fresh(row), body=3)
        send(row, b"def", offset=3)
        assert as_(asker, land_upload, attachment=fresh(row)) == 6
    assert fresh(row).received_at is not None


def test_an_upload_nobody_went_on_with_is_cleared_away(draft_case: Case, asker: User, media: Path) -> None:
    row = begun(asker, draft_case, size=6)
    send(row, b"abc")
    with clock.moved(timedelta(days=8)), acting_as(system("test")) as actor:
        with pytest.raises(UploadGone):
            as_(asker, check_patch, attachment=fresh(row), body=3)
        assert sweep(actor=actor)["expired"] == 1
    assert not Attachment.unscoped.exists()
    assert not files_under(media)


def test_the_last_byte_lands_once_however_many_see_it(draft_case: Case, asker: User) -> None:
    row = begun(asker, draft_case, size=3)
    send(row, b"abc")
    for _ in range(3):
        as_(asker, land_upload, attachment=row)
    assert verbs(draft_case) == ["attach"]


def test_a_discarded_upload_leaves_nothing(draft_case: Case, asker: User, media: Path) -> None:
    row = begun(asker, draft_case, size=3)
    as_(asker, discard_upload, attachment=row)
    assert not Attachment.unscoped.exists()
    assert not files_under(media)


# -- the sweeper ------------------------------------------------------------------------------------------------------


def test_the_sweeper_finds_what_was_lost_between_two_steps(
    draft_case: Case, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("consortium.files.operations.sweeping.inspect_soon", asked.append)
    row = begun(asker, draft_case, size=3)
    send(row, b"abc")  # and the web process is killed here
    with acting_as(system("test")) as actor:
        done = sweep(actor=actor)
        assert (done["landed"], done["queued"], done["expired"], done["orphans"]) == (1, 1, 0, 0)
    assert asked == [row.pk]
    assert fresh(row).received_at is not None


def test_a_lost_inspection_is_taken_up_again_and_ends_after_five_tries(draft_case: Case, attach: Attach) -> None:
    row = attach(draft_case, makers.jpeg())
    for attempt in range(1, inspecting.MOST_ATTEMPTS + 1):
        with clock.moved(attempt * timedelta(minutes=3)), acting_as(system("test")):
            assert inspecting._claimed(row.pk) is not None  # and the worker is killed here
            assert inspecting._claimed(row.pk) is None  # nobody else takes it meanwhile
    with clock.moved(timedelta(hours=1)):
        row = inspected(row)
    assert (row.step, row.fault) == (Step.VALIDATION_FAILED, Fault.BROKEN)


def test_a_killed_settling_is_done_again(draft_case: Case, attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    row = attach(draft_case, makers.CT.read_bytes())
    real = inspecting._tell

    def dies(*given: Any) -> None:
        real(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(inspecting, "_tell", dies)
    with pytest.raises(KeyboardInterrupt):
        inspected(row)
    monkeypatch.undo()
    assert fresh(row).step == Step.PENDING
    with clock.moved(timedelta(minutes=3)):
        row = inspected(row)
    assert row.step == Step.AVAILABLE
    assert row.original.read_bytes() == makers.CT.read_bytes()
    assert verbs(draft_case).count("accept_file") == 1


def test_inspecting_twice_changes_nothing(draft_case: Case, attach: Attach) -> None:
    row = inspected(attach(draft_case, makers.jpeg()))
    with acting_as(system("test")) as actor:
        assert inspecting.inspect_attachment(actor=actor, attachment_id=row.pk) == ""
    assert verbs(draft_case).count("accept_file") == 1


def test_bytes_without_a_row_are_cleared_away_later(media: Path, db: None) -> None:
    staging().create(str(uuid4()), 1)
    (media / "attachments" / "ab" / "x.1.part").mkdir(parents=True)
    with acting_as(system("test")) as actor:
        assert sweep(actor=actor)["orphans"] == 0
        for path in media.rglob("*.part"):
            os.utime(path, (1, 1))
        assert sweep(actor=actor)["orphans"] == 2
    assert not list(media.rglob("*.part"))


def test_bytes_of_a_refused_file_are_kept_for_a_week(draft_case: Case, attach: Attach, media: Path) -> None:
    inspected(attach(draft_case, makers.PDF[:-10]))
    (kept,) = media.rglob("*.part")
    os.utime(kept, (1, 1))
    with acting_as(system("test")) as actor:
        assert sweep(actor=actor)["orphans"] == 0
        with clock.moved(timedelta(days=8)):
            assert sweep(actor=actor)["orphans"] == 1


def test_the_tasks_act_as_the_system(draft_case: Case, attach: Attach) -> None:
    row = attach(draft_case, makers.PDF)
    assert tasks.inspect(str(row.pk)) == Step.AVAILABLE
    assert tasks.sweep()["queued"] == 0


# -- scanners ---------------------------------------------------------------------------------------------------------


def finds(path: Path) -> str:
    return "Eicar-Signature" if makers.EICAR in path.read_bytes() else ""


def away(path: Path) -> str:
    raise ConnectionRefusedError(path.name)


def test_a_scanner_may_block_a_file(draft_case: Case, attach: Attach, settings: Any) -> None:
    settings.FILE_SCANNERS = {"test": "tests.files.test_operations.finds"}
    row = inspected(attach(draft_case, makers.jpeg() + makers.EICAR))
    assert (row.step, row.fault, row.note) == (Step.THREATS_FOUND, Fault.SCANNER, "test: Eicar-Signature")
    assert inspected(attach(draft_case, makers.jpeg())).step == Step.AVAILABLE


def test_a_scanner_that_is_away_puts_the_file_off(draft_case: Case, attach: Attach, settings: Any) -> None:
    settings.FILE_SCANNERS = {"test": "tests.files.test_operations.away"}
    row = inspected(attach(draft_case, makers.jpeg()))
    assert row.step == Step.PENDING
    settings.FILE_SCANNERS = {}
    with clock.moved(timedelta(minutes=3)):
        assert inspected(row).step == Step.AVAILABLE


# -- taking back, trying again ----------------------------------------------------------------------------------------


def test_withdraw_and_undo(draft_case: Case, attach: Attach, asker: User) -> None:
    row = inspected(attach(draft_case, makers.jpeg()))
    assert as_(asker, withdraw_attachment, attachment=row).withdrawn_at is not None
    with pytest.raises(NotPermitted):
        as_(asker, withdraw_attachment, attachment=row)
    assert as_(asker, restore_attachment, attachment=row).withdrawn_at is None
    assert verbs(draft_case)[-2:] == ["withdraw_file", "restore_file"]


def test_only_the_uploader_withdraws(asked_case: Case, attach: Attach, colleague: User) -> None:
    row = inspected(attach(asked_case, makers.jpeg()))
    with pytest.raises(NotPermitted):
        as_(colleague, withdraw_attachment, attachment=row)


def test_check_again(draft_case: Case, attach: Attach, asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "inspect_files", lambda *given: [Inspected("", Fault.TOO_SLOW)])
    row = inspected(attach(draft_case, makers.jpeg()))
    assert row.fault == Fault.TOO_SLOW
    monkeypatch.undo()
    assert as_(asker, retry_inspection, attachment=row).step == Step.PENDING
    assert inspected(row).step == Step.AVAILABLE


def test_a_file_that_will_never_open_is_not_checked_again(draft_case: Case, attach: Attach, asker: User) -> None:
    row = inspected(attach(draft_case, b"just text"))
    with pytest.raises(NotPermitted):
        as_(asker, retry_inspection, attachment=row)


# -- what the database refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"step": Step.PENDING},
        {"step": Step.THREATS_FOUND},
        {"step": "unknown"},
        {"size": -1},
        {"sha256": ""},
        {"kind": "text/html"},
        {"fault": "broken"},
    ],
)
def test_the_database_refuses_impossible_rows(draft_case: Case, attach: Attach, change: dict[str, Any]) -> None:
    row = inspected(attach(draft_case, makers.jpeg()))
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Attachment.unscoped.filter(pk=row.pk).update(**change)


def test_the_database_refuses_a_refused_file_without_cause(draft_case: Case, attach: Attach) -> None:
    row = attach(draft_case, makers.jpeg())
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.unscoped.filter(pk=row.pk).update(step=Step.VALIDATION_FAILED, decided_at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_inspect_once(draft_case: Case, attach: Attach) -> None:
    row = attach(draft_case, makers.PDF)

    def work(_: int) -> str:
        try:
            with acting_as(system("test")) as actor:
                return inspecting.inspect_attachment(actor=actor, attachment_id=row.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(work, range(4)))
    assert sorted(ends) == ["", "", "", Step.AVAILABLE]
    assert verbs(draft_case).count("accept_file") == 1
