"""The bed board: what a service says is free for children of other places, and the promise of one."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, Taken, database_rules
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from referrals.models import BedBoard
from referrals.models.beds import BED_PLACES, MOST, NOTE_LENGTH
from referrals.policies import may_keep_beds


@transaction.atomic
def publish_beds(
    *, actor: Actor, service_id: UUID, place: str, free: int, note: str = "", version: int | None = None
) -> BedBoard:  # fmt: skip
    """Say how many beds of one kind are free now; the time it is said stands beside it. `version`: of the row that the
    actor saw, so that a bed promised meanwhile is not given back unseen.

    Raises InvalidInput, StaleVersion, NotVisible, NotPermitted.
    """
    service = Service.objects.filter(pk=service_id).first()
    if service is None:
        raise NotVisible
    require(may_keep_beds(actor, service))
    _check(place, free, note)
    rows = BedBoard.objects.select_for_update(of=("self",))
    board = rows.filter(service=service, place=place).first()
    before = board.free if board else None
    if board is None:
        board = BedBoard(service=service, place=place, version=0)
    else:
        check_version(board, version)
    board.free, board.note, board.noted_at, board.noted_by_id = free, note.strip(), clock.now(), actor.user_id
    board.version += 1
    with database_rules(), transaction.atomic():
        board.save()
    _note(actor, board, "publish-beds", before)
    return board


def _check(place: str, free: int, note: str) -> None:
    wrong = {}
    if place not in dict(BED_PLACES):
        wrong["place"] = _("Choose where the beds are.")
    if free not in range(MOST + 1):
        wrong["free"] = _("Say 0 to 200.")
    if len(note.strip()) > NOTE_LENGTH:
        wrong["note"] = _("Say it in fewer words.")
    if wrong:
        raise InvalidInput(wrong)


def promise_bed(actor: Actor, service: Service, board_id: UUID) -> str:
    """One bed less on the board, in words; Taken when somebody else has the last one. Inside the acceptance."""
    board = BedBoard.objects.filter(pk=board_id, service=service).first()
    if board is None:
        raise InvalidInput({"bed_id": _("Choose a bed of this service.")})
    if not BedBoard.objects.filter(pk=board_id, free__gt=0).update(free=F("free") - 1, version=F("version") + 1):
        raise Taken(_("The last free bed was just promised to another child."), code="no-bed")
    before = board.free
    board.refresh_from_db()
    _note(actor, board, "promise-bed", before)
    return _in_both(board)


def _in_both(board: BedBoard) -> str:
    """The place in both languages: a promise is kept as it was said, and read by both sides."""
    said = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said.append(str(board.get_place_display()))
    return " / ".join(dict.fromkeys(said))


def _note(actor: Actor, board: BedBoard, verb: str, before: int | None) -> None:
    record(
        actor=actor, verb=verb, subject=board, institution_id=board.service.institution_id,
        facts={"place": board.place, "free": board.free, "before": before},
    )  # fmt: skip
