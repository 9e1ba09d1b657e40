"""A picture or a PDF is added to a course: looked at in a child process, kept as re-encoded, under no name."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consortium.files.sandbox import Inspected, inspect_file
from consortium.files.sniff.kinds import Kind
from consortium.files.states import REASONS
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, StorageFull, TooLarge, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from courses.library.models import Course, Material
from courses.library.models.materials import NAME_LENGTH
from courses.library.operations.drafting import author
from courses.library.operations.moving import note
from courses.library.policies import may_build_course
from courses.library.states import MaterialKind

MOST_BYTES = 10_000_000
#: a page waits for it: a picture takes about a second
_SECONDS = 15
_KINDS = {Kind.JPEG: MaterialKind.PICTURE, Kind.PNG: MaterialKind.PICTURE, Kind.WEBP: MaterialKind.PICTURE,
          Kind.PDF: MaterialKind.PDF}  # fmt: skip


@transaction.atomic
def add_material(*, actor: Actor, course_id: UUID, name: str, data: bytes, key: UUID | None = None) -> Material:
    """Keep `data` for the course. InvalidInput("file") for what is neither a whole picture nor a safe PDF; TooLarge;
    StorageFull."""
    course = Course.objects.filter(pk=course_id).first()
    if course is None:
        raise NotVisible
    require(may_build_course(actor, course))
    if len(data) > MOST_BYTES:
        raise TooLarge(_("A picture or a PDF has 10 MB at most."))

    def make() -> Material:
        row = Material(course=course, name=name.strip()[:NAME_LENGTH], made_at=clock.now(), **author(actor, key))
        with _whole_or_nothing(row.folder):
            _look(row, data)
            with database_rules(), transaction.atomic():
                row.save(force_insert=True)
        note(actor, course, "add-material", facts={"kind": row.kind, "material": str(row.pk)})
        return row

    return once(Material, actor=actor, key=key, make=make)[0]


@contextmanager
def _whole_or_nothing(folder: Path) -> Iterator[None]:
    """Bytes whose row was refused do not stay."""
    try:
        yield
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageFull from error
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _look(row: Material, data: bytes) -> None:
    """Inspect, then move what may be shown to its folder; nothing is left of what was refused."""
    shelf = Path(settings.MEDIA_ROOT) / "materials"
    shelf.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=shelf, prefix=".new-") as room:
        sent, made = Path(room) / "sent", Path(room) / "made"
        sent.write_bytes(data)
        made.mkdir()
        found = inspect_file(sent, made, seconds=_SECONDS)
        row.kind = _kind(found)
        row.pictures, row.size = found.pictures, len(data)
        if row.kind == MaterialKind.PDF:
            sent.replace(made / "file.pdf")
        made.replace(row.folder)


def _kind(found: Inspected) -> str:
    if found.fault is not None:
        raise InvalidInput({"file": REASONS[found.fault]})
    kind = _KINDS.get(Kind(found.kind))
    if kind is None:
        raise InvalidInput({"file": _("Send a picture (JPEG, PNG, WebP) or a PDF.")})
    return kind
