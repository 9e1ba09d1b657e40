"""Bytes of unfinished uploads: nothing that came is lost, nothing that did not come is counted."""

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from consortium.files.tus.protocol import Checksum, TusRefusal
from consortium.files.tus.staging import Staging, digest_of


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB (needs root)."""
    if os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def new(staging: Staging, length: int) -> str:
    upload_id = str(uuid.uuid4())
    staging.create(upload_id, length)
    return upload_id


def append(staging: Staging, upload_id: str, data: bytes, *, offset: int, length: int) -> None:
    patch = staging.patch(upload_id, offset=offset, length=length)
    try:
        patch.write(data)
        patch.close()
    finally:
        patch.release()


def status_of(refused: "pytest.ExceptionInfo[TusRefusal]") -> int:
    return refused.value.status


def test_bytes_are_kept_exactly(staging: Staging) -> None:
    data = os.urandom(3_000_000)
    upload_id = new(staging, len(data))
    for start in range(0, len(data), 700_001):
        append(staging, upload_id, data[start : start + 700_001], offset=start, length=len(data))
    assert staging.offset(upload_id) == len(data)
    assert digest_of(staging.path(upload_id)) == hashlib.sha256(data).hexdigest()


def test_another_offset_is_409_and_changes_nothing(staging: Staging) -> None:
    upload_id = new(staging, 10)
    append(staging, upload_id, b"abcde", offset=0, length=10)
    for wrong in (0, 4, 6):
        with pytest.raises(TusRefusal) as refused:
            append(staging, upload_id, b"x", offset=wrong, length=10)
        assert status_of(refused) == 409
    assert staging.path(upload_id).read_bytes() == b"abcde"


def test_a_second_writer_is_423(staging: Staging) -> None:
    upload_id = new(staging, 10)
    first = staging.patch(upload_id, offset=0, length=10)
    with pytest.raises(TusRefusal) as refused:
        staging.patch(upload_id, offset=0, length=10)
    assert status_of(refused) == 423
    first.release()
    append(staging, upload_id, b"0123456789", offset=0, length=10)


def test_a_killed_writer_leaves_its_bytes_and_no_lock(staging: Staging) -> None:
    upload_id = new(staging, 10)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom consortium.files.tus.staging import Staging\n"
        "p = Staging(Path(sys.argv[1])).patch(sys.argv[2], offset=0, length=10)\n"
        "p.write(b'01234')\nos.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(staging.root), upload_id], check=False)
    assert ended.returncode == -9
    append(staging, upload_id, b"56789", offset=5, length=10)
    assert staging.path(upload_id).read_bytes() == b"0123456789"


def test_more_than_declared_is_413_and_what_fits_stays(staging: Staging) -> None:
    upload_id = new(staging, 4)
    with pytest.raises(TusRefusal) as refused:
        append(staging, upload_id, b"123456", offset=0, length=4)
    assert status_of(refused) == 413
    assert staging.path(upload_id).read_bytes() == b"1234"


def test_a_wrong_checksum_is_460_and_takes_the_bytes_back(staging: Staging) -> None:
    upload_id = new(staging, 10)
    append(staging, upload_id, b"abc", offset=0, length=10)
    for digest, expected in ((b"wrong", 460), (hashlib.sha1(b"def").digest(), None)):
        patch = staging.patch(upload_id, offset=3, length=10, checksum=Checksum("sha1", digest))
        patch.write(b"def")
        if expected:
            with pytest.raises(TusRefusal) as refused:
                patch.close()
            assert status_of(refused) == expected
            assert staging.offset(upload_id) == 3
        else:
            patch.close()
    assert staging.path(upload_id).read_bytes() == b"abcdef"


def test_a_broken_connection_keeps_what_came_unless_a_checksum_cannot_vouch_for_it(staging: Staging) -> None:
    upload_id = new(staging, 10)
    plain = staging.patch(upload_id, offset=0, length=10)
    plain.write(b"abc")
    plain.release()
    vouched = staging.patch(upload_id, offset=3, length=10, checksum=Checksum("sha1", b"of the whole body"))
    vouched.write(b"de")
    vouched.release()
    assert staging.path(upload_id).read_bytes() == b"abc"


def test_gone_is_410(staging: Staging) -> None:
    upload_id = new(staging, 10)
    staging.remove(upload_id)
    staging.remove(upload_id)
    for act in (lambda: staging.offset(upload_id), lambda: staging.patch(upload_id, offset=0, length=10)):
        with pytest.raises(TusRefusal) as refused:
            act()
        assert status_of(refused) == 410


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "0" * 31, "....//x"])
def test_no_name_becomes_a_path(staging: Staging, name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        staging.path(name)


def test_a_file_that_cannot_fit_is_refused_before_a_byte_moves(small_disk: Path) -> None:
    staging = Staging(small_disk / "uploads")
    with pytest.raises(TusRefusal) as refused:
        new(staging, 8 << 20)
    assert status_of(refused) == 507
    assert list(small_disk.rglob("*.part")) == []


def test_a_disk_that_fills_keeps_what_fitted_and_goes_on_later(small_disk: Path) -> None:
    staging = Staging(small_disk / "uploads")
    data = os.urandom(2 << 20)
    upload_id = new(staging, len(data))
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - (1 << 20)))
    with pytest.raises(TusRefusal) as refused:
        append(staging, upload_id, data, offset=0, length=len(data))
    assert status_of(refused) == 507
    kept = staging.offset(upload_id)
    assert 0 < kept < len(data)
    assert staging.path(upload_id).read_bytes() == data[:kept]
    ballast.unlink()
    append(staging, upload_id, data[kept:], offset=kept, length=len(data))
    assert digest_of(staging.path(upload_id)) == hashlib.sha256(data).hexdigest()
