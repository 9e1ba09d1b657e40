"""Photos are written anew: upright, small enough, and with nothing in them but the picture."""

import io
from pathlib import Path

import pytest
from PIL import Image

from consortium.files.images import reencode as engine
from consortium.files.images.reencode import reencode
from consortium.files.sniff import Fault, Kind, Refused

from . import makers

SECRETS = (b"SecretMaker", b"SecretComment", b"Exif", b"script", b"PK\x03\x04", b"http://ns.adobe", b"ICC_PROFILE")


def written(tmp_path: Path, data: bytes, kind: Kind = Kind.JPEG) -> dict[str, Path]:
    source = tmp_path / "source"
    source.write_bytes(data)
    return {file.name.split(".")[0]: tmp_path / file.name for file in reencode(source, kind, tmp_path)}


def test_gps_and_everything_beside_the_picture_is_gone(tmp_path: Path) -> None:
    given = makers.jpeg(gps=True)
    assert Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825)
    for path in written(tmp_path, given + b"<script>x</script>" + makers.archive()).values():
        stored = path.read_bytes()
        assert not any(secret in stored for secret in SECRETS)
        with Image.open(path) as picture:
            assert not picture.getexif()
            assert not picture.getexif().get_ifd(0x8825)
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (6, (40, 60)), (8, (40, 60)), (3, (60, 40))])
def test_the_picture_stands_upright(tmp_path: Path, orientation: int, size: tuple[int, int]) -> None:
    with Image.open(written(tmp_path, makers.jpeg(orientation=orientation))["full"]) as picture:
        assert picture.size == size
        top_left = picture.getpixel((2, 2))
    assert isinstance(top_left, tuple)
    reddish = top_left[0] > top_left[2]
    assert reddish is (orientation in (1, 6))


def test_sizes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(makers.jpeg((5000, 1000)))
    told = {file.name: (file.width, file.height) for file in reencode(source, Kind.JPEG, tmp_path)}
    assert told == {"full.jpg": (4096, 819), "screen.jpg": (1600, 320), "thumb.jpg": (320, 64)}
    for name, size in told.items():
        with Image.open(tmp_path / name) as picture:
            assert picture.size == size


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_mode_of_png(tmp_path: Path, mode: str) -> None:
    files = written(tmp_path, makers.png(mode=mode), Kind.PNG)
    assert files["full"].suffix == ".png"
    with Image.open(files["thumb"]) as thumb:
        assert thumb.format == "JPEG"


def test_webp_becomes_jpeg(tmp_path: Path) -> None:
    with Image.open(written(tmp_path, makers.webp(), Kind.WEBP)["full"]) as picture:
        assert picture.format == "JPEG"


def test_a_picture_of_50_000_by_50_000_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: object) -> None:
        raise AssertionError("a pixel was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", never)
    with pytest.raises(Refused) as refused:
        written(tmp_path, makers.huge_png(), Kind.PNG)
    assert refused.value.fault is Fault.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("data", "kind", "fault"),
    [
        (makers.jpeg((600, 400))[:2000], Kind.JPEG, Fault.TRUNCATED),
        (b"\xff\xd8\xff" + b"\0" * 100, Kind.JPEG, Fault.BROKEN),
        (makers.png()[:50], Kind.PNG, Fault.BROKEN),
        (makers.webp()[:40], Kind.WEBP, Fault.BROKEN),
        (makers.png(), Kind.JPEG, Fault.BROKEN),
    ],
)
def test_broken_pictures(tmp_path: Path, data: bytes, kind: Kind, fault: Fault) -> None:
    with pytest.raises(Refused) as refused:
        written(tmp_path, data, kind)
    assert refused.value.fault in (fault, Fault.TRUNCATED)


def test_the_pixel_limit_counts_area_and_edge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_PIXELS", 2000)
    with pytest.raises(Refused):
        written(tmp_path, makers.jpeg((60, 40)))
    assert written(tmp_path, makers.jpeg((40, 40)))
