"""Cells are kept true by what the journal tells, made anew whole, and found again when something was missed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from consortium.insight import tasks
from consortium.insight.models import Cell, Mark, Measured, Month
from consortium.insight.operations import gather, hear, recompute_month, refresh, roll_month, rolling
from consortium.insight.operations.rolling import next_to_recompute
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from tests.insight.conftest import NOW, Consortium, ago

pytestmark = pytest.mark.django_db
AUGUST, OCTOBER = date(2026, 8, 1), date(2026, 10, 1)


def sent(month: date) -> int:
    cell = Cell.unscoped.filter(month=month, service=None, priority=None, institution=None, region=None).first()
    return int(cell.counts["sent"]) if cell else 0


def by_system(operation: object, *words: object) -> object:
    with acting_as(system("test")):
        return operation(*words)  # type: ignore[operator]


def heard_all() -> None:
    """As after many beats: nothing is left to be heard."""
    newest = Entry.unscoped.order_by("-id").values_list("id", flat=True)[0]
    Mark.objects.update_or_create(pk=1, defaults={"settled": newest, "newest": newest})
    Month.objects.update(stale=False, rolled_at=None)


def test_a_month_twice_is_the_same_month(told: Consortium) -> None:
    before = list(Cell.unscoped.filter(month=OCTOBER).order_by("counts", "times").values("counts", "times"))
    by_system(roll_month, OCTOBER)
    assert list(Cell.unscoped.filter(month=OCTOBER).order_by("counts", "times").values("counts", "times")) == before


def test_rolling_leaves_other_months_alone(told: Consortium) -> None:
    Cell.unscoped.filter(month=AUGUST).update(counts={"sent": 99})
    by_system(roll_month, OCTOBER)
    assert sent(AUGUST) == 99


def test_a_month_without_rows_has_no_cells(told: Consortium) -> None:
    by_system(roll_month, date(2026, 1, 1))
    assert not Cell.unscoped.filter(month=date(2026, 1, 1)).exists()


def test_a_new_question_is_heard_and_its_month_made_anew(told: Consortium) -> None:
    heard_all()
    before = sent(OCTOBER)
    told.ask(ago(1))
    assert by_system(refresh) == 1
    assert sent(OCTOBER) == before + 1


def test_an_act_on_an_old_case_makes_its_own_month_stale(told: Consortium) -> None:
    heard_all()
    told.close(told.cases[2].pk, NOW)
    by_system(hear)
    assert list(Month.objects.filter(stale=True).values_list("month", flat=True)) == [date(2026, 9, 1)]


def test_nothing_new_makes_nothing_anew(told: Consortium) -> None:
    heard_all()
    assert by_system(refresh) == 0


def test_what_was_heard_is_heard_once_more_and_then_settled(told: Consortium) -> None:
    """Ids commit out of order: one that was still open at the first run lies behind the mark of the second."""
    heard_all()
    settled = Mark.objects.get().settled
    told.ask(ago(1))
    by_system(hear)
    mark = Mark.objects.get()
    assert (mark.settled, mark.newest > settled) == (settled, True)
    by_system(hear)
    assert Mark.objects.get().settled == mark.newest


def test_a_journal_that_is_long_is_heard_in_pieces(told: Consortium, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "ENTRIES_AT_ONCE", 10)
    Mark.objects.update_or_create(pk=1, defaults={"settled": 0, "newest": 0})
    Measured.unscoped.all().delete()
    by_system(refresh)
    assert Measured.unscoped.count() == 7


def test_a_month_that_took_long_rests_before_it_is_made_anew(told: Consortium) -> None:
    heard_all()
    Month.objects.filter(month=OCTOBER).update(rolled_at=clock.now(), took_ms=60_000)
    told.ask(ago(1))
    assert by_system(refresh) == 0
    with clock.moved(timedelta(minutes=21)):
        assert by_system(refresh) == 1


def test_what_the_journal_never_told_is_found_by_the_recomputation(told: Consortium) -> None:
    heard_all()
    Measured.unscoped.filter(month=AUGUST).delete()
    assert by_system(recompute_month, AUGUST) == 1
    assert (sent(AUGUST), Measured.unscoped.filter(month=AUGUST).count()) == (1, 1)


def test_the_month_that_was_longest_not_recomputed_comes_first(told: Consortium) -> None:
    now = clock.now()
    Month.objects.update(gathered_at=now)
    Month.objects.filter(month=AUGUST).update(gathered_at=now - timedelta(days=3))
    assert next_to_recompute() == AUGUST


def test_each_month_is_recomputed_once_a_day(told: Consortium) -> None:
    Month.objects.update(gathered_at=clock.now())
    assert next_to_recompute() is None


def test_the_beat_tasks_act_as_the_system(told: Consortium) -> None:
    Month.objects.update(gathered_at=clock.now())
    tasks.refresh()
    assert tasks.recompute() == 0


def test_the_recompute_task_takes_one_month(told: Consortium) -> None:
    Month.objects.update(gathered_at=clock.now())
    Month.objects.filter(month=AUGUST).update(gathered_at=None)
    assert tasks.recompute() == 1
    assert Month.objects.get(month=AUGUST).gathered_at is not None


def test_a_case_sent_again_in_another_month_leaves_the_first(told: Consortium) -> None:
    from consortium.casework.models import Case

    case = told.cases[6]
    Case.unscoped.filter(pk=case.pk).update(submitted_at=ago(60))
    assert by_system(gather, [case.pk]) == {date(2026, 10, 1), AUGUST}
