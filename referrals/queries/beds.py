"""The bed board as the screens show it: what is free, and since when that is known."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.casework.models import Service
from consortium.kernel.templatetags.when import moment_words
from referrals.models import BedBoard, Referral


def beds_of(service_ids: list[UUID]) -> list[BedBoard]:
    """The boards of these services, by place. One query; none for no service."""
    rows = BedBoard.objects.filter(service__in=service_ids).select_related("service__institution", "noted_by")
    return list(rows.order_by("service__name_en", "place")) if service_ids else []


def bed_words(board: BedBoard) -> str:
    """ "Ward: 2 free beds, at 10:20"."""
    free = ngettext("%(count)d free bed", "%(count)d free beds", board.free) % {"count": board.free}
    told = {"place": board.get_place_display(), "free": free, "time": moment_words(board.noted_at)}
    return _("%(place)s: %(free)s, as of %(time)s") % told


def bed_choices(referral: Referral) -> list[tuple[str, str]]:
    """The beds that may be promised with an acceptance, then none."""
    from_board = [board for board in beds_of(_asked(referral)) if board.free]
    return [*((str(board.pk), bed_words(board)) for board in from_board), ("", _("None of the board"))]


def _asked(referral: Referral) -> list[UUID]:
    return [referral.case.service_id] if referral.case.service_id else []


def board_of(service: Service) -> list[dict[str, Any]]:
    """The rows of one service's board, for its page."""
    return [{"words": bed_words(board), "free": board.free, "note": board.note} for board in beds_of([service.pk])]
