"""What stands beside the routes: topics and frames of WebSockets, tasks, and what moves bytes next to the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.access.page_rows import CENTRE, INSIDE, KNOW, QUEUE, SERVICE
from tests.access.rows import ALLOWED, EVERYBODY, FORBIDDEN, HIDDEN
from tests.access.world import World


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A kind of topic: who may listen to the one that `key` names; 403 for those who see that it is there."""

    kind: str
    about: str
    key: Callable[[World], Any]
    may: str
    sees: str = ""

    def expected(self, role: str) -> str:
        if role in self.may.split():
            return ALLOWED
        return FORBIDDEN if role in self.sees.split() else HIDDEN


TOPICS = [
    TopicRow("case", "a case's entries", lambda w: w.case["received"].pk, INSIDE),
    TopicRow("thread", "how far its messages are read", lambda w: w.case["received"].pk, KNOW, QUEUE),
    TopicRow("patient", "a child's record", lambda w: w.patient.pk, KNOW),
    TopicRow("desk", "one's own worklist", lambda w: w.people["asker"].pk, "asker"),
    TopicRow("queue", "a service's queue", lambda w: w.service.pk, f"{SERVICE} coordinator"),
    TopicRow("asked", "what a clinic asked", lambda w: w.centre.pk, CENTRE),
    TopicRow("pointer", "where others point in a case's pictures", lambda w: w.case["received"].pk, KNOW),
    TopicRow("video", "how far a video is", lambda w: w.video.pk, "", EVERYBODY),
    TopicRow("user", "one's own inbox", lambda w: w.people["asker"].pk, "asker"),
]

#: what a page may say on its socket; anything else closes it with 4400
FRAMES = {
    "listen": "asks the topic's own policy, as above, each time anew",
    "leave": "anybody, of what they listen to",
    "ping": "anybody connected",
}

#: what a page of a lecture's room may say; anything else is answered by a coded fault
ROOM_FRAMES = {
    "join": "who has a ticket of this lecture and sign-in; it says the rights, and is given by `lectures:room_ticket`",
    "ping": "anybody signed in",
    **dict.fromkeys(("chat", "ask", "support"), "who has joined, while the room is open, unless blocked"),
    **dict.fromkeys(("vote", "react", "hand"), "who has joined"),
    **dict.fromkeys(("enter", "leave", "tried"), "the guest who was invited, while the lecture is live"),
    **dict.fromkeys(("hide", "block", "unblock", "answered", "dismiss", "lower"), "moderators and who conducts"),
    **dict.fromkeys(("invite", "remove"), "moderators and who conducts"),
    **dict.fromkeys(("open", "close", "reveal", "flow"), "who conducts"),
    "caption": "who types captions, and who conducts",
}

#: what the two pages say between which a guest's picture and sound go; anything else is answered by a coded fault
STAGE_FRAMES = {
    "join": "the guest who is on stage, and whoever has the stage; each with a ticket as above",
    "signal": "they alone, and only the other one is told; asked anew each time",
    "ping": "anybody signed in",
}

#: tasks: none can be asked for from outside; each acts as the system with this reason, on rows it finds by itself
TASKS = {
    "journal.deliver_entry": "an event's receivers, each under its own name",
    "journal.relay": "events that were not delivered",
    "journal.verify_when_due": "the nightly check of the chains",
    "notices.deliver": "one notice by one channel",
    "notices.relay": "deliveries that were lost",
    "notices.advance_pages": "pages nobody took are moved to the next person",
    "casework.end_duties": "duties that end: a reminder, then open work goes back to the queue",
    "casework.expire_holds": "what was held and not confirmed is given back",
    "casework.publish_slots": "the slots of the weeks ahead",
    "files.inspect": "what a file is",
    "files.render": "small pictures made ahead of scrolling",
    "files.prepare_copy": "one de-identified copy",
    "assessment.end_attempts": "attempts whose time is over are handed in",
    "files.sweep": "uploads nobody went on with, files nobody judged",
    "patients.end_grants": "break-the-glass runs out",
    "lectures.end_absent_guests": "guests on a lecture's stage whom the room has not seen for a minute",
    "lectures.follow_up": "credit for who was in lectures that are over, and recommendations whose day has passed",
    "lectures.remind": "who is registered for a lecture that comes near",
    "courses.later_tests": "who is asked again some weeks after a course is told of it, once",
    "manual.prove": "the proof sheet of a version that has none",
    "insight.refresh": "numbers of months in which something moved",
    "insight.recompute": "the numbers of one month, from its cases",
    "insight.freeze_reports": "reports of months that are over",
    "insight.write_export": "some pieces of one export, as far as the rights of its owner still reach",
    "insight.relay": "exports that nobody writes, and those whose time is over",
    "calls.end_abandoned": "calls in which nobody is left",
    "consultations.pass_on": "open cases whose holder cannot act",
    "referrals.pass_on": "open referrals whose holder cannot act",
    "consultations.call_times": "video calls that come near are told of; those nobody opened are closed",
    "consultations.delete_recordings": "bytes of recordings that may no longer be kept",
    "consultations.chase_outcomes": "closed questions of which nobody told what became of the child",
    "consultations.tend_reviews": "the month's sample of answers, who rates it, and what is late",
    "consultations.assign": "what waits in queues that allocate by themselves goes to who is on duty",
    "consultations.escalate": "clocks that ran on: who is told, what is reminded of, what closes by itself",
    "referrals.fill_places": "places that are free go to children who wait for one",
    "referrals.remind_visits": "visits that come near are told of",
    "referrals.escalate": "legs of referrals that ran on: who is told, and what the coordinator takes on",
    "video.probe": "what a film is, and in which pieces it is made",
    "video.make": "one piece of a film",
    "video.sweep": "films nobody works on, uploads nobody went on with, bytes no film needs",
    "demo.films": "short films of the demonstration, and the course that shows them",
    "demo.history": "a year of the demonstration's past",
    "demo.settle_inboxes": "old notices of the demonstration are read",
}

#: moves bytes for these routes after their own views have decided; `consortium.files.routing.http_wrappers`
BYTES = {
    r"/api/v1/uploads/…/": ("api:upload",),
    r"(/api/v1)?/(files|files/copies|attachments)/…/(picture|frames|original|file|sound)/…": (
        "files:picture", "files:frame", "files:sized_frame", "files:original", "files:copy_file", "files:sound",
    ),
    r"/api/v1/recordings/…/bytes/": ("api:recording-bytes",),
    r"/consultations/recordings/…/": ("consultations:recording",),
    r"/measures/exports/…/file/": ("insight:export_file",),
    r"/api/v1/video-uploads/…/": ("api:video-upload",),
    r"/courses/(videos/…/…/stills|materials/…)/…": ("library:video_still", "library:picture", "library:file"),
}  # fmt: skip
