"""Pictures and files of courses, for who sees the course."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from consortium.files.views.bytes_out import released
from consortium.kernel.errors import NotVisible
from courses.library.models import Material
from courses.library.states import MaterialKind


def _seen(material_id: UUID, kind: str) -> Material:
    found: Material | None = Material.objects.filter(pk=material_id, kind=kind).first()
    if found is None:
        raise NotVisible
    return found


@require_safe
def picture(request: HttpRequest, material_id: UUID, size: str) -> HttpResponse:
    """A picture in one size: full, screen or thumb. It never changes."""
    found = _seen(material_id, MaterialKind.PICTURE)
    name = next((one["name"] for one in found.pictures if one["name"].partition(".")[0] == size), None)
    if name is None:
        raise NotVisible
    response = released(found.folder / name)
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@require_safe
def file(request: HttpRequest, material_id: UUID) -> HttpResponse:
    """A PDF, to be kept under its name."""
    found = _seen(material_id, MaterialKind.PDF)
    response = released(found.folder / "file.pdf", "application/pdf")
    name = found.name if found.name.lower().endswith(".pdf") else f"{found.name}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
