"""Live lectures: a module for each part."""

from courses.live.models.afterwards import LateVote, Recommendation
from courses.live.models.broadcasts import Broadcast, BroadcastRun
from courses.live.models.cases import CasePicture, CaseStage, TeachingCase
from courses.live.models.encoders import EncoderKey
from courses.live.models.guests import GuestAppearance
from courses.live.models.lectures import Crew, Lecture, Series
from courses.live.models.room import Block, ChatLine, Poll, Question, RoomEvent, Support, Vote
from courses.live.models.seats import Attendance, CheckIn, Seat
from courses.live.models.staging import CaseVote, Staging

__all__ = [
    "Attendance",
    "Block",
    "Broadcast",
    "BroadcastRun",
    "CasePicture",
    "CaseStage",
    "CaseVote",
    "ChatLine",
    "CheckIn",
    "Crew",
    "EncoderKey",
    "GuestAppearance",
    "LateVote",
    "Lecture",
    "Poll",
    "Question",
    "Recommendation",
    "RoomEvent",
    "Seat",
    "Series",
    "Staging",
    "Support",
    "TeachingCase",
    "Vote",
]
