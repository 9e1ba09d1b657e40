"""The plain form: for browsers without JavaScript, and for small files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


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
