"""What the viewer shows first, and its links for browsers without JavaScript."""

from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from consortium.files.models import Attachment

PRESETS: Final[dict[str, Any]] = {
    "default": _("As recorded"),
    "lung": _("Lung"),
    "bone": _("Bone"),
    "soft": _("Soft tissue"),
    "brain": _("Brain"),
    "full": _("Full range"),
}


def viewer_of(attachment: Attachment, *, frame: str, window: str) -> dict[str, Any]:
    """kind ("photo", "frames" or ""), image_url, width, height; for frames number, count, window, windows, links."""
    if attachment.is_photo:
        return _photo(attachment)
    return _frames(attachment, frame, window) if attachment.is_dicom else {"kind": ""}


def _photo(attachment: Attachment) -> dict[str, Any]:
    sizes = {picture["name"].partition(".")[0]: picture for picture in attachment.about["pictures"]}
    screen = sizes["screen"]
    return {
        "kind": "photo",
        "image_url": reverse("files:picture", args=[attachment.pk, "screen"]),
        "full_url": reverse("files:picture", args=[attachment.pk, "full"]),
        "width": screen["width"],
        "height": screen["height"],
        "count": 1,
    }


def _frames(attachment: Attachment, frame: str, window: str) -> dict[str, Any]:
    about = attachment.frames
    count = int(about["count"])
    number = min(max(int(frame), 1), count) if frame.isdecimal() and len(frame) < 7 else 1
    presets = list(about["presets"]) or ["default"]
    chosen = window if window in presets else presets[0]
    return {
        "kind": "frames",
        "image_url": reverse("files:frame", args=[attachment.pk, number, chosen]),
        "pattern": reverse("files:frame", args=[attachment.pk, 987654321, "preset"]),
        "number": number,
        "count": count,
        "width": about["width"],
        "height": round(about["height"] * float(about.get("aspect", 1))),
        "window": chosen,
        "window_label": PRESETS[chosen],
        "modality": about["modality"],
        "windows": [_window(attachment, name, number, here=name == chosen) for name in presets if len(presets) > 1],
        "previous_url": _address(attachment, max(number - 1, 1), chosen),
        "next_url": _address(attachment, min(number + 1, count), chosen),
    }


def _window(attachment: Attachment, name: str, number: int, *, here: bool) -> dict[str, Any]:
    return {"name": name, "label": PRESETS[name], "url": _address(attachment, number, name), "here": here}


def _address(attachment: Attachment, number: int, window: str) -> str:
    shown = reverse("files:show", args=[attachment.pk])
    return f"{shown}?{urlencode({'frame': str(number), 'window': window})}"
