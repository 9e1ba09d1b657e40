"""What the viewer shows first, what its script needs to know, and its links for browsers without JavaScript."""

from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortium.files.models import Attachment
from consortium.files.policies import may_point
from consortium.files.queries.pointing import topic_of
from consortium.files.queries.stacks import Stack, day_of, kind_words, slots_of
from consortium.files.queries.tiles import names_in, player
from consortium.kernel.actors import Actor

PRESETS: Final[dict[str, Any]] = {
    "default": _("As recorded"),
    "lung": _("Lung"),
    "bone": _("Bone"),
    "soft": _("Soft tissue"),
    "brain": _("Brain"),
    "full": _("Full range"),
}
#: stands in an address for a number that a script puts in
_ANY: Final = 987654321


def viewer_of(actor: Actor, stack: Stack, *, frame: str = "", window: str = "") -> dict[str, Any]:
    """kind ("photo", "frames", "sound" or ""), image_url, width, height, script; for frames what `_frames` adds."""
    head = stack.head
    if head.is_sound:
        return {"kind": "sound", "player": player(actor, head, names_in(actor, head.case))}
    if not head.is_photo and not head.is_dicom:
        return {"kind": ""}
    shown = _photo(head) if head.is_photo else _frames(stack, frame, window)
    pointing = may_point(actor, head).allowed and head.case.submitted_at is not None
    shown["script"] |= _pointing(head) if pointing else {}
    return shown | {
        "id": head.pk,
        "script_id": f"viewer-{head.pk}",
        "day": day_words(head),
        "what": kind_words(head),
        "pointing": pointing,
        "topic": topic_of(head.case_id) if pointing else "",
    }


def day_words(attachment: Attachment) -> str:
    """When it was made; where the file does not tell that, when it was sent."""
    day = date_format(day_of(attachment), "DATE_FORMAT")
    return day if attachment.frames.get("taken_on") else gettext("sent %(day)s") % {"day": day}


def _pointing(head: Attachment) -> dict[str, str]:
    return {
        "point": reverse("files:point", args=[head.pk]).replace(str(head.pk), "ID"),
        "pointers": reverse("files:pointers", args=[head.case_id]),
        "topic": topic_of(head.case_id),
    }


def _photo(attachment: Attachment) -> dict[str, Any]:
    sizes = {picture["name"].partition(".")[0]: picture for picture in attachment.about["pictures"]}
    full = sizes["full"]
    return {
        "kind": "photo",
        "image_url": reverse("files:picture", args=[attachment.pk, "screen"]),
        "number": 1,
        "count": 1,
        "width": full["width"],
        "height": full["height"],
        "script": {
            "pieces": [[str(attachment.pk), 1]],
            "full": reverse("files:picture", args=[attachment.pk, "full"]),
            "width": full["width"],
            "height": full["height"],
        },
    }


def _frames(stack: Stack, frame: str, window: str) -> dict[str, Any]:
    """number, count, modality, window, windows, links; the sizes are those of a pixel as wide as it is high."""
    head, count = stack.head, stack.count
    number = min(max(int(frame), 1), count) if frame.isdecimal() and len(frame) < 7 else stack.start
    presets = list(head.frames["presets"]) or ["default"]
    chosen = window if window in presets else presets[0]
    member, own = stack.at(number)
    size = {"width": head.frames["width"], "height": round(head.frames["height"] * float(head.frames.get("aspect", 1)))}
    return {
        "kind": "frames",
        "image_url": reverse("files:frame", args=[member.pk, own, chosen]),
        "number": number,
        "count": count,
        **size,
        "window": chosen,
        "window_label": PRESETS[chosen],
        "modality": head.frames["modality"],
        "windows": [_window(head, name, number, here=name == chosen) for name in presets if len(presets) > 1],
        "previous_url": _address(head, max(number - 1, 1), chosen),
        "next_url": _address(head, min(number + 1, count), chosen),
        "spacing_kind": stack.agreed("spacing_kind", ""),
        "free": bool(stack.agreed("values", [])),
        "script": _script(stack, number, chosen) | size,
    }


def _script(stack: Stack, number: int, window: str) -> dict[str, Any]:
    """What static/js/viewer.js reads; `frames` and `codes` are addresses with ID, NUMBER and PRESET to be put in."""
    head = stack.head
    sized = reverse("files:sized_frame", args=[head.pk, _ANY, "preset", "size"])
    pattern = sized.replace(str(head.pk), "ID").replace(str(_ANY), "NUMBER").replace("/preset/size/", "/PRESET/SIZE/")
    return {
        "pieces": [[str(each.pk), slots_of(each)] for each in stack.members],
        "number": number,
        "preset": window,
        "frames": pattern,
        "spacing": stack.agreed("spacing", []),
        "spacingKind": stack.agreed("spacing_kind", ""),
        "values": stack.agreed("values", []),
        "window": head.frames.get("window", []),
        "inverted": bool(head.frames.get("inverted")),
        "rows": head.frames["height"],
        "columns": head.frames["width"],
    }


def _window(head: Attachment, name: str, number: int, *, here: bool) -> dict[str, Any]:
    return {"name": name, "label": PRESETS[name], "url": _address(head, number, name), "here": here}


def _address(head: Attachment, number: int, window: str) -> str:
    shown = reverse("files:show", args=[head.pk])
    return f"{shown}?{urlencode({'frame': str(number), 'window': window})}"
