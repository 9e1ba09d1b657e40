"""Who is told of a lecture: whoever is registered, and its crew."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice
from courses.live.events.lectures import CrewAsked, LectureCancelled, LectureMoved, LectureNear
from courses.live.models import Crew, Lecture, Seat
from courses.live.states.lectures import LectureStep

_WHY = "telling of a lecture"


def lecture_told(lecture_id: UUID) -> Lecture:
    lecture: Lecture = unfiltered(Lecture, why=_WHY).get(pk=lecture_id)
    return lecture


def _when(lecture: Lecture) -> dict[str, str]:
    """When it begins, in both languages."""
    said = {}
    for code, name in (("en", settings.LANGUAGE_CODE), ("zh", "zh-hans")):
        with translation.override(name):
            said[code] = date_format(localtime(lecture.starts_at), "SHORT_DATETIME_FORMAT")
    return said


def tell(user_id: UUID, kind: str, lecture: Lecture, entry_id: int, url: str = "") -> None:
    """A notice with the lecture's title and time; it leads to `url`, else to the lecture."""
    title = {"en": lecture.title_en or lecture.title_zh, "zh": lecture.title_zh}
    send_notice(
        actor=current_actor(), recipient_id=user_id, kind=kind, subject=lecture, once=f"{entry_id}:{kind}",
        url=url or reverse("lectures:lecture", args=[lecture.pk]), facts={"title": title, "when": _when(lecture)},
    )  # fmt: skip


def _tell_all(lecture: Lecture, kind: str, entry_id: int) -> None:
    """Whoever has a seat, and the crew; each once."""
    seats = unfiltered(Seat, why=_WHY).running().filter(lecture=lecture).values_list("user_id", flat=True)
    crew = unfiltered(Crew, why=_WHY).filter(lecture=lecture).values_list("user_id", flat=True)
    for user_id in sorted({*seats, *crew}, key=str):
        tell(user_id, kind, lecture, entry_id)


@receives(LectureNear)
def tell_it_comes_near(entry_id: int, event: LectureNear) -> None:
    """Not where it was cancelled or has begun since."""
    lecture = lecture_told(event.lecture_id)
    if lecture.step == LectureStep.ANNOUNCED and lecture.starts_at > clock.now():
        _tell_all(lecture, "lecture.soon" if event.soon else "lecture.day", entry_id)


@receives(LectureMoved)
def tell_it_was_moved(entry_id: int, event: LectureMoved) -> None:
    _tell_all(lecture_told(event.lecture_id), "lecture.moved", entry_id)


@receives(LectureCancelled)
def tell_it_was_cancelled(entry_id: int, event: LectureCancelled) -> None:
    _tell_all(lecture_told(event.lecture_id), "lecture.cancelled", entry_id)


@receives(CrewAsked)
def tell_the_crew(entry_id: int, event: CrewAsked) -> None:
    tell(event.user_id, "lecture.crew", lecture_told(event.lecture_id), entry_id)
