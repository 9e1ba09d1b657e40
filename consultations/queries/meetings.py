"""Video calls as the page of a case shows them; what there is to choose from; and how often calls come about."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consortium.calls.policies import may_invite
from consortium.calls.states import Cause, Rung
from consortium.casework.queries.rows import case_url, child_words
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.machine import Transition
from consortium.kernel.scoping import unfiltered
from consortium.kernel.templatetags.when import moment_words
from consortium.patients.queries.record import consent_withheld, has_consent
from consortium.patients.states import ConsentKind
from consortium.people.states import Role
from consultations.models import Consultation, Meeting, Opinion
from consultations.policies import side_of
from consultations.queries.recordings import recordings_of
from consultations.queries.slots import free_slots
from consultations.states import STANDING, Absent, MeetingCancel, MeetingStep, Side

#: the acts whose buttons stand on the card of the call, in their order
VERBS = ("book_video", "propose_video", "call_now", "cancel_video")
Choices = dict[str, list[tuple[Any, Any]] | None]


def slot_choices(consultation: Consultation) -> Choices:
    """The specialist's free published times."""
    return {"slots": [(at.isoformat(), moment_words(at)) for at in free_slots(consultation.case.responder_id)]}


def proposed_choices(consultation: Consultation) -> Choices:
    """What the other side proposed and still lies ahead; nothing where a booked call is moved."""
    newest = consultation.newest_meeting
    times = newest.times if newest is not None and newest.step == MeetingStep.PROPOSED else []
    return {"choice": [(at.isoformat(), moment_words(at)) for at in times]}


def asked_when(actor: Actor, consultation: Consultation) -> str:
    """What has to be known for choosing: what the other side wrote, or when the call is booked now."""
    newest = consultation.newest_meeting
    if newest is None:
        return ""
    if newest.step == MeetingStep.BOOKED and newest.starts_at:
        return _("Booked now: %(when)s. The other time is booked at once, and the other side is told.") % {
            "when": moment_words(newest.starts_at)
        }
    return newest.wish


def outcome_words(outcome: str, absent: str) -> str | Promise:
    """How a call went, or who did not come."""
    if absent and absent != Absent.GUARDIAN:
        return Absent(absent).label
    held = {**dict(Rung.choices), **dict(Cause.choices)}.get(outcome, "")
    return f"{held} · {Absent.GUARDIAN.label}" if absent else held


def meeting_card(actor: Actor, consultation: Consultation, actions: list[Transition]) -> dict[str, Any]:
    """The card of the video call; {} where there was none and the reader may begin none.

    At most four queries: earlier calls, recordings, and the guardian's consent.
    """
    verbs = {t.verb: t for t in actions if t.verb in VERBS}
    newest = consultation.newest_meeting
    if newest is None and not verbs:
        return {}
    standing = newest if newest is not None and newest.step in STANDING else None
    return {
        "acts": [verbs[verb] for verb in VERBS if verb in verbs],
        "standing": _standing(actor, consultation, standing) if standing else {},
        "consent": _consent(consultation) if standing else "",
        "earlier": _earlier(consultation, standing) if newest is not None else [],
        "recordings": recordings_of(actor, consultation.pk) if newest is not None else [],
        "again": newest is not None and newest.step == MeetingStep.MISSED,
    }


def _standing(actor: Actor, consultation: Consultation, meeting: Meeting) -> dict[str, Any]:
    mine = side_of(actor, consultation)
    room = meeting.room
    return {
        "step": meeting.step, "label": meeting.get_step_display(), "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at, "times": meeting.times, "wish": meeting.wish, "minutes": meeting.minutes,
        "my_turn": meeting.step == MeetingStep.PROPOSED and meeting.side != mine,
        "waits_for": _("the specialist") if meeting.side == Side.ASKER else _("the asking clinic"),
        "join_url": reverse("calls:room", args=[room.pk]) if room and meeting.can_be_joined else "",
        "preflight_url": reverse("calls:preflight") + (f"?room={room.pk}" if room else ""),
        "guardian_url": _guardian_url(actor, meeting),
        "calendar_url": reverse("casework:booking_ics", args=[meeting.booking_id]) if meeting.booking_id else "",
    }  # fmt: skip


def _guardian_url(actor: Actor, meeting: Meeting) -> str:
    """Where the guardian's link is made and shown: as text, as a code, to be copied."""
    if meeting.room is None or not meeting.with_guardian or not may_invite(actor, meeting.room).allowed:
        return ""
    return reverse("calls:guardian", args=[meeting.room.pk])


def _consent(consultation: Consultation) -> str:
    """given, withheld, or "" while nobody has asked."""
    patient_id = consultation.case.patient_id
    if has_consent(patient_id, ConsentKind.VIDEO):
        return "given"
    return "withheld" if consent_withheld(patient_id, ConsentKind.VIDEO) else ""


