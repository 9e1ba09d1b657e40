"""What is entered about a video: titles, captions, chapters."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from consortium.casework.forms.acting import LONG
from consortium.kernel.errors import InvalidInput
from consortium.people.forms.base import Acting, Edited, Keyed
from courses.library.forms.courses import Titles, shows_patient
from courses.library.ladder.captions import MOST_BYTES, Cue, CueFault, seconds_of
from courses.library.ladder.playlists import stamp
from courses.library.models import Video
from courses.library.operations.video_changing import read_captions, said


class NewVideoForm(Keyed, Titles):
    """A video begins with its title; its bytes follow."""

    shows_patient = shows_patient()


class VideoForm(Titles):
    """Titles and the flag of a video that is there."""

    shows_patient = shows_patient()

    @classmethod
    def of(cls, video: Video) -> "VideoForm":
        names = ("title_en", "title_zh", "shows_patient", "version")
        return cls(initial={name: getattr(video, name) for name in names})


class CaptionsForm(Edited):
    """All captions of a language as WebVTT, as they are written in the editor."""

    text = forms.CharField(label=_("Captions"), widget=forms.Textarea(attrs={"rows": 16, **LONG}))

    def cues(self) -> list[Cue]:
        return read_captions(self.cleaned_data["text"].encode())


class CaptionsFileForm(Acting):
    """A file that replaces all captions of a language."""

    captions = forms.FileField(label=_("WebVTT or SRT file"))

    def cues(self) -> list[Cue]:
        file: UploadedFile[bytes] = self.cleaned_data["captions"]
        return read_captions(file.read(MOST_BYTES + 1))


class ChaptersForm(Edited):
    """One chapter a line: when it begins, and its name in English and Chinese, with a bar between."""

    chapters = forms.CharField(
        label=_("Chapters"), required=False, widget=forms.Textarea(attrs={"rows": 8, **LONG}),
        help_text=_("One chapter a line: 2:30 Signs of danger | 危险征象. Either language may be missing."),
    )  # fmt: skip

    @classmethod
    def of(cls, video: Video) -> "ChaptersForm":
        return cls(initial={"chapters": "\n".join(map(_line, video.chapters)), "version": video.version})

    def rows(self) -> list[dict[str, Any]]:
        """InvalidInput("chapters") names the line that cannot be read."""
        lines = [line.strip() for line in self.cleaned_data["chapters"].splitlines() if line.strip()]
        return [_read(line) for line in lines]


def _line(row: dict[str, Any]) -> str:
    at = stamp(row["at"]).removesuffix(".000").removeprefix("00:")
    return f"{at} {row['en']} | {row['zh']}" if row["zh"] else f"{at} {row['en']}"


def moment(text: str) -> float:
    """Seconds of 2:30, 1:02:30 or 2:30.5; CueFault for anything else."""
    return seconds_of(text if "." in text else f"{text}.0")


def _read(line: str) -> dict[str, Any]:
    at, _space, names = line.partition(" ")
    english, _bar, chinese = names.partition("|")
    try:
        return {"at": moment(at), "en": english.strip(), "zh": chinese.strip()}
    except CueFault as fault:
        raise InvalidInput({"chapters": f"{line}: {said(fault)}"}) from fault
