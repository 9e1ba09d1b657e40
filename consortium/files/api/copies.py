"""De-identified copies over the API: ask for one, look at its pictures, confirm each, take it away."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.files import queries
from consortium.files.models import CleanCopy
from consortium.files.operations import confirm_images, discard_copy, make_copy
from consortium.files.policies import may_look
from consortium.files.queries.copies import acts_on, copies_of, copy_for, images_to_look_at
from consortium.files.states import CopyStep
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.kernel.policies import require


class ImageShown(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why a person has to look at it.")
    frames = serializers.ListField(child=serializers.CharField(), help_text="Addresses of its pictures.")


class CleanCopyShown(Output):
    id = serializers.UUIDField()
    case_id = serializers.UUIDField()
    step = serializers.ChoiceField(CopyStep.choices)
    images = serializers.IntegerField(help_text="Files in the copy.")
    flagged = serializers.IntegerField(help_text="Of these, how many a person has to look at.")
    confirmed = serializers.IntegerField(help_text="How many somebody has looked at.")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    to_look_at = ImageShown(many=True, help_text="The next ones, at most twelve.")
    file = serializers.CharField(help_text="Address of the copy once it is available; empty before.")
    available_actions = Acts()


def shown(actor: Actor, copy: CleanCopy, *, with_images: bool = True) -> dict[str, Any]:
    """One copy as CleanCopyShown."""
    looking = with_images and copy.step == CopyStep.REVIEW
    ready = copy.step == CopyStep.AVAILABLE
    return {
        **{name: getattr(copy, name) for name in ("case_id", "step", "images", "flagged", "confirmed", "size")},
        "id": copy.pk,
        "sha256": copy.sha256,
        "created_at": copy.created_at,
        "to_look_at": [_image(each) for each in images_to_look_at(copy)] if looking else [],
        "file": reverse("files:copy_file", args=[copy.pk]) if ready else "",
        "available_actions": _actions(actor, copy),
    }


def _image(image: dict[str, Any]) -> dict[str, Any]:
    told = {name: image[name] for name in ("id", "number", "reasons")}
    return {**told, "frames": [address for address, _page in image["frames"]]}


def _actions(actor: Actor, copy: CleanCopy) -> list[dict[str, Any]]:
    return [
        {
            "verb": each.verb,
            "label": str(each.label),
            "href": reverse(f"api:clean-copy-{each.verb}", args=[copy.pk]),
            "required": ["images"] if each.required else [],
        }
        for each in acts_on(actor, copy)
        if each.verb in ("confirm", "discard")
    ]


class CleanCopies(ApiView):
    @described("De-identified copies of a file or its series", gives=CleanCopyShown, page=True)
    def get(self, request: Request, attachment_id: UUID) -> Response:
        found = queries.attachment_for(attachment_id)
        require(may_look(self.actor, found))
        note_read(actor=self.actor, subject=found, patient_id=found.case.patient_id, what="image", once_per_look=True)
        return self.paged([shown(self.actor, copy, with_images=False) for copy in copies_of(found)])

    @described("Ask for a de-identified copy of a file or its series", gives=CleanCopyShown, status=201, key=True)
    def post(self, request: Request, attachment_id: UUID) -> Response:
        found = queries.attachment_for(attachment_id)
        made = make_copy(actor=self.actor, attachment=found, key=self.request_key)
        return self.created(shown(self.actor, made))


class _CopyView(ApiView):
    def copy(self, copy_id: UUID) -> CleanCopy:
        found = copy_for(self.actor, copy_id)
        note_read(actor=self.actor, subject=found, patient_id=found.case.patient_id, what="image", once_per_look=True)
        return found


class CleanCopyDetail(_CopyView):
    @described("A de-identified copy: how far it is, and what has to be looked at", gives=CleanCopyShown)
    def get(self, request: Request, copy_id: UUID) -> Response:
        return self.one(shown(self.actor, self.copy(copy_id)))


class ConfirmInput(Input):
    images = serializers.ListField(
        child=serializers.UUIDField(), max_length=200, help_text="Pictures that were looked at and show nobody."
    )


class Confirm(_CopyView):
    @described("Say of pictures that they show nobody; the last one releases", takes=ConfirmInput, gives=CleanCopyShown)
    def post(self, request: Request, copy_id: UUID) -> Response:
        given = self.given(ConfirmInput)
        done = confirm_images(actor=self.actor, copy=self.copy(copy_id), image_ids=given["images"])
        return self.one(shown(self.actor, done))


class DiscardInput(Input):
    """Nothing to say."""


class Discard(_CopyView):
    @described("Discard a copy: its bytes go", takes=DiscardInput, gives=CleanCopyShown)
    def post(self, request: Request, copy_id: UUID) -> Response:
        self.given(DiscardInput)
        return self.one(shown(self.actor, discard_copy(actor=self.actor, copy=self.copy(copy_id))))
