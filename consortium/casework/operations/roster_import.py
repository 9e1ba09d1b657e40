"""A roster out of a spreadsheet: every row is looked at, and all of them are stored or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import RosterImport, Service, Shift
from consortium.casework.operations.roster import check_period, insert_shift
from consortium.casework.operations.services import the_service
from consortium.casework.policies import may_keep_roster
from consortium.casework.queries.working import zone
from consortium.casework.sheets import Line, SheetUnreadable, day_of, lines_of, time_of
from consortium.casework.states import YEARS, Rank
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.people.models import User

#: what a column may be called; the first row of the spreadsheet says which is which
COLUMNS = {
    "day": ("date", "日期"),
    "begins": ("from", "start", "begin", "开始", "开始时间"),
    "ends": ("to", "until", "end", "结束", "结束时间"),
    "person": ("name", "doctor", "username", "姓名", "人员", "医生", "用户名"),
    "rank": ("level", "级别", "班次", "线"),
}
NEEDED = ("day", "begins", "ends", "person")
_FIRST = ("", "1", "first", "一线", "一")
_SECOND = ("2", "second", "二线", "二")


@dataclass
class Row:
    """One line with what it means, or with what is wrong with it."""

    number: int
    cells: dict[str, str]
    errors: list[str] = field(default_factory=list)
    user: User | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    rank: int = Rank.FIRST

    @property
    def ok(self) -> bool:
        return not self.errors


def read_sheet(data: bytes) -> list[Line]:
    """The lines of an uploaded roster; InvalidInput when it can't be read."""
    try:
        return lines_of(data, COLUMNS, needed=NEEDED)
    except SheetUnreadable as error:
        said = {
            "size": _("This file is empty or too large: a roster has up to 1 MB."),
            "kind": _("This is not a CSV or XLSX file."),
            "lines": _("A roster has between 1 and 2,000 rows."),
            "head": _("The first row must name these columns: date, from, to, name."),
        }
        raise InvalidInput({"file": said[error.code]}, code=f"sheet-{error.code}") from error


def preview_roster(*, actor: Actor, service_id: UUID, lines: Sequence[Line]) -> list[Row]:
    """What each line would put on the roster, with its errors. Stores nothing."""
    service = Service.objects.filter(pk=service_id).first()
    if service is None:
        raise NotVisible
    require(may_keep_roster(actor, service))
    people = _people(service)
    rows = [_row(line, people) for line in lines]
    _find_overlaps(rows)
    return rows


def _people(service: Service) -> dict[str, list[User]]:
    """Who answers for the service, by each word that may name them: sign-in, either name, licence."""
    found: dict[str, list[User]] = {}
    members = service.members.filter(left_at=None, user__is_active=True).select_related("user")
    for user in (member.user for member in members):
        for word in {user.username, user.full_name, user.full_name_zh, user.licence_number} - {""}:
            found.setdefault(word.casefold(), []).append(user)
    return found


def _row(line: Line, people: dict[str, list[User]]) -> Row:
    cells = {key: line.cells.get(key, "") for key in COLUMNS}
    row = Row(line.number, cells)
    _read_person(row, people.get(cells["person"].casefold(), []))
    _read_rank(row)
    _read_period(row)
    return row


def _read_person(row: Row, found: list[User]) -> None:
    if len(found) == 1:
        row.user = found[0]
    elif found:
        row.errors.append(_("Several people are called so: use the name they sign in with."))
    else:
        row.errors.append(_("Nobody of this service is called so."))


def _read_rank(row: Row) -> None:
    word = row.cells["rank"].casefold()
    if word in _SECOND:
        row.rank = Rank.SECOND
    elif word not in _FIRST:
        row.errors.append(_("The rank is 1 or 2."))


def _read_period(row: Row) -> None:
    day, begins, ends = day_of(row.cells["day"]), time_of(row.cells["begins"]), time_of(row.cells["ends"])
    if day is None or day.year not in YEARS:
        day = None
        row.errors.append(_("Write the day like 2026-11-24."))
    if begins is None or ends is None:
        row.errors.append(_("Write the times like 08:00."))
    if day is None or begins is None or ends is None:
        return
    row.begins = datetime.combine(day, begins, zone())
    row.ends = datetime.combine(_next_day(day) if ends <= begins else day, ends, zone())
    try:
        check_period(row.begins, row.ends)
    except DomainError as error:
        row.errors.append(str(error.message))


def _next_day(day: date) -> date:
    return day + timedelta(days=1)


def _find_overlaps(rows: list[Row]) -> None:
    """Of one person: with a row above, and with what stands on any roster already."""
    whole = [row for row in rows if row.ok]
    standing = _standing(whole)
    seen: list[Row] = []
    for row in whole:
        twin = next((other for other in seen if other.user == row.user and _meet(row, other.begins, other.ends)), None)
        if twin is not None:
            row.errors.append(_("The same person is on duty in row %(row)d then.") % {"row": twin.number})
        elif any(_meet(row, s.begins, s.ends) for s in standing if row.user and s.user_id == row.user.pk):
            row.errors.append(_("This person is on a roster then already."))
        seen.append(row)


def _meet(row: Row, begins: datetime | None, ends: datetime | None) -> bool:
    return bool(row.begins and row.ends and begins and ends and row.begins < ends and begins < row.ends)


def _standing(rows: list[Row]) -> list[Shift]:
    begins, ends = [row.begins for row in rows if row.begins], [row.ends for row in rows if row.ends]
    if not begins or not ends:
        return []
    mine = Shift.objects.filter(user__in={row.user for row in rows if row.user})
    return list(mine.between(min(begins), max(ends)))


@transaction.atomic
def import_roster(*, actor: Actor, service_id: UUID, lines: Iterable[Line], key: UUID | None = None) -> RosterImport:
    """Put all rows on the roster, or none when any is wrong. The same `key` twice is one import."""
    service = the_service(service_id)
    rows = list(lines)

    def make() -> RosterImport:
        checked = preview_roster(actor=actor, service_id=service_id, lines=rows)
        wrong = [row for row in checked if not row.ok]
        if wrong:
            said = {f"row {row.number}": " ".join(row.errors) for row in wrong[:50]}
            message = _("Nothing was imported: correct the rows marked below.")
            raise InvalidInput({"file": message, **said}, code="rows-wrong")
        if not checked:
            raise InvalidInput({"file": _("There is no row to import.")}, code="rows-none")
        return _store(actor, service, checked, key)

    require(may_keep_roster(actor, service))
    done, fresh = once(RosterImport, actor=actor, key=key, make=make)
    if fresh:
        facts: dict[str, Any] = {"shifts": done.shift_count}
        record(actor=actor, verb="import", subject=done, institution_id=service.institution_id, facts=facts)
    return done


def _store(actor: Actor, service: Service, rows: list[Row], key: UUID | None) -> RosterImport:
    done = RosterImport(
        service=service, shift_count=len(rows), created_at=clock.now(), created_by_id=actor.author_id,
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    done.save(force_insert=True)
    for row in sorted(rows, key=lambda row: str(row.user.pk if row.user else "")):
        period = (row.begins, row.ends)
        insert_shift(actor, Shift(service=service, user=row.user, rank=row.rank, period=period, imported=done))
    return done
