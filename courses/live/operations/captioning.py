"""What was typed while the lecturer spoke becomes the recording's captions."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from consortium.kernel.actors import Actor
from courses.library.ladder.captions import MOST_CUES, Cue
from courses.library.models import Caption, Film
from courses.library.operations.video_changing import set_captions
from courses.live.models import Lecture, RoomEvent
from courses.live.queries.film import moments
from courses.live.states.room import RoomEventKind

#: seconds that a line stays where no other follows it
_STAYS: Final = 6.0


def keep_captions(*, actor: Actor, lecture: Lecture) -> Caption | None:
    """For `recording.keep_recording`, in its transaction; None where nobody typed, and where somebody has corrected
    them since: with each film they are written once by this, with each correction once more."""
    video_id = lecture.recording_id
    film = Film.objects.filter(current_of=video_id).first()
    if film is None or video_id is None:
        return None
    mine = Caption.objects.filter(video_id=video_id, language=lecture.language)
    typed = RoomEvent.objects.filter(lecture=lecture, kind=RoomEventKind.CAPTION).order_by("seq")
    cues = cues_of([(at / 1000, row.data["text"]) for row, at in moments(lecture, typed)], film.length)
    if not cues or mine.filter(version__gte=film.number).exists():
        return None
    return set_captions(actor=actor, video_id=video_id, language=lecture.language, cues=cues)


def cues_of(lines: Sequence[tuple[float, str]], length: int) -> list[Cue]:
    """Each line (seconds, words) stays until the next one, and no longer than a moment; what was typed after the film's
    last picture (`length`, ms) has none to stand under."""
    end = length / 1000
    told = [(at, text) for at, text in lines if at < end]
    pairs = pairwise([*told, (end, "")])
    cues = [Cue(at, min(following, at + _STAYS), text) for (at, text), (following, _text) in pairs]
    return [cue for cue in cues if cue.end > cue.begin][:MOST_CUES]
