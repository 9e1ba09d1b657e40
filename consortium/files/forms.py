"""The plain form: for browsers without JavaScript, and for small files."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Acting


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Any number of files; what they are is told by their bytes, later."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        given: Sequence[Any] = (data if isinstance(data, list | tuple) else [data]) or [None]
        return [super(SeveralFiles, self).clean(each, initial) for each in given]


class SmallFilesForm(forms.Form):
    files = SeveralFiles(  # type: ignore[assignment]
        label=_("Photos, PDF or DICOM files"), allow_empty_file=True, max_length=500
    )


class KeyForm(forms.Form):
    """What makes a doubled press one request."""

    request_key = forms.UUIDField()


class TranscriptForm(Acting):
    """What is said on a voice note."""

    text = forms.CharField(
        label=_("What is said, in words"),
        help_text=_("For those who cannot listen, and for the record."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


class SeveralIds(forms.MultipleChoiceField):
    """Any number of ids, as ticked boxes send them."""

    def valid_value(self, value: Any) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(each) for each in super().clean(value)]


class ImagesForm(forms.Form):
    """The pictures that somebody has looked at."""

    image = SeveralIds()