def _earlier(consultation: Consultation, standing: Meeting | None) -> list[dict[str, Any]]:
    """What came of the calls before, the newest first; proposals that another took the place of are left out."""
    rows = Meeting.objects.filter(case_id=consultation.pk).exclude(step=MeetingStep.REPLACED, starts_at=None)
    others = rows.exclude(pk=standing.pk if standing else None).order_by("-created_at")[:10]
    return [_past(each) for each in others]


def _past(meeting: Meeting) -> dict[str, Any]:
    words: str | Promise = meeting.get_step_display()
    if meeting.step in (MeetingStep.ENDED, MeetingStep.MISSED):
        words = outcome_words(meeting.outcome, meeting.absent)
    elif meeting.step == MeetingStep.CANCELLED:
        words = MeetingCancel(meeting.cancel_reason).label
    good = meeting.step == MeetingStep.ENDED and meeting.outcome in Rung.values
    return {
        "at": meeting.starts_at, "step": meeting.step, "label": meeting.get_step_display(), "words": words,
        "good": good, "with_guardian": meeting.with_guardian,
    }  # fmt: skip


def calls_of(actor: Actor, *, most: int = 100) -> list[dict[str, Any]]:
    """The calls ahead of this person and of their clinic: under way, theirs to answer, booked by time, and those that
    wait for the other side. Without the child's name. One query."""
    mine = Q(specialist_id=actor.user_id) | Q(asker_id=actor.user_id)
    mine |= Q(case__asking_institution_id__in=actor.institution_ids(Role.ASKER))
    rows = Meeting.objects.standing().filter(mine).select_related("case__service", "room")
    return sorted((_ahead(actor, each) for each in rows.order_by("starts_at", "created_at")[:most]), key=_turn_first)


def _turn_first(row: dict[str, Any]) -> int:
    return 0 if row["step"] == MeetingStep.OPEN else 1 if row["my_turn"] else 3 if row["waits_for"] else 2


def _ahead(actor: Actor, meeting: Meeting) -> dict[str, Any]:
    case, proposed = meeting.case, meeting.step == MeetingStep.PROPOSED
    mine = Side.SPECIALIST if meeting.specialist_id == actor.user_id else Side.ASKER
    other = _("the specialist") if meeting.side == Side.ASKER else _("the asking clinic")
    return {
        "step": meeting.step, "label": meeting.get_step_display(), "starts_at": meeting.starts_at,
        "times": meeting.times, "wish": meeting.wish, "priority": Priority(case.priority).code, "title": case.headline,
        "who": child_words(case.sex, case.age_days, case.weight_grams), "url": f"{case_url(case)}#case-call",
        "service": case.service.name if case.service else "", "my_turn": proposed and meeting.side != mine,
        "waits_for": other if proposed and meeting.side == mine else "", "ends_at": meeting.ends_at,
        "join_url": reverse("calls:room", args=[meeting.room_id]) if meeting.room_id and meeting.can_be_joined else "",
    }  # fmt: skip


def second_seat(actor: Actor, case: Any) -> str:
    """A specialist who was asked for an opinion sits in the case's calls (settings.CALL_SEATS)."""
    asked = Opinion.objects.filter(case_id=case.pk, specialist_id=actor.user_id, declined_at=None)
    return "second" if asked.exists() else ""


def video_counts(begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Booked calls of a stretch by service: {service_id, booked, held, video, nobody, asker, specialist, guardian,
    cancelled}. One query; numbers only, so for whoever may see measures. Calls moved to another time count once."""
    rows = unfiltered(Meeting, why="how often calls come about, as numbers")
    of_time = rows.filter(starts_at__gte=begins, starts_at__lt=ends).exclude(step=MeetingStep.REPLACED)
    held = Q(step=MeetingStep.ENDED, outcome__in=Rung.values)
    counts = {
        "booked": Count("pk"),
        "held": Count("pk", filter=held),
        "video": Count("pk", filter=held & Q(outcome=Rung.VIDEO)),
        "nobody": Count("pk", filter=Q(absent=Absent.EVERYBODY)),
        **{who.value: Count("pk", filter=Q(absent=who)) for who in Absent if who != Absent.EVERYBODY},
        "cancelled": Count("pk", filter=Q(step=MeetingStep.CANCELLED)),
    }
    found = of_time.values("case__service_id").order_by("case__service_id")
    return [{"service_id": row.pop("case__service_id"), **row} for row in found.annotate(**counts)]


def meetings_of(case_id: UUID) -> list[Meeting]:
    """All calls of a case, the newest first. One query."""
    return list(Meeting.objects.filter(case_id=case_id).order_by("-created_at", "-id"))
