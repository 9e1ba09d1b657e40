"""Whoever has the stage sends in this process: a run is begun, its stage kept while it lasts, and given back."""

from typing import Final
from uuid import UUID

from django.db import DatabaseError

from consortium.kernel.actors import Actor, acting_as
from consortium.live.consumers.threads import in_database
from courses.live.broadcast.intake import Intake
from courses.live.broadcast.packaging import Packager
from courses.live.broadcast.publishing import Publication, Publications
from courses.live.operations.broadcasting import keep_stage, leave_stage
from courses.live.queries.broadcasts import feeds

#: of this process
publications: Final = Publications()


async def begin(
    actor: Actor, lecture: UUID, intake: Intake, *, recorder: UUID, holder: UUID, run: int
) -> Publication:  # fmt: skip
    """The run that `holder` has taken the stage for; it is given back where ffmpeg does not start (OSError)."""

    async def kept() -> bool:
        try:
            return await in_database(_keep, actor, lecture, holder)
        except (DatabaseError, OSError):  # the lease outlasts a fault; if not, another's beginning says so
            return True

    async def gone() -> None:
        feeds.told(lecture)
        await give_back(actor, lecture, holder)

    folder = feeds.folder(lecture) / str(run)
    packager = Packager(folder, intake, lambda rung, part: feeds.told(lecture))
    made = Publication(lecture, actor.user_id, recorder, run, packager, kept, gone)
    try:
        await publications.begin(made)
    except OSError:
        await gone()
        raise
    return made


async def give_back(actor: Actor, lecture: UUID, holder: UUID) -> None:
    """The stage, if it still is this holder's."""
    await in_database(_leave, actor, lecture, holder)


def _keep(actor: Actor, lecture: UUID, holder: UUID) -> bool:
    with acting_as(actor):
        return keep_stage(actor=actor, lecture_id=lecture, holder=holder)


def _leave(actor: Actor, lecture: UUID, holder: UUID) -> None:
    with acting_as(actor):
        leave_stage(actor=actor, lecture_id=lecture, holder=holder)
